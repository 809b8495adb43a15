package company

import (
	"slices"

	"parvis/kit/clock"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/refine"
	"parvis/web/ui"
)

// listPage is « Ma veille de marchés ».
type listPage struct {
	Watches  []watchRow
	Shared   []sharedRow
	Active   int
	Failing  []watch.Failing
	Quiet    []*watch.Watch // that have found nothing for a month
	Stopped  []watchRow     // those of which a webhook is suspended
	MailDown bool
	Index    ui.IndexState
	Total    int
	Left     int // out of sight, because one passes on them
	Matches  []match
	filter
	Last   int
	Passed *passedOn // what one has just passed on
}

// watchRow is a line of the table of watches.
type watchRow struct {
	ID, Name string
	Rhythm   string
	Pause    string // until when it is silent, in words; empty: it speaks
	Criteria []ui.Criterion
	Status   ui.Badge
	Shared   bool // with the other establishments of the company
	Broken   bool // its criteria are not understood any more
}

func (p Pages) list(v *answer.Visit) (answer.Answer, error) {
	watches, err := p.Watches.List(v.Context(), v.Actor)
	if err != nil {
		return answer.Answer{}, err
	}
	page := listPage{Active: active(watches), MailDown: !p.mailReady(), filter: p.readList(v)}
	if byID(watches)[page.WatchID] == nil {
		page.WatchID = "" // it is no more: all of them
	}
	if err := p.rows(v, &page, watches); err != nil {
		return answer.Answer{}, err
	}
	if err := p.matches(v, &page, byID(watches)); err != nil {
		return answer.Answer{}, err
	}
	if page.Quiet, err = p.Watches.Quiet(v.Context(), v.Actor); err != nil {
		return answer.Answer{}, err
	}
	if page.Shared, err = p.shared(v); err != nil {
		return answer.Answer{}, err
	}
	if page.Passed, err = p.passed(v); err != nil {
		return answer.Answer{}, err
	}
	return answer.Show(ui.Page{Title: "Ma veille de marchés"}, listBody(page)), nil
}

// rows reads the table of watches and what goes wrong with them.
func (p Pages) rows(v *answer.Visit, page *listPage, watches []*watch.Watch) error {
	told, err := p.told(v, watches)
	if err != nil {
		return err
	}
	troubled, err := p.Webhooks.Troubled(v.Context(), idsOf(watches))
	if err != nil {
		return err
	}
	for i, w := range watches {
		row := watchRow{ID: w.ID, Name: w.Name, Rhythm: rhythm(w), Criteria: told[i], Status: ui.Off("Inactive"), Shared: !w.SharedAt.IsZero(), Broken: w.Broken() != nil}
		if w.Active {
			row.Status = ui.OK("Active")
		}
		if w.Paused(p.Watches.Now()) {
			row.Pause = "En pause jusqu'au " + lastDay(w).Format("02/01/2006") + " inclus"
		}
		page.Watches = append(page.Watches, row)
		if troubled[w.ID] {
			page.Stopped = append(page.Stopped, row)
		}
	}
	page.Failing = watch.FailingOf(watches)
	return nil
}

// matches reads one page of the live list; beyond the last one, the last one.
func (p Pages) matches(v *answer.Visit, page *listPage, watches map[string]*watch.Watch) error {
	live, err := p.Watches.Matches(v.Context(), v.Actor, page.ask())
	if err != nil {
		return err
	}
	page.Last = max(1, (live.Total+page.Size-1)/page.Size)
	if page.Page > page.Last {
		page.Page = page.Last
		if live, err = p.Watches.Matches(v.Context(), v.Actor, page.ask()); err != nil {
			return err
		}
	}
	page.Total, page.Left, page.Index = live.Total, live.Passed, ui.IndexState(live.Index)
	for _, hit := range live.Hits {
		m, err := matchOf(hit, watches, live.At)
		if err != nil {
			return err
		}
		if err := p.nameCodes(v, &m, hit, watches); err != nil {
			return err
		}
		m.Tag.Back = page.here(m.ID)
		page.Matches = append(page.Matches, m)
	}
	return nil
}

// criteria lists what a watch asks and who receives it, in the guide's words.
func criteria(w *watch.Watch, buyers map[string]string, codes []ui.Picked, now clock.Instant) []ui.Criterion {
	c := w.Criteria
	words := slices.Clone(c.Keywords)
	if n := len(words); n > 1 {
		mode := " (n'importe lequel de ces termes)"
		if c.Mode == notice.All {
			mode = " (tous les termes)"
		}
		words[n-1] += mode
	}
	var names, places []string
	for _, id := range c.Buyers {
		if name, ok := buyers[id]; ok {
			names = append(names, name)
		} else {
			names = append(names, "organisme retiré du répertoire")
		}
	}
	for _, code := range c.Departments {
		if d, ok := refdata.DepartmentByCode(code); ok {
			places = append(places, d.Name+" ("+d.Code+")")
		}
	}
	line := func(values []ui.Value, one, many string) ui.Criterion {
		return ui.Criterion{Label: ui.Plural(len(values), one, many), Values: values}
	}
	out := []ui.Criterion{
		line(ui.Values(words...), "Mot clé", "Mots clés"),
		line(ui.Values(names...), "Organisme", "Organismes"),
		line(ui.Values(places...), "Département", "Départements"),
	}
	out = append(out, refine.Told(c, codes)...)
	return append(out, line(recipients(w, now), "Email de destination", "Emails de destination"))
}

// recipients lists the addresses of a watch; those that are mailed need no tag.
func recipients(w *watch.Watch, now clock.Instant) []ui.Value {
	var out []ui.Value
	for _, r := range w.Recipients {
		value := ui.Value{Text: r.Address}
		if state := addressState(r, now); state != ui.AddressConfirmed {
			badge := state.Badge()
			value.State = &badge
		}
		out = append(out, value)
	}
	return out
}

func (l listPage) columns() ui.Columns {
	heads := ui.Heads("Organisme", "Référence", "Objet", "Date limite", "Action")
	heads[3].SortURL = l.sorted(notice.ByDeadline)
	if l.Order == notice.ByDeadline {
		heads[3].Sorted = "ascending"
	}
	return ui.Columns{Caption: "Marchés correspondant à mes critères de recherche", Heads: heads}
}
