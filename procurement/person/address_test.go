package person_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/event"
	"parvis/procurement/watch"
)

func TestWatchesFollowTheirPerson(t *testing.T) {
	eachRemoval(t, func(t *testing.T, h *removal) {
		by := h.join(access.Anybody(), "odile", odile)
		colleague := h.join(by, "karim", karim)
		own, stopped := h.create(by, "Bois", watch.Immediate), h.create(by, "Fer", watch.Daily)
		shared := h.create(colleague, "Portes", watch.Daily, odile)
		h.agree(odile)
		asked := h.create(colleague, "Volets", watch.Daily, "odile@ailleurs.example")
		h.stop(odile, stopped)
		h.goTo("odile", neuve)
		by.Address = neuve
		h.equal("her own", h.recipients(by, own), []string{neuve + " confirmed main"})
		h.equal("what she said of one", h.recipients(by, stopped), []string{neuve + " stopped main"})
		h.equal("a colleague's, to which she had agreed", h.recipients(by, shared), []string{karim + " confirmed main", neuve + " confirmed"})
		h.equal("what another address was asked", h.recipients(by, asked), []string{karim + " confirmed main", "odile@ailleurs.example awaited"})
		if n := h.Count("SELECT count(*) FROM event WHERE kind = $1 AND body LIKE '%neuve%'", string(event.WatchChanged)); n != 0 {
			t.Error("the journal, which is for ever, has the address")
		}

		// The page that a colleague has open is out of date: saving it would ask the old
		// address again.
		_, err := h.watches.Update(t.Context(), colleague, shared, watch.Form{Name: "Portes", Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "daily", Hour: 7, Recipients: []string{odile}, Version: 1})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("saving over the change: %v", err)
		}
		h.back(odile)
		by.Address = odile
		h.equal("her own, taken back", h.recipients(by, own), []string{odile + " confirmed main"})
		h.equal("the colleague's, taken back", h.recipients(by, shared), []string{karim + " confirmed main", odile + " confirmed"})
	})
}

// What a mailbox was asked, it answers itself.
func TestAnUnansweredRequestStaysWhereItWasSent(t *testing.T) {
	eachRemoval(t, func(t *testing.T, h *removal) {
		by := h.join(access.Anybody(), "odile", odile)
		colleague := h.join(by, "karim", karim)
		id := h.create(colleague, "Portes", watch.Daily, odile)
		h.goTo("odile", neuve)
		h.equal("the request", h.recipients(colleague, id), []string{karim + " confirmed main", odile + " awaited"})
		h.agree(odile)
		h.equal("its answer", h.recipients(colleague, id), []string{karim + " confirmed main", odile + " confirmed"})
	})
}

// The new address receives some of the watches already: one of its person receives what
// either did, and the mailbox has back what was its own once the person leaves it.
func TestAnAddressThatReceivedTheWatchAlready(t *testing.T) {
	eachRemoval(t, func(t *testing.T, h *removal) {
		by := h.join(access.Anybody(), "odile", odile)
		ids := map[string]string{}
		for _, name := range []string{"both", "old only", "new only", "neither"} {
			ids[name] = h.create(by, name, watch.Daily, devis)
		}
		h.agree(devis)
		unanswered := h.create(by, "unanswered", watch.Daily)
		h.Write(func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO watch_recipient (id, watch_id, address, address_key, main, asked_at) VALUES ($1, $2, $3, $3, $4, $5)`,
				db.NewID(), unanswered, devis, false, tx.Now)
			return err
		})
		h.stop(devis, ids["old only"])
		h.stop(odile, ids["new only"])
		h.stop(odile, ids["neither"])
		h.stop(devis, ids["neither"])
		h.Write(func(tx *db.Tx) error { return watch.Fail(tx, devis) }) // and answers again since

		h.goTo("odile", devis)
		by.Address = devis
		for name, want := range map[string]string{"both": "confirmed", "old only": "confirmed", "new only": "confirmed", "neither": "stopped"} {
			h.equal(name, h.recipients(by, ids[name]), []string{devis + " " + want + " main"})
		}
		h.equal("unanswered", h.recipients(by, unanswered), []string{devis + " confirmed main"})

		h.goTo("odile", neuve)
		by.Address = neuve
		for name, want := range map[string][]string{
			"both":     {devis + " failed", neuve + " confirmed main"},
			"old only": {devis + " failed", neuve + " confirmed main"},
			"neither":  {devis + " failed", neuve + " stopped main"},
		} {
			h.equal(name+", left", h.recipients(by, ids[name]), want)
		}
		h.back(odile)
		by.Address = odile
		h.equal("taken back", h.recipients(by, ids["both"]), []string{devis + " failed", odile + " confirmed main"})
	})
}

// A mailbox that was the person's for a while keeps what it had agreed to by itself.
func TestTheOtherMailboxKeepsItsOwn(t *testing.T) {
	eachRemoval(t, func(t *testing.T, h *removal) {
		by := h.join(access.Anybody(), "odile", odile)
		colleague := h.join(by, "karim", karim)
		id := h.create(colleague, "Portes", watch.Immediate, devis)
		h.agree(devis)
		own := h.create(by, "Bois", watch.Immediate)
		h.goTo("odile", devis)
		h.back(odile)
		by.Address = odile
		h.equal("the colleague's", h.recipients(colleague, id), []string{devis + " confirmed", karim + " confirmed main"})
		h.equal("her own", h.recipients(by, own), []string{odile + " confirmed main"})
		// Whoever is taken out of a watch does not come back with a later change.
		h.goTo("odile", devis)
		_, err := h.watches.Update(t.Context(), colleague, id, watch.Form{Name: "Portes", Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "daily", Hour: 7, Version: h.version(id)})
		h.must(err)
		h.goTo("odile", neuve)
		h.equal("taken out", h.recipients(colleague, id), []string{karim + " confirmed main"})
	})
}

func (h *removal) version(id string) int64 {
	h.t.Helper()
	return int64(h.Count("SELECT version FROM watch WHERE id = $1", id))
}

// What is owed to the old address leaves for the new one; what it was told is not told
// again; nothing is missed.
func TestAlertsFollowTheirPerson(t *testing.T) {
	eachRemoval(t, func(t *testing.T, h *removal) {
		by := h.join(access.Anybody(), "odile", odile)
		h.create(by, "Bois", watch.Immediate)
		h.create(by, "Matin", watch.Daily)
		h.publish("a")
		h.told("before", odile+": a")
		h.publish("b") // owed, and not sent yet
		h.goTo("odile", neuve)
		h.told("what was owed", neuve+": b")
		h.publish("c")
		h.told("after", neuve+": c")
		h.morning()
		h.told("the digest says nothing twice")
		h.publish("d")
		if n := h.Count("SELECT count(*) FROM mailing WHERE address_key = $1", odile); n != 1 {
			t.Errorf("%d mailings stay with the old address, want the one that left", n)
		}
		h.back(odile)
		h.told("taken back: what was owed, and what the other mailbox was told", odile+": d", odile+": b c")
		h.publish("e")
		h.told("after that", odile+": e")
		h.morning()
		h.told("the digest after that")
	})
}

// The new address is told of some notices by itself.
func TestNobodyIsToldTwiceWhoHadBothAddresses(t *testing.T) {
	eachRemoval(t, func(t *testing.T, h *removal) {
		by := h.join(access.Anybody(), "odile", odile)
		h.create(by, "Bois", watch.Immediate, devis)
		h.agree(devis)
		h.publish("a")
		h.told("both", odile+": a", devis+": a")
		h.publish("b") // owed to both
		h.goTo("odile", devis)
		h.told("once", devis+": b")
		h.morning()
		h.told("nor by a digest")
	})
}

// The address changes in the middle of the morning's digests: between the reading of
// whom they are for and their writing.
func TestADigestUnderWayFindsItsPerson(t *testing.T) {
	eachRemoval(t, func(t *testing.T, h *removal) {
		by := h.join(access.Anybody(), "odile", odile)
		h.create(by, "Matin", watch.Daily)
		h.publish("a")
		token := h.wanted("odile", neuve)
		now := h.Clock.Now().Time()
		h.Set(time.Date(now.Year(), now.Month(), now.Day()+1, 6, 0, 1, 0, time.UTC)) // seven in Paris, in winter
		for round := range 3 {
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					if err := h.alerts.Digests(context.Background()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Go(func() {
				_, err := h.persons.ConfirmAddress(context.Background(), token, "")
				if err != nil {
					t.Error(err)
				}
			})
			all.Wait()
			h.must(h.alerts.Digests(t.Context())) // the timetable's next look
			at := []string{neuve, odile, neuve}[round]
			h.told(fmt.Sprintf("round %d", round), at+": "+[]string{"a", "b", "c"}[round])
			if n := h.Count("SELECT count(*) FROM digest_run WHERE done_at IS NULL"); n != 0 {
				t.Errorf("%d runs are not done", n)
			}
			if round < 2 {
				h.publish([]string{"b", "c"}[round])
				h.Clock.Move(24 * time.Hour)
				token = h.wanted("odile", []string{odile, neuve}[round])
			}
		}
	})
}

// Somebody saves a watch while their address changes: it is mailed where they are, or
// not saved.
func TestAWatchSavedMeanwhileIsMailedWhereItsPersonIs(t *testing.T) {
	eachRemoval(t, func(t *testing.T, h *removal) {
		by := h.join(access.Anybody(), "odile", odile)
		for round := range 5 {
			to := fmt.Sprintf("odile%d@neuve.example", round)
			token := h.wanted("odile", to)
			name := fmt.Sprintf("Bois %d", round)
			var saving, confirming error
			var all sync.WaitGroup
			all.Go(func() {
				_, saving = h.watches.Create(context.Background(), by, watch.Form{Name: name, Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "daily", Hour: 7})
			})
			all.Go(func() { _, confirming = h.persons.ConfirmAddress(context.Background(), token, "") })
			all.Wait()
			if confirming != nil || saving != nil && !fault.Is(saving, fault.Conflict) {
				t.Fatalf("%v, %v", confirming, saving)
			}
			if n := h.Count("SELECT count(*) FROM watch_recipient WHERE removed_at IS NULL AND address_key <> $1", to); n != 0 {
				t.Errorf("round %d: %d watches are mailed where nobody is", round, n)
			}
			by.Address = to
			h.Clock.Move(7 * time.Hour)
		}
	})
}

// A colleague leaves and passes on their watches to somebody whose address changes.
func TestAWatchPassedOnMeanwhileIsMailedWhereItsPersonIs(t *testing.T) {
	eachRemoval(t, func(t *testing.T, h *removal) {
		by := h.join(access.Anybody(), "odile", odile)
		at := odile
		for round := range 4 {
			login := fmt.Sprintf("karim%d", round)
			colleague := h.join(by, login, login+"@muller.example")
			h.create(colleague, "Portes "+login, watch.Daily)
			to := fmt.Sprintf("odile%d@neuve.example", round)
			token := h.wanted("odile", to)
			var all sync.WaitGroup
			var errs [2]error
			all.Go(func() { _, errs[0] = h.members.Remove(context.Background(), by, colleague.MembershipID) })
			all.Go(func() { _, errs[1] = h.persons.ConfirmAddress(context.Background(), token, "") })
			all.Wait()
			h.must(errs[0])
			h.must(errs[1])
			if n := h.Count("SELECT count(*) FROM watch_recipient WHERE removed_at IS NULL AND (NOT main OR address_key <> $1)", to); n != 0 {
				t.Errorf("round %d: %d watches are not mailed where she is, after %s", round, n, at)
			}
			at, by.Address = to, to
			h.Clock.Move(7 * time.Hour)
		}
	})
}

// An address that is free only for who asked first: the room says so in its own words.
func TestOfTwoWhoConfirmOneAddressOneHasIt(t *testing.T) {
	eachRemoval(t, func(t *testing.T, h *removal) {
		by := h.join(access.Anybody(), "odile", odile)
		h.join(by, "karim", karim)
		for round := range 3 {
			to := fmt.Sprintf("commune%d@muller.example", round)
			tokens := []string{h.wanted("odile", to), h.wantedBeside("karim", to)}
			errs := make([]error, 2)
			var all sync.WaitGroup
			for i, token := range tokens {
				all.Go(func() { _, errs[i] = h.persons.ConfirmAddress(context.Background(), token, "") })
			}
			all.Wait()
			if (errs[0] == nil) == (errs[1] == nil) || errs[0] != nil && !fault.Is(errs[0], fault.Conflict) || errs[1] != nil && !fault.Is(errs[1], fault.Conflict) {
				t.Errorf("round %d: %v", round, errs)
			}
			h.Clock.Move(25 * time.Hour)
		}
		if _, err := h.persons.ConfirmAddress(t.Context(), "x", ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown link: %v", err)
		}
		if token, err := h.persons.RestoreAddress(t.Context(), "x"); token != "" || !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown link back: %q, %v", token, err)
		}
	})
}

// wantedBeside is wanted where somebody else waits for the same address.
func (h *removal) wantedBeside(login, to string) string {
	h.t.Helper()
	h.Write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE address_change SET closed_at = expires_at WHERE closed_at IS NULL")
		return err
	})
	token := h.wanted(login, to)
	h.Write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE address_change SET closed_at = NULL WHERE closed_at = expires_at")
		return err
	})
	return token
}

// The address changes while mails leave: each notice arrives once, where its person was
// or where they are.
func TestAMailThatIsLeavingArrivesOnce(t *testing.T) {
	eachRemoval(t, func(t *testing.T, h *removal) {
		by := h.join(access.Anybody(), "odile", odile)
		h.create(by, "Bois", watch.Immediate)
		h.mails()
		for round := range 5 {
			to := fmt.Sprintf("odile%d@neuve.example", round)
			var titles []string
			for i := range 6 {
				titles = append(titles, fmt.Sprintf("r%dn%d", round, i))
				h.publish(titles[i])
			}
			token := h.wanted("odile", to)
			var sending, confirming error
			var all sync.WaitGroup
			all.Go(func() { _, sending = h.sender.SendDue(context.Background()) })
			all.Go(func() { _, confirming = h.persons.ConfirmAddress(context.Background(), token, "") })
			all.Wait()
			h.must(sending)
			h.must(confirming)
			h.Clock.Move(5 * time.Minute) // what was being written is written anew
			if _, err := h.sender.SendDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			var told []string
			for _, m := range h.mails() {
				for _, found := range title.FindAllStringSubmatch(strings.ReplaceAll(m.Text, "\r\n", "\n"), -1) {
					told = append(told, found[1])
				}
			}
			slices.Sort(told)
			h.equal(fmt.Sprintf("round %d", round), told, titles)
			h.Clock.Move(7 * time.Hour)
		}
	})
}
