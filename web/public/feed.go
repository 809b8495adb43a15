package public

import (
	"errors"
	"net/url"
	"strings"

	"parvis/kit/atom"
	"parvis/kit/clock"
	"parvis/procurement/notice"
	"parvis/web/answer"
	"parvis/web/ui"
)

// mostEntries bounds a feed: a reader that asks once a week misses nothing of a search
// that is worth following, and one that asks each minute costs little.
const mostEntries = 50

// followed is what a feed says of this search. Page and order do not count: a feed has
// one page, the latest first.
func (a ask) followed() url.Values {
	q := a.query()
	q.Del(fieldOrder)
	q.Del(fieldSize)
	return q
}

// feedURL is where programs follow this search.
func (a ask) feedURL() string { return at("/annonces.atom", a.followed()) }

// feed is a search as news readers follow it.
func (p Pages) feed(v *answer.Visit) (answer.Answer, error) {
	a, faults := readAsk(v.Form)
	s := searchPage{ask: a}
	if err := errors.Join(p.readBuyers(v.Context(), &s, &faults), p.readRefined(v, &s, &faults)); err != nil {
		return answer.Answer{}, err
	}
	if err := faults.Err(); err != nil {
		return answer.Answer{}, err
	}
	a = s.ask
	page, err := p.Notices.Search(v.Context(), v.Actor, notice.Search{Criteria: a.Criteria, Open: a.Open, Within: a.Within, Order: notice.ByPublication, Size: mostEntries})
	if err != nil {
		return answer.Answer{}, err
	}
	touched, err := p.Notices.Touched(v.Context(), v.Actor, page.Notices)
	if err != nil {
		return answer.Answer{}, err
	}
	self := p.at(a.feedURL())
	f := atom.Feed{
		ID: self, Self: self, Page: p.at(at("/annonces", a.followed())), Title: "Annonces" + nbsp + ": " + either(s.told(), "tous les avis"), Author: "Parvis",
		Subtitle: "Les marchés publics qui répondent à cette recherche, les derniers parus d'abord.",
	}
	for _, n := range page.Notices {
		f.Entries = append(f.Entries, p.entry(n, touched[n.ID], page.At))
	}
	data, err := f.Bytes()
	return answer.Document("", atom.Kind, data), err
}

// entry is a notice in a feed: what a list shows of it, in words. Days left are not
// said: they would be wrong tomorrow.
func (p Pages) entry(n *notice.Notice, touched, now clock.Instant) atom.Entry {
	e := atom.Entry{
		ID: "urn:uuid:" + n.ID, Title: title(n), URL: p.at(noticeURL(n)), Author: buyerName(n), Published: n.RecordedAt, Updated: touched,
	}
	lines := []string{}
	if s := state(n, now); s.Tone != ui.ToneOK && s.Tone != ui.ToneOff {
		lines = append(lines, s.Text)
	}
	if !n.Deadline.IsZero() {
		lines = append(lines, "Date limite"+nbsp+": "+long(n, n.Deadline))
	} else if n.DeadlineDoubtful && n.Kind == notice.Contract {
		lines = append(lines, "Date limite "+n.NoDeadline())
	}
	lines = append(lines, buyerName(n), strings.Join(places(n), ", "))
	for _, fact := range []string{n.Reference, n.Procedure.Label(), lotCount(n), n.SourceLabel()} {
		if fact != "" {
			lines = append(lines, fact)
		}
	}
	e.Summary = strings.Join(lines, "\n")
	for _, c := range []string{kindLabel(n), n.Category.Label()} {
		if c != "" {
			e.Categories = append(e.Categories, c)
		}
	}
	return e
}
