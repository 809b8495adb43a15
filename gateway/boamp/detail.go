package boamp

import (
	"strings"

	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice"
	"parvis/procurement/notice/form"
)

// readDetail takes what only some notices have.
func (r *record) readDetail() {
	d := &r.out.Detail
	d.Family = scrub.Token(r.field("famille"))
	if d.Family == "" {
		d.Family = strings.ToUpper(tree.Choice(tree.FirstOf(tree.At(r.gestion, "reference", "typeavis", "famille"))))
	}
	d.Criteria = r.list("criteres")
	if d.CancelReason = scrub.Paragraphs(r.field("x_annulation_motif")); d.CancelReason == "" {
		d.CancelReason = r.formCancelReason()
	}
	d.Corrections = r.corrections()
	d.Awards = r.awards()
	if r.out.Kind == notice.Award {
		r.readUnawarded()
	}
}

// formCancelReason is the free text of a cancellation in the form.
func (r *record) formCancelReason() string {
	for _, v := range tree.Find(r.donnees, "annulation") {
		if reason := scrub.Paragraphs(tree.Text(v)); reason != "" {
			return reason
		}
		if reason := scrub.Paragraphs(tree.FirstDeep(v, "motif", "motifannulation", "raison", "infocompl", "texte")); reason != "" {
			return reason
		}
	}
	return ""
}

// corrections are the lines « au lieu de… lire… », from the extra field or from
// whatever in the form has them.
func (r *record) corrections() []notice.Correction {
	var found []notice.Correction
	for _, v := range tree.Each(tree.Unify(r.fields.Get("x_rectificatif"))) {
		found = append(found, correctionsOf(v)...)
	}
	if len(found) > 0 {
		return found
	}
	if r.forms != nil {
		return r.forms.Corrections()
	}
	for _, box := range tree.Find(r.donnees, "rectif", "rectificatif") {
		tree.Walk(box, func(o tree.Object) {
			if tree.Has(o, "aulieude", "lire", "ajouter", "supprimer", "dateinit", "datelire", "init") {
				found = append(found, correctionsOf(o)...)
			}
		})
		if len(found) > 0 {
			break
		}
	}
	return found
}

// correctionsOf reads one entry. What is added has only a new text, what is
// removed only an old one; an entry may do both besides a replacement.
func correctionsOf(v any) []notice.Correction {
	section := scrub.Line(tree.First(v, "rubrique", "section", "titre", "num"))
	var lines []notice.Correction
	add := func(before, after string) {
		before, after = corrected(before), corrected(after)
		if before != "" || after != "" {
			lines = append(lines, notice.Correction{Section: section, Old: before, New: after})
		}
	}
	add(tree.First(v, "aulieude", "init"), tree.First(v, "lire"))
	add(tree.First(v, "dateinit"), tree.First(v, "datelire"))
	add("", tree.First(v, "ajouter"))
	add(tree.First(v, "supprimer"), "")
	add("", tree.First(v, "info", "infocompl"))
	if len(lines) == 0 && section != "" { // that it changed is worth knowing
		lines = append(lines, notice.Correction{Section: section})
	}
	return lines
}

// corrected shows a date as people write it, and any other text without its dirt.
func corrected(s string) string {
	s = scrub.Paragraphs(s)
	if m, ok := form.ReadMoment(s); ok {
		return m.Show()
	}
	return s
}

// awards are the holders, from the extra field, the form, or the field titulaire,
// which has names only.
func (r *record) awards() []notice.AwardLine {
	var lines []notice.AwardLine
	for _, v := range tree.Each(tree.Unify(r.fields.Get("x_attributions"))) {
		line := notice.AwardLine{
			Lot: scrub.Line(tree.First(v, "intitule", "lot")), Holder: scrub.Line(tree.First(v, "titulaire")),
			On: form.Day(tree.First(v, "date")),
		}
		line.AmountCent, line.Currency = form.Amount(tree.First(v, "montant"), tree.First(v, "devise"))
		if line.Holder != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 && r.forms != nil {
		lines = r.forms.Awards()
	}
	if len(lines) == 0 && r.forms == nil {
		lines = r.formAwards()
	}
	if len(lines) == 0 {
		for _, holder := range r.list("titulaire") {
			lines = append(lines, notice.AwardLine{Holder: scrub.Line(holder)})
		}
	}
	return lines
}

// formAwards reads the results in the national forms: DECISION in the shape of
// before 2024, lotMarche since. The free text of FNS forms names nobody surely.
func (r *record) formAwards() []notice.AwardLine {
	box := tree.At(r.donnees, "attribution")
	if root := r.root(); root != nil {
		box = tree.Each(root.Get("attribution"))
	}
	var lines []notice.AwardLine
	for _, b := range box {
		r.decided.hear(b)
		shared := form.Day(tree.First(b, "datedecision"))
		for _, v := range append(tree.Find(b, "decision"), tree.Find(b, "lotmarche")...) {
			held := decision(v, shared)
			if len(held) == 0 {
				r.decided.without(v)
			}
			lines = append(lines, held...)
		}
		if len(lines) == 1 && lines[0].AmountCent == 0 {
			for _, total := range tree.At(b, "valeurtotale") {
				lines[0].AmountCent, lines[0].Currency = form.AmountIn(total)
			}
		}
	}
	return lines
}

func decidedLot(v any) string {
	return form.LotLabel(tree.First(v, "numlot", "numero", "num"), tree.First(v, "intitule", "intitulelot"))
}

// decision reads what was decided for one lot. Holders with as many particulars as
// they are have a contract each; otherwise they hold one together.
func decision(v any, shared string) (lines []notice.AwardLine) {
	lot := decidedLot(v)
	holders, particulars := append(tree.Find(v, "titulaire"), tree.Find(v, "attributaire")...), tree.At(v, "renseignement")
	line := func(about any, holders ...any) {
		l := notice.AwardLine{Lot: lot, On: form.Day(tree.FirstDeep(about, "dateattribution", "datedecision"))}
		if l.On == "" {
			l.On = shared
		}
		var names []string
		for _, h := range holders {
			if name := scrub.Line(tree.FirstDeep(h, "denomination", "nom", "raisonsociale")); name != "" {
				names = append(names, name)
			} else if name := scrub.Line(tree.Text(h)); name != "" {
				names = append(names, name)
			}
		}
		if l.Holder = strings.Join(names, " / "); l.Holder == "" {
			return
		}
		for _, a := range tree.Find(about, "montant") {
			if l.AmountCent, l.Currency = form.AmountIn(a); l.AmountCent > 0 {
				break
			}
		}
		lines = append(lines, l)
	}
	if len(holders) > 1 && len(holders) == len(particulars) {
		for i, h := range holders {
			line(particulars[i], h)
		}
		return lines
	}
	line(v, holders...)
	return lines
}
