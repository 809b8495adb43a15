package public

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/web/ui"
)

// mostValues is how many values of a facet are seen without unfolding it.
const mostValues = 6

// facets are the ways to narrow this search. A figure says how many notices the value
// alone would give, all else equal; a value in force is taken away by the same link.
func (p Pages) facets(ctx context.Context, s *searchPage, f *notice.Facets) error {
	if f == nil {
		return nil
	}
	s.Counts = map[string]int{}
	for _, c := range f.Departments {
		s.Counts[c.Value] = c.N
	}
	buyers, err := p.buyerFacet(ctx, s, f)
	if err != nil {
		return err
	}
	all := []ui.Facet{s.closingFacet(f), s.placeFacet(f), s.categoryFacet(f), s.codeFacet(f), s.kindFacet(f), buyers, s.sourceFacet(f)}
	for _, one := range all {
		if useful(one, s.Total) {
			s.Facets = append(s.Facets, one)
		}
	}
	return nil
}

// useful tells whether a facet narrows anything: one value that all results have does not.
func useful(f ui.Facet, total int) bool {
	values := append(slices.Clone(f.Values), f.More...)
	return len(values) > 1 || len(values) == 1 && (values[0].On || values[0].Count != total)
}

// folded puts the most frequent values first, those in force before all, and the rest
// under a fold.
func folded(f ui.Facet, values []ui.FacetValue) ui.Facet {
	slices.SortStableFunc(values, func(a, b ui.FacetValue) int {
		if a.On != b.On {
			return map[bool]int{true: -1, false: 1}[a.On]
		}
		return cmp.Compare(b.Count, a.Count)
	})
	seen := min(len(values), mostValues)
	for seen < len(values) && values[seen].On {
		seen++
	}
	if len(values) == seen+1 {
		seen++ // a fold would take the room of what it hides
	}
	f.Values, f.More = values[:seen], values[seen:]
	return f
}

// value is one link of a facet: on takes it away, off adds it.
func (s searchPage) value(label string, n int, on bool, add, drop func(*ask)) ui.FacetValue {
	change := add
	if on {
		change = drop
	}
	return ui.FacetValue{Label: label, Count: n, On: on, URL: s.less(change)}
}

// listed are the values counted and those asked, which may have no notice.
func listed[T ~string](counts []notice.Count, asked []T) []notice.Count {
	out := slices.Clone(counts)
	for _, one := range asked {
		if !slices.ContainsFunc(out, func(c notice.Count) bool { return c.Value == string(one) }) {
			out = append(out, notice.Count{Value: string(one)})
		}
	}
	return out
}

func (s searchPage) closingFacet(f *notice.Facets) ui.Facet {
	out := ui.Facet{ID: "cloture", Title: "Date limite"}
	for i, days := range notice.ClosingDays {
		if f.Closing[i] > 0 || s.Within == days {
			out.Values = append(out.Values, s.value("dans "+strconv.Itoa(days)+nbsp+"jours au plus", f.Closing[i], s.Within == days,
				func(a *ask) { a.Within = days }, func(a *ask) { a.Within = 0 }))
		}
	}
	return out
}

func (s searchPage) placeFacet(f *notice.Facets) ui.Facet {
	var values []ui.FacetValue
	for _, c := range listed(f.Departments, s.Criteria.Departments) {
		if c.Value == refdata.Abroad {
			continue // no department to choose
		}
		values = append(values, s.value(refdata.PlaceLabel(c.Value), c.N, slices.Contains(s.Criteria.Departments, c.Value),
			func(a *ask) { a.Criteria.Departments = inOrder(with(a.Criteria.Departments, c.Value)) },
			func(a *ask) { a.Criteria.Departments = without(a.Criteria.Departments, c.Value) }))
	}
	out := folded(ui.Facet{ID: "lieu", Title: "Département"}, values)
	if f.NoPlace > 0 && len(s.Criteria.Departments) > 0 {
		out.Note = "Et " + ui.Number(f.NoPlace) + nbsp + "sans lieu précisé, toujours compris."
	}
	return out
}

// inOrder puts departments in the order of their numbers, as the form does.
func inOrder(codes []string) []string {
	out, _ := departments(codes, nil) // they exist
	return out
}

func (s searchPage) categoryFacet(f *notice.Facets) ui.Facet {
	var values []ui.FacetValue
	for _, c := range listed(f.Categories, s.Criteria.Categories) {
		k := refdata.Category(c.Value)
		values = append(values, s.value(k.Label(), c.N, slices.Contains(s.Criteria.Categories, k),
			func(a *ask) { a.Criteria.Categories = with(a.Criteria.Categories, k) }, func(a *ask) { a.Criteria.Categories = without(a.Criteria.Categories, k) }))
	}
	out := folded(ui.Facet{ID: "nature", Title: "Nature"}, values)
	if f.NoCategory > 0 && len(s.Criteria.Categories) > 0 {
		out.Note = "Et " + ui.Number(f.NoCategory) + nbsp + "sans nature indiquée, toujours compris."
	}
	return out
}

// kindFacet is of no use among open calls, which are of one kind.
func (s searchPage) kindFacet(f *notice.Facets) ui.Facet {
	out := ui.Facet{ID: "type", Title: "Type d'avis"}
	if s.Open && len(s.Criteria.Kinds) == 0 {
		return out
	}
	var values []ui.FacetValue
	for _, c := range listed(f.Kinds, s.Criteria.Kinds) {
		k := notice.Kind(c.Value)
		values = append(values, s.value(k.Label(), c.N, slices.Contains(s.Criteria.Kinds, k),
			func(a *ask) { a.Criteria.Kinds = with(a.Criteria.Kinds, k) }, func(a *ask) { a.Criteria.Kinds = without(a.Criteria.Kinds, k) }))
	}
	return folded(out, values)
}

func (s searchPage) sourceFacet(f *notice.Facets) ui.Facet {
	var values []ui.FacetValue
	for _, c := range listed(f.Sources, s.Criteria.Sources) {
		values = append(values, s.value(notice.SourceLabel(c.Value), c.N, slices.Contains(s.Criteria.Sources, c.Value),
			func(a *ask) { a.Criteria.Sources = with(a.Criteria.Sources, c.Value) }, func(a *ask) { a.Criteria.Sources = without(a.Criteria.Sources, c.Value) }))
	}
	return folded(ui.Facet{ID: "source", Title: "Source"}, values)
}

// codeFacet narrows by what is bought. With words, a division is asked as well as them:
// « ou » would find more, not less.
func (s searchPage) codeFacet(f *notice.Facets) ui.Facet {
	var values []ui.FacetValue
	for _, c := range f.Divisions {
		d, ok := refdata.DivisionOfCPV(c.Value)
		if !ok {
			continue
		}
		code := d.Code + "000000"
		values = append(values, s.value(d.Label, c.N, slices.Contains(s.Criteria.CPV, code),
			func(a *ask) {
				a.Criteria.CPV = with(a.Criteria.CPV, code)
				if len(a.Criteria.Keywords) > 0 {
					a.Criteria.Combine = notice.And
				}
			},
			func(a *ask) { a.Criteria.CPV = without(a.Criteria.CPV, code) }))
	}
	out := folded(ui.Facet{ID: "achat", Title: "Ce qui est acheté"}, values)
	if f.NoCode > 0 && len(values) > 0 {
		out.Note = ui.Number(f.NoCode) + nbsp + ui.Plural(f.NoCode, "avis sans code CPV n'est pas compté ici.", "avis sans code CPV ne sont pas comptés ici.")
	}
	return out
}

func (p Pages) buyerFacet(ctx context.Context, s *searchPage, f *notice.Facets) (ui.Facet, error) {
	out := ui.Facet{ID: "organisme-choix-filtre", Title: "Organisme"}
	counts := listed(f.Buyers, s.Criteria.Buyers)
	ids := make([]string, len(counts))
	for i, c := range counts {
		ids[i] = c.Value
	}
	named, err := p.Orgs.BuyersNamed(ctx, ids)
	if err != nil {
		return out, err
	}
	var values []ui.FacetValue
	seen := map[string]bool{}
	for _, c := range counts {
		b, ok := named[c.Value]
		on := slices.Contains(s.Criteria.Buyers, b.ID)
		if !ok || seen[b.ID] || !on && len(s.Criteria.Buyers) >= notice.MaxBuyers {
			continue
		}
		seen[b.ID] = true
		if b.Merged > 0 { // the notices of those that it is one with count too
			if c.N, err = p.countOf(ctx, s, b.ID); err != nil {
				return out, err
			}
		}
		values = append(values, s.value(b.Label(), c.N, on,
			func(a *ask) { a.Criteria.Buyers = with(a.Criteria.Buyers, b.ID) }, func(a *ask) { a.Criteria.Buyers = without(a.Criteria.Buyers, b.ID) }))
	}
	return folded(out, values), nil
}

// countOf counts what the search would give for one organism alone.
func (p Pages) countOf(ctx context.Context, s *searchPage, id string) (int, error) {
	only := s.Criteria
	only.Buyers = []string{id}
	page, err := p.Notices.Search(ctx, access.Anybody(), notice.Search{Criteria: only, Open: s.Open, Within: s.Within, Size: 1})
	return page.Total, err
}
