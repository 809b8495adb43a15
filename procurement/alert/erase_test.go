package alert_test

import (
	"testing"

	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/account"
	"parvis/procurement/alert"
	"parvis/procurement/event"
)

// The last mail is written without the account: nothing but its row knows the address.
func TestTheLastMailSaysWhatItSays(t *testing.T) {
	h := quiet(t)
	by := h.odile()
	h.Set(dbtest.Start)
	h.Write(func(tx *db.Tx) error {
		was, err := account.Find(tx, by.AccountID)
		if err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE account SET login = '', address = '', address_key = 'erased', name = $1 WHERE id = $2", account.ErasedName, by.AccountID); err != nil {
			return err
		}
		if err := h.Journal.Record(tx, by, event.AccountErased, by.AccountID, struct{}{}); err != nil {
			return err
		}
		return h.alerts.Farewell(tx, was)
	})
	h.Work()
	m := h.only()
	if m.To[0] != odile {
		t.Errorf("sent to %s", m.To)
	}
	golden(t, "account_erased", m)
}

// Only what still reaches an address keeps its trace.
func TestAnAddressIsForgottenButForWhatReachesIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		first, second := h.create(by, immediate("Bois")), h.create(by, immediate("Verre"))
		h.publish(call("1", "Menuiserie de l'école"))
		h.mails()
		h.delete(by, first)
		h.publish(call("2", "Menuiserie de la mairie"))
		h.mails()
		forget := func(reaching ...string) [3]int {
			h.Write(func(tx *db.Tx) error { return alert.ForgetAddress(tx, odile, reaching, nil) })
			return [3]int{h.Count("SELECT count(*) FROM told"), h.Count("SELECT count(*) FROM mailing_item"), h.Count("SELECT count(*) FROM outbox WHERE kind = 'notices'")}
		}
		// The first message names both watches, the second one only.
		if got, want := forget(second), [3]int{2, 2, 2}; got != want {
			t.Errorf("with both reached: %v, want %v", got, want)
		}
		if got, want := forget(first), [3]int{1, 1, 1}; got != want {
			t.Errorf("with the first reached: %v, want %v", got, want)
		}
		if got, want := forget(), [3]int{}; got != want {
			t.Errorf("with none: %v, want %v", got, want)
		}
	})
}
