package public_test

import (
	"testing"

	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// The page of a call says to each what their own company decided, and to a visitor
// nothing.
func TestTheDecisionIsShownToItsOwnPeople(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		ids := h.record(false, notice.Record{SourceID: "26-1", Title: "Voirie", Deadline: h.in(20)}, notice.Record{SourceID: "26-2", Title: "Voirie", Kind: notice.Award})
		h.says(h.get("/annonces/"+ids[0]), 200, "Voirie", "!Votre décision")
		odile := h.join("odile@muller.example", "odile.muller")
		note := "Visite le 3"
		if err := h.Watches.Tag(h.t.Context(), odile, ids[0], watch.TagForm{Choice: string(watch.Go), Note: &note}); err != nil {
			h.t.Fatal(err)
		}
		h.says(h.get("/annonces/"+ids[0]), 200, "Votre décision", "On y va, par Odile Muller", "Visite le 3", "Vos collègues de l'établissement le voient, et personne d'autre.")
		h.says(h.get("/annonces/"+ids[1]), 200, "!Votre décision") // an award
		h.forget()
		h.join("karim@muller.example", "karim.benali") // who waits to be let in
		h.says(h.get("/annonces/"+ids[0]), 200, "Votre décision", "Vous seul le voyez", "!Visite le 3", "!On y va, par")
	})
}
