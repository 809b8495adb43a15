package ted_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parvis/gateway/ted"
	"parvis/kit/unpack"
	"parvis/procurement/notice"
)

// placed are the departments of a document, « France » for the whole country.
func placed(t *testing.T, document string) string {
	t.Helper()
	n, err := ted.Parse([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return areas(&n)
}

func areas(n *notice.Record) string {
	var places notice.Places
	for _, d := range n.Departments {
		places.Add(d)
	}
	if places.National() {
		return "France"
	}
	return strings.Join(n.Departments, " ")
}

func TestPlacesOfTheJournalsOwnForms(t *testing.T) {
	form := string(fixtures(t)["testdata/form02.xml"])
	const at = `CODE="FRF12"` // the place; the buyer is in Martinique
	if strings.Count(form, at) != 1 {
		t.Fatal("the fixture has another place")
	}
	for code, want := range map[string]string{
		"FRF11": "972 67", "FRF1": "972 67 68", "FR": "France", "FR10": "972 75 77 78 91 92 93 94 95", "FR42": "972 67 68", "FR716": "972 69",
		"FRK": "972 01 03 07 15 26 38 42 43 63 69 73 74", "FRY2": "972", "FRZ": "972", "DE": "972", "": "972",
	} {
		if got := placed(t, strings.Replace(form, at, `CODE="`+code+`"`, 1)); got != want {
			t.Errorf("%q: %s, want %s", code, got, want)
		}
	}
	region := strings.Replace(form, "Régie de Belle-Rive", "Région Bretagne", 1)
	region = strings.Replace(region, "97299", "35711", 1)
	for code, want := range map[string]string{"": "35 22 29 56", "FRH": "35 22 29 56", "FRH03": "35", "FRH01": "35 22"} {
		if got := placed(t, strings.Replace(region, at, `CODE="`+code+`"`, 1)); got != want {
			t.Errorf("a region's, %q: %s, want %s", code, got, want)
		}
	}
}

func TestPlacesOfTheEuropeanForm(t *testing.T) {
	call := string(fixtures(t)["testdata/call.xml"])
	const place = "<cbc:CountrySubentityCode>FRF12</cbc:CountrySubentityCode></cac:Address></cac:RealizedLocation>"
	for said, want := range map[string]string{
		"": "67",
		"<cbc:CountrySubentityCode>FRF12</cbc:CountrySubentityCode>":                                                       "67 68",
		"<cbc:CountrySubentityCode>FRM</cbc:CountrySubentityCode>":                                                         "67 2A 2B",
		"<cbc:CountrySubentityCode>FR</cbc:CountrySubentityCode>":                                                          "France",
		"<cbc:Region>anyw-cou</cbc:Region><cac:Country><cbc:IdentificationCode>FRA</cbc:IdentificationCode></cac:Country>": "France",
		"<cbc:Region>anyw-cou</cbc:Region><cac:Country><cbc:IdentificationCode>ESP</cbc:IdentificationCode></cac:Country>": "67",
		"<cbc:Region>anyw</cbc:Region>":                                                                                    "France",
	} {
		if strings.Count(call, place) != 1 {
			t.Fatal("the fixture has another place")
		}
		if got := placed(t, strings.Replace(call, place, said+"</cac:Address></cac:RealizedLocation>", 1)); got != want {
			t.Errorf("%s: %s, want %s", said, got, want)
		}
	}
	alsace := strings.Replace(call, "Communauté du Val-Clair", "Collectivité européenne d'Alsace", 1)
	if got := placed(t, strings.Replace(alsace, "FRF12", "FRF11", 1)); got != "67 68" {
		t.Errorf("Alsace: %s", got)
	}
}

// TestRealPlacesAboveTheDepartment: notices whose place is a region or the country, and
// which were shown at their buyer's alone.
func TestRealPlacesAboveTheDepartment(t *testing.T) {
	dir := os.Getenv("PARVIS_TEST_DATA")
	if dir == "" {
		t.Skip("PARVIS_TEST_DATA is not set: it names a folder with real documents, which this project may not contain")
	}
	f, err := os.Open(filepath.Join(dir, "eforms", "ted_fr_2014_2022.tar.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got := map[string]string{}
	nowhere := 0
	for file, err := range unpack.Files(f) {
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(file)
		if err != nil {
			t.Fatal(err)
		}
		n, err := ted.Parse(raw)
		if err != nil {
			continue // another test counts them
		}
		if got[n.SourceID] = areas(&n); got[n.SourceID] == "" {
			nowhere++
		}
	}
	for id, want := range map[string]string{
		"286449-2018": "France", "671580-2021": "France", "129037-2018": "France", "77580-2021": "75 77 78 91 92 93 94 95",
	} {
		if got[id] != want {
			t.Errorf("%s: %q, want %q", id, got[id], want)
		}
	}
	if nowhere > 0 {
		t.Errorf("%d of %d are nowhere", nowhere, len(got))
	}
}
