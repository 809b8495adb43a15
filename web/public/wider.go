package public

import (
	"strings"

	"parvis/kit/text"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/web/answer"
	"parvis/web/ui"
)

// mostUnseen is how many words are looked for one by one when nothing was found.
const mostUnseen = 10

// wider is a search that asks less, and how many notices it finds.
type wider struct {
	Label string
	URL   string
	Total int
}

// mostNear is how many words are proposed in the place of one.
const mostNear = 3

// unseen is a word that no notice has, and searches for words that some have and that are
// written nearly so.
type unseen struct {
	Word string
	Near []ui.Link
}

// missing says which words no notice has at all: they find nothing, whatever else is
// asked; and which are meant as a code, but mistyped.
func (p Pages) missing(s *searchPage) {
	if !s.Index.Ready {
		return // what is not found may only not be there yet
	}
	for _, word := range s.Criteria.Keywords[:min(len(s.Criteria.Keywords), mostUnseen)] {
		for _, k := range text.ParseKeywords(word).Keywords {
			if wrong := refdata.CPVKeyFault(word); wrong != nil && !k.Quoted {
				s.WrongKeys = append(s.WrongKeys, wrong.Text)
				continue
			}
			if p.Notices.Index().Seen(k, 0) {
				continue
			}
			u := unseen{Word: word}
			if !k.Quoted {
				for _, near := range p.Notices.Index().Nearest(word, mostNear) {
					u.Near = append(u.Near, ui.Link{Label: near, URL: s.less(func(a *ask) {
						a.Criteria.Keywords = with(without(a.Criteria.Keywords, word), near)
						a.Typed = strings.Join(a.Criteria.Keywords, " ")
					})})
				}
			}
			s.Unseen = append(s.Unseen, u)
		}
	}
}

// help says, where nothing was found, what would be found by asking less, one criterion at
// a time.
func (p Pages) help(v *answer.Visit, s *searchPage) error {
	if !s.Index.Ready {
		return nil // what is not found may only not be there yet
	}
	for _, less := range s.lessen() {
		a := s.ask
		less.change(&a)
		n, err := p.total(v, a.Criteria, a.Open, a.Within)
		if err != nil {
			return err
		}
		if n > 0 {
			s.Wider = append(s.Wider, wider{less.label, s.less(less.change), n})
		}
	}
	return nil
}

// total counts what a search finds.
func (p Pages) total(v *answer.Visit, c notice.Criteria, open bool, within int) (int, error) {
	page, err := p.Notices.Search(v.Context(), v.Actor, notice.Search{Criteria: c, Open: open, Within: within})
	return page.Total, err
}

// lesser is one way to ask less.
type lesser struct {
	label  string
	change func(*ask)
}

// lessen are the ways to ask less than this search does.
func (s searchPage) lessen() []lesser {
	var out []lesser
	add := func(is bool, label string, change func(*ask)) {
		if is {
			out = append(out, lesser{label, change})
		}
	}
	c := s.Criteria
	add(c.Mode == notice.All && len(c.Keywords) > 1, "avec n'importe lequel de vos mots", func(a *ask) { a.Criteria.Mode = notice.Any })
	add(c.TitleOnly, "en cherchant aussi dans la description", func(a *ask) { a.Criteria.TitleOnly = false })
	add(len(c.Exclude) > 0, "sans exclure de mots", func(a *ask) { a.Criteria.Exclude = nil })
	add(len(c.Departments) > 0, "dans toute la France", func(a *ask) { a.Criteria.Departments = nil })
	add(len(c.Buyers) > 0, "de tous les organismes", func(a *ask) { a.Criteria.Buyers = nil })
	add(len(c.CPV) > 0 && !c.Broader, "avec les codes CPV plus généraux", func(a *ask) { a.Criteria.Broader = true })
	add(len(c.CPV) > 0 && len(c.Keywords) > 0, "sans les codes CPV", func(a *ask) { a.Criteria.CPV = nil })
	add(len(c.Categories) > 0, "de toutes les natures", func(a *ask) { a.Criteria.Categories = nil })
	add(len(c.Kinds) > 0, "de tous les types d'avis", func(a *ask) { a.Criteria.Kinds = nil })
	add(len(c.Sources) > 0, "de toutes les sources", func(a *ask) { a.Criteria.Sources = nil })
	add(c.MinDays > 0, "quels que soient les jours restants", func(a *ask) { a.Criteria.MinDays = 0 })
	add(s.Within > 0, "quelle que soit la date limite", func(a *ask) { a.Within = 0 })
	add(s.Open, "parmi les avis clos et attribués aussi", func(a *ask) { a.Open = false })
	return out
}

// found says how many there are: « 12 avis ».
func (w wider) found() string { return ui.Number(w.Total) + nbsp + "avis" }

// text says that a word cannot find anything, whatever else is asked.
func (u unseen) text() string {
	said := "Ce mot n'est dans aucun avis" + nbsp + ": " + quoted([]string{printable(u.Word)}) + ". "
	if len(u.Near) == 0 {
		return said + "Vérifiez son orthographe, ou essayez un mot voisin."
	}
	return said + "Vouliez-vous dire" + nbsp + ": "
}
