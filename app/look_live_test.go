package app_test

import (
	"fmt"
	"testing"

	"parvis/kit/browsertest"
	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/notice"
)

// TestTheRegionOfTheFormLooksRight visits what the form of a watch says while it is
// filled: nothing asked, a good watch, words with something to say, faults.
func TestTheRegionOfTheFormLooksRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	who := p.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")
	p.take(t, season()...)
	page := p.signedIn(t, b, who, "/entreprise")
	must(t, page, "Mon espace")
	visit(page, p.url+"/entreprise/veilles/nouvelle")
	page.Until(`document.querySelectorAll(".map path").length > 96`)
	everywhere(t, page, "apercu-vide")
	typed := func(words, waits, name string) {
		page.MustElement("#mots_cles").MustSelectAllText().MustInput(words)
		page.Until(`document.querySelector("#apercu").textContent.includes("` + waits + `")`)
		everywhere(t, page, name)
	}
	typed("menuiserie", "Par exemple", "apercu-menuiserie")
	typed("menuisserie peintre travaux 67 45421000", "Vouliez-vous dire", "apercu-mots")
	typed("bx", "moins de 3", "apercu-faute")
}

// season is three months of calls: one a day, of which some close and some stay open.
func season() []notice.Record {
	titles := []string{
		"Menuiseries extérieures de l'école Jean-Monnet", "Travaux de voirie, rue de la Gare", "Travaux d'assainissement", "Construction d'une halle",
		"Travaux de peinture du collège", "Entretien des espaces verts", "Fourniture de repas", "Menuiserie bois et bardage du gymnase",
	}
	var all []notice.Record
	for i := range 88 {
		at := dbtest.Start.AddDate(0, 0, -i)
		r := rich
		r.SourceID, r.Title, r.PublishedOn = fmt.Sprintf("saison-%d", i), titles[i%len(titles)], at.Format("2006-01-02")
		r.Deadline = clock.At(at.AddDate(0, 0, 20))
		r.CPV, r.Lots, r.Description = nil, nil, ""
		if i%8 == 3 {
			r.Lots = []notice.Lot{{Number: "1", Title: "Gros œuvre"}, {Number: "2", Title: "Menuiserie intérieure et agencement"}}
		}
		all = append(all, r)
	}
	return all
}
