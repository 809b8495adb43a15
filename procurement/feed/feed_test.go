package feed_test

import (
	"context"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/kit/token"
	"parvis/procurement/access"
	"parvis/procurement/feed"
	"parvis/procurement/member"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
)

// house is the program up to its feeds and those who come and go.
type house struct {
	*noticetest.House
	t       *testing.T
	watches *watch.Service
	feeds   *feed.Service
	members *member.Service
}

func each(t *testing.T, f func(h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		h := &house{House: noticetest.Open(t, d, c), t: t}
		h.watches = watch.NewService(d, h.Journal, h.Notices)
		h.feeds = feed.New(d, h.Journal, h.Notices, h.watches)
		h.members = member.New(d, h.Journal, h.Accounts, h.Orgs, h.watches)
		f(h)
	})
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// colleague signs somebody up at the seat, whom by accepts.
func (h *house) colleague(by access.Actor, login string) access.Actor {
	h.t.Helper()
	who := h.Join(noticetest.Seat, login, login+"@muller.example")
	if by.AccountID == "" {
		return who
	}
	_, err := h.members.Accept(h.t.Context(), by, who.MembershipID)
	h.must(err)
	who.Role = access.CompanyUser
	return who
}

func (h *house) create(by access.Actor, name string) string {
	h.t.Helper()
	saved, err := h.watches.Create(h.t.Context(), by, watch.Form{Name: name, Keywords: "menuiserie", Mode: "any", Active: true, Frequency: "daily", Hour: 7})
	h.must(err)
	return saved.ID
}

func (h *house) open(by access.Actor, id string) string {
	h.t.Helper()
	secret, err := h.feeds.Open(h.t.Context(), by, id, feed.Atom)
	h.must(err)
	return secret
}

// reads tells whether a secret opens anything.
func (h *house) reads(secret string) bool {
	h.t.Helper()
	_, err := h.feeds.Read(context.Background(), secret, feed.Atom)
	if e, ok := fault.As(err); ok && e.Kind == fault.NotFound {
		return false
	}
	h.must(err)
	return true
}

func TestAFeedIsItsOwnersAlone(t *testing.T) {
	each(t, func(h *house) {
		odile := h.colleague(access.Actor{}, "odile")
		karim := h.colleague(odile, "karim")
		id := h.create(odile, "Bois")
		mine, theirs := h.open(odile, id), h.open(karim, id)
		if _, all, err := h.feeds.Of(h.t.Context(), karim, id); err != nil || len(all) != 1 || all[0].AccountID != karim.AccountID {
			h.t.Errorf("%+v %v", all, err)
		}
		h.must(h.feeds.Close(h.t.Context(), karim, id, feed.Atom))
		h.must(h.feeds.Close(h.t.Context(), karim, id, feed.Atom))
		if h.reads(theirs) || !h.reads(mine) {
			h.t.Error("closing one's own closed another's")
		}
		stranger := h.Join(noticetest.Other, "zoe", "zoe@autre.example")
		if _, err := h.feeds.Open(h.t.Context(), stranger, id, feed.Atom); fault.All(err)[0].Kind != fault.NotFound {
			h.t.Error(err)
		}
		if _, err := h.feeds.Open(h.t.Context(), odile, id, "pdf"); fault.All(err)[0].Field != feed.FieldFormat {
			h.t.Error(err)
		}
		if n := h.Count("SELECT count(*) FROM feed WHERE token_hash = $1", token.Hash(mine)); n != 1 {
			h.t.Error("the hash is not what is kept")
		}
	})
}

func TestAFeedIsNotReadOnceItsOwnerHasLeft(t *testing.T) {
	each(t, func(h *house) {
		odile := h.colleague(access.Actor{}, "odile")
		karim := h.colleague(odile, "karim")
		id := h.create(odile, "Bois")
		mine, theirs := h.open(odile, id), h.open(karim, id)
		_, err := h.members.Leave(h.t.Context(), karim)
		h.must(err)
		if h.reads(theirs) || !h.reads(mine) {
			h.t.Error("who has left reads on, or who stays does not")
		}
		again := h.rejoin(karim, odile) // under another membership
		if h.reads(theirs) {
			h.t.Error("coming back revives it")
		}
		h.must(h.feeds.Sweep(h.t.Context()))
		if n := h.Count("SELECT count(*) FROM feed"); n != 1 {
			h.t.Errorf("%d feeds", n)
		}
		if !h.reads(h.open(again, id)) {
			h.t.Error("a new one is not read")
		}
	})
}

// rejoin has somebody who left ask again, and by accept them.
func (h *house) rejoin(who, by access.Actor) access.Actor {
	h.t.Helper()
	h.Write(func(tx *db.Tx) error {
		id := db.NewID()
		_, err := tx.Exec(`INSERT INTO membership (id, account_id, establishment_id, role, created_at, approved_at) SELECT $1, account_id, establishment_id, role, $2, $2
			FROM membership WHERE id = $3`, id, tx.Now, who.MembershipID)
		who.MembershipID = id
		return err
	})
	return who
}

// Somebody who waits has watches of their own; their feeds follow those into the
// establishment, and stay theirs when they are refused.
func TestTheFeedOfANewcomerFollowsTheirWatch(t *testing.T) {
	each(t, func(h *house) {
		odile := h.colleague(access.Actor{}, "odile")
		karim, emile := h.colleague(access.Actor{}, "karim"), h.colleague(access.Actor{}, "emile")
		first, second := h.open(karim, h.create(karim, "Bois")), h.open(emile, h.create(emile, "Bois aussi"))
		if !h.reads(first) || !h.reads(second) {
			h.t.Fatal("a newcomer's own is not read")
		}
		_, err := h.members.Accept(h.t.Context(), odile, karim.MembershipID)
		h.must(err)
		_, err = h.members.Refuse(h.t.Context(), odile, emile.MembershipID)
		h.must(err)
		if !h.reads(first) {
			h.t.Error("accepted, they read no more")
		}
		if !h.reads(second) {
			h.t.Error("refused, they cannot read what is still theirs")
		}
	})
}

func TestTheLastDayOfReadingIsNoted(t *testing.T) {
	each(t, func(h *house) {
		h.must(h.Notices.Load(h.t.Context()))
		odile := h.colleague(access.Actor{}, "odile")
		id := h.create(odile, "Bois")
		secret := h.open(odile, id)
		last := func() string {
			_, all, err := h.feeds.Of(h.t.Context(), odile, id)
			h.must(err)
			return all[0].UsedOn
		}
		if got := last(); got != "" {
			h.t.Errorf("never read: %q", got)
		}
		for range 2 {
			h.reads(secret)
			if got := last(); got != h.Clock.Now().In(clock.Paris).Format(time.DateOnly) {
				h.t.Errorf("%q", got)
			}
			h.Clock.Move(48 * time.Hour)
		}
	})
}

// While the index is being loaded a diary would take what is missing for cancelled.
func TestNothingIsReadBeforeAllIsThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		seen := noticetest.Open(t, d, c)
		h := &house{House: seen, t: t, watches: watch.NewService(d, seen.Journal, seen.Notices)}
		odile := h.Join(noticetest.Seat, "odile", "odile@muller.example")
		id := h.create(odile, "Bois")
		early := notice.NewService(d, seen.Journal) // not loaded yet
		h.feeds = feed.New(d, seen.Journal, early, h.watches)
		secret := h.open(odile, id)
		_, err := h.feeds.Read(t.Context(), secret, feed.Calendar)
		if fault.All(err)[0].Kind != fault.NotFound {
			t.Error(err)
		}
		if _, err := h.feeds.Read(t.Context(), secret, feed.Atom); fault.All(err)[0].Kind != fault.Unavailable {
			t.Error(err)
		}
	})
}
