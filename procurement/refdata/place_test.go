package refdata_test

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"parvis/procurement/refdata"
)

func TestNormaliseDepartment(t *testing.T) {
	for raw, want := range map[string]string{
		"67":                 "67",
		"1":                  "01", // the gazette writes no zero
		"9":                  "09",
		"01":                 "01",
		"20A":                "2A",
		"20b":                "2B",
		"2a":                 "2A",
		" 2B ":               "2B",
		"2\u00a0A":           "2A",
		"67A":                "67",
		"68A":                "68",
		"69D":                "69",
		"69m":                "69",
		"976":                "976",
		"984":                "984",
		"\ufeff75\u200b":     "75",
		"99":                 refdata.Abroad,
		"":                   "",
		"0":                  "",
		"00":                 "",
		"001":                "",
		"20":                 "", // two departments
		"96":                 "",
		"97":                 "",
		"979":                "",
		"67000":              "",
		"-1":                 "",
		"2C":                 "",
		"Bas-Rhin":           "",
		"FRF11":              "",
		"\u0661":             "", // ١, a digit but not ours
		"６７":                 "",
		"67,68":              "",
		"67\x00":             "",
		"\xff":               "",
		"Étranger":           "",
		"1; DROP TABLE dept": "",
	} {
		got, ok := refdata.NormaliseDepartment(raw)
		if got != want || ok != (want != "") {
			t.Errorf("NormaliseDepartment(%q) = %q, %v, want %q", raw, got, ok, want)
		}
	}
}

func TestACodeOfABodyMayMeanTwoDepartments(t *testing.T) {
	for raw, want := range map[string][]string{
		"20": {"2A", "2B"}, "20r": {"2A", "2B"}, "6AE": {"67", "68"}, " 6ae ": {"67", "68"},
		"1": {"01"}, "69D": {"69"}, "99": {refdata.Abroad}, "": nil, "XX": nil, "44": {"44"},
	} {
		if got := refdata.DepartmentsOfPlace(raw); !slices.Equal(got, want) {
			t.Errorf("DepartmentsOfPlace(%q) = %v, want %v", raw, got, want)
		}
	}
}

func TestDepartmentOfPostcode(t *testing.T) {
	for postcode, want := range map[string]string{
		"67000":                  "67",
		"01000":                  "01",
		"75755":                  "75", // Paris CEDEX 15
		"92055":                  "92",
		" 67 000 ":               "67",
		"67\u202f000":            "67",
		"F-67000":                "67",
		"FR-13001":               "13",
		"67070 Strasbourg CEDEX": "67",
		"20000":                  "2A",
		"20137":                  "2A",
		"20187":                  "2A", // Ajaccio CEDEX
		"20304":                  "2A", // Ajaccio CEDEX
		"20537":                  "2A", // Porto-Vecchio CEDEX
		"20704":                  "2A", // Ajaccio CEDEX 9
		"20200":                  "2B",
		"20250":                  "2B",
		"20410":                  "2B", // Bastia CEDEX
		"20600":                  "2B",
		"20620":                  "2B",
		"20800":                  "",
		"97100":                  "971",
		"97139":                  "971",
		"97133":                  "977",
		"97098":                  "977", // CEDEX
		"97150":                  "978",
		"97054":                  "978", // CEDEX
		"97067":                  "978",
		"97232":                  "972",
		"97307":                  "973",
		"97410":                  "974",
		"97744":                  "974", // Saint-Denis CEDEX 9, not Saint-Barthélemy
		"97821":                  "974", // Le Port CEDEX, not Saint-Martin
		"97500":                  "975",
		"97600":                  "976",
		"97001":                  "",
		"97900":                  "",
		"98000":                  refdata.Abroad, // Monaco
		"98413":                  "984",
		"98600":                  "986",
		"98713":                  "987",
		"98800":                  "988",
		"98500":                  "",
		"00200":                  "", // armed forces
		"96000":                  "",
		"99100":                  "", // a country of birth, not a place to write to
		"6700":                   "",
		"1000":                   "", // Brussels more likely than Bourg-en-Bresse
		"670000":                 "",
		"67000-1234":             "67",
		"":                       "",
		"FRF11":                  "",
		"B-1000":                 "",
		"６７０００":                  "",
		"Strasbourg":             "",
	} {
		got, ok := refdata.DepartmentOfPostcode(postcode)
		if got != want || ok != (want != "") {
			t.Errorf("DepartmentOfPostcode(%q) = %q, %v, want %q", postcode, got, ok, want)
		}
	}
}

// TestPostcodesOfRealBuyers: the gazette lists the buyer's department first or
// among others in nearly every notice, so that a rule that is wrong somewhere
// shows as a postcode never listed with its department.
func TestPostcodesOfRealBuyers(t *testing.T) {
	file, err := os.Open(realData(t, "boamp", "boamp_2019_2021.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	total, agree := 0, 0
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var notice struct {
			Departments []string `json:"code_departement"`
			Buyer       struct {
				Postcode string `json:"cp"`
			} `json:"x_acheteur"`
		}
		if err := json.Unmarshal(lines.Bytes(), &notice); err != nil {
			t.Fatal(err)
		}
		var listed []string
		for _, raw := range notice.Departments {
			code, ok := refdata.NormaliseDepartment(raw)
			if !ok {
				t.Errorf("the gazette's department %q is unknown", raw)
			}
			listed = append(listed, code)
		}
		code, ok := refdata.DepartmentOfPostcode(notice.Buyer.Postcode)
		if !ok || len(listed) == 0 {
			continue
		}
		total++
		if slices.Contains(listed, code) {
			agree++
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if total < 4000 || agree*100 < total*95 {
		t.Errorf("%d of %d postcodes agree with the notice's departments", agree, total)
	}
	t.Logf("%d of %d agree", agree, total)
}

func FuzzNormaliseDepartment(f *testing.F) {
	for _, seed := range []string{"1", "20A", "2a", "69M", "99", "6AE", " 67", "97133", "", "\xff", "\u00a02\u200bb"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		code, ok := refdata.NormaliseDepartment(raw)
		_, known := refdata.DepartmentIndex(code)
		if ok != known {
			t.Fatalf("%q gives %q, %v", raw, code, ok)
		}
		if again, _ := refdata.NormaliseDepartment(code); again != code {
			t.Fatalf("%q, then %q", code, again)
		}
		for _, place := range refdata.DepartmentsOfPlace(raw) {
			if _, known := refdata.DepartmentIndex(place); !known {
				t.Fatalf("%q covers %q", raw, place)
			}
		}
	})
}

func FuzzDepartmentOfPostcode(f *testing.F) {
	for _, seed := range []string{"67000", "F-67000", "20137", "97133", "98000", "FR", "6 7 0 0 0", "00000", "\xff67000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		code, ok := refdata.DepartmentOfPostcode(raw)
		_, known := refdata.DepartmentIndex(code)
		if ok != known {
			t.Fatalf("%q gives %q, %v", raw, code, ok)
		}
	})
}
