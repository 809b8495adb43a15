package boamp

import (
	"math"
	"strconv"
	"strings"
	"time"

	"parvis/procurement/notice"
)

// readDetail takes what only some notices have.
func (r *record) readDetail() {
	d := &r.out.Detail
	d.Family = token(r.field("famille"))
	if d.Family == "" {
		d.Family = strings.ToUpper(choice(firstOf(at(r.gestion, "reference", "typeavis", "famille"))))
	}
	d.Criteria = r.list("criteres")
	if d.CancelReason = paragraphs(r.field("x_annulation_motif")); d.CancelReason == "" {
		d.CancelReason = r.formCancelReason()
	}
	d.Corrections = r.corrections()
	d.Awards = r.awards()
}

// formCancelReason is the free text of a cancellation in the form.
func (r *record) formCancelReason() string {
	for _, v := range find(r.donnees, "annulation") {
		if reason := paragraphs(text(v)); reason != "" {
			return reason
		}
		if reason := paragraphs(firstDeep(v, "motif", "motifannulation", "raison", "infocompl", "texte")); reason != "" {
			return reason
		}
	}
	return ""
}

// corrections are the lines « au lieu de… lire… », from the extra field or from
// whatever in the form has them.
func (r *record) corrections() []notice.Correction {
	var found []notice.Correction
	for _, v := range each(unify(r.fields["x_rectificatif"])) {
		found = append(found, correctionsOf(v)...)
	}
	if len(found) > 0 {
		return found
	}
	if r.forms != nil {
		for _, c := range r.forms.changes() {
			line := notice.Correction{
				Section: title(firstDeep(c, "changedsectionidentifier")),
				New:     paragraphs(first(c, "changedescription")),
			}
			if line.New != "" {
				found = append(found, line)
			}
		}
		return found
	}
	for _, box := range find(r.donnees, "rectif", "rectificatif") {
		walkObjects(box, func(m map[string]any) {
			if has(m, "aulieude", "lire", "ajouter", "supprimer", "dateinit", "datelire", "init") {
				found = append(found, correctionsOf(m)...)
			}
		})
		if len(found) > 0 {
			break
		}
	}
	return found
}

// walkObjects visits every object of a document, the outer before the inner.
func walkObjects(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			walkObjects(e, visit)
		}
	case map[string]any:
		visit(v)
		for _, k := range keys(v) {
			walkObjects(v[k], visit)
		}
	}
}

// correctionsOf reads one entry. What is added has only a new text, what is
// removed only an old one; an entry may do both besides a replacement.
func correctionsOf(v any) []notice.Correction {
	section := title(first(v, "rubrique", "section", "titre", "num"))
	var lines []notice.Correction
	add := func(before, after string) {
		before, after = corrected(before), corrected(after)
		if before != "" || after != "" {
			lines = append(lines, notice.Correction{Section: section, Old: before, New: after})
		}
	}
	add(first(v, "aulieude", "init"), first(v, "lire"))
	add(first(v, "dateinit"), first(v, "datelire"))
	add("", first(v, "ajouter"))
	add(first(v, "supprimer"), "")
	add("", first(v, "info", "infocompl"))
	if len(lines) == 0 && section != "" { // that it changed is worth knowing
		lines = append(lines, notice.Correction{Section: section})
	}
	return lines
}

// corrected shows a date as people write it, and any other text without its dirt.
func corrected(s string) string {
	s = paragraphs(s)
	if m, ok := readMoment(s); ok {
		return m.show()
	}
	return s
}

// awards are the holders, from the extra field, the form, or the field titulaire,
// which has names only.
func (r *record) awards() []notice.AwardLine {
	var lines []notice.AwardLine
	for _, v := range each(unify(r.fields["x_attributions"])) {
		line := notice.AwardLine{
			Lot: title(first(v, "intitule", "lot")), Holder: title(first(v, "titulaire")),
			On: day(first(v, "date")),
		}
		line.AmountCent, line.Currency = amount(first(v, "montant"), first(v, "devise"))
		if line.Holder != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 && r.forms != nil {
		lines = r.forms.awards()
	}
	if len(lines) == 0 && r.forms == nil {
		lines = r.formAwards()
	}
	if len(lines) == 0 {
		for _, holder := range r.list("titulaire") {
			lines = append(lines, notice.AwardLine{Holder: title(holder)})
		}
	}
	return lines
}

// formAwards reads the results in the national forms: DECISION in the shape of
// before 2024, lotMarche since. The free text of FNS forms names nobody surely.
func (r *record) formAwards() []notice.AwardLine {
	box := at(r.donnees, "attribution")
	if root := r.root(); root != nil {
		box = each(root["attribution"])
	}
	var lines []notice.AwardLine
	for _, b := range box {
		shared := day(first(b, "datedecision"))
		for _, v := range append(find(b, "decision"), find(b, "lotmarche")...) {
			line := notice.AwardLine{
				Lot: lotLabel(first(v, "numlot", "numero", "num"), first(v, "intitule", "intitulelot")),
				On:  day(firstDeep(v, "dateattribution", "datedecision")),
			}
			if line.On == "" {
				line.On = shared
			}
			var names []string
			for _, h := range find(v, "titulaire", "attributaire") {
				if name := title(firstDeep(h, "denomination", "nom", "raisonsociale")); name != "" {
					names = append(names, name)
				} else if name := title(text(h)); name != "" {
					names = append(names, name)
				}
			}
			if line.Holder = strings.Join(names, " / "); line.Holder == "" {
				continue
			}
			for _, a := range find(v, "montant") {
				if line.AmountCent, line.Currency = amountIn(a); line.AmountCent > 0 {
					break
				}
			}
			lines = append(lines, line)
		}
		if len(lines) == 1 && lines[0].AmountCent == 0 {
			for _, total := range at(b, "valeurtotale") {
				lines[0].AmountCent, lines[0].Currency = amountIn(total)
			}
		}
	}
	return lines
}

// lotLabel joins a lot's number and title as people read them.
func lotLabel(number, name string) string {
	number, name = token(number), title(name)
	switch {
	case number == "":
		return name
	case name == "":
		return "Lot " + number
	}
	return "Lot " + number + " - " + name
}

// amountIn reads an amount of a form: {"@DEVISE":"EUR","#text":"38820"} or {"valeur":"38820"}.
func amountIn(v any) (cents int64, currency string) {
	value := first(v, "valeur")
	if value == "" {
		value = text(v)
	}
	return amount(value, first(v, "@devise", "@currencyid", "devise"))
}

// amount reads a sum of money in cents. Zero, negative and absurd ones say
// nothing: they are how forms are filled in when the amount is withheld.
func amount(value, currency string) (cents int64, code string) {
	const absurd = 1e12 // euros
	value = strings.Map(func(c rune) rune {
		switch c {
		case ' ', '\u00a0', '\u202f', '€':
			return -1
		case ',':
			return '.'
		}
		return c
	}, value)
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(f) || f <= 0 || f > absurd {
		return 0, ""
	}
	if currency = strings.ToUpper(token(currency)); currency == "" {
		currency = "EUR"
	}
	return int64(math.Round(f * 100)), currency
}

// day is a date as YYYY-MM-DD. The first of January 2000 is what eForms writes
// for a date withheld.
func day(raw string) string {
	m, ok := readMoment(raw)
	if !ok {
		return ""
	}
	if d := m.wall.Format(time.DateOnly); d != "2000-01-01" {
		return d
	}
	return ""
}
