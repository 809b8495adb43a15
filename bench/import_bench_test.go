package bench_test

import (
	"bytes"
	"context"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"parvis/app"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/notice"
)

// noticesOfBench is how many notices are imported: PARVIS_BENCH_NOTICES, or 50 000.
func noticesOfBench() int {
	if n, err := strconv.Atoi(os.Getenv("PARVIS_BENCH_NOTICES")); err == nil {
		return n
	}
	return 50_000
}

// BenchmarkImport takes a gazette into each database, until every notice is durable and
// found by a search; its peer has PostgreSQL do it with what it has. See README.md.
func BenchmarkImport(b *testing.B) {
	file := gazette(noticesOfBench())
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		b.Run(string(dialect), func(b *testing.B) {
			for range b.N {
				importOnce(b, dialect, file)
			}
		})
	}
}

// spent is the processor time of this program so far, its children left out.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func importOnce(b *testing.B, dialect db.Dialect, file []byte) {
	b.StopTimer()
	p := settle(b, dialect, 0, 0, "")
	n := noticesOfBench()
	if err := p.Notices.Load(context.Background()); err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	before := spent()
	b.StartTimer()
	start := time.Now()
	did, err := p.ImportNotices(ctx, "boamp", bytes.NewReader(file), false, func(err error) { b.Error(err) }, func(app.Import) {})
	if err != nil {
		b.Fatal(err)
	}
	durable := time.Since(start)
	if err := p.Notices.Load(ctx); err != nil { // what a page does before it answers
		b.Fatal(err)
	}
	page, err := p.Notices.Search(ctx, access.Anybody(), notice.Search{Criteria: notice.Criteria{Keywords: []string{"travaux"}}, Size: 1})
	if err != nil || page.Total == 0 || p.Notices.Index().Len() != n || did.New != n {
		b.Fatalf("%d new, %d indexed, %d found (%v)", did.New, p.Notices.Index().Len(), page.Total, err)
	}
	all := time.Since(start)
	b.StopTimer()
	b.ReportMetric(float64(n)/durable.Seconds(), "durable/s")
	b.ReportMetric(float64(n)/all.Seconds(), "searchable/s")
	b.Logf("Parvis, %s: %d notices, %.1f MB: durable in %v, searchable in %v; %v of processor, its database server's left out; %s",
		dialect, n, float64(len(file))/1e6, durable.Round(time.Millisecond), all.Round(time.Millisecond), (spent() - before).Round(time.Millisecond), load())
}
