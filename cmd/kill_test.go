package cmd_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/db"
	"parvis/procurement/notice"
)

// export is a file of n notices like the gazette's: few buyers come often, some
// notices correct, award or cancel others, before or after them.
func export(n int) string {
	var b strings.Builder
	for i := range n {
		id := fmt.Sprintf("26-%d", i+1)
		more := []any{"nomacheteur", fmt.Sprintf("Commune no %d", i%97), "x_acheteur", map[string]string{"cp": fmt.Sprintf("%05d", 1000+i%97), "ville": "Rive"}}
		linked := func(to int) []any {
			return append(more, "annonce_lie", []string{fmt.Sprintf("26-%d", 1+(to+n)%n)})
		}
		switch i % 10 {
		case 3:
			more = append(linked(i-40), "etat", "RECTIFICATIF")
		case 6:
			more = append(linked(i-700), "etat", "ANNULATION")
		case 7:
			more = append(linked(i+700), "etat", "ANNULATION")
		case 9:
			more = append(linked(i-3), "nature", "ATTRIBUTION")
		}
		b.WriteString(line(id, fmt.Sprintf("Travaux de voirie, rue %d", i), more...))
	}
	return b.String()
}

// TestAnImportKilledManyTimesEndsAsIfNothingHadHappened kills the program while it
// imports and starts it again. In the end the rows are those of an import that
// nobody disturbed, and the journal tells of each notice once.
func TestAnImportKilledManyTimesEndsAsIfNothingHadHappened(t *testing.T) {
	if testing.Short() {
		t.Skip("not in -short: it runs the program a dozen times")
	}
	eachDatabase(t, func(t *testing.T, place []string) {
		imports(t, place, "", "-", counts{}) // makes the tables, so that they can be watched
		d := openDatabase(t, place)
		const kills = 4
		size := 6 * notice.Bulk(d.Dialect())
		file := write(t, "avis.jsonl", export(size))
		quiet := where(t, db.SQLite)
		imports(t, quiet, "", file, counts{read: size, new: size})
		want := content(t, openDatabase(t, quiet))
		killed := 0
		for round := range kills {
			p := launch(t, nil, nil, append([]string{"import", "boamp", file}, place...)...)
			goal := int64(size * round / kills)
			eventually(t, fmt.Sprintf("more than %d notices", goal), func() bool {
				select {
				case <-p.ended:
					return true
				default:
					return countOf(t, d, "notice") > goal
				}
			})
			time.Sleep(rand.N(30 * time.Millisecond)) // anywhere in a transaction
			p.signal(t, syscall.SIGKILL)
			if p.status(t) == -1 {
				killed++
			}
			t.Logf("killed with %d notices of %d in", countOf(t, d, "notice"), size)
		}
		if killed < kills-1 {
			t.Errorf("only %d of %d were killed before their end", killed, kills)
		}
		before := int(countOf(t, d, "notice"))
		p := launch(t, nil, nil, append([]string{"import", "boamp", file}, place...)...)
		if status := p.status(t); status != 0 {
			t.Fatalf("status %d, %s", status, p.said())
		}
		out, _ := io.ReadAll(p.out)
		if diff := cmp.Diff([]counts{{read: size - before, new: size - before, before: before}}, summaries(t, string(out)), cmp.AllowUnexported(counts{})); diff != "" {
			t.Errorf("the last run (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, content(t, d)); diff != "" {
			t.Errorf("rows (-undisturbed +killed):\n%.3000s", diff)
		}
		times := map[string]int{}
		for _, r := range recordedEvents(t, d) {
			for _, id := range r.New {
				times[id]++
			}
		}
		for id, n := range times {
			if n != 1 {
				t.Errorf("the journal tells %d times that %s is new", n, id)
			}
		}
		if len(times) != size {
			t.Errorf("the journal tells of %d notices", len(times))
		}
		imports(t, place, "", file, counts{read: size, same: size})
	})
}

// TestAnImportThatIsInterruptedSaysSo presses Ctrl+C while the program waits for
// the rest of what it reads.
func TestAnImportThatIsInterruptedSaysSo(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		place := where(t, db.SQLite)
		bulk := notice.Bulk(db.SQLite)
		imports(t, place, "", "-", counts{})
		d := openDatabase(t, place)
		in, to, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		p := launch(t, nil, in, append([]string{"import", "boamp", "-"}, place...)...)
		if _, err := io.WriteString(to, export(bulk+200)); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the first notices", func() bool { return countOf(t, d, "notice") == int64(bulk) })
		p.signal(t, s)
		const says = "parvis\u00a0: L'import a été interrompu. Ce qui était entré est gardé\u00a0: la même commande reprend le reste.\n"
		if status := p.status(t); status != 4 || p.said() != says {
			t.Errorf("%v: status %d, %s", s, status, p.said())
		}
		if out, _ := io.ReadAll(p.out); len(out) > 0 {
			t.Errorf("%v: it says what it did not do: %s", s, out)
		}
		_, _ = in.Close(), to.Close()
		imports(t, place, export(bulk+200), "-", counts{read: 200, new: 200, before: bulk})
	}
}
