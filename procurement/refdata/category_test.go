package refdata_test

import (
	"testing"

	"parvis/procurement/refdata"
)

func TestParseCategory(t *testing.T) {
	for raw, want := range map[string]refdata.Category{
		"TRAVAUX": refdata.Works, "Travaux": refdata.Works, "works": refdata.Works,
		"FOURNITURES": refdata.Supplies, " Fournitures\n": refdata.Supplies, "supplies": refdata.Supplies,
		"SERVICES": refdata.Services, "Service": refdata.Services,
		"": "", "AUTRE": "", "TRAVAUX,SERVICES": "", "\xff": "", "trav": "",
	} {
		got, ok := refdata.ParseCategory(raw)
		if got != want || ok != (want != "") {
			t.Errorf("ParseCategory(%q) = %q, %v, want %q", raw, got, ok, want)
		}
	}
}

func TestEveryCategoryHasALabelThatIsReadBack(t *testing.T) {
	if got := len(refdata.Categories()); got != 3 {
		t.Errorf("%d categories", got)
	}
	for _, c := range refdata.Categories() {
		for _, raw := range []string{c.Label(), string(c)} {
			if got, ok := refdata.ParseCategory(raw); !ok || got != c {
				t.Errorf("%q is read as %q", raw, got)
			}
		}
	}
	if got := refdata.Category("goods").Label(); got != "" {
		t.Errorf("an unknown category is called %q", got)
	}
}

func TestParseProcedureTypeReadsEveryCodeOfTheGazette(t *testing.T) {
	for raw, want := range map[string]refdata.ProcedureType{
		"OUVERT":                 refdata.Open,
		"RESTREINT":              refdata.Restricted,
		"NEGOCIE":                refdata.Negotiated,
		"PROCEDURE_ADAPTE":       refdata.Adapted,
		"DIALOGUE_COMPETITIF":    refdata.CompetitiveDialogue,
		"PARTENARIAT_INNOVATION": refdata.InnovationPartnership,
		"CONCOURS_OUVERT":        refdata.OpenContest,
		"CONCOURS_RESTREINT":     refdata.RestrictedContest,
		"ATTRIBUE_SANS_PUB_JOUE": refdata.AwardedWithoutCall,
		"ATTRIBUE_AVEC_PUB_JOUE": refdata.AwardedAfterCall,
		"AUTRE":                  refdata.OtherProcedure,
		" ouvert ":               refdata.Open,
		"Procédure adaptée":      refdata.Adapted,
		"direct":                 refdata.Direct,
		"":                       "",
		"_":                      "",
		"NC":                     "",
		"/":                      "",
		"\xff":                   "",
	} {
		got, ok := refdata.ParseProcedureType(raw)
		if got != want || ok != (want != "") {
			t.Errorf("ParseProcedureType(%q) = %q, %v, want %q", raw, got, ok, want)
		}
	}
}

func TestEveryProcedureTypeHasALabelOfItsOwn(t *testing.T) {
	labels := map[string]bool{}
	for _, p := range refdata.ProcedureTypes() {
		label := p.Label()
		if label == "" || labels[label] {
			t.Errorf("%s is called %q", p, label)
		}
		labels[label] = true
		if got, ok := refdata.ParseProcedureType(label); !ok || got != p {
			t.Errorf("%q is read as %q", label, got)
		}
		if got, ok := refdata.ParseProcedureType(string(p)); !ok || got != p {
			t.Errorf("%q is read as %q", p, got)
		}
	}
	if got := refdata.ProcedureType("lottery").Label(); got != "" {
		t.Errorf("an unknown procedure is called %q", got)
	}
}

func FuzzParseCategoryAndProcedure(f *testing.F) {
	for _, seed := range []string{"TRAVAUX", "PROCEDURE_ADAPTE", "", "É", "\xff", "procédure\u00a0ouverte"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if c, ok := refdata.ParseCategory(raw); ok != (c.Label() != "") {
			t.Fatalf("%q gives the category %q, %v", raw, c, ok)
		}
		if p, ok := refdata.ParseProcedureType(raw); ok != (p.Label() != "") {
			t.Fatalf("%q gives the procedure %q, %v", raw, p, ok)
		}
	})
}
