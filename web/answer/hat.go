package answer

import (
	"net/http"

	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/org"
	"parvis/web/ui"
)

// inOwnName stands for the membership of somebody who acts under none.
const inOwnName = "aucun"

// actingID says under what somebody acts, in the forms of a page that they are shown.
func actingID(by access.Actor) string {
	switch {
	case !by.SignedIn():
		return ""
	case by.MembershipID == "":
		return inOwnName
	}
	return by.MembershipID
}

// elsewhere refuses a form that was shown under another membership than the one that
// the person acts under now: they have switched in another tab, and what they typed for
// one company must not land in another. Nothing is lost: the form is one page back.
func (s *Site) elsewhere(v *Visit) (a Answer, refused bool, err error) {
	shown := v.PostForm.Get(ui.ActingField)
	if shown == "" || !v.Actor.SignedIn() || shown == actingID(v.Actor) {
		return a, false, nil
	}
	hats, err := s.hats(v)
	if err != nil {
		return a, false, err
	}
	now, before := "en votre nom", ""
	for _, h := range hats {
		switch h.ID {
		case v.Actor.MembershipID:
			now = "pour «\u00a0" + h.Establishment.CompanyName + "\u00a0», " + h.Establishment.Pretty()
		case shown:
			before = "pour «\u00a0" + h.Establishment.CompanyName + "\u00a0», " + h.Establishment.Pretty()
		}
	}
	if shown == inOwnName {
		before = "en votre nom"
	}
	f := &ui.Failure{
		Status: http.StatusConflict,
		Title:  "Vous agissez maintenant " + now,
		Text:   "Ce formulaire avait été ouvert alors que vous agissiez " + before + ". Vous avez changé depuis, sans doute dans une autre fenêtre\u00a0: rien n'a été enregistré.",
		Todo:   "Pour l'envoyer, agissez de nouveau " + before + " depuis vos rattachements, puis revenez au formulaire\u00a0: dans la plupart des navigateurs, ce que vous avez saisi s'y trouve encore.",
		Back:   ui.Link{Label: "Mes rattachements", URL: ui.HatsURL},
	}
	if before == "" { // one that has ended, or somebody else's
		f.Text = "Ce formulaire avait été ouvert sous un autre rattachement, qui n'est plus le vôtre\u00a0: rien n'a été enregistré."
		f.Todo = "Ouvrez de nouveau le formulaire si vous souhaitez l'envoyer " + now + "."
	}
	return Answer{Status: http.StatusConflict, failure: f}, true, nil
}

// hats lists what the person may act under.
func (s *Site) hats(v *Visit) ([]org.Hat, error) {
	if s.Hats == nil || !v.Actor.SignedIn() {
		return nil, nil
	}
	return s.Hats(v.Context(), v.Actor)
}

// account is the person signed in, as the bar shows them; without the other memberships
// when they cannot be read.
func (s *Site) account(v *Visit) (*ui.Account, error) {
	if !v.Actor.SignedIn() {
		return nil, nil
	}
	hats, err := s.hats(v)
	by := v.Actor
	out := &ui.Account{Name: by.Name, Company: by.CompanyName, Unverified: !by.Verified && by.EstablishmentID != "",
		Waiting: by.MembershipID != "" && by.Role == access.Newcomer}
	for _, h := range hats {
		if h.ID != by.MembershipID {
			out.Others = append(out.Others, ui.Hat{Label: h.Establishment.CompanyName, Number: h.Establishment.Pretty(), Role: RoleName(h.Membership),
				Action: ui.HatsURL + "/" + h.ID + "/choisir"})
		}
	}
	for _, mine := range hats {
		for _, h := range out.Others {
			if mine.ID == by.MembershipID && h.Label == mine.Establishment.CompanyName {
				out.Number = mine.Establishment.Pretty() // two establishments of one company
			}
		}
	}
	return out, err
}

// RoleName is what a person is in an establishment, as people read it.
func RoleName(m account.Membership) string {
	switch m.ActingRole() {
	case access.CompanyAdmin:
		return "Administrateur"
	case access.CompanyUser:
		return "Utilisateur"
	}
	return "En attente d'approbation"
}
