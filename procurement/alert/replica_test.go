package alert_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/alert"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// replicas opens two programs on one PostgreSQL database, under one clock.
func replicas(t *testing.T) [2]*house {
	t.Helper()
	url := dbtest.URL(t, db.Postgres)
	d, c := dbtest.Open(t, url)
	second, err := db.Open(context.Background(), url, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = second.Close() })
	return [2]*house{open(t, d, c), open(t, second, c)}
}

// start has a house do its jobs until the test ends.
func (h *house) start() {
	h.t.Helper()
	h.must(h.Queue.Start(context.Background()))
	h.t.Cleanup(func() { _ = h.Queue.Stop(context.Background()) })
}

// exactlyOnce checks that each recipient was mailed each notice in one message.
func (h *house) exactlyOnce(notices, recipients int) {
	h.t.Helper()
	n := h.Count("SELECT count(*) FROM mailing_item i JOIN mailing m ON m.id = i.mailing_id")
	pairs := h.Count("SELECT count(*) FROM (SELECT DISTINCT m.address_key, i.notice_id FROM mailing_item i JOIN mailing m ON m.id = i.mailing_id) AS told")
	if want := notices * recipients; n != want || pairs != want {
		h.t.Errorf("%d notices were mailed, to %d pairs of a recipient and a notice: want %d", n, pairs, want)
	}
	if told := h.Count("SELECT count(*) FROM told"); told != pairs {
		h.t.Errorf("the ledger has %d lines for %d pairs", told, pairs)
	}
}

// Two programs keep one timetable: each recipient has one digest, and each notice
// at once or in it.
func TestTwoReplicasMailEverybodyOnce(t *testing.T) {
	defer alert.PeoplePerStep(5)()
	h := replicas(t)
	const recipients = 40
	for i := range recipients {
		address := fmt.Sprintf("r%d@exemple.fr", i)
		h[0].plant(fmt.Sprint("quotidienne ", i), watch.Daily, 7, address)
		h[0].plant(fmt.Sprint("autre ", i), watch.Daily, 7+i%2, address, fmt.Sprintf("r%d@exemple.fr", (i+1)%recipients))
		if i%4 == 0 {
			h[0].plant(fmt.Sprint("immédiate ", i), watch.Immediate, 7, address)
		}
	}
	h[0].start()
	h[1].start()
	var records [20]notice.Record
	var all sync.WaitGroup
	for i := range records {
		records[i] = call(fmt.Sprint(i), "Menuiseries du lot "+fmt.Sprint(i))
		all.Go(func() { h[i%2].Record(true, records[i]) })
	}
	all.Wait()
	h[0].AwaitIdle()
	h[0].Set(time.Date(2026, 11, 25, 7, 0, 1, 0, clock.Paris))
	for i := range 6 {
		all.Go(func() { h[i%2].must(h[i%2].alerts.Digests(context.Background())) })
	}
	all.Wait()
	h[0].exactlyOnce(len(records), recipients)
	if n := h[0].Count("SELECT count(*) FROM mailing WHERE kind = 'digest'"); n != recipients-recipients/4 {
		t.Errorf("%d digests, want one for each of the %d who were not told at once", n, recipients-recipients/4)
	}
	if n := h[0].Count("SELECT count(*) FROM digest_run WHERE day = '2026-11-25'"); n != 1 {
		t.Errorf("%d runs, want 1", n)
	}
	for i := range 2 {
		all.Go(func() { h[i].mails() })
	}
	all.Wait()
	got := map[string]bool{}
	for _, one := range h {
		for _, m := range one.box.Messages() {
			for _, title := range titles(m) {
				key := m.To[0] + title
				if got[key] {
					t.Errorf("twice in the mailbox: %s", key)
				}
				got[key] = true
			}
		}
	}
	if len(got) != len(records)*recipients {
		t.Errorf("%d notices came, want %d", len(got), len(records)*recipients)
	}
}

// Slots close while notices are matched: none falls between two, none is in both.
func TestSlotsCloseWhileNoticesAreMatched(t *testing.T) {
	h := replicas(t)
	const hours = 24
	for hour := range hours {
		h[0].plant(fmt.Sprint("à ", hour), watch.Daily, hour, fmt.Sprintf("r%d@exemple.fr", hour))
	}
	h[0].digests()
	h[0].start()
	h[1].start()
	const batches = 30
	next := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		defer close(next)
		for i := range batches {
			h[i%2].Record(true, call(fmt.Sprint(i, "a"), "Menuiseries"), call(fmt.Sprint(i, "b"), "Menuiseries"))
			if i%2 == 0 {
				next <- struct{}{}
			}
		}
	})
	all.Go(func() {
		for range next { // an hour goes by, while what was just recorded is matched
			h[0].Clock.Move(time.Hour)
			for i := range 2 {
				h[i].must(h[i].alerts.Digests(context.Background()))
			}
		}
	})
	all.Wait()
	h[0].AwaitIdle()
	for range hours + 1 {
		h[0].Clock.Move(time.Hour)
		h[0].digests()
	}
	if n := h[0].Count("SELECT count(*) FROM notice_match"); n != 2*batches {
		t.Errorf("%d notices were matched, want %d", n, 2*batches)
	}
	if n := h[0].Count("SELECT count(DISTINCT slot) FROM notice_match"); n < 3 {
		t.Errorf("the notices fell in %d slots: too few to compare anything", n)
	}
	if n := h[0].Count("SELECT count(*) FROM slot WHERE closed_at IS NULL"); n != 1 {
		t.Errorf("%d slots are open, want 1", n)
	}
	h[0].exactlyOnce(2*batches, hours)
}

// A transaction that matches holds its slot open until it commits.
func TestASlotWaitsForItsMatchers(t *testing.T) {
	h := replicas(t)
	h[0].digests()
	matched, end := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		h[1].Write(func(tx *db.Tx) error {
			_, err := alert.OpenSlot(tx)
			close(matched)
			<-end
			return err
		})
	})
	<-matched
	h[0].Clock.Move(time.Hour)
	closed := make(chan struct{})
	all.Go(func() { h[0].digests(); close(closed) })
	select {
	case <-closed:
		t.Error("the slot was closed under a matcher")
	case <-time.After(300 * time.Millisecond):
	}
	close(end)
	all.Wait()
	<-closed
}

// Who closes a slot has read the clock before it waits for the matchers. What is
// recorded meanwhile for a watch made meanwhile is not lost between the two.
func TestAWatchMadeWhileASlotClosesMissesNothing(t *testing.T) {
	h := replicas(t)
	h[0].digests()
	matched, end := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		h[1].Write(func(tx *db.Tx) error {
			_, err := alert.OpenSlot(tx)
			close(matched)
			<-end
			return err
		})
	})
	<-matched
	h[0].Clock.Move(time.Hour)
	all.Go(h[0].digests)
	h[0].awaitLock()
	h[0].Clock.Move(time.Minute)
	h[1].plant("Matin", watch.Daily, 7, odile)
	h[1].publish(call("1", "Menuiseries de l'école"))
	close(end)
	all.Wait()
	h[0].tomorrow(7, 0)
	h[0].told("at seven", odile+": Menuiseries de l'école (Matin)")
}

// An edit while a notice is matched does not take back what was found.
func TestAWatchEditedWhileANoticeIsMatchedKeepsIt(t *testing.T) {
	h := replicas(t)
	by := h[0].odile()
	id := h[0].create(by, immediate("Bois"))
	h[0].Work()
	h[0].digests()
	h[0].mails()
	held, end := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		h[0].Write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE slot SET opened_at = opened_at")
			close(held)
			<-end
			return err
		})
	})
	<-held
	all.Go(func() { h[1].publish(call("1", "Menuiseries de l'école")) })
	h[0].awaitLock()
	f := immediate("Bois")
	f.Keywords = "voirie"
	h[0].edit(by, id, f)
	close(end)
	all.Wait()
	h[0].told("at once", odile+": Menuiseries de l'école (Bois)")
}

// awaitLock waits until somebody waits for a lock of the database.
func (h *house) awaitLock() {
	h.t.Helper()
	for range 1000 {
		if h.Count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	h.t.Fatal("nobody waits")
}
