package refdata_test

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"parvis/procurement/refdata"
)

func TestTerritoriesOfTheEuropeanNomenclature(t *testing.T) {
	for code, want := range map[string]string{
		"FRF11": "67", "frf11": "67", " FRF11 ": "67", "FR101": "75", "FRM02": "2B", "FRY40": "974", "FRY4": "974", "FRY50": "976",
		"FRF1": "67 68", "FRM": "2A 2B", "FRM0": "2A 2B", "FRH": "22 29 35 56", "FRB0": "18 28 36 37 41 45",
		"FR1": "75 77 78 91 92 93 94 95", "FR10": "75 77 78 91 92 93 94 95", "FRY": "971 972 973 974 976",
		"FRK": "01 03 07 15 26 38 42 43 63 69 73 74",
		// before 2018
		"FR421": "67", "FR523": "35", "FR716": "69", "FR243": "36", "FR832": "2B", "FR930": "973", "FRA40": "974", "FRA5": "976", "FR301": "59",
		"FR42": "67 68", "FR83": "2A 2B", "FR24": "18 28 36 37 41 45", "FR61": "24 33 40 47 64", "FR3": "59 62", "FRA": "971 972 973 974 976",
		"FR5": "16 17 22 29 35 44 49 53 56 72 79 85 86", "FR9": "971 972 973 974",
		"": "", "F": "", "FRZ": "", "FRZZZ": "", "FRF": "08 10 51 52 54 55 57 67 68 88", "FR0": "", "DE1": "", "FRF111": "", "FR\x00": "",
	} {
		got := refdata.DepartmentsOfNUTS(code)
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %v, want %s", code, got, want)
		}
		one, ok := refdata.DepartmentOfNUTS(code)
		if ok != (len(got) == 1) || ok && one != got[0] {
			t.Errorf("%q: %q, %v", code, one, ok)
		}
	}
	if n := len(refdata.DepartmentsOfNUTS("FR")); n != 101 {
		t.Errorf("France has %d departments", n)
	}
}

// Every department that has a code is one of every territory that its code begins with,
// and had one code before 2018.
func TestEveryDepartmentIsInItsTerritories(t *testing.T) {
	before := map[string]bool{}
	for _, top := range []string{"FR1", "FR2", "FR3", "FR4", "FR5", "FR6", "FR7", "FR8", "FRA"} {
		for _, code := range refdata.DepartmentsOfNUTS(top) {
			if before[code] {
				t.Errorf("%s was in two territories before 2018", code)
			}
			before[code] = true
		}
	}
	for _, d := range refdata.Departments() {
		if d.NUTS3 == "" {
			if before[d.Code] {
				t.Errorf("%s has a code of before 2018", d.Code)
			}
			continue
		}
		for n := 2; n <= len(d.NUTS3); n++ {
			if !slices.Contains(refdata.DepartmentsOfNUTS(d.NUTS3[:n]), d.Code) {
				t.Errorf("%s is not in %s", d.Code, d.NUTS3[:n])
			}
		}
		if !before[d.Code] {
			t.Errorf("%s had no code before 2018", d.Code)
		}
	}
}

func TestCountriesThatAreFrance(t *testing.T) {
	for code, want := range map[string]int{"FRA": 101, "fr": 101, "NCL": 1, "GP": 1, "TF": 1, "ESP": 0, "": 0, "F": 0} {
		if got := refdata.DepartmentsOfCountry(code); len(got) != want {
			t.Errorf("%q: %v", code, got)
		}
	}
	for country, want := range map[string]string{"MTQ": "972", "NC": "988", "BLM": "977"} {
		if got := refdata.DepartmentsOfCountry(country); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %v, want %s", country, got, want)
		}
	}
}

// TestTerritoriesOfRealBuyers: a buyer's territory and its postcode are of the same
// department, or its code is that of a region around it. Nobody drew the one from the
// other, so that a line of the table that is wrong shows.
func TestTerritoriesOfRealBuyers(t *testing.T) {
	file, err := os.Open(realData(t, "boamp", "boamp_2019_2021.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	total, agree := 0, 0
	for lines.Scan() {
		var n struct {
			Buyer struct {
				Postcode string `json:"cp"`
				NUTS     string `json:"nuts"`
			} `json:"x_acheteur"`
		}
		if err := json.Unmarshal(lines.Bytes(), &n); err != nil {
			t.Fatal(err)
		}
		code, ok := refdata.DepartmentOfPostcode(n.Buyer.Postcode)
		if !ok || n.Buyer.NUTS == "" || strings.HasPrefix(n.Buyer.NUTS, "FRZ") {
			continue
		}
		territory := refdata.DepartmentsOfNUTS(n.Buyer.NUTS)
		if territory == nil {
			t.Errorf("the territory %q is unknown", n.Buyer.NUTS)
		}
		total++
		if slices.Contains(territory, code) {
			agree++
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if total < 1000 || agree*100 < total*96 {
		t.Errorf("%d of %d territories have their buyer's department", agree, total)
	}
	t.Logf("%d of %d agree", agree, total)
}
