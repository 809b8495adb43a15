package watch_test

import (
	"context"
	"testing"
	"time"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/account"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
)

// spend takes what an address may be written to in a day.
func (h *house) spend(address string) {
	h.t.Helper()
	h.Write(func(tx *db.Tx) error {
		for range 5 {
			if _, err := account.Solicit(tx, address); err != nil {
				return err
			}
		}
		return nil
	})
}

// An address that has had its mails of the day is asked the next day, once, by one
// replica; after a week nobody waits for it any more.
func TestAnAddressThatHadItsMailsIsAskedLater(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		by := h.odile()
		h.spend(karim)
		id := h.create(by, withKarim("Bois"))
		again := func(when string, want int) {
			t.Helper()
			h.must(h.watches.AskWithheld(ctx))
			h.must(h.watches.AskWithheld(ctx))
			if n := h.mailed(); n != want {
				t.Errorf("%s: asked %d times, want %d", when, n, want)
			}
		}
		if h.asks() != 1 || h.mailed() != 0 {
			t.Fatal("nothing was withheld")
		}
		again("the same day", 0)
		h.Clock.Move(25 * time.Hour)
		again("the next day", 1)
		if r := h.recipient(by, id, karim); h.Clock.Now().Sub(r.AskedAt) > time.Hour {
			t.Errorf("its week began at %v, before it was asked", r.AskedAt)
		}

		h.spend(karim)
		h.create(by, withKarim("Fer"))
		h.spend(karim)
		h.Clock.Move(8 * 24 * time.Hour)
		again("a week later", 1)
	})
}

// A watch that is deleted, or an address that is taken out, is not asked for later.
func TestNobodyIsAskedForAWatchThatIsOver(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		by := h.odile()
		h.spend(karim)
		_, err := h.watches.Delete(ctx, by, h.create(by, withKarim("Bois")))
		h.must(err)
		h.update(by, h.create(by, withKarim("Fer")), form("Fer"))
		h.Clock.Move(25 * time.Hour)
		h.must(h.watches.AskWithheld(ctx))
		if n := h.mailed(); n != 0 {
			t.Errorf("asked %d times", n)
		}
	})
}

// Whoever knows that an address is right has it mailed again, in all the watches of the
// establishment and in no other; one that never agreed is asked anew.
func TestAnAddressThatFailedIsPutBack(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		by := h.odile()
		a, b := h.create(by, form("Bois")), h.create(by, form("Fer"))
		never := h.create(by, withKarim("Verre"))
		h.Write(func(tx *db.Tx) error {
			if err := watch.Fail(tx, karim); err != nil {
				return err
			}
			return watch.Fail(tx, odile)
		})
		id := h.recipient(by, a, odile).ID
		stranger := h.Join(noticetest.Other, "claire", "claire@vosges.example")
		if _, _, err := h.watches.Recall(ctx, stranger, id); !fault.Is(err, fault.NotFound) {
			t.Errorf("a stranger: %v", err)
		}
		for _, bad := range []string{"", "x", "\x00", db.NewID()} {
			if _, _, err := h.watches.Recall(ctx, by, bad); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if _, asked, err := h.watches.Recall(ctx, by, id); err != nil || asked {
			t.Fatalf("%v, asked %t", err, asked)
		}
		h.state(by, a, odile, watch.Confirmed)
		h.state(by, b, odile, watch.Confirmed)
		if _, _, err := h.watches.Recall(ctx, by, id); !fault.Is(err, fault.Conflict) {
			t.Errorf("twice: %v", err)
		}
		before := h.mailed()
		if _, asked, err := h.watches.Recall(ctx, by, h.recipient(by, never, karim).ID); err != nil || !asked {
			t.Fatalf("%v, asked %t", err, asked)
		}
		h.state(by, never, karim, watch.Awaited)
		if n := h.mailed(); n != before+1 {
			t.Errorf("%d more requests, want 1", n-before)
		}
	})
}

// A request lapses after a week; the address may then be asked anew, and not before.
func TestALapsedRequestIsAskedAnew(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		by := h.odile()
		id := h.create(by, withKarim("Bois"))
		first := h.recipient(by, id, karim)
		if _, _, err := h.watches.Recall(ctx, by, first.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("too soon: %v", err)
		}
		h.Clock.Move(7*24*time.Hour + time.Millisecond)
		if !first.Lapsed(h.Clock.Now()) {
			t.Error("a week later it waits still")
		}
		if _, asked, err := h.watches.Recall(ctx, by, first.ID); err != nil || !asked {
			t.Fatalf("%v, asked %t", err, asked)
		}
		second := h.recipient(by, id, karim)
		if second.ID == first.ID || second.Lapsed(h.Clock.Now()) || h.mailed() != 2 {
			t.Errorf("%+v after %+v", second, first)
		}
	})
}
