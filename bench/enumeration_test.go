package bench_test

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/db"
)

// each runs a test on both databases.
func each(t *testing.T, f func(t *testing.T, dialect db.Dialect)) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) { f(t, dialect) })
	}
}

// perDoor is how many people each door is asked about: people of its own, because what
// one door counts another may show. asked is how often it is asked about one who is here
// and one who is not: more often than an address is written to in a day.
const (
	perDoor = 3
	asked   = 8
)

// Abuse 69: each door gives one answer about somebody who is here and somebody who is
// not, after the same statements and the same rows; and the mails that follow reach
// nobody but the person.
func TestAbuse69NobodyLearnsWhoIsHere(t *testing.T) {
	each(t, func(t *testing.T, dialect db.Dialect) {
		// A watch for each question: what replaces a recipient does more.
		p := settle(t, dialect, 2*asked+1, perDoor*len(doors), "")
		statements := p.observe()
		server := httptest.NewServer(p.Site.Server())
		defer server.Close()
		p.url = server.URL
		for n, d := range doors {
			t.Run(d.name, func(t *testing.T) {
				p.t = t
				p.ask(d.ask(p, n*perDoor+2, false)) // the counters of whoever asks are made by the first
				for i := range asked {
					who := n*perDoor + i/6
					here, there := p.trace(d, who, true, statements), p.trace(d, who, false, statements)
					if diff := cmp.Diff(there, here); diff != "" {
						t.Errorf("time %d: somebody who is here is answered otherwise (-not here +here):\n%s", i+1, diff)
					}
					if here.Answer.Status != http.StatusTooManyRequests && (len(here.Statements) < 2 || here.Rows["event"] < 1) {
						t.Errorf("nothing was seen: %+v", here)
					}
				}
			})
		}
		p.t = t
		p.checkMails()
	})
}

// seen is what one question leaves behind.
type seen struct {
	Answer     answered
	Rows       map[string]int // more in each table
	Statements []string
}

// record is a list that several may write.
type record struct {
	mu    sync.Mutex
	lines []string
}

func (r *record) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	lines := r.lines
	r.lines = nil
	return lines
}

// observe has every statement of the program recorded.
func (p *place) observe() *record {
	var r record
	p.DB.Observe = func(query string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.lines = append(r.lines, query)
	}
	return &r
}

func (p *place) trace(d door, i int, here bool, statements *record) seen {
	p.t.Helper()
	q := d.ask(p, i, here)
	before := p.rows()
	statements.take()
	a := p.ask(q)
	s := seen{Answer: tidy(a.without(q.typed)), Statements: statements.take(), Rows: p.rows()}
	for table := range s.Rows {
		s.Rows[table] -= before[table]
	}
	delete(s.Rows, "river_notification") // the queue's bell, which rings so often a second
	if a.Status == http.StatusTooManyRequests {
		s.Statements = nil // the counters are looked at in the order of their digests, up to the one that refuses
	}
	return s
}

// identifier is a UUID, which differs from one thing to the next.
var identifier = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|Veille [0-9]+`)

func tidy(a answered) answered {
	a.Body = identifier.ReplaceAllString(a.Body, "ID")
	for _, values := range a.Header {
		for i := range values {
			values[i] = identifier.ReplaceAllString(values[i], "ID")
		}
	}
	delete(a.Header, "Content-Length") // « Veille 9 », « Veille 10 »
	return a
}

// rows counts the rows of every table.
func (p *place) rows() map[string]int {
	p.t.Helper()
	query := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if p.DB.Dialect() == db.Postgres {
		query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
	}
	counts := map[string]int{}
	err := p.DB.Read(context.Background(), func(tx *db.Tx) error {
		var tables []string
		if err := tx.All(&tables, query); err != nil {
			return err
		}
		for _, table := range tables {
			var n int
			if err := tx.One(&n, `SELECT count(*) FROM "`+table+`"`); err != nil {
				return err
			}
			counts[table] = n
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return counts
}

// checkMails delivers what was recorded and looks at who is written to: the persons
// themselves, five times at most, and whoever is not here only of what they may have
// asked for.
func (p *place) checkMails() {
	p.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	if err := p.Queue.Start(ctx); err != nil {
		p.t.Fatal(err)
	}
	waiting := func() (n int) {
		err := p.DB.Read(ctx, func(tx *db.Tx) error {
			return tx.One(&n, "SELECT count(*) FROM river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')")
		})
		if err != nil {
			p.t.Fatal(err)
		}
		return n
	}
	for end := time.Now().Add(time.Minute); waiting() > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatal("the jobs do not end")
		}
	}
	end, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := p.Queue.Stop(end); err != nil {
		p.t.Error(err)
	}
	got := map[string]int{}
	p.write(func(tx *db.Tx) error {
		var recipients []string
		err := tx.All(&recipients, "SELECT recipient FROM outbox")
		for _, r := range recipients {
			got[r]++
		}
		return err
	})
	want := map[string]int{}
	for n, d := range doors {
		for who, times := range map[int]int{n * perDoor: 5, n*perDoor + 1: 2, n*perDoor + 2: 1} {
			for _, here := range []bool{true, false} {
				if here && times == 1 {
					continue // the first question of a door was about nobody who is here
				}
				for _, address := range d.mail(who, here) {
					if want[address] = times; d.last {
						want[address] = min(got[address], times)
					}
				}
			}
		}
	}
	maps.DeleteFunc(want, func(_ string, n int) bool { return n == 0 })
	if diff := cmp.Diff(want, got); diff != "" {
		p.t.Errorf("mails (-want +got):\n%s", diff)
	}
}
