package alert_test

import (
	"context"
	"testing"

	"parvis/kit/db"
	"parvis/procurement/watch"
)

// What a digest owed is not lost when the watch no longer waits for one.
func TestAWatchThatBecomesImmediateTellsWhatItsDigestOwed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		id := h.create(by, daily("Bois", 7))
		h.tomorrow(7, 0)
		h.tomorrow(8, 0)
		h.publish(call("1", "Menuiseries de l'école"))
		h.told("waiting for the digest")
		h.tomorrow(8, 30)
		h.edit(by, id, immediate("Bois"))
		h.publish(call("2", "Menuiseries du lycée"))
		h.told("at once", odile+": Menuiseries du lycée (Bois)")
		h.tomorrow(9, 0)
		h.told("when the slot closes", odile+": Menuiseries de l'école (Bois)")
		h.tomorrow(10, 0)
		h.tomorrow(24+7, 0)
		h.told("never again")
	})
}

func TestAWatchThatBecomesDailyRepeatsNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		id := h.create(by, immediate("Bois"))
		h.publish(call("1", "Menuiseries de l'école"))
		h.told("at once", odile+": Menuiseries de l'école (Bois)")
		h.tomorrow(8, 0)
		h.edit(by, id, daily("Bois", 7))
		h.publish(call("2", "Menuiseries du lycée"))
		h.told("waiting for the digest")
		h.tomorrow(24+7, 0)
		h.told("at seven", odile+": Menuiseries du lycée (Bois)")
	})
}

// A release may refuse a word that an earlier one accepted: the watch that has it
// is silent, and silences nobody else.
func TestAWatchThatIsNotUnderstoodAnyMoreSilencesNobodyElse(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		broken := h.create(by, daily("Ancienne", 7))
		h.create(by, daily("Matin", 7))
		h.create(by, immediate("Bois"))
		h.must(h.DB.Write(context.Background(), func(tx *db.Tx) error {
			if err := tx.Changed("watch", broken); err != nil {
				return err
			}
			_, err := tx.Exec(`UPDATE watch SET criteria = '{"keywords":["bx"]}' WHERE id = $1`, broken)
			return err
		}))
		h.publish(call("1", "Menuiseries de l'école"))
		h.told("at once", odile+": Menuiseries de l'école (Matin, Bois)")
		late := call("2", "Menuiseries d'Ajaccio")
		h.publish(late)
		h.tomorrow(7, 0)
		h.told("all told", odile+": Menuiseries d'Ajaccio (Matin, Bois)")
		w, err := h.watches.Find(context.Background(), by, broken)
		h.must(err)
		if w.Broken() == nil {
			t.Error("the page cannot say that the watch is broken")
		}
		if _, err := h.watches.Matches(context.Background(), by, watch.Ask{Size: 10}); err != nil {
			t.Errorf("the live list: %v", err)
		}
	})
}
