package company

import (
	"cmp"
	"slices"

	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/refine"
	"parvis/web/ui"
)

// sharedRow is a watch that another establishment of the company shares.
type sharedRow struct {
	ID, Name, From string
	Criteria       []ui.Criterion
}

// shared reads the watches that the others of the company share.
func (p Pages) shared(v *answer.Visit) ([]sharedRow, error) {
	all, err := p.Watches.SharedWith(v.Context(), v.Actor)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var watches []*watch.Watch
	for _, s := range all {
		watches = append(watches, s.Watch)
	}
	told, err := p.told(v, watches)
	if err != nil {
		return nil, err
	}
	var out []sharedRow
	for i, s := range all {
		from := s.From.CompanyName + ", " + s.From.Pretty()
		if s.From.City != "" {
			from += ", " + s.From.City
		}
		criteria := told[i][:len(told[i])-1] // without who receives it
		out = append(out, sharedRow{ID: s.ID, Name: s.Name, From: from, Criteria: criteria})
	}
	return out, nil
}

// told says in words what each of some watches asks, and last who receives it.
func (p Pages) told(v *answer.Visit, watches []*watch.Watch) ([][]ui.Criterion, error) {
	var ids []string
	for _, w := range watches {
		ids = append(append(ids, w.Criteria.Buyers...), w.Criteria.ExcludeBuyers...)
	}
	buyers, err := p.Org.BuyersByID(v.Context(), ids)
	if err != nil {
		return nil, err
	}
	titles := map[string]string{}
	for _, b := range buyers {
		titles[b.ID] = b.Title()
	}
	var out [][]ui.Criterion
	for _, w := range watches {
		codes, err := refine.Name(v.Context(), p.CPV, v.Actor, w.Criteria.CPV)
		if err != nil {
			return nil, err
		}
		outCodes, err := refine.Name(v.Context(), p.CPV, v.Actor, w.Criteria.ExcludeCPV)
		if err != nil {
			return nil, err
		}
		var outBuyers []ui.Picked
		for _, id := range w.Criteria.ExcludeBuyers {
			outBuyers = append(outBuyers, ui.Picked{ID: id, Label: cmp.Or(titles[id], "organisme retiré du répertoire")})
		}
		all := criteria(w, titles, codes, p.Watches.Now())
		out = append(out, slices.Insert(all, len(all)-1, refine.ToldOut(outBuyers, outCodes)...)) // before who receives it
	}
	return out, nil
}

// copied fills the form of a new watch with what a colleague's asks.
func (p Pages) copied(v *answer.Visit, id string) (typed, error) {
	s, err := p.Watches.FindShared(v.Context(), v.Actor, id)
	if err != nil {
		return typed{}, err
	}
	t := typedOf(s.Watch, p.Watches.Now())
	t.Version, t.Active, t.Pause, t.Recipients, t.AcceptEmpty, t.Shared = 0, true, "", nil, false, false
	return t, nil
}

// passedOn is a contract on which one has just passed, with what would keep its like out.
type passedOn struct {
	Title, URL string
	Less       []sparing
}

// passed reads it, nil when the address names none.
func (p Pages) passed(v *answer.Visit) (*passedOn, error) {
	id := v.Form.Get(fieldPassed)
	if id == "" {
		return nil, nil
	}
	story, err := p.Notices.Find(v.Context(), v.Actor, id)
	if unknown(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	said, err := p.Watches.Tagged(v.Context(), v.Actor, story.Notice)
	if err != nil || said[id].Choice != watch.Pass {
		return nil, err // it was taken back since
	}
	out := &passedOn{Title: title(story.Notice), URL: "/entreprise/etiquettes/" + id}
	out.Less, err = p.lessLike(v, story.Notice, story.At)
	return out, err
}
