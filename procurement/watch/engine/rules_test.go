package engine_test

import (
	"slices"
	"strings"
	"testing"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/notice"
	"parvis/procurement/watch/engine"
)

// TestTheRulesOfWords is what is promised of words, one line for each, told by the three
// who answer: the query, the index of the lists, the engine of the alerts.
func TestTheRulesOfWords(t *testing.T) {
	title := func(s string) notice.Record { return notice.Record{Title: s} }
	lots := func(title string, lots ...string) notice.Record {
		r := notice.Record{Title: title}
		for _, l := range lots {
			r.Lots = append(r.Lots, notice.Lot{Title: l})
		}
		return r
	}
	cases := []struct {
		typed   string // « Mots clés »
		exclude string
		all     bool
		r       notice.Record
		want    bool
	}{
		// Case, accents, ligatures, elision.
		{typed: "école", r: title("REHABILITATION DE L'ECOLE"), want: true},
		{typed: "ECOLE", r: title("l’école du Centre"), want: true},
		{typed: "oeuvre", r: title("Maîtrise d'œuvre"), want: true},
		{typed: "entretien", r: title("Marche d entretien"), want: true}, // the apostrophe is lost
		// Inflection, and nothing but inflection.
		{typed: "travail", r: title("Travaux neufs"), want: true},
		{typed: "baux", r: title("Bail commercial"), want: true},
		{typed: "rénové", r: title("Bâtiments rénovés"), want: true},
		{typed: "eau", r: title("Réseaux d'eaux usées"), want: true},
		{typed: "traiteur", r: title("Station de traitement"), want: false},
		{typed: "plombier", r: title("Diagnostic plomb"), want: false},
		{typed: "plomberie", r: title("Diagnostic plomb"), want: false},
		{typed: "déchet", r: title("Gardiennage de la déchetterie"), want: false},
		{typed: "format", r: title("Formation continue"), want: false},
		{typed: "menuisier", r: title("Menuiserie bois"), want: false}, // offered, never applied
		// No beginnings.
		{typed: "eau", r: title("Ville de Beaune"), want: false},
		{typed: "art", r: title("Article 30"), want: false},
		{typed: "menuis", r: title("Menuiserie"), want: false},
		// Short words keep their end; initials and figures may have two characters.
		{typed: "gaz", r: title("Fourniture de GAZ"), want: true},
		{typed: "bus", r: title("Lignes de bus"), want: true},
		{typed: "prix", r: title("Marché à prise d'eau"), want: false},
		{typed: "TP", r: title("Engins de T.P."), want: true},
		{typed: "3D", r: title("Impression 3d"), want: true},
		{typed: "vrd", r: title("Lot V.R.D."), want: true},
		// Hyphens, joined and apart.
		{typed: "vidéo-protection", r: title("Système de vidéoprotection"), want: true},
		{typed: "vidéoprotection", r: title("Vidéo protection des écoles"), want: true},
		{typed: "accord-cadre", r: title("Accord cadre à bons de commande"), want: true},
		{typed: "accord-cadre", r: title("Cadre d'accord"), want: false},
		// Quotes: side by side, in that order, function words counting.
		{typed: `"gros œuvre"`, r: title("GROS OEUVRES"), want: true},
		{typed: `"gros œuvre"`, r: title("Œuvre de gros volume"), want: false},
		{typed: `"travaux de voirie"`, r: title("Travaux de la voirie"), want: false},
		{typed: `«travaux de voirie»`, r: title("TRAVAUX DE VOIRIES"), want: true},
		{typed: `"bx"`, r: title("Fournitures BX"), want: true},
		// Without quotes, several keywords; the radio says all or any; function words are nothing.
		{typed: "gros œuvre", r: title("Œuvre d'art"), want: true},
		{typed: "gros œuvre", all: true, r: title("Œuvre d'art"), want: false},
		{typed: "entretien de la voirie", all: true, r: title("Voirie, entretien"), want: true},
		// Where words are looked for.
		{typed: "amiante", r: notice.Record{Title: "École", Description: "Retrait d'amiante"}, want: true},
		{typed: "VOI2026", r: notice.Record{Title: "École", Reference: "VOI2026"}, want: true},
		{typed: "voirie", r: notice.Record{Title: "École", Descriptors: []string{"Voirie"}}, want: true},
		{typed: "sélestat", r: notice.Record{Title: "École", Buyer: notice.BuyerRecord{Name: "Ville de Sélestat"}}, want: false},
		{typed: "construction", r: notice.Record{Title: "École", CPV: []string{"45000000"}}, want: false}, // the label of the code
		// Lot by lot.
		{typed: "menuiserie", exclude: "désamiantage", r: lots("École", "Désamiantage", "Menuiserie"), want: true},
		{typed: "menuiserie", exclude: "bois", r: lots("École", "Menuiserie bois", "Peinture"), want: false},
		{typed: "menuiserie peinture", all: true, r: lots("École", "Menuiserie", "Peinture"), want: false},
		{typed: "menuiserie école", all: true, r: lots("École : menuiserie", "Peinture"), want: true},
		{exclude: "école", r: lots("École", "Peinture"), want: true}, // the lot does not say it
		{exclude: "école", r: lots("École"), want: false},
	}
	for _, c := range cases {
		name := strings.TrimSpace(c.typed + " / " + c.exclude + " / " + c.r.Title)
		keywords, _, err := notice.ReadKeywords(notice.FieldKeywords, c.typed)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		criteria := notice.Criteria{Keywords: keywords}
		if criteria.Exclude, _, err = notice.ReadKeywords(notice.FieldExclude, c.exclude); err != nil {
			t.Fatal(err)
		}
		if c.all {
			criteria.Mode = notice.All
		}
		q := query(t, criteria)
		n := &notice.Notice{ID: db.NewID(), Record: c.r, RecordedAt: clock.At(dbtest.Start)}
		s := n.Subject(clock.At(dbtest.Start))
		x := notice.NewIndex()
		x.Put([]*notice.Notice{n})
		told := []bool{
			q.Matches(s), len(x.Find(notice.Filter{}, q)) == 1,
			len(engine.NewMatcher(engine.Build([]engine.Entry{{Num: 7, Query: q}}, nil)).Match(&s)) == 1,
		}
		if slices.Contains(told, !c.want) {
			t.Errorf("%s: the query, the index and the engine say %v, want %v", name, told, c.want)
		}
	}
}
