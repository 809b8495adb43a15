package refdata_test

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"parvis/procurement/refdata"
)

func TestGroupsBelongToDivisions(t *testing.T) {
	groups := refdata.CPVGroups()
	if len(groups) != 272 {
		t.Errorf("%d groups", len(groups))
	}
	for i, g := range groups {
		if i > 0 && groups[i-1].Code >= g.Code {
			t.Errorf("%s stands after %s", g.Code, groups[i-1].Code)
		}
		if _, ok := refdata.DivisionOfCPV(g.Code); !ok || len(g.Code) != 3 || g.Label == "" || g.Label != strings.TrimSpace(g.Label) {
			t.Errorf("%+v", g)
		}
	}
	for code, want := range map[string]string{
		"45421000": "Travaux de parachèvement de bâtiment", "45000000": "Travaux de construction", "45": "Travaux de construction", "": "", "99900000": "",
	} {
		if got := refdata.CPVFamily(code); got != want {
			t.Errorf("%q buys %q, want %q", code, got, want)
		}
	}
	for code, want := range map[string]string{"45261210": "452", "452": "452", "45000000": "", "45": "", "": "", "99900000": ""} {
		if g, ok := refdata.GroupOfCPV(code); g.Code != want || ok != (want != "") {
			t.Errorf("%q belongs to %+v", code, g)
		}
	}
}

func TestCheckDigitsOfKnownCodes(t *testing.T) {
	for code, want := range map[string]byte{"45000000": '7', "03111000": '2', "45421000": '4', "71240000": '2', "90000000": '7', "72000000": '5', "03310000": '5', "4500000": 0, "4500000A": 0, "": 0} {
		if got, ok := refdata.CPVCheckDigit(code); got != want || ok != (want != 0) {
			t.Errorf("%q: %q", code, got)
		}
	}
}

func TestAWrongKeyIsToldAndNothingElse(t *testing.T) {
	for typed, want := range map[string]string{
		"45210000-3":    "La clé de «\u00a045210000-3\u00a0» ne correspond pas au code\u00a0: celle de 45210000 est 2. Vérifiez chaque chiffre, ou écrivez le code sans sa clé.",
		"4521 0000 - 3": "La clé de «\u00a045210000-3\u00a0» ne correspond pas au code\u00a0: celle de 45210000 est 2. Vérifiez chaque chiffre, ou écrivez le code sans sa clé.",
		"72000000-3":    "La clé de «\u00a072000000-3\u00a0» ne correspond pas au code\u00a0: celle de 72000000 est 5. Vérifiez chaque chiffre, ou écrivez le code sans sa clé.", // 3 is what the rule says
		"45210000-2":    "", "72000000-5": "", "3111000-2": "", "45210000": "", "4521": "", "4521-3": "", "01000000-1": "", "45210000-": "", "45210000-x": "", "45210000-33": "", "": "", "menuiserie": "",
	} {
		got := ""
		if wrong := refdata.CPVKeyFault(typed); wrong != nil {
			got = wrong.Text
		}
		if got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

// TestGroupsAndDigitsAgreeWithTheNomenclature compares with the whole vocabulary,
// where it is at hand.
func TestGroupsAndDigitsAgreeWithTheNomenclature(t *testing.T) {
	file, err := os.Open(realData(t, "cpv", "cpv_2008_fr.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.NewReplacer("\u202f", "", "\u00a0", "", " ", "")
	agree, groups := 0, 0
	for _, row := range rows[1:] {
		if digit, _ := refdata.CPVCheckDigit(row[1]); string(digit) == row[2] {
			agree++
		}
		if row[3] != "groupe" {
			continue
		}
		groups++
		if g, ok := refdata.GroupOfCPV(row[1]); !ok || g.Code != row[1][:3] || plain.Replace(g.Label) != plain.Replace(row[5]) {
			t.Errorf("%s: %+v, theirs %q", row[1], g, row[5])
		}
	}
	if groups != len(refdata.CPVGroups()) || agree != len(rows)-1 || len(rows)-1 != 9454 {
		t.Errorf("%d groups; %d check digits of %d agree", groups, agree, len(rows)-1)
	}
}
