package alert_test

import (
	"context"
	"testing"

	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
)

// « On passe » silences a contract for all whom the company's watches mail, were it
// tagged after the alert was owed; another company goes on.
func TestAContractThatOnePassesOnIsSilent(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		claire := h.Join(noticetest.Other, "claire", "claire@vosges.example")
		h.create(by, daily("Bois", 7))
		h.create(claire, daily("Bois des Vosges", 7))
		h.publish(call("1", "Menuiseries de l'école"), call("2", "Menuiseries du lycée"))
		h.pass(by, "1", watch.Pass)
		h.tomorrow(7, 0)
		h.told("at seven", odile+": Menuiseries du lycée (Bois)",
			"claire@vosges.example: Menuiseries de l'école (Bois des Vosges) | Menuiseries du lycée (Bois des Vosges)")
	})
}

// What one passes on in one gazette is not told again of another.
func TestAProbableDuplicateOfWhatOnePassesOnIsSilent(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.create(by, immediate("Bois"))
		one := call("1", "Menuiseries de l'école")
		h.publish(one)
		h.told("at once", odile+": Menuiseries de l'école (Bois)")
		h.pass(by, "1", watch.Pass)
		other := one
		other.Source, other.SourceID = notice.SourceTED, "500-2026"
		h.publish(other)
		h.told("of the same contract")
		h.pass(by, "1", watch.Study)
		other.SourceID, other.Title = "501-2026", "Menuiseries de la mairie"
		h.publish(other)
		h.told("of another one", odile+": Menuiseries de la mairie (Bois)")
	})
}

func (h *house) pass(by access.Actor, sourceID string, choice watch.Choice) {
	h.t.Helper()
	var id string
	h.Read(func(tx *db.Tx) error { return tx.One(&id, "SELECT id FROM notice WHERE source_id = $1", sourceID) })
	h.must(h.watches.Tag(context.Background(), by, id, watch.TagForm{Choice: string(choice)}))
}
