package alert_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// The faults that alerts must survive, by their numbers. F11 and F12, the two changes of
// hour, are TestTheChangeOfHourMakesOneDigest; F18 is in change_test.go, F19 in
// oracle_test.go, F21 in the kill test of the program. F13 and F16, and the half of F17
// that is about closing, are about consultations of this platform, which do not exist yet:
// nobody types a deadline here, and nothing is deposited.

// F14: days left are days of the calendar, over any change of hour.
func TestF14DaysLeftAreDaysOfTheCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := time.Date(2026, 1, 1, 0, 0, 0, 0, clock.Paris).Add(time.Duration(rapid.IntRange(0, 366*24*60).Draw(t, "minutes")) * time.Minute)
		days := rapid.IntRange(0, 400).Draw(t, "days")
		y, m, d := from.Date()
		to := time.Date(y, m, d+days, rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"), 0, 0, clock.Paris)
		if to.Before(from) {
			return
		}
		if got := clock.At(to).DaysLeft(clock.At(from), clock.Paris); got != days {
			t.Fatalf("from %s to %s: %d days, want %d", from, to, got, days)
		}
	})
}

// F15: a deadline overseas is one instant, said on both clocks.
func TestF15ADeadlineOverseasIsSaidOnBothClocks(t *testing.T) {
	cases := []struct{ department, local, place, paris string }{
		{"974", "jeudi 10 décembre 2026 à 14\u00a0h\u00a000", "La Réunion", "jeudi 10 décembre 2026 à 11\u00a0h\u00a000"},
		{"971", "jeudi 10 décembre 2026 à 6\u00a0h\u00a000", "Guadeloupe", "jeudi 10 décembre 2026 à 11\u00a0h\u00a000"},
		{"987", "jeudi 10 décembre 2026 à 0\u00a0h\u00a000", "Polynésie française", "jeudi 10 décembre 2026 à 11\u00a0h\u00a000"},
	}
	h := quiet(t)
	h.create(h.odile(), immediate("Bois"))
	for i, c := range cases {
		r := call(fmt.Sprint("26-", i), "Menuiseries")
		r.Departments, r.Deadline = []string{c.department}, clock.At(time.Date(2026, 12, 10, 10, 0, 0, 0, time.UTC))
		h.publish(r)
		m := h.only()
		want := "Date limite\u00a0: " + c.local + ", heure locale (" + c.place + "), soit " + c.paris + ", heure de Paris"
		for part, said := range map[string]string{"text": strings.ReplaceAll(m.Text, "\n", " "), "HTML": m.HTML} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: the %s does not say %q", c.department, part, want)
			}
		}
	}
}

// F17: a deadline is moved while the alert of the notice is being written and sent. In
// the end every reader knows the deadline that counts: by the alert, or by what followed.
func TestF17ADeadlineMovedWhileItsMailLeaves(t *testing.T) {
	const notices = 12
	each(t, func(t *testing.T, h *house) {
		addresses := []string{"a@exemple.fr", "b@exemple.fr", "c@exemple.fr"}
		h.plant("Bois", watch.Immediate, 7, addresses...)
		h.start()
		var records []notice.Record
		for i := range notices {
			records = append(records, call(fmt.Sprint("26-", i), fmt.Sprint("Menuiseries du lot ", i)))
		}
		h.Record(true, records...)
		h.AwaitIdle()
		var all sync.WaitGroup
		sending, stop := context.WithCancel(t.Context())
		all.Go(func() { _ = h.sender.Run(sending) })
		for i := range notices {
			h.Record(true, moved(fmt.Sprint("27-", i), fmt.Sprint("26-", i), inDays(30+i)))
		}
		h.AwaitIdle()
		h.awaitSent()
		stop()
		all.Wait()
		knows := map[string]string{}
		for _, m := range h.box.Messages() {
			for i := range notices {
				title := fmt.Sprintf("\nMenuiseries du lot %d\n", i)
				_, part, found := strings.Cut(m.Text, title)
				if !found {
					continue
				}
				part, _, _ = strings.Cut(part, "-----")
				for _, start := range []string{"Date limite\u00a0: ", "Nouvelle date limite\u00a0: "} {
					if _, day, ok := strings.Cut(part, start); ok {
						knows[m.To[0]+title], _, _ = strings.Cut(day, " à ")
					}
				}
			}
		}
		for _, a := range addresses {
			for i := range notices {
				long := inDays(30 + i).Long(clock.Paris)
				want, _, _ := strings.Cut(long, " à ")
				if got := knows[a+fmt.Sprintf("\nMenuiseries du lot %d\n", i)]; got != want {
					t.Errorf("%s knows %q of notice %d, want %q", a, got, i, want)
				}
			}
		}
	})
}

// awaitSent waits until no mail is left to send.
func (h *house) awaitSent() {
	h.t.Helper()
	for range 1000 {
		if h.Count("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')") == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	h.t.Fatal("mails are still not sent")
}

// F20: recipients unsubscribe, and watches are deleted, while their mails are being sent.
// A second after that nothing reaches them any more.
func TestF20NothingLeavesASecondAfterAStop(t *testing.T) {
	const recipients = 30
	each(t, func(t *testing.T, h *house) {
		address := func(i int) string { return fmt.Sprintf("r%d@exemple.fr", i) }
		for i := range recipients {
			h.plant(fmt.Sprint("veille ", i), watch.Immediate, 7, address(i))
		}
		var ids []string
		h.Read(func(tx *db.Tx) error { return tx.All(&ids, "SELECT id FROM watch ORDER BY num") })
		for n := range 6 {
			h.publish(call(fmt.Sprint("26-", n), fmt.Sprint("Menuiseries ", n)))
		}
		h.box.Misbehave(func(mailbox.Phase, string) error { time.Sleep(2 * time.Millisecond); return nil }) // a relay takes its time
		var stopped sync.Map                                                                                // address to the moment at which they were told that it is over
		var all sync.WaitGroup
		sending, stop := context.WithCancel(t.Context())
		all.Go(func() { _ = h.sender.Run(sending) })
		for i := range recipients {
			h.Write(func(tx *db.Tx) error {
				if i%2 == 0 {
					return h.watches.Stop(tx, address(i), []string{ids[i]}, false)
				}
				if _, err := tx.Exec("UPDATE watch SET deleted_at = $1, version = version + 1 WHERE id = $2", tx.Now, ids[i]); err != nil {
					return err
				}
				return tx.Changed("watch", ids[i])
			})
			stopped.Store(address(i), time.Now())
		}
		h.awaitSent()
		stop()
		all.Wait()
		sent := 0
		for _, m := range h.box.Messages() {
			at, _ := stopped.Load(m.To[0])
			if late := m.Received.Sub(at.(time.Time)); late > time.Second {
				t.Errorf("%s was written to %v after it was over", m.To[0], late)
			}
			sent++
		}
		cancelled := h.Count("SELECT count(*) FROM outbox WHERE state = 'cancelled'")
		if sent+cancelled != 6*recipients || cancelled == 0 {
			t.Errorf("%d sent and %d cancelled of %d", sent, cancelled, 6*recipients)
		}
	})
}

// A mail that could not leave is written again when it does: what was stopped meanwhile
// is not in it.
func TestF20AMailThatWaitsForTheRelayIsWrittenAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		id := h.create(by, immediate("Bois"))
		h.publish(call("26-1", "Menuiseries"))
		h.box.Refuse(451, "data")
		h.mails()
		h.box.Heal()
		h.delete(by, id)
		h.Clock.Move(time.Hour)
		h.wantSubjects("deleted while it waited")
	})
}

// F17, at its worst moment: the alert has read the notice and is not written yet when the
// deadline is moved. The mail about the change waits until it knows what the alert says.
func TestF17ADeadlineMovedBetweenReadingAndWriting(t *testing.T) {
	h := replicas(t)
	var once sync.Once
	reached, released := make(chan struct{}), make(chan struct{})
	h[0].DB.Observe = func(query string) {
		if strings.HasPrefix(query, "UPDATE told SET stated") {
			once.Do(func() { close(reached); <-released })
		}
	}
	h[0].plant("Bois", watch.Immediate, 7, "a@exemple.fr")
	h[0].publish(call("26-1", "Menuiseries"))
	var all sync.WaitGroup
	all.Go(func() { h[0].mails() })
	<-reached
	h[1].publish(moved("26-2", "26-1", inDays(30)))
	all.Go(func() { h[1].mails() })
	for waits := 0; waits == 0; time.Sleep(5 * time.Millisecond) {
		waits = h[1].Count("SELECT (SELECT count(*) FROM pg_locks WHERE NOT granted) + (SELECT count(*) FROM outbox WHERE kind = 'changes' AND ended_at IS NOT NULL)")
	}
	close(released)
	all.Wait()
	var got []string
	for _, one := range h {
		for _, m := range one.box.Messages() {
			got = append(got, m.Subject)
		}
	}
	if len(got) != 2 || got[0] != "Nouveau marché\u00a0: Menuiseries (67)" || got[1] != "Date limite reportée au 24/12/2026\u00a0: Menuiseries (67)" {
		t.Errorf("%q", got)
	}
}
