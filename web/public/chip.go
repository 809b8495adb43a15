package public

import (
	"slices"
	"strconv"
	"strings"

	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/web/ui"
)

// mostChips is how many values of one kind are shown apart; more are one chip.
const mostChips = 12

// less is this search with something taken away; what is given is a copy.
func (a ask) less(change func(*ask)) string {
	change(&a)
	a.Refined.Refinement = a.Criteria.Refine()
	return a.url(1)
}

// chips are the criteria in force, each with the address of the search without it.
func (s searchPage) chips() []ui.Chip {
	var out []ui.Chip
	add := func(label, text string, change func(*ask)) {
		out = append(out, ui.Chip{Label: label, Text: text, URL: s.less(change)})
	}
	for _, w := range s.Criteria.Keywords {
		add("Mot clé", w, func(a *ask) { a.dropKeyword(w) })
	}
	many(s.Criteria.Departments, "départements", refdata.PlaceLabel, func(text string, left []string) {
		add("Lieu", text, func(a *ask) { a.Criteria.Departments = left })
	})
	for _, b := range s.Chosen {
		add("Organisme", b.Label, func(a *ask) { a.Criteria.Buyers = without(a.Criteria.Buyers, b.ID) })
	}
	s.refinedChips(add)
	if s.Within > 0 {
		add("Date limite", "dans "+strconv.Itoa(s.Within)+" jours au plus", func(a *ask) { a.Within = 0 })
	}
	if !s.Open {
		add("Avis", "clos et attribués compris", func(a *ask) { a.Open = true })
	}
	return out
}

// dropKeyword takes a word out of those typed.
func (a *ask) dropKeyword(word string) {
	a.Criteria.Keywords = without(a.Criteria.Keywords, word)
	a.Typed = strings.Join(a.Criteria.Keywords, " ")
	if len(a.Criteria.Keywords) < 2 {
		a.Criteria.Mode = notice.Any // of one word, all are any
	}
}

// refinedChips are those of « Affiner ».
func (s searchPage) refinedChips(add func(label, text string, change func(*ask))) {
	for _, w := range s.Criteria.Exclude {
		add("Sans", w, func(a *ask) { a.Criteria.Exclude = without(a.Criteria.Exclude, w) })
	}
	for _, p := range s.Refined.Codes.Chosen {
		add("Code CPV", p.Label, func(a *ask) { a.Criteria.CPV = without(a.Criteria.CPV, p.ID) })
	}
	for _, p := range s.Refined.OutCodes.Chosen {
		add("Sans le code CPV", p.Label, func(a *ask) { a.Criteria.ExcludeCPV = without(a.Criteria.ExcludeCPV, p.ID) })
	}
	for _, p := range s.Refined.OutBuyers.Chosen {
		add("Sans l'organisme", p.Label, func(a *ask) { a.Criteria.ExcludeBuyers = without(a.Criteria.ExcludeBuyers, p.ID) })
	}
	for _, k := range s.Criteria.Categories {
		add("Nature", k.Label(), func(a *ask) { a.Criteria.Categories = without(a.Criteria.Categories, k) })
	}
	for _, k := range s.Criteria.Kinds {
		add("Type", k.Label(), func(a *ask) { a.Criteria.Kinds = without(a.Criteria.Kinds, k) })
	}
	for _, one := range s.Criteria.Sources {
		add("Source", notice.SourceLabel(one), func(a *ask) { a.Criteria.Sources = without(a.Criteria.Sources, one) })
	}
	if s.Criteria.TitleOnly {
		add("Mots cherchés dans", "objet et lots seulement", func(a *ask) { a.Criteria.TitleOnly = false })
	}
	if s.Criteria.Services {
		add("Services de l'organisme", "inclus", func(a *ask) { a.Criteria.Services = false })
	}
	if s.Criteria.Broader {
		add("Codes plus généraux", "inclus", func(a *ask) { a.Criteria.Broader = false })
	}
	if s.Criteria.NoNational {
		add("Marchés France entière", "exclus", func(a *ask) { a.Criteria.NoNational = false })
	}
	if n := s.Criteria.MinDays; n > 0 {
		add("Jours restants", strconv.Itoa(n)+" au moins", func(a *ask) { a.Criteria.MinDays = 0 })
	}
}

// many gives each value with those that are left without it, or, when there are too
// many to be read, all of them as one.
func many(all []string, noun string, label func(string) string, give func(text string, left []string)) {
	if len(all) > mostChips {
		give(ui.Number(len(all))+nbsp+noun, nil)
		return
	}
	for _, one := range all {
		give(label(one), without(all, one))
	}
}

// told is the search in words, for the title of its feed.
func (s searchPage) told() string {
	var words []string
	for _, c := range s.chips() {
		if c.Label == "Mot clé" || c.Label == "Lieu" || c.Label == "Organisme" {
			words = append(words, c.Text)
		} else {
			words = append(words, c.Label+nbsp+": "+c.Text)
		}
	}
	return strings.Join(words, ", ")
}

// without copies a list less one value: the list is the page's and stays whole.
func without[T comparable](all []T, one T) []T {
	return slices.DeleteFunc(slices.Clone(all), func(v T) bool { return v == one })
}

// with copies a list and one value more.
func with[T comparable](all []T, one T) []T { return append(without(all, one), one) }
