package text

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseKeywords(t *testing.T) {
	for _, c := range []struct {
		typed            string
		keywords, ignore []string
		refused          []Refusal
	}{
		{typed: "", keywords: nil},
		{typed: "voirie, réseaux;éclairage\u00a0public", keywords: []string{"voirie", "réseaux", "éclairage", "public"}},
		{typed: "nettoyage de la voirie", keywords: []string{"nettoyage", "voirie"}, ignore: []string{"de", "la"}},
		{typed: "accès à internet d eau", keywords: []string{"accès", "internet", "eau"}, ignore: []string{"à", "d"}},
		{typed: "bx TP tp IT 3D Tp", keywords: []string{"TP", "IT", "3D"}, refused: []Refusal{{"bx", TooShort}, {"tp", TooShort}, {"Tp", TooShort}}},
		{typed: `"bx" "gros œuvre"`, keywords: []string{`"bx"`, `"gros œuvre"`}},
		{typed: "« gros œuvre » “eau potable” gaz", keywords: []string{"« gros œuvre »", "“eau potable”", "gaz"}},
		{typed: `gaz "espaces verts`, keywords: []string{"gaz", `"espaces verts`}},
		{typed: `béton"armé"`, keywords: []string{"béton", `"armé"`}},
		{typed: `-- & "" "!" «»`, refused: []Refusal{{"--", NoLetter}, {"&", NoLetter}, {`""`, NoLetter}, {`"!"`, NoLetter}, {"«»", NoLetter}}},
		{typed: `"de la" « pour »`, refused: []Refusal{{`"de la"`, OnlyFunctionWords}, {"« pour »", OnlyFunctionWords}}},
		{typed: "eau/gaz (bois)", keywords: []string{"eau", "gaz", "bois"}},
		{typed: "l'école l'or d'", keywords: []string{"l'école"}, ignore: []string{"d"}, refused: []Refusal{{"l'or", TooShort}}},
		{typed: "SI si CE ce A", keywords: []string{"SI", "CE"}, ignore: []string{"si", "ce"}, refused: []Refusal{{"A", TooShort}}},
		{typed: "V.R.D. T.P. wi-fi e-mail", keywords: []string{"V.R.D.", "T.P.", "wi-fi", "e-mail"}},
		{typed: `"a"`, refused: []Refusal{{`"a"`, TooShort}}},
		{typed: "45233141-9 67 7", keywords: []string{"45233141-9", "67", "7"}},
		{typed: "» gaz »", keywords: []string{"gaz"}},
	} {
		got := ParseKeywords(c.typed)
		var typed []string
		for _, k := range got.Keywords {
			typed = append(typed, k.Typed)
		}
		if d := cmp.Diff(c.keywords, typed); d != "" {
			t.Errorf("keywords of %q (-want +got):\n%s", c.typed, d)
		}
		if d := cmp.Diff(c.ignore, got.Ignored); d != "" {
			t.Errorf("ignored in %q (-want +got):\n%s", c.typed, d)
		}
		if d := cmp.Diff(c.refused, got.Refused); d != "" {
			t.Errorf("refused in %q (-want +got):\n%s", c.typed, d)
		}
	}
}

// one parses a text of exactly one keyword.
func one(t *testing.T, typed string) Keyword {
	t.Helper()
	p := ParseKeywords(typed)
	if len(p.Keywords) != 1 {
		t.Fatalf("%q gives %d keywords, want 1", typed, len(p.Keywords))
	}
	return p.Keywords[0]
}

func TestKeywordIn(t *testing.T) {
	for _, c := range []struct {
		typed, text string
		want        bool
	}{
		{`"gros œuvre"`, "LOT 1 : GROS OEUVRES", true},
		{`"gros œuvre"`, "le gros-œuvre du groupe scolaire", true},
		{`"gros œuvre"`, "œuvre de gros volume", false},
		{`"gros œuvre"`, "gros travaux d'œuvre", false},
		{`"gros-œuvre"`, "gros œuvre", true},
		{`"maîtrise d'œuvre"`, "Maîtrise d’oeuvre", true},
		{`"maîtrise d'œuvre"`, "maitrise d oeuvre", true},
		{`"maîtrise d'œuvre"`, "maîtrise de l'œuvre", false},
		{`"espaces verts"`, "entretien d'espace vert", true},
		{`"espaces verts"`, "espaces boisés et verts", false},
		{`"salle de bains"`, "SALLES DE BAIN", true},
		{`"salle de bains"`, "salle des bains", false},
		{`"travaux de voirie"`, "travail de voiries", true},
		{`"marché à bons de commande"`, "marchés a bons de commandes", true},
		{`"accord-cadre de travaux"`, "accords-cadres de travaux", true},
		{`"accord-cadre de travaux"`, "accord cadre de travaux", true},
		{`"accord-cadre de travaux"`, "accordcadre de travaux", true},
		{`"accord cadre"`, "accord-cadre", true},
		{`"eau potable"`, "eau\npotable", true},
		{"accord-cadre", "ACCORD CADRE", true},
		{"accord-cadre", "accord sur le cadre", false},
		{"vidéo-protection", "vidéoprotection", true},
		{"vidéo-protection", "vidéo protection", true},
		{"vidéo-protection", "protection vidéo", false},
		{"vidéoprotection", "système de vidéo protection", true},
		{"vidéoprotection", "VIDEO-PROTECTION", true},
		{`"vidéo protection"`, "vidéoprotection urbaine", true},
		{`"système de vidéo protection urbaine"`, "système de vidéoprotection urbaine", true},
		{`"système de vidéoprotection urbaine"`, "systèmes de vidéo-protection urbaine", true},
		{`"système de vidéoprotection urbaine"`, "systèmes de vidéo protection urbaine", true},
		{"multiservices", "contrat multi services", true},
		{"prud'hommes", "conseil de prud hommes", true},
		{"prud'hommes", "hommes", false},
		{"hommes", "conseil de prud’hommes", true},
		{"e-mail", "mail planté", false},
		{"île", "la presqu’île", true},
		{"eau", "Beaune, Réseau, bureaux", false},
		{"art", "article 3", false},
		{"V.R.D.", "lot VRD", true},
		{"VRD", "lot 2 (V.R.D)", true},
		{"TP", "travaux publics (TP)", true},
		{"urbanisme", "agence d'urbanisme.Par lots", true},
		{"hors-d'œuvre", "hors d œuvre", true},
		{"portes-fenêtres", "portefenêtre", true},
	} {
		k := one(t, c.typed)
		tokens := Analyse(c.text)
		if got := k.In(tokens); got != c.want {
			t.Errorf("%s in %q: %v, want %v", c.typed, c.text, got, c.want)
		}
		if got := len(k.Find(tokens)) > 0; got != c.want {
			t.Errorf("%s found in %q: %v, want %v", c.typed, c.text, got, c.want)
		}
	}
}

// A phrase full of compounds stays within its bound of alternatives, and is found.
func TestPhraseOfCompounds(t *testing.T) {
	text := "porte-fenêtre accord-cadre vidéo-protection rez-de-chaussée porte-fenêtre accord-cadre wi-fi multi-service"
	k := one(t, `"`+text+`"`)
	if len(k.Sequences) > maxSequences {
		t.Errorf("%d sequences, want at most %d", len(k.Sequences), maxSequences)
	}
	if !k.In(Analyse(text)) {
		t.Error("the phrase is not found in itself")
	}
}

func TestApartList(t *testing.T) {
	all := apartWords()
	if len(all) < 40 {
		t.Fatalf("%d joined forms read, want the whole list", len(all))
	}
	for _, a := range all {
		if len(a.parts) < 2 {
			t.Errorf("a joined form has %d parts: %v", len(a.parts), a)
		}
	}
}

func TestMarks(t *testing.T) {
	for _, c := range []struct{ typed, text, want string }{
		{"voirie", "Travaux de VOIRIES", "Travaux de [VOIRIES]"},
		{"école", "Réfection de l’école", "Réfection de l’[école]"},
		{"protection", "vidéo-protection", "[vidéo-protection]"},
		{"hommes", "conseil de prud’hommes", "conseil de [prud’hommes]"},
		{"vidéoprotection", "la vidéo protection.", "la [vidéo protection]."},
		{`"gros œuvre" œuvre`, "GROS OEUVRE et œuvre", "[GROS OEUVRE] et [œuvre]"},
		{`"salle de bains"`, "salles de bain, salle", "[salles de bain], salle"},
		{"VRD eau", "V.R.D. (eaux)", "[V.R.D.] ([eaux])"},
		{"gaz", "bois", "bois"},
		{"accord cadre", "accord-cadre", "[accord-cadre]"},
		{`"travaux neufs" "neufs et anciens"`, "travaux neufs et anciens", "[travaux neufs et anciens]"},
		{"\"e\u0301tude\"", "e\u0301tudes", "[e\u0301tudes]"},
	} {
		got, from := "", 0
		for _, m := range Marks(c.text, ParseKeywords(c.typed).Keywords) {
			got += c.text[from:m[0]] + "[" + c.text[m[0]:m[1]] + "]"
			from = m[1]
		}
		if got += c.text[from:]; got != c.want {
			t.Errorf("%s marks %q, want %q", c.typed, got, c.want)
		}
	}
}
