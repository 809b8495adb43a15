package ui

import (
	"context"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

func TestTheBarOffersWhatElseOneMayActFor(t *testing.T) {
	alone := render(t, Layout(Page{Account: &Account{Name: "Jeanne", Company: "Muller"}}, templ.NopComponent))
	if strings.Contains(alone, "<details") {
		t.Error("somebody of one establishment is offered others")
	}
	several := render(t, Layout(Page{Account: &Account{Name: "Jeanne", Company: "Muller", Number: "SIRET 1", Waiting: true, Unverified: true,
		Others: []Hat{{Label: attack, Number: attack, Role: "Utilisateur", Action: "/entreprise/rattachements/x/choisir"}}}}, templ.NopComponent))
	for _, want := range []string{`action="/entreprise/rattachements/x/choisir"`, `href="/entreprise/rattachements"`, "SIRET 1", "En attente d'approbation", "établissement</span>"} {
		if !strings.Contains(several, want) {
			t.Errorf("the bar lacks %s", want)
		}
	}
	for _, refused := range []string{"<script>alert", "<img", "non vérifié"} {
		if strings.Contains(several, refused) {
			t.Errorf("the bar has %s", refused)
		}
	}
}

// A form says under which membership it was shown, once somebody is signed in.
func TestAFormSaysUnderWhatItWasShown(t *testing.T) {
	shown := func(ctx context.Context) string {
		var b strings.Builder
		if err := ConfirmDelete(Confirm{Title: "?", Label: "Oui", Action: "/entreprise/x"}).Render(ctx, &b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if got := shown(t.Context()); strings.Contains(got, ActingField) {
		t.Errorf("a visitor's: %s", got)
	}
	if got := shown(WithActing(t.Context(), "m1")); !strings.Contains(got, `name="agissant_pour" value="m1"`) {
		t.Errorf("a member's: %s", got)
	}
}
