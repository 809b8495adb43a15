package bench_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"parvis/app"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
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
	b.Run("peer", func(b *testing.B) {
		for range b.N {
			peerLoads(b, file)
		}
	})
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
	ctx, stop := context.WithCancel(context.Background())
	var follower sync.WaitGroup
	follower.Go(func() { p.Notices.Run(ctx, func(err error) { b.Error(err) }) }) // as the server does meanwhile
	defer func() { stop(); follower.Wait() }()
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

// peerLoads has PostgreSQL load the same file by its own means: COPY of the lines as
// jsonb, then one INSERT … SELECT that takes the fields out and makes the vector of its
// full-text search in French, with the index of it. It reads no deadline, no lots, no
// buyer, links nothing and knows no second import: it is the least that "searchable" costs.
func peerLoads(b *testing.B, file []byte) {
	b.StopTimer()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dbtest.URL(b, db.Postgres))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, `CREATE TABLE raw (doc JSONB);
		CREATE TABLE notice (id TEXT PRIMARY KEY, title TEXT, buyer TEXT, published_on DATE, departments TEXT, doc JSONB, words TSVECTOR);
		CREATE INDEX ON notice USING gin (words)`); err != nil {
		b.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(file), []byte("\n"))
	b.StartTimer()
	start := time.Now()
	if _, err := conn.CopyFrom(ctx, pgx.Identifier{"raw"}, []string{"doc"}, pgx.CopyFromSlice(len(lines), func(i int) ([]any, error) {
		return []any{json.RawMessage(lines[i])}, nil
	})); err != nil {
		b.Fatal(err)
	}
	if _, err := conn.Exec(ctx, `INSERT INTO notice
		SELECT doc->>'idweb', doc->>'objet', doc->>'nomacheteur', (doc->>'dateparution')::date, doc->>'code_departement', doc,
			to_tsvector('french', concat_ws(' ', doc->>'objet', doc->>'x_description', doc->>'descripteur_libelle', doc->>'donnees'))
		FROM raw ON CONFLICT (id) DO NOTHING`); err != nil {
		b.Fatal(err)
	}
	var n int
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM notice WHERE words @@ to_tsquery('french', 'travaux')").Scan(&n); err != nil || n == 0 {
		b.Fatalf("%d found (%v)", n, err)
	}
	took := time.Since(start)
	b.StopTimer()
	b.ReportMetric(float64(len(lines))/took.Seconds(), "searchable/s")
	b.Logf("peer, PostgreSQL alone: %d notices, %.1f MB: searchable in %v; %s", len(lines), float64(len(file))/1e6, took.Round(time.Millisecond), load())
}
