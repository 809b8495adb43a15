package ted_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parvis/gateway/ted"
	"parvis/procurement/notice"
)

func TestAResultOfTheOldFormsThatGaveTheContractToNobody(t *testing.T) {
	form := string(fixtures(t)["testdata/form03.xml"])
	awarded := form[strings.Index(form, `<AWARD_CONTRACT ITEM="1">`):strings.Index(form, `<AWARD_CONTRACT ITEM="2">`)]
	for name, c := range map[string]struct {
		document string
		want     notice.What
		lots     int
	}{
		"one lot of two":            {form, notice.PartlyAwarded, 1},
		"none":                      {strings.Replace(form, awarded, "", 1), notice.Unsuccessful, 1},
		"given up":                  {strings.NewReplacer(awarded, "", "PROCUREMENT_UNSUCCESSFUL", "PROCUREMENT_DISCONTINUED").Replace(form), notice.Discontinued, 1},
		"without a reason":          {strings.NewReplacer(awarded, "", "<PROCUREMENT_UNSUCCESSFUL/>", "").Replace(form), notice.Unawarded, 1},
		"a holder who is not named": {strings.NewReplacer("<OFFICIALNAME>Cuisine du Nord</OFFICIALNAME>", "", "<OFFICIALNAME>Cuisine du Sud</OFFICIALNAME>", "").Replace(form), notice.PartlyAwarded, 1},
		"a prize": {strings.NewReplacer(awarded, "", `<AWARD_CONTRACT ITEM="2">`, "<RESULTS>", "</AWARD_CONTRACT>", "</RESULTS>", "NO_AWARDED_CONTRACT", "NO_AWARDED_PRIZE").Replace(form),
			notice.Unsuccessful, 1},
		"all given": {strings.NewReplacer("<NO_AWARDED_CONTRACT><PROCUREMENT_UNSUCCESSFUL/></NO_AWARDED_CONTRACT>", "<AWARDED_CONTRACT/>").Replace(form), notice.Awarded, 0},
	} {
		n, err := ted.Parse([]byte(c.document))
		if err != nil {
			t.Fatal(name, err)
		}
		if got := n.Detail.Result(); got != c.want || len(n.Detail.Unawarded) != c.lots {
			t.Errorf("%s: %s, want %s: %+v", name, got, c.want, n.Detail)
		}
	}
}

// TestRealFailures reads two real results, one of which gave up all of it.
func TestRealFailures(t *testing.T) {
	dir := os.Getenv("PARVIS_TEST_DATA")
	if dir == "" {
		t.Skip("PARVIS_TEST_DATA is not set")
	}
	f, err := os.Open(filepath.Join(dir, "eforms", "ted_fr_2014_2022.tar.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	found := 0
	for n, err := range ted.Records(f) {
		var refusal *notice.RecordError
		if err != nil && !errors.As(err, &refusal) {
			t.Fatal(err)
		}
		switch n.SourceID {
		case "314798-2019", "256839-2016":
			if found++; !n.Detail.Result().Failed() {
				t.Errorf("%s: %s, %+v", n.SourceID, n.Detail.Result(), n.Detail)
			}
			t.Log(n.SourceID, n.Detail.Unawarded)
		}
	}
	if found != 2 {
		t.Errorf("%d found", found)
	}
}

// TestACorrigendumOfALotMovesNothing: form 14 says of each change which lot it is about.
func TestACorrigendumOfALotMovesNothing(t *testing.T) {
	form := string(fixtures(t)["testdata/form14.xml"])
	whole, err := ted.Parse([]byte(form))
	if err != nil || whole.Deadline.IsZero() {
		t.Fatalf("%v: %+v", err, whole)
	}
	lot, err := ted.Parse([]byte(strings.ReplaceAll(form, "</SECTION>", "</SECTION><LOT_NO>3</LOT_NO>")))
	if err != nil || !lot.Deadline.IsZero() || !lot.DeadlineDoubtful || !strings.HasSuffix(lot.Detail.Corrections[0].Section, "Lot 3") {
		t.Errorf("%v: %v (%q) %+v", err, lot.Deadline, lot.DeadlineRaw, lot.Detail.Corrections)
	}
}
