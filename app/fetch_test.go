package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/app"
	"parvis/gateway/boamp/api"
	"parvis/gateway/boamp/rehearsal"
	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/intake"
	"parvis/procurement/watch"
)

// journal is a log that a test reads.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

// take gives what was written since the last time.
func (j *journal) take() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	s := j.text.String()
	j.text.Reset()
	return s
}

const (
	roofer   = "odile.muller@exemple.example"
	operator = "exploitant@exemple.example"
)

// newsroom is a platform that fetches from a program of ours, which can be told to fail.
// Somebody there is alerted at once of each roof.
type newsroom struct {
	*platform
	*rehearsal.Program
	log   *journal
	pages map[string]string // of mails that have more to tell, by address
}

// fetchFrom makes the client of a program: it asks fast, and its patience is short.
func fetchFrom(t *testing.T, p *rehearsal.Program, wait func(context.Context, time.Duration) error) intake.Gazette {
	t.Helper()
	s := httptest.NewServer(p)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	t.Cleanup(s.Close)
	client, err := api.New(api.Config{URL: s.URL, Agent: "Parvis (test)", Log: slog.New(slog.DiscardHandler), Patience: time.Second, PerSecond: 1000, Wait: wait})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func atOnce(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// open starts a platform that has received the gazette once.
func openNewsroom(t *testing.T, dialect db.Dialect) *newsroom {
	t.Helper()
	n := &newsroom{Program: rehearsal.New(), log: &journal{}}
	n.Publish(n.roof(1, -3), n.roof(2, 0))
	gazette := fetchFrom(t, n.Program, atOnce)
	n.platform = start(t, dialect, func(c *app.Config) {
		c.Gazette, c.OperatorMail = gazette, operator
		c.Log = slog.New(slog.NewTextHandler(n.log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	})
	n.await(t, "the first fetch", func(st intake.State) bool { return !st.ReceivedAt.IsZero() })
	by := n.join(t, mullerSIRET, "Couverture Muller", "Odile Muller", "odile.muller")
	if _, err := n.Watches.Create(t.Context(), by.Actor, watch.Form{Name: "Toits", Keywords: "toiture", Mode: "any", Active: true, Frequency: "immediate", Hour: 7}); err != nil {
		t.Fatal(err)
	}
	return n
}

// today is the day of the platform, moved by some days.
func (n *newsroom) today(days int) string {
	at := time.Now()
	if n.platform != nil {
		at = n.clock.Now().Time()
	} else {
		at = start0
	}
	return at.In(clock.Paris).AddDate(0, 0, days).Format(time.DateOnly)
}

// start0 is where the clock of a platform begins.
var start0 = time.Date(2026, 11, 24, 10, 0, 0, 0, clock.Paris)

// roof is a call that may be answered for a month, published some days from today.
func (n *newsroom) roof(number, days int, more ...any) rehearsal.Record {
	fields := map[string]any{
		"idweb": fmt.Sprintf("26-%d", number), "objet": fmt.Sprintf("Réfection de la toiture n° %d", number), "nature": "APPEL_OFFRE", "etat": "INITIAL",
		"nomacheteur": "Ville de Rive", "code_departement": []string{"67"}, "dateparution": n.today(days),
		"datelimitereponse": n.today(30) + "T11:00:00+00:00",
	}
	for i := 0; i+1 < len(more); i += 2 {
		fields[more[i].(string)] = more[i+1]
	}
	return rehearsal.Make(fields)
}

func (n *newsroom) state(t *testing.T) (st intake.State) {
	t.Helper()
	if err := n.DB.Read(context.WithoutCancel(t.Context()), func(tx *db.Tx) (err error) { st, err = intake.StateOf(tx, "boamp"); return err }); err != nil {
		t.Fatal(err)
	}
	return st
}

// await waits for what the row of the gazette must say.
func (n *newsroom) await(t *testing.T, what string, ok func(intake.State) bool) intake.State {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		st := n.state(t)
		if ok(st) {
			return st
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s: %+v\n%s", what, st, n.log.take())
		}
	}
}

// try lets the time come at which the next fetch is due, and waits for its end.
func (n *newsroom) try(t *testing.T) intake.State {
	t.Helper()
	st := n.await(t, "nobody at it", func(st intake.State) bool { return st.LeaseOwner == "" })
	now := n.clock.Now()
	if wait := st.DueAt.Sub(now); wait > 0 {
		n.clock.Move(wait + time.Second)
	}
	n.letTry() // a process rests after a failure, on the machine's clock
	return n.await(t, "the end of a fetch", func(after intake.State) bool {
		return after.LeaseOwner == "" && (after.ReceivedAt > st.ReceivedAt || after.Failures > st.Failures)
	})
}

func (n *newsroom) letTry() { n.ForgetRest() }

// recorded lists what the platform has of roofs: number and title.
func (n *newsroom) recorded(t *testing.T) (all []string) {
	t.Helper()
	if err := n.DB.Read(t.Context(), func(tx *db.Tx) error { return tx.All(&all, "SELECT source_id FROM notice ORDER BY source_id") }); err != nil {
		t.Fatal(err)
	}
	return all
}

var roofNumber = regexp.MustCompile(`toiture n° (\d+)`)

// told counts how many mails told the roofer of each roof.
func (n *newsroom) told() map[string]int {
	times := map[string]int{}
	for _, m := range n.box.Messages() {
		if m.To[0] != roofer {
			continue
		}
		seen := map[string]bool{}
		for _, found := range roofNumber.FindAllStringSubmatch(m.Text+n.rest(m.Text), -1) {
			if !seen[found[1]] {
				seen[found[1]] = true
				times[found[1]]++
			}
		}
	}
	return times
}

var restOfMail = regexp.MustCompile(`tous sur une page[\s\x{a0}]+:\s+(\S+)`)

// rest reads the page of what a long mail does not tell in full.
func (n *newsroom) rest(said string) string {
	at := restOfMail.FindStringSubmatch(said)
	if at == nil {
		return ""
	}
	if page, read := n.pages[at[1]]; read {
		return page
	}
	res, err := http.Get(at[1]) //nolint:gosec,noctx // our own mail's, in a test
	if err != nil {
		return ""
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return ""
	}
	if n.pages == nil {
		n.pages = map[string]string{}
	}
	n.pages[at[1]] = string(text)
	return string(text)
}

// happening is something that goes wrong with a fetch.
type happening struct {
	name string
	// with prepares it and gives the numbers that must be alerted of, and those that must
	// be there and alert nobody.
	with     func(n *newsroom, first int) (told, silent []int)
	failures int    // fetches that fail before one comes through
	logged   string // by the way
}

func some(from, count int) (all []int) {
	for i := range count {
		all = append(all, from+i)
	}
	return all
}

// publishAll publishes roofs of today under these numbers.
func (n *newsroom) publishAll(numbers ...int) []int {
	for _, i := range numbers {
		n.Publish(n.roof(i, 0))
	}
	return numbers
}

// passing fails the next questions, with new roofs behind.
func passing(faults ...rehearsal.Fault) func(*newsroom, int) ([]int, []int) {
	return func(n *newsroom, first int) ([]int, []int) {
		told := n.publishAll(some(first, 3)...)
		n.Fail(faults...)
		return told, nil
	}
}

// lasting fails a whole fetch, each of its tries.
func lasting(fault rehearsal.Fault) func(*newsroom, int) ([]int, []int) {
	return passing(fault, fault, fault, fault, fault)
}

// happenings is what goes wrong, one after the other, on one platform. Whatever happens,
// in the end each notice is there, and each that is new and open was told once.
var happenings = []happening{
	{"nothing at all", passing(), 0, ""},
	{"the platform is down for a moment", passing(rehearsal.Down(503), rehearsal.Down(502)), 0, ""},
	{"the platform is down", lasting(rehearsal.Down(500)), 1, "elle répond 500"},
	{"the platform is down for a long time", func(n *newsroom, first int) ([]int, []int) {
		told := n.publishAll(first)
		for range 20 {
			n.Fail(rehearsal.Down(503))
		}
		return told, nil
	}, 4, "failures=4"},
	{"429 with an hour to wait", passing(rehearsal.TooFast("3600")), 1, "qu'on l'interroge trop"},
	{"429 with seconds to wait", passing(rehearsal.TooFast("7")), 0, ""},
	{"cut in the middle of a page", passing(rehearsal.Cut(500)), 0, ""},
	{"cut in the middle, each time", lasting(rehearsal.Cut(700)), 1, "autre chose que des avis"},
	{"hung up", passing(rehearsal.HungUp, rehearsal.HungUp), 0, ""},
	{"mute", passing(rehearsal.Mute), 0, ""},
	{"a web page of a captive portal", lasting(rehearsal.Says(200, "text/html", "<!doctype html><title>Connexion</title>")), 1, "page web"},
	{"JSON of something else", lasting(rehearsal.Says(200, "application/json", `{"status":"ok"}`)), 1, "autre chose que des avis"},
	{"the question is refused", passing(rehearsal.Says(400, "application/json", `{"error_code":"ODSQLSyntaxError","message":"ODSQL query is malformed"}`)), 1, "malformed"},
	{"sent elsewhere", passing(rehearsal.Moved("https://ailleurs.example/")), 1, "302"},
	{"a record that is no JSON, in the middle", func(n *newsroom, first int) ([]int, []int) {
		n.Publish(rehearsal.Record{ID: fmt.Sprintf("26-%d", first+1), Day: n.today(0), Raw: `{"idweb":"26-` + fmt.Sprint(first+1) + `","objet":}`})
		return n.publishAll(first, first+2), nil
	}, 0, "n'est pas du JSON valable"},
	{"a record without a number", func(n *newsroom, first int) ([]int, []int) {
		n.Publish(n.roof(first+1, 0, "idweb", ""))
		return n.publishAll(first, first+2), nil
	}, 0, "n'a pas de numéro d'avis"},
	{"a record of seventeen megabytes", func(n *newsroom, first int) ([]int, []int) {
		n.Publish(n.roof(first+1, 0, "donnees", strings.Repeat("x", 17<<20)))
		return n.publishAll(first, first+2), nil
	}, 0, "dépasse 16"},
	{"a record twice", func(n *newsroom, first int) ([]int, []int) {
		n.Repeat(n.roof(first, 0))
		n.Repeat(n.roof(first, 0))
		return []int{first}, nil
	}, 0, ""},
	{"answers compressed without saying so", passing(rehearsal.Unlabelled, rehearsal.Unlabelled), 0, ""},
	{"answers under a wrong type", passing(rehearsal.Mislabelled, rehearsal.Mislabelled), 0, ""},
	{"the count changes between two pages", func(n *newsroom, first int) ([]int, []int) {
		told := n.publishAll(some(first, 130)...)
		asked := len(n.Asked())
		n.Before(func(rank int) {
			if rank == asked+9 { // the second page of today
				n.Publish(n.roof(first+130, 0))
			}
		})
		return append(told, first+130), nil
	}, 0, ""},
	{"a day without any notice", func(n *newsroom, _ int) ([]int, []int) {
		n.clock.Move(24 * time.Hour)
		return nil, nil
	}, 0, ""},
	{"a notice that comes four days late", func(n *newsroom, first int) ([]int, []int) {
		n.clock.Move(5 * 24 * time.Hour) // it is published since the gazette was awaited
		n.Publish(n.roof(first, -4))
		return []int{first}, nil
	}, 0, ""},
	{"a call that is closed when it comes", func(n *newsroom, first int) ([]int, []int) {
		n.Publish(n.roof(first, 0, "datelimitereponse", n.today(0)+"T00:00:01+00:00"))
		n.clock.Move(2 * time.Hour)
		return nil, []int{first}
	}, 0, ""},
	{"the clock goes back a year", func(n *newsroom, first int) ([]int, []int) {
		n.clock.Move(-365 * 24 * time.Hour)
		n.try(nil2)
		n.clock.Move(365 * 24 * time.Hour)
		return n.publishAll(first), nil
	}, 0, ""},
	{"the platform sleeps for ten days", func(n *newsroom, first int) ([]int, []int) {
		for day := range 10 {
			n.Publish(n.roof(first+day, day))
		}
		n.clock.Move(10 * 24 * time.Hour)
		return some(first, 10), nil
	}, 0, ""},
	{"the platform sleeps for seventy days", func(n *newsroom, first int) ([]int, []int) {
		far := n.today(150) + "T11:00:00+00:00"
		for i, day := range []int{20, 40, 69, 70} {
			n.Publish(n.roof(first+i, day, "datelimitereponse", far))
		}
		n.clock.Move(70 * 24 * time.Hour)
		return []int{first + 3}, some(first, 3)
	}, 0, ""},
}

// nil2 is for what cannot fail.
var nil2 *testing.T

// TestWhateverHappensToTheFetchEachNoticeIsToldOnce lives through all that goes wrong, on
// both databases.
func TestWhateverHappensToTheFetchEachNoticeIsToldOnce(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			n := openNewsroom(t, dialect)
			want := []string{"26-1", "26-2"}
			told := map[string]int{}
			for i, h := range happenings {
				t.Run(h.name, func(t *testing.T) { nil2 = t; n.live(t, h, 1000*(i+1), &want, told) })
			}
			if diff := cmp.Diff(told, n.told()); diff != "" {
				t.Errorf("told in the end (-want +got):\n%s", diff)
			}
		})
	}
}

// live lets one thing happen and checks what it left.
func (n *newsroom) live(t *testing.T, h happening, first int, want *[]string, told map[string]int) {
	n.log.take()
	alert, silent := h.with(n, first)
	for _, number := range append(slices.Clone(alert), silent...) {
		*want = append(*want, fmt.Sprintf("26-%d", number))
	}
	for _, number := range alert {
		told[fmt.Sprint(number)] = 1
	}
	failures := 0
	for st := n.try(t); st.Failures > 0; st = n.try(t) {
		if failures++; failures > 8 {
			t.Fatalf("it never comes through: %s", st.Fault)
		}
		if wait := st.DueAt.Sub(st.TriedAt); wait < 5*time.Minute || wait > 13*time.Hour {
			t.Errorf("tried again after %v", wait)
		}
	}
	if failures != h.failures {
		t.Errorf("%d fetches failed, want %d", failures, h.failures)
	}
	if said := n.log.take(); h.logged != "" && !strings.Contains(said, h.logged) {
		t.Errorf("the log does not say « %s »:\n%s", h.logged, said)
	}
	slices.Sort(*want)
	if diff := cmp.Diff(*want, n.recorded(t)); diff != "" {
		t.Errorf("recorded (-want +got):\n%s", diff)
	}
	awaitTold(t, n, told)
}

func awaitTold(t *testing.T, n *newsroom, want map[string]int) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		diff := cmp.Diff(want, n.told())
		if diff == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("told (-want +got):\n%s", diff)
		}
	}
}
