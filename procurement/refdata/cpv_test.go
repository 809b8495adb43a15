package refdata_test

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parvis/procurement/refdata"
)

func TestThereAre45Divisions(t *testing.T) {
	divisions := refdata.CPVDivisions()
	if len(divisions) != 45 {
		t.Errorf("%d divisions", len(divisions))
	}
	labels := map[string]bool{}
	for i, d := range divisions {
		if i > 0 && divisions[i-1].Code >= d.Code {
			t.Errorf("%s stands after %s", d.Code, divisions[i-1].Code)
		}
		if len(d.Code) != 2 || d.Label == "" || labels[d.Label] {
			t.Errorf("%+v", d)
		}
		labels[d.Label] = true
	}
	divisions[0].Label = "changed"
	if d, ok := refdata.DivisionOfCPV("03111000"); !ok || !strings.HasPrefix(d.Label, "Produits agricoles") {
		t.Errorf("03 = %+v, %v", d, ok)
	}
}

func TestDivisionOfACode(t *testing.T) {
	for code, want := range map[string]string{
		"45421000": "Travaux de construction", "45": "Travaux de construction",
		"72": "Services de technologies de l'information, conseil, développement de logiciels, internet et appui",
		"":   "", "4": "", "01": "", "99999999": "", "travaux": "",
	} {
		if d, ok := refdata.DivisionOfCPV(code); d.Label != want || ok != (want != "") {
			t.Errorf("DivisionOfCPV(%q) = %+v, %v", code, d, ok)
		}
	}
}

func TestNormaliseCPV(t *testing.T) {
	for raw, want := range map[string]string{
		"45421000-4":             "45421000",
		"45421000":               "45421000",
		" 45421000-4 ":           "45421000",
		"45421000 - 4":           "45421000",
		"45 42 10 00":            "45421000",
		"3111000":                "03111000", // a spreadsheet ate the zero
		"3111000-9":              "03111000",
		"9310000":                "09310000",
		"03111000-2":             "03111000",
		"":                       "",
		"45":                     "",
		"4542100":                "", // 04 is no division
		"454210004":              "",
		"45421000-":              "",
		"45421000-44":            "",
		"45421000-X":             "",
		"45421000-4-4":           "",
		"-4":                     "",
		"00000000":               "",
		"99999999-9":             "",
		"01000000-7":             "", // a division of the vocabulary before 2008
		"4542100O":               "",
		"４５４２１０００":               "",
		"Travaux":                "",
		"45421000\x00":           "",
		"\xff45421000":           "",
		"45421000-4, 45422000-1": "",
	} {
		got, ok := refdata.NormaliseCPV(raw)
		if got != want || ok != (want != "") {
			t.Errorf("NormaliseCPV(%q) = %q, %v, want %q", raw, got, ok, want)
		}
	}
}

func TestCPVPrefixIsTheSubtree(t *testing.T) {
	for code, want := range map[string]string{
		"45000000":   "45",
		"45421000":   "45421",
		"45421000-4": "45421",
		"45421141":   "45421141",
		"30000000":   "30", // its own zero stays
		"03100000":   "031",
		"3100000":    "31", // a beginning; with its check digit, a code without zero
		"3100000-2":  "031",
		"45":         "45",
		"30":         "30",
		"450":        "45",
		"4542":       "4542",
		"454210":     "45421",
		"4542100":    "45421",
		"3111001":    "3111001", // the subtree of 31110010, unchanged when read again
		" 45 ":       "45",
		"":           "",
		"4":          "",
		"01":         "",
		"454210004":  "",
		"45-4":       "",
		"45*":        "",
		"%":          "",
		"travaux":    "",
	} {
		if got := refdata.CPVPrefix(code); got != want {
			t.Errorf("CPVPrefix(%q) = %q, want %q", code, got, want)
		}
	}
}

func TestACodeLiesInItsOwnSubtreeAndItsParents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		division := rapid.SampledFrom(refdata.CPVDivisions()).Draw(t, "division").Code
		code := division + rapid.StringMatching(`[0-9]{6}`).Draw(t, "rest")
		if prefix := refdata.CPVPrefix(code); !strings.HasPrefix(code, prefix) || strings.Trim(code[len(prefix):], "0") != "" {
			t.Fatalf("the subtree of %s is %q", code, prefix)
		}
		if again := refdata.CPVPrefix(refdata.CPVPrefix(code)); again != refdata.CPVPrefix(code) {
			t.Fatalf("the subtree of %s is read back as %q", code, again)
		}
		cut := rapid.IntRange(2, 8).Draw(t, "cut")
		parent := code[:cut] + strings.Repeat("0", 8-cut)
		if !strings.HasPrefix(code, refdata.CPVPrefix(parent)) {
			t.Fatalf("%s is not under %s", code, parent)
		}
	})
}

// TestDivisionsAgreeWithTheNomenclature compares ours with the whole vocabulary,
// and reads each of its codes, where it is at hand.
func TestDivisionsAgreeWithTheNomenclature(t *testing.T) {
	file, err := os.Open(realData(t, "cpv", "cpv_2008_fr.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.NewReplacer("\u202f", "", "\u00a0", "", "personnnels", "personnels")
	var divisions []string
	for _, row := range rows[1:] {
		code, ok := refdata.NormaliseCPV(row[0])
		if !ok || code != row[1] {
			t.Errorf("%s is read as %q, %v", row[0], code, ok)
		}
		if row[3] != "division" {
			continue
		}
		divisions = append(divisions, row[1][:2])
		if d, _ := refdata.DivisionOfCPV(code); plain.Replace(d.Label) != plain.Replace(row[5]) {
			t.Errorf("%s: %q, theirs %q", code, d.Label, row[5])
		}
	}
	var ours []string
	for _, d := range refdata.CPVDivisions() {
		ours = append(ours, d.Code)
	}
	if !slices.Equal(ours, divisions) {
		t.Errorf("ours %v, theirs %v", ours, divisions)
	}
}

func FuzzCPV(f *testing.F) {
	for _, seed := range []string{"45421000-4", "45", "3111000", "454", "", "-", "45421000-", "\xff", "30000000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		code, ok := refdata.NormaliseCPV(raw)
		if ok != (len(code) == 8) {
			t.Fatalf("%q gives %q, %v", raw, code, ok)
		}
		prefix := refdata.CPVPrefix(raw)
		if _, known := refdata.DivisionOfCPV(prefix); known != (prefix != "") {
			t.Fatalf("%q gives the prefix %q", raw, prefix)
		}
		if ok && refdata.CPVPrefix(code) == "" {
			t.Fatalf("%q gives the code %q without a subtree", raw, code)
		}
		if refdata.CPVPrefix(prefix) != prefix {
			t.Fatalf("%q gives %q, then %q", raw, prefix, refdata.CPVPrefix(prefix))
		}
	})
}
