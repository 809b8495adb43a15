package boamp

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/procurement/notice"
)

// failed are lots that nobody was given, as pairs of a lot and why.
func failed(pairs ...string) (all []notice.UnawardedLot) {
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, notice.UnawardedLot{Lot: pairs[i], Why: notice.What(pairs[i+1])})
	}
	return all
}

func TestAResultThatGaveTheContractToNobody(t *testing.T) {
	old := func(attribution any) m {
		return m{"donnees": m{"IDENTITE": m{"DENOMINATION": "Ville"}, "ATTRIBUTION": attribution}}
	}
	said := func(text string) m {
		return m{"donnees": m{"FNSimple": m{"attribution": m{"attributionMarche": text}}}}
	}
	holder := m{"DENOMINATION": "Menuiserie Muller"}
	for name, c := range map[string]struct {
		fields m
		want   []notice.UnawardedLot
		result notice.What
	}{
		"nothing said":             {m{}, nil, notice.Awarded},
		"the finer nature":         {m{"sousnature": "STANDARD_INFRUCTUEUX_SANS_SUITE"}, failed("", "unawarded"), notice.Unawarded},
		"in a list":                {m{"sousnature": []string{"", "standard_infructueux_sans_suite"}}, failed("", "unawarded"), notice.Unawarded},
		"in the category":          {m{"nature_categorise": "attribution/standardinfructueuxsanssuite"}, failed("", "unawarded"), notice.Unawarded},
		"in its label":             {m{"nature_categorise_libelle": "Résultat de marché/Infructueux - sans suite"}, failed("", "unawarded"), notice.Unawarded},
		"in the gazette's index":   {m{"gestion": m{"REFERENCE": m{"TYPE_AVIS": m{"NATURE": m{"ATTRIBUTION": m{"STANDARD_INFRUCTUEUX_SANS_SUITE": ""}}}}}}, failed("", "unawarded"), notice.Unawarded},
		"one of the two":           {m{"x_nature_detail": "attribution/sans suite"}, failed("", "discontinued"), notice.Discontinued},
		"a standard one":           {m{"sousnature": "STANDARD", "nature_categorise": "attribution/standard"}, nil, notice.Awarded},
		"the form tells which":     {m{"sousnature": "STANDARD_INFRUCTUEUX_SANS_SUITE", "donnees": m{"ATTRIBUTION": m{"SANS_SUITE": ""}}}, failed("", "discontinued"), notice.Discontinued},
		"holders all the same":     {m{"sousnature": "STANDARD_INFRUCTUEUX_SANS_SUITE", "titulaire": []string{"Muller"}}, failed("", "unawarded"), notice.PartlyAwarded},
		"the old form, as a whole": {old(m{"INFRUCTUEUX": nil}), failed("", "unsuccessful"), notice.Unsuccessful},
		"a box with a no":          {old(m{"SANS_SUITE": "non", "INFRUCTUEUX": false}), nil, notice.Awarded},
		"a whole given up goes before lots without holder": {old(m{"SANS_SUITE": "", "DECISION": []m{{"ATTRIBUE": "", "NUM_LOT": "1"}, {"ATTRIBUE": "", "NUM_LOT": "2"}}}),
			failed("", "discontinued"), notice.Discontinued},
		"lot by lot": {old(m{"DECISION": []m{{"NUM_LOT": "1", "TITULAIRE": holder}, {"NUM_LOT": "2", "INTITULE": "Boissons", "INFRUCTUEUX": ""}, {"NUM_LOT": "3", "SANS_SUITE": ""}}}),
			failed("Lot 2 - Boissons", "unsuccessful", "Lot 3", "discontinued"), notice.PartlyAwarded},
		"one lot fails, of the other no holder is said": {old(m{"DECISION": []m{{"NUM_LOT": "1"}, {"NUM_LOT": "2", "INFRUCTUEUX": ""}}}), failed("Lot 2", "unsuccessful"), notice.PartlyAwarded},
		"the only decision, under the contract's title": {old(m{"DECISION": m{"INTITULE": "Réfection de la voirie", "INFRUCTUEUX": ""}}), failed("", "unsuccessful"), notice.Unsuccessful},
		"all lots, of different kinds":                  {old(m{"DECISION": []m{{"NUM_LOT": "1", "SANS_SUITE": ""}, {"NUM_LOT": "2", "INFRUCTUEUX": ""}}}), failed("Lot 1", "discontinued", "Lot 2", "unsuccessful"), notice.Unawarded},
		"a national form": {m{"donnees": m{"MAPA": m{"attribution": m{"attribution": m{"lotMarche": []m{
			{"numLot": "1", "resultat": m{"sansSuite": ""}}, {"numLot": "2", "infructueux": ""}}}}}}}, failed("Lot 1", "discontinued", "Lot 2", "unsuccessful"), notice.Unawarded},
		"a national form, as a whole": {m{"donnees": m{"MAPA": m{"attribution": m{"attribution": m{"resultat": m{"sansSuite": ""}}}}}}, failed("", "discontinued"), notice.Discontinued},
		"the Journal's form": {m{"donnees": m{"IDENTITE": m{}, "AWARD_CONTRACT": []m{{"LOT_NO": "1", "NO_AWARDED_CONTRACT": m{"PROCUREMENT_DISCONTINUED": ""}}, {"LOT_NO": "2", "AWARDED_CONTRACT": m{}}, {"LOT_NO": "3", "NO_AWARDED_CONTRACT": ""}}}},
			failed("Lot 1", "discontinued", "Lot 3", "unawarded"), notice.PartlyAwarded},
		"a free text that says only that": {said("La présente consultation est déclarée sans suite pour motif d'intérêt général."), failed("", "discontinued"), notice.Discontinued},
		"in capitals":                     {said("MARCHÉ INFRUCTUEUX"), failed("", "unsuccessful"), notice.Unsuccessful},
		"a free text that speaks of lots": {said("Procédure sans suite pour le lot 2, lot 1 : Muller"), nil, notice.Awarded},
		"a free text about one before":    {said("Menuiserie Muller, après une première procédure infructueuse"), nil, notice.Awarded},
		"one that is about the holder":    {said("Marché attribué à Muller suite à procédure sans suite"), nil, notice.Awarded},
		"the title says nothing":          {m{"objet": "Annulation de la déclaration sans suite"}, nil, notice.Awarded},
	} {
		c.fields["nature"] = "ATTRIBUTION"
		d := parse(t, c.fields).Detail
		if diff := cmp.Diff(c.want, d.Unawarded); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if got := d.Result(); got != c.result {
			t.Errorf("%s: %s, want %s (%+v)", name, got, c.result, d.Awards)
		}
	}
	if got := parse(t, m{"nature": "APPEL_OFFRE", "sousnature": "STANDARD_INFRUCTUEUX_SANS_SUITE"}).Detail.Unawarded; got != nil {
		t.Errorf("a call: %v", got)
	}
}

func TestEFormsResultsLotByLot(t *testing.T) {
	lot := func(number, code, reason string) m {
		v := m{"cbc:TenderResultCode": m{"#text": code}, "efac:TenderLot": m{"cbc:ID": "LOT-" + number}}
		if reason != "" {
			v["efac:DecisionReason"] = m{"efbc:DecisionReasonCode": m{"#text": reason}}
		}
		return v
	}
	for name, c := range map[string]struct {
		results []m
		want    []notice.UnawardedLot
		result  notice.What
	}{
		"no code":                      {[]m{lot("0001", "", "")}, nil, notice.Awarded},
		"a winner":                     {[]m{lot("0001", "selec-w", "")}, nil, notice.Awarded},
		"none, without a reason":       {[]m{lot("0001", "clos-nw", "")}, failed("Lot 1", "unawarded"), notice.Unawarded},
		"no bids":                      {[]m{lot("0001", "clos-nw", "no-rece")}, failed("Lot 1", "unsuccessful"), notice.Unsuccessful},
		"bids that could not do":       {[]m{lot("0001", "clos-nw", "all-rej")}, failed("Lot 1", "unsuccessful"), notice.Unsuccessful},
		"the buyer's needs changed":    {[]m{lot("0001", "clos-nw", "chan-need")}, failed("Lot 1", "discontinued"), notice.Discontinued},
		"another reason":               {[]m{lot("0001", "clos-nw", "other")}, failed("Lot 1", "unawarded"), notice.Unawarded},
		"still going on":               {[]m{lot("0001", "open-nw", "")}, failed("Lot 1", "undecided"), notice.Undecided},
		"one of two":                   {[]m{lot("0001", "selec-w", ""), lot("0002", "clos-nw", "ins-fund")}, failed("Lot 2", "discontinued"), notice.PartlyAwarded},
		"one fails, one still goes":    {[]m{lot("0001", "open-nw", ""), lot("0002", "clos-nw", "ins-fund")}, failed("Lot 1", "undecided", "Lot 2", "discontinued"), notice.PartlyUnawarded},
		"the whole, under number 0000": {[]m{lot("0000", "clos-nw", "no-rece")}, failed("", "unsuccessful"), notice.Unsuccessful},
	} {
		d := parse(t, m{"nature": "ATTRIBUTION", "donnees": m{"EFORMS": m{"ContractAwardNotice": m{"efac:NoticeResult": m{"efac:LotResult": c.results}}}}}).Detail
		if diff := cmp.Diff(c.want, d.Unawarded); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if got := d.Result(); got != c.result {
			t.Errorf("%s: %s, want %s (%+v)", name, got, c.result, d.Awards)
		}
	}
}

// TestRealFailures reads what two real results of the gazette say.
func TestRealFailures(t *testing.T) {
	dir := os.Getenv("PARVIS_TEST_DATA")
	if dir == "" {
		t.Skip("PARVIS_TEST_DATA is not set")
	}
	for file, want := range map[string]struct {
		lots   int
		result notice.What
	}{
		"16-183123_MAPA_ATTRIBUTION.xml": {1, notice.Discontinued}, "17-2599_JOUE_ATTRIBUTION.xml": {3, notice.PartlyAwarded},
		"17-1028_MAPA_ATTRIBUTION.xml": {0, notice.Awarded},
	} {
		raw, err := os.ReadFile(filepath.Join(dir, "boamp", "xml_v230", file))
		if err != nil {
			t.Fatal(err)
		}
		n, err := ParseXML(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := n.Detail; len(got.Unawarded) != want.lots || got.Result() != want.result {
			t.Errorf("%s: %s, %+v", file, got.Result(), got.Unawarded)
		}
	}
}

// TestOnlyWhatAwaitsCompaniesHasADeadline has every kind repeat the dates of its call.
func TestOnlyWhatAwaitsCompaniesHasADeadline(t *testing.T) {
	call := func(more m) m {
		fields := m{"dateparution": "2026-11-02", "x_date_limite_locale": "2026-12-05T12:00", "x_visite": "2026-11-20T10:00", "x_questions": "2026-11-25T12:00"}
		for name, v := range more {
			fields[name] = v
		}
		return fields
	}
	european := func(root string) m {
		period := m{"cbc:EndDate": "2026-12-05+01:00", "cbc:EndTime": "12:00:00+01:00"}
		return m{"dateparution": "2026-11-02", "nature": nil, "etat": nil, "donnees": m{"EFORMS": m{root: m{"cac:ProcurementProjectLot": m{"cbc:ID": "LOT-0001", "cac:TenderingProcess": m{
			"cac:TenderSubmissionDeadlinePeriod": period, "cac:AdditionalInformationRequestPeriod": period}}}}}}
	}
	for name, c := range map[string]struct {
		fields m
		awaits bool
	}{
		"a call":            {call(m{"nature": "APPEL_OFFRE"}), true},
		"prior information": {call(m{"nature": "PRE-INFORMATION"}), true},
		"a corrigendum":     {call(m{"etat": "RECTIFICATIF"}), true},
		"another":           {call(m{"nature": "AUTRE"}), true},
		"a result":          {call(m{"nature": "ATTRIBUTION"}), false},
		"a cancellation":    {call(m{"etat": "ANNULATION"}), false},
		"an amendment":      {call(m{"etat": "MODIFICATION"}), false},
		"an intention":      {call(m{"nature": "INTENTION_CONCLURE"}), false},
		"an eForms call":    {european("ContractNotice"), true},
		"an eForms result":  {european("ContractAwardNotice"), false},
	} {
		n := parse(t, c.fields)
		if (!n.Deadline.IsZero() && !n.QuestionsUntil.IsZero()) != c.awaits || !c.awaits && (n.DeadlineRaw != "" || n.DeadlineDoubtful || !n.VisitAt.IsZero()) || n.TimeZone == "" {
			t.Errorf("%s: a %s until %s (%q), visit %s, questions %s", name, n.Kind, n.Deadline.RFC3339(), n.DeadlineRaw, n.VisitAt.RFC3339(), n.QuestionsUntil.RFC3339())
		}
	}
}

// TestRealCorrigendaInWords reads the new deadlines that real corrigenda give in words.
func TestRealCorrigendaInWords(t *testing.T) {
	dir := os.Getenv("PARVIS_TEST_DATA")
	if dir == "" {
		t.Skip("PARVIS_TEST_DATA is not set")
	}
	f, err := os.Open(filepath.Join(dir, "boamp", "boamp_2019_2021.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want := map[string]string{
		"20-62368": "2020-06-02 12:00", "20-97138": "2020-07-30 12:00", "20-155009": "2021-01-22 23:55", "21-36549": "2021-03-30 16:00", "20-98128": "2020-08-14 12:00",
		"21-9261": "?", "21-60977": "?", "21-64686": "?", "21-53169": "", "20-128496": "", "20-95322": "", "21-51665": "",
	}
	for n := range Records(f) {
		read, one := want[n.SourceID]
		if !one {
			continue
		}
		delete(want, n.SourceID)
		got := ""
		if !n.Deadline.IsZero() {
			whole := notice.Notice{Record: n}
			got = n.Deadline.In(whole.Zone()).Format("2006-01-02 15:04")
		}
		if n.DeadlineDoubtful {
			got = strings.TrimSpace(got + " ?")
		}
		if got != read {
			t.Errorf("%s: %q, want %q", n.SourceID, got, read)
		}
	}
	if len(want) > 0 {
		t.Errorf("not there: %v", want)
	}
}
