package alert_test

import (
	"strings"
	"testing"

	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
)

// Who follows a call from its page, without a watch, hears of all that becomes of it, at
// the address of their account, and of nothing once they do not.
func TestACallIsFollowedFromItsPage(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.publish(call("26-1", "Menuiseries"), call("26-2", "Voirie"))
		id := h.IDOf("26-1")
		follow := func(on bool) { t.Helper(); h.must(h.alerts.FollowOpenly(t.Context(), by, id, on)) }
		follows := func(want bool) {
			t.Helper()
			if got, err := h.alerts.Follows(t.Context(), by, id); err != nil || got != want {
				t.Errorf("follows %v, %v", got, err)
			}
		}
		follows(false)
		follow(true)
		follow(true)
		follows(true)
		h.wantSubjects("following mails nothing")
		with := call("26-1", "Menuiseries")
		with.VisitAt = inDays(10)
		h.publish(with)
		m := h.only()
		text := strings.Join(strings.Fields(m.Text), " ")
		if m.To[0] != odile || m.Subject != "Avis modifié\u00a0: Menuiseries (67)" || !strings.Contains(text, "Une consultation que vous suivez a changé.") ||
			!strings.Contains(text, "- vous suivez cette consultation") || !strings.Contains(text, "Pour ne plus suivre ces consultations") || strings.Contains(text, "ces veilles") {
			t.Errorf("%s\n%s", m.Subject, m.Text)
		}
		if n := h.Count("SELECT count(*) FROM mailing_watch"); n != 0 {
			t.Errorf("the mail is of %d watches", n)
		}
		ids, err := h.alerts.Followed(t.Context(), by)
		if h.must(err); len(ids) != 1 || ids[0] != id {
			t.Errorf("followed %q", ids)
		}
		follow(false)
		follows(false)
		h.publish(moved("26-3", "26-1", inDays(30)))
		h.wantSubjects("followed no more")
		if n := h.Count("SELECT count(*) FROM told"); n != 0 {
			t.Errorf("%d lines are left", n)
		}
	})
}

// A watch that finds the call still announces it, once, and stopping the watch does not
// stop what one follows by itself.
func TestAWatchStillAnnouncesWhatOneFollows(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.create(by, daily("Matin", 7))
		h.publish(call("26-1", "Menuiseries"))
		h.must(h.alerts.FollowOpenly(t.Context(), by, h.IDOf("26-1"), true))
		h.tomorrow(7, 0)
		mails := h.mails()
		if len(mails) != 1 || line(mails[0]) != odile+": Menuiseries (Matin)" {
			t.Fatalf("the digest: %v", mails)
		}
		h.Write(func(tx *db.Tx) error {
			var id string
			if err := tx.One(&id, "SELECT id FROM watch"); err != nil {
				return err
			}
			return h.watches.Stop(tx, odile, []string{id}, false)
		})
		h.publish(moved("26-2", "26-1", inDays(30)))
		h.wantSubjects("the watch is stopped, the call is followed", odile+": Date limite reportée au 24/12/2026\u00a0: Menuiseries (67)")
	})
}

// One click in such a mail ends it, and so does the page of its link.
func TestAMailOfWhatOneFollowsIsStopped(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.publish(call("26-1", "Menuiseries"), call("26-2", "Menuiseries du gymnase"))
		for i, stop := range []func(secret string) error{
			func(secret string) error { _, err := h.alerts.Stop(t.Context(), secret, nil, false); return err },
			func(secret string) error {
				before, err := h.alerts.Stopping(t.Context(), secret)
				if len(before.Followed) != 1 || len(before.Watches) != 0 {
					t.Errorf("the page: %+v", before)
				}
				if err != nil {
					return err
				}
				after, err := h.alerts.StopFollowing(t.Context(), secret)
				if len(after.Followed) != 0 {
					t.Errorf("after: %+v", after)
				}
				return err
			},
			func(secret string) error {
				_, err := h.alerts.FollowNotice(t.Context(), secret, h.IDOf("26-1"), false)
				return err
			},
		} {
			h.must(h.alerts.FollowOpenly(t.Context(), by, h.IDOf("26-1"), true))
			r := call("26-1", "Menuiseries")
			r.VisitAt = inDays(10 + 2*i)
			h.publish(r)
			h.must(stop(h.secret(h.only())))
			r.VisitAt = inDays(11 + 2*i)
			h.publish(r)
			h.wantSubjects("stopped")
		}
	})
}

// Nothing is sent to who passes on the call, has no account any more or whose mails come
// back, and only a call that exists is followed, by a person.
func TestWhomFollowingAPageSendsNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		claire := h.Join(noticetest.Other, "claire", "claire@vosges.example")
		award := call("26-2", "Résultat")
		award.Kind, award.Deadline = notice.Award, 0
		h.publish(call("26-1", "Menuiseries"), award)
		id := h.IDOf("26-1")
		for _, who := range []access.Actor{by, claire} {
			h.must(h.alerts.FollowOpenly(t.Context(), who, id, true))
		}
		h.pass(by, "26-1", watch.Pass)
		h.publish(moved("26-3", "26-1", inDays(30)))
		h.wantSubjects("odile's establishment passes", "claire@vosges.example: Date limite reportée au 24/12/2026\u00a0: Menuiseries (67)")
		h.pass(by, "26-1", watch.Study)
		h.Write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE account SET address = 'claire@ailleurs.example', address_key = 'claire@ailleurs.example' WHERE address_key = 'claire@vosges.example'")
			return err
		})
		h.publish(moved("26-4", "26-1", inDays(35)))
		h.wantSubjects("claire's account has another address", odile+": Date limite reportée au 29/12/2026\u00a0: Menuiseries (67)")
		h.create(by, immediate("Bois"))
		h.Write(func(tx *db.Tx) error { return watch.Fail(tx, odile) })
		h.publish(moved("26-5", "26-1", inDays(40)))
		h.wantSubjects("odile's mails come back")

		for name, refused := range map[string]error{
			"a visitor":       h.alerts.FollowOpenly(t.Context(), access.Anybody(), id, true),
			"an award":        h.alerts.FollowOpenly(t.Context(), by, h.IDOf("26-2"), true),
			"no notice":       h.alerts.FollowOpenly(t.Context(), by, db.NewID(), true),
			"what is no id":   h.alerts.FollowOpenly(t.Context(), by, "' OR 1=1 --", true),
			"a visitor's ask": func() error { _, err := h.alerts.Follows(t.Context(), access.Anybody(), id); return err }(),
		} {
			if refused == nil {
				t.Errorf("%s: followed", name)
			}
		}
	})
}
