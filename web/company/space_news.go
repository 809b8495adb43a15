package company

import (
	"time"

	"parvis/kit/clock"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/ui"
)

// mostMine is how many of their own deadlines the space shows.
const mostMine = 8

// newsURL is the list, the last published first.
var newsURL = filter{Order: notice.ByPublication, Size: defaultSize}.at(1)

// news is how many contracts have come.
type news struct {
	Since clock.Instant // the last visit; zero: this is the first
	Fresh int           // since then
	Week  int           // in seven days
}

// newsLine is a figure and what it counts.
type newsLine struct{ Figure, Since string }

func (p Pages) news(v *answer.Visit) (n news, err error) {
	count := func(since clock.Instant) (int, error) {
		live, err := p.Watches.Matches(v.Context(), v.Actor, watch.Ask{Since: since})
		return live.Total, err
	}
	if n.Since, err = p.Accounts.LastVisit(v.Context(), v.Actor); err != nil {
		return n, err
	}
	if !n.Since.IsZero() {
		if n.Fresh, err = count(n.Since); err != nil {
			return n, err
		}
	}
	n.Week, err = count(p.Watches.Now().Add(-7 * 24 * time.Hour))
	return n, err
}

// lines says what is new, since the last visit and in seven days.
func (n news) lines() (out []newsLine) {
	figure := func(n int) string {
		if n == 0 {
			return "aucun nouveau"
		}
		return ui.Number(n) + "\u00a0" + ui.Plural(n, "nouveau", "nouveaux")
	}
	if !n.Since.IsZero() {
		out = append(out, newsLine{figure(n.Fresh), "depuis votre connexion précédente, le " + n.Since.Long(clock.Paris)})
	}
	return append(out, newsLine{figure(n.Week), "en 7\u00a0jours"})
}

// deadlines reads what is to be answered: one's own first, then what closes soon.
func (p Pages) deadlines(v *answer.Visit, page *spacePage, watches map[string]*watch.Watch) error {
	followed, err := p.Alerts.Followed(v.Context(), v.Actor)
	if err != nil {
		return err
	}
	agenda, err := p.Watches.Agenda(v.Context(), v.Actor, followed, mostMine)
	if err != nil {
		return err
	}
	page.More = agenda.Total - len(agenda.Hits)
	for _, hit := range agenda.Hits {
		m, err := matchOf(hit, watches, agenda.At)
		if err != nil {
			return err
		}
		page.Mine = append(page.Mine, m)
	}
	live, err := p.Watches.Matches(v.Context(), v.Actor, watch.Ask{Order: notice.ByDeadline, Size: mostMine + mostSoon})
	if err != nil {
		return err
	}
	page.Open, page.Index = live.Total, ui.IndexState(live.Index)
	return page.soon(live, watches)
}

func (page spacePage) soonTitle() string {
	if len(page.Mine) > 0 {
		return "Les autres échéances, sous 14 jours"
	}
	return "Prochaines échéances, sous 14 jours"
}

func (page spacePage) noneSoon() string {
	if len(page.Mine) > 0 {
		return "Aucune autre échéance dans les 14 jours."
	}
	return "Aucune échéance dans les 14 jours."
}
