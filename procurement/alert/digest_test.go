package alert_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/alert"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

func TestADailyWatchIsMailedAtItsHourOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(h.odile(), daily("Matin", 7))
		h.digests()
		h.publish(call("1", "Menuiseries de l'école"), call("2", "Menuiseries du lycée"))
		h.digests()
		h.told("at ten")
		h.tomorrow(6, 59)
		h.told("a minute before")
		h.tomorrow(7, 0)
		h.digests()
		h.told("at seven", odile+": Menuiseries de l'école (Matin) | Menuiseries du lycée (Matin)")
		h.tomorrow(8, 0)
		h.publish(call("3", "Menuiseries du gymnase"))
		h.tomorrow(23, 0)
		h.told("the same day")
		h.tomorrow(24+7, 0)
		h.told("the next day", odile+": Menuiseries du gymnase (Matin)")
		h.tomorrow(48+7, 0)
		h.told("a day without news")
	})
}

func TestANoticeOfAnImmediateAndADailyWatchIsMailedOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.create(by, daily("Matin", 7))
		h.create(by, daily("Soir", 18))
		now := immediate("Bois")
		now.Departments = []string{"67"}
		h.create(by, now)
		far := call("2", "Menuiseries d'Ajaccio")
		far.Departments = []string{"2A"}
		h.publish(call("1", "Menuiseries de l'école"), far)
		h.told("at once", odile+": Menuiseries de l'école (Matin, Soir, Bois)")
		h.tomorrow(7, 0)
		h.told("in the morning", odile+": Menuiseries d'Ajaccio (Matin, Soir)")
		h.tomorrow(18, 0)
		h.told("in the evening")
	})
}

// Creating, or activating, a watch shows what is there; it mails nothing of it.
func TestNothingOlderThanTheWatchIsMailed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.publish(call("0", "Menuiseries d'avant"))
		h.Clock.Move(time.Minute)
		id := h.create(by, daily("Matin", 7))
		h.publish(call("1", "Menuiseries d'après"))
		h.tomorrow(7, 0)
		h.told("the first digest", odile+": Menuiseries d'après (Matin)")
		h.publish(call("2", "Menuiseries jamais vues"))
		paused := daily("Matin", 7)
		paused.Active = false
		h.edit(by, id, paused)
		h.publish(call("3", "Menuiseries de la pause"))
		h.tomorrow(24+6, 30)
		h.edit(by, id, daily("Matin", 7))
		h.publish(call("4", "Menuiseries de la reprise"))
		h.tomorrow(24+7, 0)
		h.told("after a pause", odile+": Menuiseries de la reprise (Matin)")
	})
}

// A digest answers what is asked when it leaves, of all since the last one.
func TestADigestAnswersTheCriteriaOfTheMoment(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		id := h.create(by, daily("Matin", 7))
		h.publish(call("1", "Menuiseries de l'école"), call("2", "Voirie communale"))
		f := daily("Matin", 7)
		f.Keywords = "voirie"
		h.edit(by, id, f)
		h.tomorrow(7, 0)
		h.told("edited since", odile+": Voirie communale (Matin)")
		h.edit(by, id, daily("Matin", 7))
		h.tomorrow(24+7, 0)
		h.told("edited back: the last digest answered for that day")
		h.publish(call("3", "Menuiseries du lycée"))
		f.Keywords = "peinture"
		h.edit(by, id, f)
		h.tomorrow(48+7, 0)
		h.told("edited to something else")
	})
}

// A watch that becomes daily starts from its last day, not from its first.
func TestAnImmediateWatchThatBecomesDaily(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		id := h.create(by, immediate("Bois"))
		h.publish(call("1", "Voirie d'il y a trois jours"))
		for day := range 3 {
			h.tomorrow(24*day+7, 0)
		}
		h.Clock.Move(time.Hour)
		h.publish(call("2", "Voirie d'hier"))
		f := daily("Bois", 7)
		f.Keywords = "menuiserie voirie"
		h.edit(by, id, f)
		h.tomorrow(72+7, 0)
		h.told("the first digest", odile+": Voirie d'hier (Bois)")
	})
}

func TestADigestOfAWatchThatEndedLeavesNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		deleted, paused := h.create(by, daily("Supprimée", 7)), h.create(by, daily("En pause", 7))
		late := h.create(by, daily("Trop tard", 7))
		h.publish(call("1", "Menuiseries de l'école"))
		h.delete(by, deleted)
		f := daily("En pause", 7)
		f.Active = false
		h.edit(by, paused, f)
		h.tomorrow(7, 0) // the digest is owed
		h.delete(by, late)
		h.told("after it was owed")
	})
}

func TestAnEmptyWatchIsADigestOnly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		f := immediate("Tout")
		f.Keywords, f.AcceptEmpty = "", true
		h.create(h.odile(), f)
		pressing := call("1", "Menuiseries de l'école")
		pressing.VisitAt = clock.At(dbtest.Start.Add(3 * time.Hour))
		h.publish(pressing, call("2", "Voirie communale"))
		h.told("at once")
		h.tomorrow(7, 0)
		h.told("at seven", odile+": Menuiseries de l'école (Tout) | Voirie communale (Tout)")
	})
}

func TestANoticeThatClosedBeforeTheDigestIsNotInIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.create(h.odile(), daily("Matin", 7))
		h.publish(call("1", "Menuiseries de l'école"), call("2", "Menuiseries du lycée"))
		cancellation := call("3", "Annulation")
		cancellation.Kind, cancellation.Linked = notice.Cancellation, []string{"1"}
		h.publish(cancellation)
		h.tomorrow(7, 0)
		h.told("at seven", odile+": Menuiseries du lycée (Matin)")
		if n := h.Count("SELECT count(*) FROM told"); n != 1 {
			t.Errorf("%d lines in the ledger, want 1", n)
		}
	})
}

// A match that a new immediate watch missed is caught by the slot's closing; its
// criteria as edited since then add nothing.
func TestTheClosingCatchesWhatAnImmediateWatchMissed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		id := h.create(by, immediate("Bois"))
		h.publish(call("1", "Menuiseries de l'école"), call("2", "Voirie communale"))
		h.told("at once", odile+": Menuiseries de l'école (Bois)")
		h.Write(func(tx *db.Tx) error { // as if the matcher had not known the watch yet
			for _, table := range []string{"told", "mailing_item"} {
				if _, err := tx.Exec("DELETE FROM " + table); err != nil {
					return err
				}
			}
			return nil
		})
		h.at(2026, 11, 24, 11, 0)
		h.told("at the next hour", odile+": Menuiseries de l'école (Bois)")
		h.at(2026, 11, 24, 12, 0)
		h.publish(call("3", "Voirie du bourg"))
		h.Clock.Move(time.Minute)
		f := immediate("Bois")
		f.Keywords = "voirie"
		h.edit(by, id, f)
		h.at(2026, 11, 24, 13, 0)
		h.told("edited since")
	})
}

// cutAfter makes the database refuse the digest that follows n others.
func cutAfter(h *house, n int) {
	h.Write(func(tx *db.Tx) error {
		if h.DB.Dialect() == db.SQLite {
			_, err := tx.Exec(fmt.Sprintf(`CREATE TRIGGER cut BEFORE INSERT ON mailing WHEN (SELECT count(*) FROM mailing) >= %d
				BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`, n))
			return err
		}
		if _, err := tx.Exec(fmt.Sprintf(`CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN IF (SELECT count(*) FROM mailing) >= %d THEN RAISE 'the disk is full'; END IF; RETURN NEW; END $$`, n)); err != nil {
			return err
		}
		_, err := tx.Exec("CREATE TRIGGER cut BEFORE INSERT ON mailing FOR EACH ROW EXECUTE FUNCTION cut()")
		return err
	})
}

func mend(h *house) {
	h.Write(func(tx *db.Tx) error {
		on := ""
		if h.DB.Dialect() == db.Postgres {
			on = " ON mailing"
		}
		_, err := tx.Exec("DROP TRIGGER cut" + on)
		return err
	})
}

// A run that is cut off is finished by the next call, whatever was edited in
// between: who was served is served, and nobody is served twice.
func TestARunThatIsCutIsFinishedByTheNext(t *testing.T) {
	defer alert.PeoplePerStep(2)()
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		var want []string
		for i := range 7 {
			address := fmt.Sprintf("r%d@exemple.fr", i)
			h.plant(address, watch.Daily, 7, address)
			want = append(want, fmt.Sprintf("%s: Menuiseries de l'école (%s)", address, address))
		}
		wide := h.create(by, daily("Odile", 7)) // served first, by its address
		h.publish(call("1", "Menuiseries de l'école"), call("2", "Voirie communale"))
		cutAfter(h, 4)
		h.Set(time.Date(2026, 11, 25, 7, 0, 1, 0, clock.Paris))
		if err := h.alerts.Digests(context.Background()); err == nil {
			t.Fatal("nothing was cut")
		}
		mend(h)
		f := daily("Odile", 7)
		f.Keywords = "menuiserie voirie" // would add a notice to a digest that has left
		h.edit(by, wide, f)
		h.digests()
		h.digests()
		h.told("in two goes", append(want, odile+": Menuiseries de l'école (Odile)")...)
		if n := h.Count("SELECT count(*) FROM digest_run WHERE done_at IS NULL"); n != 0 {
			t.Errorf("%d runs are not done", n)
		}
		if n := h.Count("SELECT count(*) FROM event WHERE kind = 'alert.digests_sent' AND body LIKE '%\"recipients\":8%'"); n != 1 {
			t.Errorf("%d events tell of eight recipients, want 1", n)
		}
		h.tomorrow(24+7, 0)
		h.told("the next day")
	})
}

// The same with a context that ends at any moment.
func TestARunThatIsStoppedAnywhereServesEverybodyOnce(t *testing.T) {
	defer alert.PeoplePerStep(1)()
	each(t, func(t *testing.T, h *house) {
		var want []string
		for i := range 20 {
			address := fmt.Sprintf("r%02d@exemple.fr", i)
			h.plant(address, watch.Daily, 7, address)
			want = append(want, fmt.Sprintf("%s: Menuiseries de l'école (%s)", address, address))
		}
		h.publish(call("1", "Menuiseries de l'école"))
		h.Set(time.Date(2026, 11, 25, 7, 0, 1, 0, clock.Paris))
		stopped := 0
		for patience := time.Millisecond; ; patience += patience / 2 {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			err := h.alerts.Digests(ctx)
			cancel()
			if err == nil {
				break
			}
			if ctx.Err() == nil {
				t.Fatal(err)
			}
			stopped++
		}
		if stopped == 0 {
			t.Error("it was never stopped")
		}
		h.told("in many goes", want...)
	})
}
