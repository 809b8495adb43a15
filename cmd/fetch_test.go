package cmd_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/gateway/boamp/rehearsal"
	"parvis/kit/clock"
	"parvis/kit/db"
)

// published is a record of the gazette of some days ago.
func published(n, daysAgo int) rehearsal.Record {
	day := time.Now().In(clock.Paris).AddDate(0, 0, -daysAgo).Format(time.DateOnly)
	return rehearsal.Record{ID: fmt.Sprintf("26-%d", n), Day: day, Raw: strings.TrimSpace(line(fmt.Sprintf("26-%d", n), fmt.Sprintf("Voirie, rue %d", n), "dateparution", day))}
}

func platform(t *testing.T, records ...rehearsal.Record) (*rehearsal.Program, string) {
	t.Helper()
	p := rehearsal.New(records...)
	s := httptest.NewServer(p)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	t.Cleanup(s.Close)
	return p, s.URL
}

func TestFetchingByHand(t *testing.T) {
	eachDatabase(t, func(t *testing.T, place []string) {
		p, url := platform(t, published(1, 0), published(2, 3), published(3, 30))
		fetch := func(more ...string) (out, errOut string, status int) {
			return run(t, "", append(append([]string{"fetch", "boamp", "--boamp", url}, place...), more...)...)
		}
		out, _, status := fetch("--state")
		if status != 0 || !strings.HasPrefix(out, "Le BOAMP n'a jamais été relevé") {
			t.Errorf("before: status %d, %s", status, out)
		}
		out, errOut, status := fetch()
		if got := summaries(t, out); status != 0 || len(got) != 1 || got[0] != (counts{read: 2, new: 2}) {
			t.Errorf("status %d, %s%s", status, out, errOut)
		}
		p.Publish(published(4, 1), rehearsal.Record{ID: "26-5", Day: published(5, 0).Day, Raw: `{"idweb":"26-5"}`})
		out, errOut, status = fetch()
		if got := summaries(t, out); status != 3 || len(got) != 1 || got[0] != (counts{read: 4, new: 1, same: 2, refused: 1}) || !strings.Contains(errOut, "avis 26-5\u00a0: Cet avis n'a pas d'objet.") {
			t.Errorf("status %d, %s%s", status, out, errOut)
		}
		out, _, status = fetch("--state")
		for _, says := range []string{"Dernière relève complète\u00a0: ", "4 avis lus\u00a0: 1 nouveau, 0 modifié, 2 inchangés, 1 refusé", "Dernier avis nouveau ou modifié\u00a0: ", "Prochain essai\u00a0: "} {
			if status != 0 || !strings.Contains(out, says) || strings.Contains(out, "jamais") {
				t.Errorf("status %d, %s", status, out)
			}
		}
		p.FailAlways(rehearsal.Down(404))
		_, errOut, status = fetch()
		if status != 1 || !strings.HasPrefix(errOut, "time=") || !strings.Contains(errOut, "parvis\u00a0: La source refuse la question\u00a0: elle répond 404. L'adresse de --boamp est-elle la bonne\u00a0?\n") {
			t.Errorf("status %d, %s", status, errOut)
		}
		out, _, _ = fetch("--state")
		if !strings.Contains(out, "Essais manqués depuis\u00a0: 1\n  La source refuse la question\u00a0: elle répond 404.") {
			t.Error(out)
		}
		for _, wrong := range []string{"boamp", "ftp://boamp.example"} {
			_, errOut, status := run(t, "", append([]string{"fetch", "boamp", "--boamp", wrong}, place...)...)
			if status != 1 || !strings.Contains(errOut, "L'adresse de la relève donnée par --boamp n'est pas comprise") {
				t.Errorf("%s: status %d, %s", wrong, status, errOut)
			}
		}
	})
}

// TestAServerKilledWhileItFetchesFetchesAgainAtOnce kills the server without warning in
// the middle of a page, several times; in the end each notice is there, told of once.
func TestAServerKilledWhileItFetchesFetchesAgainAtOnce(t *testing.T) {
	const size = 350
	var records []rehearsal.Record
	for i := range size {
		records = append(records, published(i+1, i%3))
	}
	eachDatabase(t, func(t *testing.T, place []string) {
		p, url := platform(t, records...)
		imports(t, place, "", "-", counts{}) // makes the tables, so that they can be watched
		d := openDatabase(t, place)
		serve := append([]string{"serve", "--listen", "127.0.0.1:0", "--boamp", url}, place...)
		for round, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGKILL, syscall.SIGTERM} {
			reached, let := make(chan struct{}, 100), make(chan struct{})
			at := len(p.Asked()) + 7 + round // among the days; one page later each time
			p.Before(func(n int) {
				if n >= at {
					reached <- struct{}{}
					<-let
				}
			})
			s := launch(t, nil, nil, serve...)
			select {
			case <-reached:
			case <-s.ended:
				t.Fatalf("it ended: %s", s.said())
			case <-time.After(30 * time.Second):
				t.Fatalf("it does not fetch: %s", s.said())
			}
			s.signal(t, signal)
			if status := s.status(t); signal == syscall.SIGTERM && status != 0 {
				t.Errorf("status %d, %s", status, s.said())
			}
			close(let)
			p.Before(nil)
		}
		s := launch(t, nil, nil, serve...)
		eventually(t, "all notices; "+s.said(), func() bool { return countOf(t, d, "notice") == size })
		eventually(t, "the fetch to be written down", func() bool { return countOf(t, d, "gazette WHERE received_at IS NOT NULL AND lease_owner = ''") == 1 })
		times := map[string]int{}
		for _, r := range recordedEvents(t, d) {
			for _, id := range r.New {
				times[id]++
			}
		}
		if len(times) != size {
			t.Errorf("the journal tells of %d notices", len(times))
		}
		for id, n := range times {
			if n != 1 {
				t.Errorf("the journal tells %d times that %s is new", n, id)
			}
		}
	})
}

// TestACommandBesideTheServerWaitsForItsTurn has somebody type the command while the
// server fetches.
func TestACommandBesideTheServerWaitsForItsTurn(t *testing.T) {
	place := where(t, db.SQLite)
	p, url := platform(t, published(1, 0))
	reached, let := make(chan struct{}, 100), make(chan struct{})
	p.Before(func(int) { reached <- struct{}{}; <-let })
	s := launch(t, nil, nil, append([]string{"serve", "--listen", "127.0.0.1:0", "--boamp", url}, place...)...)
	address(t, s)
	<-reached
	_, errOut, status := run(t, "", append([]string{"fetch", "boamp", "--boamp", url}, place...)...)
	if status != 1 || !strings.Contains(errOut, "parvis\u00a0: Une relève est déjà en cours.") {
		t.Errorf("status %d, %s", status, errOut)
	}
	close(let)
	d := openDatabase(t, place)
	eventually(t, "the server's own", func() bool { return countOf(t, d, "notice") == 1 })
}

// TestServeSaysThatAnAddressOfTheGazetteIsWrong, before it answers anybody.
func TestServeSaysThatAnAddressOfTheGazetteIsWrong(t *testing.T) {
	p := launch(t, nil, nil, "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--boamp", "boamp.fr")
	if status := p.status(t); status != 1 || !strings.Contains(p.said(), "parvis\u00a0: L'adresse de la relève donnée par --boamp n'est pas comprise") {
		t.Errorf("status %d, %s", status, p.said())
	}
	if out, _ := io.ReadAll(p.out); cmp.Diff("", string(out)) != "" {
		t.Errorf("%s", out)
	}
}
