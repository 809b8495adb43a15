package company

import (
	"slices"
	"strings"

	"parvis/kit/clock"
	"parvis/procurement/account"
	"parvis/web/answer"
	"parvis/web/ui"
)

// connectionsURL is « Mes connexions ».
const (
	connectionsURL   = "/entreprise/connexions"
	connectionsTitle = "Mes connexions"
)

// connectionsPage lists what is open in the person's name, and the browsers that their
// account knows.
type connectionsPage struct {
	Sessions []sessionRow
	Browsers []browserRow
	Others   bool // something of another browser can be ended
}

// sessionRow is an open session.
type sessionRow struct {
	ID, Browser  string
	Opened, Seen string
	Mine         bool
}

// browserRow is a known browser.
type browserRow struct {
	ID, Browser string
	Since, Seen string
	Mine        bool
}

func (r sessionRow) url() string { return connectionsURL + "/" + r.ID + "/fermer" }

func (r browserRow) url() string { return connectionsURL + "/navigateurs/" + r.ID + "/oublier" }

// named tells a row's act from the same act of other rows.
func (r sessionRow) named() string { return r.Browser + ", ouverte le " + r.Opened }

func (r browserRow) named() string { return r.Browser + ", connu depuis le " + r.Since }

func (p Pages) connections(v *answer.Visit) (answer.Answer, error) {
	seen, err := p.Accounts.Connections(v.Context(), v.Actor, v.Token())
	if err != nil {
		return answer.Answer{}, err
	}
	var page connectionsPage
	for _, s := range seen.Sessions {
		page.Sessions = append(page.Sessions, sessionRow{s.ID, browserTitle(s.Browser), s.OpenedAt().Short(clock.Paris), s.SeenAt.Short(clock.Paris), s.Mine})
		page.Others = page.Others || !s.Mine
	}
	for _, d := range seen.Devices {
		page.Browsers = append(page.Browsers, browserRow{d.ID, browserTitle(d.Browser), frenchDate(d.KnownAt), d.SeenAt.Short(clock.Paris), d.Mine})
		page.Others = page.Others || !d.Mine
	}
	// One's own comes first: what is not recognised is among the others.
	slices.SortStableFunc(page.Sessions, func(a, b sessionRow) int { return before(a.Mine, b.Mine) })
	slices.SortStableFunc(page.Browsers, func(a, b browserRow) int { return before(a.Mine, b.Mine) })
	return answer.Show(ui.Page{Title: connectionsTitle}, connectionsBody(page)), nil
}

func before(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// browserTitle is the browser in words, at the head of a line.
func browserTitle(said string) string {
	return strings.Replace(account.BrowserInWords(said), "un navigateur", "Navigateur", 1)
}

func (p Pages) closeOne(v *answer.Visit) (answer.Answer, error) {
	mine, err := p.Accounts.EndSession(v.Context(), v.Actor, v.Token(), v.PathValue("id"))
	if err != nil {
		return answer.Answer{}, err
	}
	if mine {
		return answer.SeeOther("/", "Vous êtes déconnecté.").WithSession(""), nil
	}
	return answer.SeeOther(connectionsURL, "Cette connexion est fermée, et son navigateur n'est plus connu de votre compte."), nil
}

func (p Pages) closeOthers(v *answer.Visit) (answer.Answer, error) {
	n, err := p.Accounts.EndOtherSessions(v.Context(), v.Actor, v.Token())
	if err != nil {
		return answer.Answer{}, err
	}
	said := "Il n'y avait pas d'autre connexion ouverte."
	if n > 0 {
		said = ui.Number(int(n)) + "\u00a0" + ui.Plural(int(n), "autre connexion est fermée.", "autres connexions sont fermées.")
	}
	return answer.SeeOther(connectionsURL, said+" Votre compte ne connaît plus que ce navigateur."), nil
}

func (p Pages) forgetBrowser(v *answer.Visit) (answer.Answer, error) {
	if err := p.Accounts.ForgetDevice(v.Context(), v.Actor, v.Token(), v.PathValue("id")); err != nil {
		return answer.Answer{}, err
	}
	return answer.SeeOther(connectionsURL, "Ce navigateur n'est plus connu de votre compte\u00a0: la prochaine connexion depuis celui-ci vous sera signalée."), nil
}
