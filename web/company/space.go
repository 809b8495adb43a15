package company

import (
	"slices"

	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/org"
	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/ui"
)

// What the space shows of the contracts that match: the few that close soon.
const (
	soonDays = 14
	mostSoon = 5
)

// spacePage is « Mon espace de dématérialisation ».
type spacePage struct {
	Company  string // empty: the person belongs to no establishment
	Number   string
	Status   ui.Badge
	Newcomer bool
	Watches  int
	Active   int
	Index    ui.IndexState
	Open     int // contracts now online that match
	News     news
	Mine     []match // the next deadlines of what one goes for, studies or follows
	More     int     // how many more of those there are
	Soon     []match // of the others, what closes soon
	Requests int     // to join the establishment, for whoever answers them
}

func (p Pages) space(v *answer.Visit) (answer.Answer, error) {
	page := spacePage{Newcomer: v.Actor.Role == access.Newcomer}
	hats, err := p.Org.Memberships(v.Context(), v.Actor)
	if err != nil {
		return answer.Answer{}, err
	}
	for _, h := range hats {
		if h.ID == v.Actor.MembershipID {
			page.describe(h.Establishment)
		}
	}
	watches, err := p.Watches.List(v.Context(), v.Actor)
	if err != nil {
		return answer.Answer{}, err
	}
	page.Watches, page.Active = len(watches), active(watches)
	if page.Requests, err = p.Members.Waiting(v.Context(), v.Actor); err != nil {
		return answer.Answer{}, err
	}
	if err := p.deadlines(v, &page, byID(watches)); err != nil {
		return answer.Answer{}, err
	}
	if page.News, err = p.news(v); err != nil {
		return answer.Answer{}, err
	}
	return answer.Show(ui.Page{Title: "Mon espace de dématérialisation"}, spaceBody(page)), nil
}

func (page *spacePage) describe(e org.Establishment) {
	page.Company, page.Number = e.CompanyName, e.Country+"\u00a0"+e.Number
	if siret := e.SIRET(); siret != "" {
		page.Number = "SIRET\u00a0" + siret.Pretty()
	}
	page.Status = ui.Soon(e.Status())
	if !e.VerifiedAt.IsZero() {
		page.Status = ui.OK(e.Status())
	}
}

// soon keeps what closes within two weeks of the contracts that close first, but for
// those that are shown already.
func (page *spacePage) soon(live watch.Live, watches map[string]*watch.Watch) error {
	for _, hit := range live.Hits {
		shown := slices.ContainsFunc(page.Mine, func(m match) bool {
			return m.ID == hit.ID || slices.ContainsFunc(hit.Twins, func(t *notice.Notice) bool { return t.ID == m.ID })
		})
		if shown || len(page.Soon) == mostSoon {
			continue
		}
		if hit.Deadline.IsZero() || hit.Deadline.DaysLeft(live.At, hit.Zone()) > soonDays {
			continue
		}
		m, err := matchOf(hit, watches, live.At)
		if err != nil {
			return err
		}
		page.Soon = append(page.Soon, m)
	}
	return nil
}

// active counts the watches that alert.
func active(watches []*watch.Watch) int {
	n := 0
	for _, w := range watches {
		if w.Live() {
			n++
		}
	}
	return n
}

// requestsNote says how many requests wait, and nothing of none.
func (page spacePage) requestsNote() string {
	if page.Requests == 0 {
		return ""
	}
	return ui.Number(page.Requests) + "\u00a0" + ui.Plural(page.Requests, "demande à approuver", "demandes à approuver")
}

// newcomerNote says what it means that nobody has accepted the person yet.
func (page spacePage) newcomerNote() string {
	const apart = "Vous agissez en votre nom\u00a0: vous pouvez chercher des annonces et créer vos veilles, qui ne sont visibles que de vous. "
	if page.Company == "" {
		return apart + "Votre compte n'est rattaché à aucun établissement."
	}
	return apart + "Les données de " + page.Company + " (ses veilles et leurs résultats) vous seront ouvertes quand son administrateur aura accepté votre rattachement."
}
