package ui

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/a-h/templ"
)

// Gallery is a page that shows every component in every state. Tests look at it; the
// product does not serve it.
func Gallery() templ.Component {
	return Layout(Page{
		Title:   "Ma veille de marchés",
		Nav:     galleryNav(),
		Account: &Account{Name: "Jeanne Muller", Company: "Menuiserie Muller SAS", Unverified: true},
		Flash:   &Flash{FlashDone, "La veille «\u00a0Menuiseries Bas-Rhin\u00a0» est créée. Le premier message partira demain à 7 h."},
		Footer:  galleryFooter(),
		Demo:    true,
	}, galleryContent())
}

// GalleryVisitor is the gallery's second page: what a visitor sees when signing up went
// wrong.
func GalleryVisitor() templ.Component {
	return Layout(Page{
		Title: "Créer un compte", Nav: galleryNav()[:2], Footer: galleryFooter(), Narrow: true, Refused: true,
	}, gallerySignUp())
}

func galleryNav() []NavItem {
	return []NavItem{
		{Label: "Annonces", URL: "/annonces"},
		{Label: "Ma veille", URL: "/entreprise/veilles", Current: true},
		{Label: "Mes marchés", URL: "/entreprise/marches"},
		{Label: "Assistance", URL: "/assistance"},
	}
}

func galleryFooter() []Link {
	return []Link{
		{"Accessibilité", "/accessibilite"}, {"Données personnelles", "/donnees-personnelles"},
		{"Mentions légales", "/mentions-legales"}, {"État du service", "/etat"},
	}
}

// galleryRegions reads galleryMap and ticks the departments of those codes.
func galleryRegions(ticked ...string) []PickerRegion {
	var regions []PickerRegion
	for line := range strings.Lines(galleryMap) {
		head, list, _ := strings.Cut(strings.TrimSpace(line), ": ")
		code, name, _ := strings.Cut(head, " ")
		r := PickerRegion{Code: code, Name: name}
		for _, one := range strings.Split(list, ", ") {
			code, name, _ := strings.Cut(one, " ")
			d := PickerDepartment{Code: code, Name: name}
			for _, t := range ticked {
				d.Checked = d.Checked || t == code
			}
			r.Departments = append(r.Departments, d)
		}
		regions = append(regions, r)
	}
	return regions
}

func galleryPages(page, last int, label string) Paging {
	return Paging{Page: page, Last: last, Label: label, URL: func(n int) string {
		return fmt.Sprintf("/annonces?mots=voirie&page=%d", n)
	}}
}

func galleryQuery() url.Values {
	return url.Values{"mots": {"voirie"}, "departement": {"67", "68"}, "taille": {"20"}}
}

func galleryWeeks() BarChart {
	c := BarChart{Title: "Messages par semaine, sur les 90 derniers jours", Unit: "Messages"}
	for i, n := range []int{2, 3, 1, 4, 2, 0, 5, 2, 3, 2, 1, 3} {
		c.Bars = append(c.Bars, Bar{fmt.Sprintf("semaine %d", 33+i), n})
	}
	return c
}

func galleryAddresses() AddressListModel {
	return AddressListModel{
		Field: Field{Name: "destinataires", Hint: "Chaque nouvelle adresse reçoit d'abord une demande de confirmation."},
		Main:  "contact@menuiserie-muller.example",
		Rows: []AddressRow{
			{Value: "devis@menuiserie-muller.example", State: AddressUnconfirmed},
			{Value: "atelier@menuiserie-muller.example", State: AddressConfirmed},
			{Value: "stage@menuiserie-muller.example", State: AddressUnsubscribed},
			{Value: "ancien@menuiserie-muller.example", State: AddressFailing},
			{Value: "paul@", Error: "L'adresse «\u00a0paul@\u00a0» est incomplète\u00a0: écrivez-la en entier, comme paul@exemple.fr."},
		},
		Max: 10,
	}
}

func galleryBuyers() BuyerPickerModel {
	return BuyerPickerModel{
		Text: "sélestat", SuggestURL: "/organismes/suggestions", Max: 20,
		Chosen: []Picked{{"cea", "Collectivité européenne d'Alsace"}, {"ems", "Eurométropole de Strasbourg"}},
		Candidates: []Picked{
			{"s1", "Ville de Sélestat (67600)"}, {"s2", "Communauté de communes de Sélestat (67600)"},
		},
	}
}

// Confirmations and failures, as pages use them.
func galleryConfirm() Confirm {
	return Confirm{
		Title:  "Supprimer la veille «\u00a0Menuiseries Bas-Rhin\u00a0»\u00a0?",
		Losses: []string{"ses critères et ses 2 destinataires", "ses messages à venir"},
		Kept:   []string{"le journal des envois déjà faits, pendant douze mois"},
		Undo:   "Cette suppression est définitive.",
		Action: "/entreprise/veilles/1/supprimer", Label: "Supprimer la veille",
		Cancel: Link{"Garder la veille", "/entreprise/veilles"},
	}
}
