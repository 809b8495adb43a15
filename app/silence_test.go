package app_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"parvis/gateway/boamp/rehearsal"
	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/event"
	"parvis/procurement/intake"
)

// page asks for a page, as somebody or as a visitor.
func (p *platform) page(t *testing.T, path, session string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if session != "" {
		r.AddCookie(&http.Cookie{Name: "parvis-session", Value: session})
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", path, res.Status, err)
	}
	return string(text)
}

// warns waits until a page warns, or does not.
func (n *newsroom) warns(t *testing.T, path, session, text string, want bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		page := n.page(t, path, session)
		if strings.Contains(page, text) == want {
			if at := strings.Index(page, text); want && !strings.Contains(page[max(0, at-900):at], `role="status"`) {
				t.Errorf("%s: the warning is not announced", path)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s warns of « %s »: %v\n%s", path, text, !want, n.log.take())
		}
	}
}

// toOperator lists what whoever runs the platform received.
func (n *newsroom) toOperator() (all []mailbox.Message) {
	for _, m := range n.box.Messages() {
		if m.To[0] == operator {
			all = append(all, m)
		}
	}
	return all
}

// failUntil has fetches fail until so much time has passed since the last one that came.
func (n *newsroom) failUntil(t *testing.T, since time.Duration) {
	t.Helper()
	for {
		st := n.state(t)
		left := since - n.clock.Now().Sub(st.ReceivedAt)
		if left <= 0 {
			return
		}
		if wait := st.DueAt.Sub(n.clock.Now()) + time.Second; wait > left {
			n.clock.Move(left)
			return
		}
		n.try(t)
	}
}

const silentFor26Hours = "BOAMP non reçu depuis 26\u00a0h"

// TestAGazetteThatComesNoMoreIsSaid has the platform down for more than a day: pages warn,
// the operator has one mail, the log says it; and it ends by itself.
func TestAGazetteThatComesNoMoreIsSaid(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			n := openNewsroom(t, dialect)
			n.FailAlways(rehearsal.Down(503))
			n.failUntil(t, 25*time.Hour+59*time.Minute)
			n.warns(t, "/annonces", "", "BOAMP non reçu", false)
			n.failUntil(t, 26*time.Hour+time.Minute)
			claire := n.join(t, fontaineSIRET, "Propreté des Vosges", "Claire Fontaine", "claire.fontaine")
			for _, path := range []string{"/annonces", "/annonces?q=toiture", "/entreprise", "/entreprise/veilles", "/entreprise/veilles/nouvelle"} {
				n.warns(t, path, claire.session, silentFor26Hours, true)
			}
			n.warns(t, "/annonces", "", silentFor26Hours, true)
			for _, path := range []string{"/connexion", "/mentions", "/entreprise/profil"} {
				n.warns(t, path, map[bool]string{true: claire.session}[strings.HasPrefix(path, "/entreprise")], "BOAMP non reçu", false)
			}
			m := n.mail(t, operator, silentFor26Hours)
			if !strings.Contains(m.Text, "La source est en panne") || !strings.Contains(m.Text, "parvis fetch boamp") || !strings.Contains(m.HTML, "La source est en panne") {
				t.Errorf("the mail says:\n%s", m.Text)
			}
			if said := n.log.take(); strings.Count(said, "has not been received for 26 hours") != 1 {
				t.Errorf("the log says:\n%s", said)
			}
			n.failUntil(t, 74*time.Hour)
			n.warns(t, "/annonces", "", "BOAMP non reçu depuis 3\u00a0jours", true)
			if all := n.toOperator(); len(all) != 1 {
				t.Errorf("%d mails to the operator", len(all))
			}
			n.FailAlways(nil)
			n.publishAll(3)
			for st := n.try(t); st.Failures > 0; st = n.try(t) {
			}
			n.warns(t, "/annonces", "", "BOAMP non reçu", false)
			n.heard(t, 1, 1)
			n.FailAlways(rehearsal.TooFast(""))
			n.failUntil(t, 27*time.Hour)
			n.warns(t, "/annonces", "", "BOAMP non reçu depuis 27\u00a0h", true)
			for deadline := time.Now().Add(20 * time.Second); len(n.toOperator()) < 2 && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
			}
			if all := n.toOperator(); len(all) != 2 {
				t.Errorf("%d mails to the operator, of two silences", len(all))
			}
			n.heard(t, 2, 1)
		})
	}
}

// TestAGazetteThatStandsStillIsSaid has the platform answer as if all were well, with
// what it had the day before: a mirror that nobody feeds any more.
func TestAGazetteThatStandsStillIsSaid(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			n := openNewsroom(t, dialect)
			news := n.state(t).NewsAt
			for st := n.state(t); st.DueAt < news.Add(intake.Patience); st = n.state(t) {
				if st = n.try(t); st.Failures > 0 || st.NewsAt != news || st.ReceivedAt <= news {
					t.Fatalf("before its time: %+v", st)
				}
			}
			n.warns(t, "/annonces", "", "BOAMP non reçu", false)
			st := n.try(t)
			if now := n.clock.Now().Sub(news); st.Failures != 1 || now < intake.Patience || now > intake.Patience+time.Minute {
				t.Errorf("%v later: %+v", now, st)
			}
			n.warns(t, "/annonces", "", silentFor26Hours, true)
			m := n.mail(t, operator, silentFor26Hours)
			if !strings.Contains(m.Text, "La source répond, mais le dernier avis nouveau du BOAMP est venu le ") || !strings.Contains(m.Text, "n'est plus tenue à jour") {
				t.Errorf("the mail says:\n%s", m.Text)
			}
			if st := n.try(t); st.Failures != 2 { // it is asked again, and says the same
				t.Errorf("%+v", st)
			}
			n.Publish(n.roof(1, -4, "objet", "Réfection de la toiture n° 1, tranche 2")) // a corrected record is news
			if st := n.try(t); st.Failures != 0 || st.NewsAt == news || st.Last.Changed != 1 {
				t.Errorf("%+v", st)
			}
			n.warns(t, "/annonces", "", "BOAMP non reçu", false)
			n.heard(t, 1, 1)
			if all := n.toOperator(); len(all) != 1 {
				t.Errorf("%d mails to the operator", len(all))
			}
		})
	}
}

// TestNewsOfAFetchThatFailedLaterCount: what a fetch brought before it failed is known to
// the one that comes through, and was news all the same.
func TestNewsOfAFetchThatFailedLaterCount(t *testing.T) {
	n := openNewsroom(t, db.SQLite)
	before := n.state(t).NewsAt
	n.Publish(n.roof(3, -2))
	asked := len(n.Asked())
	n.Before(func(rank int) {
		if rank == asked+7 { // all of the eight days but the last
			n.FailAlways(rehearsal.Down(503))
		}
	})
	st := n.try(t)
	if st.Failures != 1 || st.NewsAt <= before {
		t.Errorf("%+v", st)
	}
	news := st.NewsAt
	n.Before(nil)
	n.FailAlways(nil)
	if st = n.try(t); st.Failures != 0 || st.NewsAt != news || st.Last.New != 0 || st.Last.Same != 3 {
		t.Errorf("%+v", st)
	}
}

// heard checks how often the journal tells of a silence and of its end.
func (n *newsroom) heard(t *testing.T, silent, heard int) {
	t.Helper()
	got := map[event.Kind]int{}
	if err := n.DB.Read(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
		all, err := event.About(tx, "boamp")
		for _, e := range all {
			got[e.Kind]++
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if got[event.SourceSilent] != silent || got[event.SourceHeard] != heard {
		t.Errorf("the journal tells of %d silences and %d ends, want %d and %d", got[event.SourceSilent], got[event.SourceHeard], silent, heard)
	}
}

// TestWithoutAGazetteNothingIsSaid is a platform without a network: it starts, and warns
// of nothing, however long it runs.
func TestWithoutAGazetteNothingIsSaid(t *testing.T) {
	p := start(t, db.SQLite)
	p.clock.Move(60 * 24 * time.Hour)
	if page := p.page(t, "/annonces", ""); strings.Contains(page, "non reçu") {
		t.Error("it warns")
	}
	err := p.DB.Read(t.Context(), func(tx *db.Tx) error { _, err := intake.StateOf(tx, "boamp"); return err })
	if err == nil {
		t.Error("a gazette is awaited")
	}
}

// TestTheWarningLooksRight visits the pages that warn.
func TestTheWarningLooksRight(t *testing.T) {
	n := openNewsroom(t, db.SQLite)
	n.FailAlways(rehearsal.Down(503))
	n.failUntil(t, 26*time.Hour+time.Minute)
	claire := n.join(t, fontaineSIRET, "Propreté des Vosges", "Claire Fontaine", "claire.fontaine")
	n.warns(t, "/annonces", "", silentFor26Hours, true)
	b := browsertest.New(t)
	page := n.signedIn(t, b, claire, "/entreprise")
	must(t, page, "BOAMP non reçu depuis 26 h")
	everywhere(t, page, "boamp-silencieux-espace")
	visit(page, n.url+"/annonces")
	everywhere(t, page, "boamp-silencieux-annonces")
}
