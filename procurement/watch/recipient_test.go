package watch_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
)

const karim = "karim@muller.example"

// withKarim is a watch that is to be mailed to a colleague too.
func withKarim(name string) watch.Form {
	f := form(name)
	f.Recipients = []string{karim}
	return f
}

// mint gives the secret of the request of an address, as the composer of its mail
// would; ok is false when it must not be sent.
func (h *house) mint(by access.Actor, id, address string) (secret string, ok bool) {
	h.t.Helper()
	r := h.recipient(by, id, address)
	h.Write(func(tx *db.Tx) (err error) {
		secret, _, ok, err = watch.MintToken(tx, r.ID)
		return err
	})
	return secret, ok
}

func (h *house) recipient(by access.Actor, id, address string) watch.Recipient {
	h.t.Helper()
	for _, r := range h.find(by, id).Recipients {
		if r.AddressKey == address {
			return r
		}
	}
	h.t.Fatalf("%s is no recipient", address)
	return watch.Recipient{}
}

func (h *house) state(by access.Actor, id, address string, want watch.RecipientState) {
	h.t.Helper()
	if got := h.recipient(by, id, address).State(); got != want {
		h.t.Errorf("%s is %q, want %q", address, got, want)
	}
}

func (h *house) answer(secret string, yes bool) {
	h.t.Helper()
	_, err := h.watches.Answer(context.Background(), secret, yes)
	h.must(err)
}

// mailed counts the requests that may be mailed.
func (h *house) mailed() int {
	h.t.Helper()
	return h.Count("SELECT count(*) FROM event WHERE kind = $1 AND body = '{}'", string(event.RecipientAsked))
}

// asks counts the requests that were made of anybody.
func (h *house) asks() int {
	h.t.Helper()
	return h.Count("SELECT count(*) FROM event WHERE kind = $1", string(event.RecipientAsked))
}

// receiving lists the names of the watches that an address is mailed.
func (h *house) receiving(address string) (names []string) {
	h.t.Helper()
	h.Read(func(tx *db.Tx) error {
		all, err := watch.Receiving(tx, address)
		for _, w := range all {
			names = append(names, w.Name)
		}
		return err
	})
	return names
}

func TestAnAddressIsAskedOnceAndAnswers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx, by := context.Background(), h.odile()
		id := h.create(by, withKarim("Bois"))
		if h.asks() != 1 || h.receiving(karim) != nil {
			t.Errorf("%d requests; receives %v", h.asks(), h.receiving(karim))
		}
		h.update(by, id, withKarim("Bois et fer")) // not again
		if h.asks() != 1 {
			t.Errorf("asked again by an edit")
		}
		secret, ok := h.mint(by, id, karim)
		if !ok {
			t.Fatal("no request")
		}
		for range 2 { // reading it answers nothing
			r, err := h.watches.RequestOf(ctx, secret)
			if err != nil || r.WatchName != "Bois et fer" || r.CompanyName != "Menuiserie Muller" || r.State() != watch.Awaited {
				t.Fatalf("%+v, %v", r, err)
			}
		}
		h.answer(secret, true)
		h.answer(secret, true)
		h.state(by, id, karim, watch.Confirmed)
		if diff := cmp.Diff([]string{"Bois et fer"}, h.receiving(karim)); diff != "" {
			t.Error(diff)
		}
		if n := h.Count("SELECT count(*) FROM event WHERE kind = $1", string(event.RecipientConfirmed)); n != 1 {
			t.Errorf("%d confirmations in the journal, want 1", n)
		}
		if _, ok := h.mint(by, id, karim); ok {
			t.Error("who has answered is sent a request")
		}
		h.answer(secret, false)
		h.state(by, id, karim, watch.Stopped)
		if got := h.receiving(karim); got != nil {
			t.Errorf("who refused receives %v", got)
		}
	})
}

func TestARequestLivesAWeek(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx, by := context.Background(), h.odile()
		id := h.create(by, withKarim("Bois"))
		secret, _ := h.mint(by, id, karim)
		h.Clock.Move(7*24*time.Hour - time.Minute)
		if _, err := h.watches.RequestOf(ctx, secret); err != nil {
			t.Errorf("a minute before: %v", err)
		}
		h.Clock.Move(2 * time.Minute)
		_, err1 := h.watches.RequestOf(ctx, secret)
		_, err2 := h.watches.Answer(ctx, secret, true)
		if !fault.Is(err1, fault.NotFound) || !fault.Is(err2, fault.NotFound) {
			t.Errorf("a minute after: %v, %v", err1, err2)
		}
		if _, ok := h.mint(by, id, karim); ok {
			t.Error("a request is sent after its time")
		}
		h.state(by, id, karim, watch.Awaited)
		// Taken off and put back, the address is asked again.
		h.update(by, id, form("Bois"))
		saved := h.update(by, id, withKarim("Bois"))
		if diff := cmp.Diff([]string{karim}, saved.Asked); diff != "" || h.asks() != 2 {
			t.Errorf("%d requests%s", h.asks(), diff)
		}
		again, ok := h.mint(by, id, karim)
		if !ok {
			t.Fatal("no second request")
		}
		h.answer(again, true)
		h.state(by, id, karim, watch.Confirmed)
	})
}

// Abuse 20: nobody's mailbox is flooded through us, and how often others wrote to it
// is told to nobody.
func TestAnAddressIsAskedFiveTimesADay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		companies := []access.Actor{h.odile(), h.Join(noticetest.Other, "claire", "claire@vosges.example")}
		for i := range 8 {
			saved, err := h.watches.Create(ctx, companies[i%2], withKarim(fmt.Sprint("Veille ", i)))
			h.must(err)
			if diff := cmp.Diff([]string{karim}, saved.Asked); diff != "" {
				t.Errorf("request %d is not answered like the first:\n%s", i+1, diff)
			}
		}
		if h.asks() != 8 || h.mailed() != 5 {
			t.Errorf("%d requests and %d mails, want 8 and 5", h.asks(), h.mailed())
		}
		other := form("Une autre adresse")
		other.Recipients = []string{"anne@muller.example"}
		h.create(companies[0], other)
		h.Clock.Move(25 * time.Hour)
		h.create(companies[0], withKarim("Le lendemain"))
		if h.mailed() != 7 {
			t.Errorf("%d mails, want 7: another address, and the next day", h.mailed())
		}
	})
}

// The same five are for all that an address can be made to receive.
func TestARequestCountsWithOtherMails(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		for range 4 {
			h.must(h.Accounts.AskSignUp(context.Background(), account.SignUpForm{
				SIRET: noticetest.Other, CompanyName: "Propreté des Vosges", Name: "Karim Benali", Address: karim,
			}, account.Visitor{}))
		}
		h.create(by, withKarim("Bois"))
		h.create(by, withKarim("Fer"))
		if h.mailed() != 1 || h.asks() != 2 {
			t.Errorf("%d requests and %d mails, want 2 and 1", h.asks(), h.mailed())
		}
	})
}

// Two companies ask the same people at once, each in its own order: neither waits
// for the other for ever, and five of the six requests leave.
func TestTwoCompaniesAskTheSamePeopleAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		companies := []access.Actor{h.odile(), h.Join(noticetest.Other, "claire", "claire@vosges.example")}
		people := []string{karim, "anne@muller.example", "zoe@muller.example"}
		var all sync.WaitGroup
		for i := range 6 {
			f := form(fmt.Sprint("Veille ", i))
			f.Recipients = slices.Clone(people)
			if i%2 == 1 {
				slices.Reverse(f.Recipients)
			}
			all.Go(func() {
				if _, err := h.watches.Create(context.Background(), companies[i%2], f); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if h.asks() != 18 || h.mailed() != 15 {
			t.Errorf("%d requests and %d mails, want 18 and 15", h.asks(), h.mailed())
		}
	})
}

func TestWhoHasAgreedIsNotAskedAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx, by := context.Background(), h.odile()
		first := h.create(by, withKarim("Bois"))
		secret, _ := h.mint(by, first, karim)
		h.answer(secret, true)
		saved, err := h.watches.Create(ctx, by, withKarim("Fer"))
		h.must(err)
		h.state(by, saved.ID, karim, watch.Confirmed)
		if saved.Asked != nil || h.asks() != 1 {
			t.Errorf("asked again: %v, %d", saved.Asked, h.asks())
		}
		// Another company has to ask.
		claire := h.Join(noticetest.Other, "claire", "claire@vosges.example")
		theirs, err := h.watches.Create(ctx, claire, withKarim("Bois"))
		h.must(err)
		h.state(claire, theirs.ID, karim, watch.Awaited)
		// Who has stopped one watch is asked before any other.
		h.Write(func(tx *db.Tx) error { return h.watches.Stop(tx, karim, []string{first}, false) })
		third := h.create(by, withKarim("Verre"))
		h.state(by, third, karim, watch.Awaited)
		h.state(by, saved.ID, karim, watch.Confirmed)
		// Taken off and put back, who had stopped is asked too.
		h.update(by, first, form("Bois"))
		h.update(by, first, withKarim("Bois"))
		h.state(by, first, karim, watch.Awaited)
	})
}

func TestARemovedAddressHasNoRequest(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx, by := context.Background(), h.odile()
		id := h.create(by, withKarim("Bois"))
		secret, _ := h.mint(by, id, karim)
		h.update(by, id, form("Bois"))
		if _, err := h.watches.Answer(ctx, secret, true); !fault.Is(err, fault.NotFound) {
			t.Errorf("removed: %v", err)
		}
		if n := len(h.find(by, id).Recipients); n != 1 {
			t.Errorf("%d recipients, want the main one", n)
		}
		gone := h.create(by, withKarim("Fer"))
		secret, _ = h.mint(by, gone, karim)
		_, err := h.watches.Delete(ctx, by, gone)
		h.must(err)
		if _, err := h.watches.RequestOf(ctx, secret); !fault.Is(err, fault.NotFound) {
			t.Errorf("the watch was deleted: %v", err)
		}
		for _, wrong := range []string{"", "x", "\x00"} {
			if _, err := h.watches.RequestOf(ctx, wrong); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v", wrong, err)
			}
		}
	})
}

// The owner alone takes back what the main address has said.
func TestTheMainAddressStopsAndResumes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		colleague := by
		colleague.AccountID, colleague.Address = h.Join(noticetest.Seat, "karim", karim).AccountID, karim
		id := h.create(by, form("Bois"))
		stop := func(again bool) {
			h.Write(func(tx *db.Tx) error { return h.watches.Stop(tx, odile, []string{id, "no such watch"}, again) })
		}
		resume := form("Bois")
		resume.Resume = true
		stop(false)
		stop(false)
		h.state(by, id, odile, watch.Stopped)
		if n := h.Count("SELECT count(*) FROM event WHERE kind = $1", string(event.RecipientStopped)); n != 1 {
			t.Errorf("%d lines in the journal, want 1", n)
		}
		h.update(colleague, id, resume)
		h.state(by, id, odile, watch.Stopped)
		h.update(by, id, form("Bois"))
		h.state(by, id, odile, watch.Stopped)
		h.update(by, id, resume)
		h.state(by, id, odile, watch.Confirmed)
		stop(false)
		stop(true)
		h.state(by, id, odile, watch.Confirmed)
	})
}

func TestAnAddressThatFailsIsSuspendedEverywhere(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		a, b := h.create(by, form("Bois")), h.create(by, form("Fer"))
		h.Write(func(tx *db.Tx) error { return watch.Fail(tx, odile) })
		h.state(by, a, odile, watch.Failed)
		h.state(by, b, odile, watch.Failed)
		if got := h.receiving(odile); got != nil {
			t.Errorf("receives %v", got)
		}
		at := h.recipient(by, a, odile).FailedAt
		h.Clock.Move(time.Hour)
		h.Write(func(tx *db.Tx) error { return watch.Fail(tx, odile) })
		if h.recipient(by, a, odile).FailedAt != at {
			t.Error("the first refusal is forgotten")
		}
		resume := form("Bois")
		resume.Resume = true
		h.update(by, a, resume)
		if diff := cmp.Diff([]string{"Bois"}, h.receiving(odile)); diff != "" {
			t.Error(diff)
		}
	})
}
