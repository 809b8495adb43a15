package alert_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// After a year nothing is left of who was told, and nothing is told again.
func TestTheLedgerIsForgottenAfterAYear(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.create(by, immediate("Bois"))
		h.create(by, daily("Matin", 7))
		far := call("1", "Menuiseries de l'école")
		far.Deadline = far.Deadline.Add(3 * 365 * 24 * time.Hour) // still open then
		h.publish(far)
		h.told("at once", odile+": Menuiseries de l'école (Bois, Matin)")
		rows := func() map[string]int {
			out := map[string]int{}
			for _, table := range []string{"told", "mailing", "mailing_item", "notice_match"} {
				out[table] = h.Count("SELECT count(*) FROM " + table)
			}
			return out
		}
		h.Clock.Move(364 * 24 * time.Hour)
		h.must(h.alerts.Forget(t.Context()))
		if diff := cmp.Diff(map[string]int{"told": 1, "mailing": 1, "mailing_item": 1, "notice_match": 1}, rows()); diff != "" {
			t.Errorf("a day before (-want +got):\n%s", diff)
		}
		h.Clock.Move(2 * 24 * time.Hour)
		h.must(h.alerts.Forget(t.Context()))
		if diff := cmp.Diff(map[string]int{"told": 0, "mailing": 0, "mailing_item": 0, "notice_match": 0}, rows()); diff != "" {
			t.Errorf("a day after (-want +got):\n%s", diff)
		}
		h.digests()
		h.told("the digest that follows")
	})
}
