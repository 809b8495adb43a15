package boamp

import (
	"parvis/kit/tree"
	"parvis/procurement/notice"
	"parvis/procurement/notice/form"
)

// decisions is what a national form says nobody was given.
type decisions struct {
	whole notice.What           // all of it, as the head of the result says
	lots  []notice.UnawardedLot // and lot by lot
	given []string              // lots that have no holder, and that nothing says were given up
}

// hear reads the head of a result: a box ticked for all of it, or a free text that says
// only that.
func (d *decisions) hear(box any) {
	for _, at := range append([]any{box}, tree.At(box, "attribution")...) {
		for _, head := range append([]any{at}, tree.At(at, "resultat")...) {
			if d.whole == "" {
				d.whole = form.GivenUp(head)
			}
		}
	}
	if d.whole == "" {
		d.whole = form.WhyInText(tree.First(box, "attributionmarche"))
	}
}

// without takes a decision that names no holder.
func (d *decisions) without(v any) {
	why := form.GivenUp(v)
	for _, result := range tree.At(v, "resultat") {
		if why == "" {
			why = form.GivenUp(result)
		}
	}
	if why == "" {
		d.given = append(d.given, decidedLot(v))
		return
	}
	d.lots = append(d.lots, notice.UnawardedLot{Lot: decidedLot(v), Why: why})
}

// readUnawarded takes what a result says nobody was given: the form tells it best, lot by
// lot; the envelope only that it happened.
func (r *record) readUnawarded() {
	d := &r.out.Detail
	if r.forms != nil {
		d.Awards, d.Unawarded = r.forms.Unawarded(d.Awards)
	} else {
		r.journalResults()
	}
	if len(d.Unawarded) == 0 {
		d.Unawarded = r.decided.lots
	}
	whole := r.decided.whole
	if len(d.Unawarded) > 0 {
		if whole == "" {
			d.Awards = form.AddChosen(d.Awards, r.decided.given)
		}
		d.Unawarded = form.OnlyResult(d.Unawarded, d.Awards)
		return
	}
	if whole == "" {
		whole = r.statedFailure()
	}
	if whole != "" {
		d.Unawarded = []notice.UnawardedLot{{Why: whole}}
	}
}

// journalResults reads the European forms of before 2024 as they stand in some records.
func (r *record) journalResults() {
	for _, v := range tree.Find(r.donnees, "awardcontract") {
		if why := form.GivenUp(v); why != "" {
			r.decided.lots = append(r.decided.lots, notice.UnawardedLot{Lot: form.LotLabel(tree.First(v, "lotno"), tree.FirstDeep(v, "title")), Why: why})
		} else {
			r.decided.given = append(r.decided.given, form.LotLabel(tree.First(v, "lotno"), tree.FirstDeep(v, "title")))
		}
	}
}

// statedFailure is what the envelope says, in whatever field it says it.
func (r *record) statedFailure() notice.What {
	for _, field := range []string{"sousnature", "sousnature_libelle", "nature_categorise", "nature_categorise_libelle", "nature_libelle", "x_nature_detail"} {
		for _, v := range tree.Each(r.fields.Get(field)) {
			if why := form.WhyIn(tree.Text(v)); why != "" {
				return why
			}
		}
	}
	for _, v := range tree.At(r.gestion, "reference", "typeavis", "nature", "attribution") {
		if why := form.WhyIn(tree.Choice(v)); why != "" {
			return why
		}
	}
	return ""
}
