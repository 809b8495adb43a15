package answer

import (
	"net/http"
	"strings"

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

// about offers to act for the establishment that a mail's link is about, when the person
// acts for another of theirs: under that one the page would show something else, or
// nothing. Establishments that are not theirs change nothing.
func (s *Site) about(v *Visit) (a Answer, other bool, err error) {
	query := v.URL.Query()
	id := query.Get(ui.ForField)
	if id == "" || v.Method == http.MethodPost || !v.Actor.SignedIn() || id == v.Actor.EstablishmentID {
		return a, false, nil
	}
	hats, err := s.hats(v)
	if err != nil {
		return a, false, err
	}
	now := "en votre nom"
	if v.Actor.CompanyName != "" {
		now = "pour «\u00a0" + v.Actor.CompanyName + "\u00a0»"
	}
	for _, h := range hats {
		if h.EstablishmentID == id {
			hat := hatOf(h)
			return Show(ui.Page{Title: "Agir pour «\u00a0" + hat.Label + "\u00a0»\u00a0?", Narrow: true}, ui.OtherHat(hat, now, v.URL.RequestURI())), true, nil
		}
	}
	return a, false, nil
}

// hatOf is a membership as the bar offers it.
func hatOf(h org.Hat) ui.Hat {
	return ui.Hat{Label: h.Establishment.CompanyName, Number: h.Establishment.Pretty(), Role: RoleName(h.Membership), Action: ui.HatsURL + "/" + h.ID + "/choisir"}
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
			out.Others = append(out.Others, hatOf(h))
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

// perhapsElsewhere says on the page of what was not found that it may be another of the
// person's establishments': they know which they have, and nothing else is told.
func (s *Site) perhapsElsewhere(v *Visit) string {
	if v.Actor.MembershipID == "" || !strings.HasPrefix(v.URL.Path, "/entreprise/") {
		return ""
	}
	hats, err := s.hats(v)
	if err != nil || len(hats) < 2 {
		return ""
	}
	return "Vous agissez pour «\u00a0" + v.Actor.CompanyName + "\u00a0». Si ce que vous cherchez est à un autre de vos établissements, changez d'établissement en haut de la page, puis rouvrez cette adresse."
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
