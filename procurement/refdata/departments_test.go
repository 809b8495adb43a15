package refdata_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"parvis/procurement/refdata"
)

// realData is a file among the real exports that some tests try; without the folder
// of exports these tests are skipped, with the folder the file has to be there.
func realData(t *testing.T, parts ...string) string {
	t.Helper()
	dir := os.Getenv("PARVIS_TEST_DATA")
	if dir == "" {
		t.Skip("PARVIS_TEST_DATA is not set: no real data to try")
	}
	return filepath.Join(append([]string{dir}, parts...)...)
}

func codes(departments []refdata.Department) []string {
	var all []string
	for _, d := range departments {
		all = append(all, d.Code)
	}
	return all
}

func TestThereAre101DepartmentsAndSevenCollectivities(t *testing.T) {
	perZone := map[refdata.Zone]int{}
	seen := map[string]bool{}
	for _, d := range refdata.Departments() {
		perZone[d.Zone]++
		if seen[d.Code] || seen[d.Name] {
			t.Errorf("%s is there twice", d.Label())
		}
		seen[d.Code], seen[d.Name] = true, true
		if d.Name == "" || d.Region == "" || d.RegionCode == "" {
			t.Errorf("%+v lacks something", d)
		}
	}
	want := map[refdata.Zone]int{refdata.Metro: 96, refdata.DROM: 5, refdata.COM: 7}
	if diff := cmp.Diff(want, perZone); diff != "" {
		t.Error(diff)
	}
}

func TestDepartmentsStandInTheOrderOfTheirNumbers(t *testing.T) {
	all := codes(refdata.Departments())
	sortable := func(code string) string { // Corsica stands where 20 was
		if strings.HasPrefix(code, "2A") || strings.HasPrefix(code, "2B") {
			return "20" + code[1:]
		}
		return code
	}
	for i := 1; i < len(all); i++ {
		a, b := sortable(all[i-1]), sortable(all[i])
		if len(all[i-1]) != 3 && len(all[i]) == 3 {
			continue // 95, then 971
		}
		if a >= b {
			t.Errorf("%s before %s", all[i-1], all[i])
		}
	}
	if got := all[18:22]; !slices.Equal(got, []string{"19", "2A", "2B", "21"}) {
		t.Errorf("around Corsica: %v", got)
	}
}

func TestADepartmentKnowsItsRegionNUTSAndClock(t *testing.T) {
	for _, want := range []refdata.Department{
		{"67", "Bas-Rhin", "44", "Grand Est", refdata.Metro, "FRF11", "Europe/Paris"},
		{"2A", "Corse-du-Sud", "94", "Corse", refdata.Metro, "FRM01", "Europe/Paris"},
		{"974", "La Réunion", "04", "La Réunion", refdata.DROM, "FRY40", "Indian/Reunion"},
		{"987", "Polynésie française", "COM", "Collectivités et territoires d'outre-mer", refdata.COM, "", "Pacific/Tahiti"},
	} {
		got, ok := refdata.DepartmentByCode(want.Code)
		if !ok {
			t.Errorf("%s is unknown", want.Code)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	for _, code := range []string{"", "1", "20", "96", "2a", "979", "989", refdata.Abroad} {
		if d, ok := refdata.DepartmentByCode(code); ok {
			t.Errorf("%q is %s", code, d.Label())
		}
	}
}

func TestNUTSCodesAreUniqueAndLackingOnlyOverseas(t *testing.T) {
	owner := map[string]string{}
	for _, d := range refdata.Departments() {
		if d.Zone == refdata.COM {
			if d.NUTS3 != "" {
				t.Errorf("%s has %s", d.Label(), d.NUTS3)
			}
			continue
		}
		if len(d.NUTS3) != 5 || !strings.HasPrefix(d.NUTS3, "FR") {
			t.Errorf("%s has %q", d.Label(), d.NUTS3)
		}
		if owner[d.NUTS3] != "" {
			t.Errorf("%s and %s share %s", owner[d.NUTS3], d.Code, d.NUTS3)
		}
		owner[d.NUTS3] = d.Code
	}
}

func TestClocksAreRealAndOverseasOnesAreNotParis(t *testing.T) {
	noonInParis := time.Date(2026, 1, 15, 11, 0, 0, 0, time.UTC)
	hour := map[string]int{
		"971": 7, "972": 7, "973": 8, "974": 15, "975": 8, "976": 14, "977": 7, "978": 7,
		"984": 16, "986": 23, "987": 1, "988": 22,
	}
	for _, d := range refdata.Departments() {
		zone, err := time.LoadLocation(d.TimeZone)
		if err != nil {
			t.Errorf("%s: %v", d.Label(), err)
			continue
		}
		want := 12
		if d.Zone != refdata.Metro {
			want = hour[d.Code]
		}
		if got := noonInParis.In(zone).Hour(); got != want {
			t.Errorf("%s: noon in Paris is %d h, want %d h", d.Label(), got, want)
		}
	}
}

func TestLabelsOfPlaces(t *testing.T) {
	for code, want := range map[string]string{
		"67": "(67) Bas-Rhin", "01": "(01) Ain", "976": "(976) Mayotte",
		refdata.Abroad: "(99) Étranger", "": "", "XX": "XX",
	} {
		if got := refdata.PlaceLabel(code); got != want {
			t.Errorf("PlaceLabel(%q) = %q, want %q", code, got, want)
		}
	}
}

func TestDepartmentIndexIsDenseAndKnowsAbroad(t *testing.T) {
	taken := make([]string, refdata.DepartmentSlots)
	for _, code := range append(codes(refdata.Departments()), refdata.Abroad) {
		i, ok := refdata.DepartmentIndex(code)
		if !ok || i < 0 || i >= len(taken) || taken[i] != "" {
			t.Fatalf("%s has index %d, %v", code, i, ok)
		}
		taken[i] = code
	}
	if slices.Contains(taken, "") {
		t.Errorf("there are holes: %q", taken)
	}
	if i, ok := refdata.DepartmentIndex("1"); ok {
		t.Errorf("a code that is not normalised has index %d", i)
	}
}

func TestRegionsHoldEveryDepartmentOnce(t *testing.T) {
	regions := refdata.Regions()
	var names, all []string
	for _, r := range regions {
		names = append(names, r.Name)
		for _, d := range r.Departments {
			if d.RegionCode != r.Code || d.Region != r.Name {
				t.Errorf("%s stands under %s", d.Label(), r.Name)
			}
		}
		all = append(all, codes(r.Departments)...)
	}
	want := []string{
		"Auvergne-Rhône-Alpes", "Bourgogne-Franche-Comté", "Bretagne", "Centre-Val de Loire", "Corse", "Grand Est",
		"Hauts-de-France", "Île-de-France", "Normandie", "Nouvelle-Aquitaine", "Occitanie", "Pays de la Loire",
		"Provence-Alpes-Côte d'Azur", "Guadeloupe", "Martinique", "Guyane", "La Réunion", "Mayotte",
		"Collectivités et territoires d'outre-mer",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	wantCodes := codes(refdata.Departments())
	slices.Sort(wantCodes)
	slices.Sort(all)
	if diff := cmp.Diff(wantCodes, all); diff != "" {
		t.Error(diff)
	}
	if got := codes(regions[4].Departments); !slices.Equal(got, []string{"2A", "2B"}) {
		t.Errorf("Corse = %v", got)
	}
}

func TestWhatIsGivenIsTheCallers(t *testing.T) {
	refdata.Departments()[0].Name = "changed"
	refdata.Regions()[0].Departments[0].Name = "changed"
	refdata.DepartmentsOfPlace("6AE")[0] = "changed"
	if d, _ := refdata.DepartmentByCode("01"); d.Name != "Ain" {
		t.Errorf("01 has become %q", d.Name)
	}
	if got := refdata.DepartmentsOfPlace("6AE"); !slices.Equal(got, []string{"67", "68"}) {
		t.Errorf("Alsace has become %v", got)
	}
}

// TestTheTableAgreesWithTheRealExport compares the embedded table with an export
// of the official geography, where one is at hand.
func TestTheTableAgreesWithTheRealExport(t *testing.T) {
	file, err := os.Open(realData(t, "geo", "departements.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows)-1 != len(refdata.Departments()) {
		t.Errorf("the export has %d departments, we have %d", len(rows)-1, len(refdata.Departments()))
	}
	for _, row := range rows[1:] {
		d, ok := refdata.DepartmentByCode(row[0])
		if !ok || d.Name != row[1] || string(d.Zone) != row[5] || d.NUTS3 != row[6] {
			t.Errorf("%v is here %+v", row, d)
		}
		if d.Zone != refdata.COM && (d.RegionCode != row[2] || d.Region != row[3]) {
			t.Errorf("%v is here in %s %s", row[0], d.RegionCode, d.Region)
		}
	}
}
