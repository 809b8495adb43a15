package public

import (
	"slices"
	"strings"

	"parvis/kit/clock"
	"parvis/procurement/notice"
)

// step is one thing that happened to a procedure: a notice of it that came out, and
// what it changed.
type step struct {
	On    string // YYYY-MM-DD, "" when nobody says
	Title string // of the notice, « Avis rectificatif »
	Mark  string // its number at the source
	URL   string // its page; "" for the one that is shown
	Acts  []deed
}

// deed is one change in words: what became of the notice shown and, of a date, the
// former and the new one.
type deed struct {
	Text     string
	Old, New string
	Doubtful bool
	Lots     []string // those that nobody was given: « Lot 3 - Peinture : infructueux »
}

// history tells what happened, by date: the notices that came before, this one, what
// it became, and those that followed.
func (p noticePage) history() []step {
	own := step{On: p.PublishedOn, Title: kindLabel(p.Notice), Mark: p.SourceLabel()}
	steps := map[string]*step{p.ID: &own}
	var order []*step
	add := func(n *notice.Notice) {
		if steps[n.ID] == nil {
			s := &step{On: n.PublishedOn, Title: kindLabel(n), Mark: n.SourceLabel(), URL: noticeURL(n)}
			steps[n.ID], order = s, append(order, s)
		}
	}
	for _, n := range p.Before {
		add(n)
	}
	order = append(order, &own)
	for _, n := range p.After {
		add(n)
	}
	for _, c := range p.Changes {
		s := steps[c.ByID]
		if s == nil { // further away in the family than the page shows
			s = &step{On: c.On, Title: "Autre avis de la procédure", Mark: "n°" + nbsp + c.BySource, URL: "/annonces/" + c.ByID}
			steps[c.ByID], order = s, append(order, s)
		}
		d := deedOf(c, p.Notice)
		if i := slices.IndexFunc(p.After, func(n *notice.Notice) bool { return n.ID == c.ByID }); i >= 0 && c.What.Label() != "" {
			d.Lots = p.After[i].Detail.UnawardedLots()
		}
		s.Acts = append(s.Acts, d)
	}
	slices.SortStableFunc(order, func(a, b *step) int { return strings.Compare(a.On, b.On) })
	out := make([]step, len(order))
	for i, s := range order {
		out[i] = *s
	}
	return out
}

// eventful tells whether there is more to tell than that the notice came out.
func eventful(steps []step) bool { return len(steps) > 1 || len(steps[0].Acts) > 0 }

func deedOf(c notice.Change, n *notice.Notice) deed {
	switch c.What {
	case notice.Cancelled:
		return deed{Text: "Procédure annulée"}
	case notice.Reopened:
		return deed{Text: "Annulation retirée"}
	case notice.Unclear:
		return deed{Text: "Date limite rectifiée, sans que la nouvelle ait pu être lue ici" + nbsp + ": à vérifier dans cet avis rectificatif"}
	case notice.Awarded:
		return deed{Text: "Marché attribué"}
	case notice.PartlyAwarded:
		return deed{Text: "Marché attribué en partie"}
	case notice.Unsuccessful, notice.Discontinued, notice.Unawarded, notice.PartlyUnawarded:
		if !n.Result.Failed() { // of some lots only
			return deed{Text: "Lots non attribués"}
		}
		return deed{Text: failures[c.What]}
	}
	d := deed{Text: "Date limite modifiée", Old: shortOrNone(c.Before, n), New: shortOrNone(c.After, n), Doubtful: c.Doubtful}
	if c.What == notice.Restated {
		d.Text = "Date limite modifiée dans l'avis lui-même"
	}
	return d
}

// failures say that nobody was given the contract.
var failures = map[notice.What]string{
	notice.Unsuccessful: "Procédure infructueuse", notice.Discontinued: "Procédure déclarée sans suite",
	notice.Unawarded: "Procédure infructueuse ou sans suite", notice.PartlyUnawarded: "Lots non attribués",
}

// shortOrNone is a date on the clocks of the buyer's place, or that there is none.
func shortOrNone(at clock.Instant, n *notice.Notice) string {
	if at.IsZero() {
		return "aucune date"
	}
	return at.Short(n.Zone())
}
