package company

import (
	"fmt"
	"time"

	"parvis/kit/clock"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
	"parvis/web/tag"
	"parvis/web/ui"
)

// mostLots is how many matching lots a row names.
const mostLots = 5

// match is a contract of the live list and why it is there.
type match struct {
	ID, URL   string
	Buyer     string
	BuyerID   string
	Reference string
	Title     marked
	Due       ui.Due
	Zone      string // whose clocks, when they are not those of Paris
	Published string
	Reasons   []string
	Found     []string // on what of its text or codes, for who sees no word in the title
	Lots      []marked
	MoreLots  int
	Twins     []ui.Link // its probable duplicates
	Tag       tag.Contract
}

// marked is a text with the words that were looked for.
type marked struct {
	Text  string
	Spans []ui.Span
}

// matchOf reads a row; watches are the actor's, by id.
func matchOf(hit watch.Hit, watches map[string]*watch.Watch, now clock.Instant) (match, error) {
	m := match{
		URL: "/annonces/" + hit.ID, ID: hit.ID, Tag: tag.Contract{ID: hit.ID, Title: title(hit.Notice), Said: hit.Tagged}, Buyer: buyerName(hit.Notice), BuyerID: hit.BuyerID, Reference: reference(hit.Notice),
		Due: due(hit.Notice, now), Zone: zone(hit.Notice), Published: frenchDay(hit.PublishedOn),
	}
	for _, twin := range hit.Twins {
		m.Twins = append(m.Twins, ui.Link{Label: twin.SourceLabel(), URL: "/annonces/" + twin.ID})
	}
	var matching []*watch.Watch
	var queries []*notice.Query
	for _, r := range hit.Reasons {
		m.Reasons = append(m.Reasons, unbroken(r.Text()))
		w := watches[r.WatchID]
		if w == nil {
			continue // made since the list of watches was read
		}
		q, err := notice.Compile(w.Criteria)
		if err != nil {
			return m, fmt.Errorf("watch %s: %w", w.ID, err)
		}
		matching, queries = append(matching, w), append(queries, q)
	}
	m.Title = mark(title(hit.Notice), queries)
	for i, lot := range watch.MatchingLots(matching, hit.Notice, now) {
		if i >= mostLots {
			m.MoreLots++
			continue
		}
		m.Lots = append(m.Lots, mark(lotName(lot), queries))
	}
	return m, nil
}

// mark finds the words of any of the queries.
func mark(text string, queries []*notice.Query) marked {
	m := marked{Text: text}
	for _, q := range queries {
		for _, span := range q.Why(text) {
			m.Spans = append(m.Spans, ui.Span{Start: span[0], End: span[1]})
		}
	}
	return m
}

func lotName(lot notice.Lot) string {
	switch {
	case lot.Number == "":
		return lot.Title
	case lot.Title == "":
		return "lot " + lot.Number
	}
	return "lot " + lot.Number + ", " + lot.Title
}

func title(n *notice.Notice) string {
	if n.Title == "" {
		return "Avis sans titre"
	}
	return n.Title
}

func buyerName(n *notice.Notice) string {
	if n.Buyer.Name == "" {
		return "Acheteur non précisé"
	}
	return n.Buyer.Name
}

// reference is the buyer's own, else the source's number: something to quote.
func reference(n *notice.Notice) string {
	if n.Reference == "" {
		return n.SourceLabel()
	}
	return n.Reference
}

// due reads a deadline on the clocks of the buyer's place.
func due(n *notice.Notice, now clock.Instant) ui.Due {
	if n.Deadline.IsZero() {
		return ui.Due{None: n.NoDeadline()}
	}
	zone := n.Zone()
	return ui.Due{
		Text: n.Deadline.Short(zone), Machine: n.Deadline.In(zone).Format(time.RFC3339), Days: n.Deadline.DaysLeft(now, zone),
		Closed: n.Deadline < now, Doubtful: n.DeadlineDoubtful,
	}
}

// zone names the place whose clocks the deadline was read on, where they differ from
// those of Paris.
func zone(n *notice.Notice) string {
	const offset = "-0700"
	if n.Deadline.IsZero() || n.Deadline.In(n.Zone()).Format(offset) == n.Deadline.In(clock.Paris).Format(offset) {
		return ""
	}
	return "heure locale\u00a0: " + n.Clock()
}

// found is the row as the list of next deadlines shows it.
func (m match) found() ui.Found {
	f := ui.Found{Title: m.Title.Text, Marks: m.Title.Spans, URL: m.URL, Buyer: m.Buyer, Facts: []string{m.Reference}, Due: m.Due}
	if m.Zone != "" {
		f.Facts = append(f.Facts, m.Zone)
	}
	if c := m.Tag.Said.Choice; c != watch.Untagged {
		f.Tags = append(f.Tags, tag.Badge(c))
	}
	return f
}

func byID(watches []*watch.Watch) map[string]*watch.Watch {
	out := make(map[string]*watch.Watch, len(watches))
	for _, w := range watches {
		out[w.ID] = w
	}
	return out
}
