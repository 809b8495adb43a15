package boamp

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/tree"
	"parvis/procurement/notice"
	"parvis/procurement/notice/form"
	"parvis/procurement/refdata"
)

func TestKindNeedsBothFields(t *testing.T) {
	for name, c := range map[string]struct {
		fields m
		want   notice.Kind
	}{
		"call":                              {m{"nature": "APPEL_OFFRE", "etat": "INITIAL"}, notice.Contract},
		"national corrigendum":              {m{"nature": "APPEL_OFFRE", "etat": "RECTIFICATIF"}, notice.Corrigendum},
		"European corrigendum":              {m{"nature": "RECTIFICATIF", "etat": "RECTIFICATIF"}, notice.Corrigendum},
		"corrigendum, state not given":      {m{"nature": "RECTIFICATIF", "etat": nil}, notice.Corrigendum},
		"corrigendum of an award":           {m{"nature": "ATTRIBUTION", "etat": "RECTIFICATIF"}, notice.Corrigendum},
		"national cancellation":             {m{"nature": "APPEL_OFFRE", "etat": "ANNULATION"}, notice.Cancellation},
		"cancellation by its nature":        {m{"nature": "ANNULATION", "etat": "INITIAL"}, notice.Cancellation},
		"cancelled corrigendum":             {m{"nature": "APPEL_OFFRE", "etat": "RECTIFANNUL"}, notice.Cancellation},
		"cancelled, another client's word":  {m{"nature": "APPEL_OFFRE", "etat": "AVIS_ANNULE"}, notice.Cancellation},
		"award":                             {m{"nature": "ATTRIBUTION", "etat": "INITIAL"}, notice.Award},
		"amendment":                         {m{"nature": "MODIFICATION", "etat": "MODIFICATION"}, notice.Amendment},
		"prior information":                 {m{"nature": "PRE-INFORMATION"}, notice.Prior},
		"prior information, the other code": {m{"nature": "PRE_INFORMATION"}, notice.Prior},
		"periodic":                          {m{"nature": "PERIODIQUE"}, notice.Prior},
		"qualification system":              {m{"nature": "QUALIFICATION"}, notice.Contract},
		"call for subcontractors":           {m{"nature": "SOUS-TRAITANCE"}, notice.Contract},
		"intention to conclude":             {m{"nature": "INTENTION_CONCLURE"}, notice.VEA},
		"voluntary ex ante":                 {m{"nature": "EX_ANTE_VOLONTAIRE"}, notice.VEA},
		"buyer profile":                     {m{"nature": "PROFIL_ACHETEUR"}, notice.Other},
		"another":                           {m{"nature": "AUTRE"}, notice.Other},
		"label only: call":                  {m{"nature": nil, "nature_libelle": "Avis de marché"}, notice.Contract},
		"label only: award":                 {m{"nature": nil, "nature_libelle": "Résultat de marché"}, notice.Award},
		"label only: award, longer":         {m{"nature": nil, "nature_libelle": "Avis d'attribution de marché"}, notice.Award},
		"label only: corrigendum":           {m{"nature": nil, "nature_libelle": "Rectificatif"}, notice.Corrigendum},
		"label only: prior information":     {m{"nature": nil, "nature_libelle": "Avis de pré-information"}, notice.Prior},
		"label only: concession":            {m{"nature": nil, "nature_libelle": "Avis de concession"}, notice.Contract},
		"category only":                     {m{"nature": nil, "nature_categorise": "attribution/standard"}, notice.Award},
		"the gazette's index only": {m{"nature": nil, "gestion": m{"REFERENCE": m{"TYPE_AVIS": m{
			"NATURE": m{"APPEL_OFFRE": ""}, "STATUT": m{"ANNULATION": ""}}}}}, notice.Cancellation},
		"eForms only":             {m{"nature": nil, "donnees": m{"EFORMS": m{"PriorInformationNotice": m{"cbc:ID": "1"}}}}, notice.Prior},
		"eForms amendment":        {m{"nature": nil, "donnees": m{"EFORMS": m{"ContractAwardNotice": m{"cbc:NoticeTypeCode": "can-modif"}}}}, notice.Amendment},
		"eForms ex ante":          {m{"nature": nil, "donnees": m{"EFORMS": m{"ContractAwardNotice": m{"cbc:NoticeTypeCode": m{"#text": "veat"}}}}}, notice.VEA},
		"nothing says what it is": {m{"nature": nil}, notice.Other},
	} {
		if got := parse(t, c.fields).Kind; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestDepartmentsAsTheGazetteWritesThem(t *testing.T) {
	for name, c := range map[string]struct {
		field any
		want  []string
	}{
		"list":                      {[]string{"68", "67"}, []string{"68", "67"}},
		"text":                      {"67", []string{"67"}},
		"joined":                    {"68;67", []string{"68", "67"}},
		"number":                    {67, []string{"67"}},
		"the gazette's own codes":   {[]string{"1", "20A", "20B", "99"}, []string{"01", "2A", "2B", "99"}},
		"aliases and twice":         {[]string{"69D", "69M", "69"}, []string{"69"}},
		"both of Corsica":           {[]string{"20"}, []string{"2A", "2B"}},
		"empty and null in a list":  {[]any{"", nil, "971"}, []string{"971"}},
		"none is not everywhere":    {nil, nil},
		"empty list":                {[]string{}, nil},
		"empty text":                {"", nil},
		"unknown ones are left out": {[]string{"100", "67"}, []string{"67"}},
	} {
		n := parse(t, m{"code_departement": c.field, "x_acheteur": m{"cp": "75001"}})
		if diff := cmp.Diff(c.want, n.Departments); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if unread := len(n.Detail.Unread) > 0; unread != (name == "unknown ones are left out") {
			t.Errorf("%s: unread %v", name, n.Detail.Unread)
		}
	}
}

func TestCategoryAndProcedure(t *testing.T) {
	for name, c := range map[string]struct {
		fields    m
		category  refdata.Category
		procedure refdata.ProcedureType
	}{
		"codes":                {m{"type_marche": []string{"TRAVAUX"}, "type_procedure": "OUVERT"}, refdata.Works, refdata.Open},
		"text":                 {m{"type_marche": "SERVICES"}, refdata.Services, ""},
		"joined":               {m{"type_marche": "FOURNITURES;SERVICES"}, refdata.Supplies, ""},
		"labels":               {m{"type_marche_facette": []string{"Fournitures"}, "procedure_libelle": "Procédure Négociée"}, refdata.Supplies, refdata.Negotiated},
		"adapted by label":     {m{"procedure_libelle": "Procédure Adaptée"}, "", refdata.Adapted},
		"not communicated":     {m{"procedure_libelle": "Procédure NC", "procedure_categorise": "/"}, "", ""},
		"contest":              {m{"type_procedure": "OUVERT", "soustype_procedure": "CONCOURS_OUVERT"}, "", refdata.OpenContest},
		"after a call":         {m{"type_procedure": "ATTRIBUE_AVEC_PUB_JOUE"}, "", refdata.AwardedAfterCall},
		"unknown":              {m{"type_marche": []string{"DIVERS"}, "type_procedure": "?"}, "", ""},
		"from the old form":    {m{"donnees": m{"OBJET": m{"TYPE_MARCHE": m{"SERVICE": "6a"}}, "PROCEDURE": m{"TYPE_PROCEDURE": m{"DIALOGUE_COMPETITIF": ""}}}}, refdata.Services, refdata.CompetitiveDialogue},
		"from the FNS form":    {m{"donnees": m{"FNSimple": m{"initial": m{"natureMarche": m{"typeMarche": m{"fournitures": ""}}, "procedure": m{"typeProcedure": "Procédure adaptée"}}}}}, refdata.Supplies, refdata.Adapted},
		"from eForms":          {m{"donnees": m{"EFORMS": m{"ContractNotice": m{"cac:TenderingProcess": m{"cbc:ProcedureCode": m{"#text": "comp-dial"}}, "cac:ProcurementProject": m{"cbc:ProcurementTypeCode": "works"}}}}}, refdata.Works, refdata.CompetitiveDialogue},
		"eForms, no call":      {m{"donnees": m{"EFORMS": m{"ContractNotice": m{"cac:TenderingProcess": m{"cbc:ProcedureCode": "neg-wo-call"}}}}}, "", refdata.Direct},
		"the field goes first": {m{"type_marche": []string{"TRAVAUX"}, "donnees": m{"OBJET": m{"TYPE_MARCHE": m{"SERVICE": ""}}}}, refdata.Works, ""},
	} {
		n := parse(t, c.fields)
		if n.Category != c.category || n.Procedure != c.procedure {
			t.Errorf("%s: %q %q, want %q %q", name, n.Category, n.Procedure, c.category, c.procedure)
		}
	}
}

func TestCPVWhereverItStands(t *testing.T) {
	for name, c := range map[string]struct {
		fields m
		want   []string
	}{
		"one principal":             {m{"donnees": m{"OBJET": m{"CPV": m{"PRINCIPAL": "45000000"}}}}, []string{"45000000"}},
		"several principals":        {m{"donnees": m{"OBJET": m{"CPV": []m{{"PRINCIPAL": "45000000"}, {"PRINCIPAL": "71000000"}}}}}, []string{"45000000", "71000000"}},
		"empty object":              {m{"donnees": m{"MAPA": m{"initial": m{"codeCPV": m{"objetPrincipal": ""}}}}}, nil},
		"seven digits, check digit": {m{"x_cpv": []string{"3113310", "45233141-9"}}, []string{"03113310", "45233141"}},
		"text and bad divisions":    {m{"x_cpv": []string{"travaux", "99000000", "4523314"}}, nil},
		"one text":                  {m{"x_cpv": "45233141"}, []string{"45233141"}},
		"a number of eight digits elsewhere is none": {m{"donnees": m{"OBJET": m{"REF_MARCHE": "45000000", "CPV": ""}}}, nil},
		"attributes are none":                        {m{"donnees": m{"X": m{"CPV": m{"@code": "45000000", "#text": "71000000"}}}}, []string{"71000000"}},
		"the main one, others, lots": {m{"donnees": m{"EFORMS": m{"ContractNotice": m{
			"cac:ProcurementProjectLot": m{"cbc:ID": "LOT-0001", "cac:ProcurementProject": m{"cac:MainCommodityClassification": m{"cbc:ItemClassificationCode": "45421000"}}},
			"cac:ProcurementProject": m{"cac:AdditionalCommodityClassification": m{"cbc:ItemClassificationCode": m{"@listName": "cpv", "#text": "45400000"}},
				"cac:MainCommodityClassification": m{"cbc:ItemClassificationCode": "45000000"}}}}}}, []string{"45000000", "45400000", "45421000"}},
	} {
		if diff := cmp.Diff(c.want, parse(t, c.fields).CPV); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestLotsOfEveryForm(t *testing.T) {
	one := []notice.Lot{{Number: "1", Title: "Plomberie"}}
	two := append(one, notice.Lot{Number: "2", Title: "Vitrerie", Description: "Double vitrage", CPV: []string{"45441000"}})
	for name, c := range map[string]struct {
		fields m
		want   []notice.Lot
	}{
		"one lot is no list":     {m{"donnees": m{"OBJET": m{"LOTS": m{"LOT": m{"NUM": "1", "INTITULE": "Plomberie"}}}}}, one},
		"several":                {m{"donnees": m{"OBJET": m{"LOTS": m{"LOT": []any{m{"NUM": 1, "INTITULE": "Plomberie"}, m{"NUM": "2", "INTITULE": "Vitrerie", "DESCRIPTION": "Double vitrage", "CPV": m{"PRINCIPAL": "45441000"}}}}}}}, two},
		"no number":              {m{"donnees": m{"MAPA": m{"initial": m{"lots": m{"lot": []any{m{"intitule": "Plomberie"}}}}}}}, one},
		"description for title":  {m{"donnees": m{"FNSimple": m{"initial": m{"natureMarche": m{"lotsMarche": m{"lot": m{"numLot": "1", "description": "Plomberie"}}}}}}}, one},
		"a bare list of lots":    {m{"donnees": m{"DIVERS": m{"initial": m{"lots": []any{m{"num": "1", "intitule": "Plomberie"}}}}}}, one},
		"concession":             {m{"donnees": m{"DSP": m{"initial": m{"descriptionMarche": m{"lots": m{"lot": m{"num": "1", "intitule": "Plomberie"}}}}}}}, one},
		"results are no lots":    {m{"donnees": m{"MAPA": m{"attribution": m{"lots": m{"lot": m{"intitule": "Plomberie"}}}}}}, nil},
		"nameless ones are none": {m{"donnees": m{"OBJET": m{"LOTS": m{"LOT": []any{m{"NUM": "7"}, "", m{"NUM": "1", "INTITULE": "Plomberie"}}}}}}, one},
		"empty object":           {m{"donnees": m{"OBJET": m{"LOTS": ""}}}, nil},
		"extra field":            {m{"x_lots": []any{m{"numero": "1", "intitule": "Plomberie"}, m{"numero": "2", "intitule": "Vitrerie", "description": "Double vitrage", "cpv": []string{"45441000"}}}}, two},
	} {
		if diff := cmp.Diff(c.want, parse(t, c.fields).Lots); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestLinkedNoticesTheSurestFirst(t *testing.T) {
	n := parse(t, m{
		"annonce_lie": "19_12", "annonces_anterieures": []any{"", "19-10", nil, "20-1", "19-12"},
		"donnees": m{"FNSimple": m{"rectificatif": m{"avisInitial": m{"idWeb": []string{"19-9", ""}}}}},
		"gestion": `{"MARCHE":{"ANNONCE_ANTERIEUR":{"REFERENCE":{"IDWEB":"19-8"}}}}`,
	})
	if diff := cmp.Diff([]string{"19-12", "19-10", "19-9", "19-8"}, n.Linked); diff != "" {
		t.Error(diff)
	}
	if n := parse(t, m{"annonce_lie": []string{"<script>", "a b"}}); n.Linked != nil {
		t.Errorf("what is no number is a link: %q", n.Linked)
	}
}

func TestTheAddressIsTheGazettesOrNone(t *testing.T) {
	for _, c := range []struct{ id, address, want string }{
		{"20-1", "https://www.boamp.fr/pages/avis/?q=idweb:20-1", "https://www.boamp.fr/pages/avis/?q=idweb:20-1"},
		{"20-1", "", "https://www.boamp.fr/pages/avis/?q=idweb:20-1"},
		{"20-1", "javascript:alert(1)", "https://www.boamp.fr/pages/avis/?q=idweb:20-1"},
		{"DEMO-1", "", ""},
		{"DEMO-1", "data:text/html,x", ""},
		{"DEMO-1", "https://a.invalid/\"onclick=\"x y", ""},
		{"DEMO-1", "http://a.invalid/avis", "http://a.invalid/avis"},
	} {
		if got := parse(t, m{"idweb": c.id, "url_avis": c.address}).URL; got != c.want {
			t.Errorf("%s %q: %q", c.id, c.address, got)
		}
	}
}

func TestTheBuyersNumberIsNotTheFirstOneFound(t *testing.T) {
	company := func(id, register string) m {
		return m{"efac:Company": m{"cac:PartyIdentification": m{"cbc:ID": m{"#text": id}}, "cac:PartyLegalEntity": m{"cbc:CompanyID": register}}}
	}
	form := m{"EFORMS": m{"ContractNotice": m{
		"efac:Organizations":   m{"efac:Organization": []m{company("ORG-0002", "17000000000002"), company("ORG-0001", "21670000000001")}},
		"cac:ContractingParty": m{"cac:Party": m{"cac:PartyIdentification": m{"cbc:ID": "ORG-0001"}}},
	}}}
	if got := parse(t, m{"donnees": form}).Buyer.SIRET; got != "21670000000001" {
		t.Errorf("register number %q", got)
	}
	if got := parse(t, m{"donnees": form, "x_acheteur": m{"siret": " FR 54 152 000 469 00014 "}}).Buyer.SIRET; got != "FR 54 152 000 469 00014" {
		t.Errorf("the record's own number, as found: %q", got)
	}
}

func TestInnerDocumentsInEveryState(t *testing.T) {
	inner := `{"IDENTITE":{"VILLE":"Rive"}}`
	for name, c := range map[string]struct {
		donnees any
		city    string
		unread  []string
	}{
		"object":        {m{"IDENTITE": m{"VILLE": "Rive"}}, "Rive", nil},
		"text":          {inner, "Rive", nil},
		"text of text":  {`"{\"IDENTITE\":{\"VILLE\":\"Rive\"}}"`, "Rive", nil},
		"empty text":    {"  ", "", nil},
		"null":          {nil, "", nil},
		"null in text":  {"null", "", nil},
		"empty object":  {m{}, "", nil},
		"cut":           {inner[:20], "", []string{"donnees"}},
		"list":          {[]int{1}, "", []string{"donnees"}},
		"number":        {12, "", []string{"donnees"}},
		"a key twice":   {`{"IDENTITE":{"VILLE":"Rive","VILLE":"Brume"}}`, "", []string{"donnees"}},
		"two documents": {inner + inner, "", []string{"donnees"}},
		"unknown root":  {m{"Neuf": m{"a": 1}}, "", []string{"donnees.Neuf"}},
		"too deep":      {strings.Repeat("[", 300) + strings.Repeat("]", 300), "", []string{"donnees"}},
	} {
		n := parse(t, m{"donnees": c.donnees})
		if n.Buyer.City != c.city || !cmp.Equal(n.Detail.Unread, c.unread) {
			t.Errorf("%s: city %q, unread %v", name, n.Buyer.City, n.Detail.Unread)
		}
	}
	if n := parse(t, m{"gestion": "{"}); !cmp.Equal(n.Detail.Unread, []string{"gestion"}) {
		t.Errorf("gestion: %v", n.Detail.Unread)
	}
}

func TestAmounts(t *testing.T) {
	for _, c := range []struct {
		value, currency string
		cents           int64
		code            string
	}{
		{"780828.75", "EUR", 78082875, "EUR"}, {"12 500,50", "", 1250050, "EUR"}, {"33945", "eur", 3394500, "EUR"},
		{"0.1", "XPF", 10, "XPF"}, {"1e3", "EUR", 100000, "EUR"}, {"12\u202f000 €", "", 1200000, "EUR"},
		{"0", "EUR", 0, ""}, {"-5", "EUR", 0, ""}, {"1e300", "EUR", 0, ""}, {"NaN", "EUR", 0, ""}, {"Inf", "EUR", 0, ""},
		{"", "EUR", 0, ""}, {"secret", "EUR", 0, ""},
	} {
		if cents, code := form.Amount(c.value, c.currency); cents != c.cents || code != c.code {
			t.Errorf("amount(%q, %q) = %d %q", c.value, c.currency, cents, code)
		}
	}
}

func TestHoldersFromWhatThereIs(t *testing.T) {
	form := m{"ATTRIBUTION": m{"DECISION": m{"TITULAIRE": m{"DENOMINATION": "Du formulaire"}}}}
	for name, c := range map[string]struct {
		fields m
		want   []notice.AwardLine
	}{
		"extra field first": {m{"titulaire": []string{"A"}, "donnees": form, "x_attributions": []m{{"titulaire": "B", "montant": 12, "date": "2020-01-02+01:00"}}},
			[]notice.AwardLine{{Holder: "B", AmountCent: 1200, Currency: "EUR", On: "2020-01-02"}}},
		"then the form":          {m{"titulaire": []string{"A"}, "donnees": form}, []notice.AwardLine{{Holder: "Du formulaire"}}},
		"then the names":         {m{"titulaire": []string{"A", "", "B"}}, []notice.AwardLine{{Holder: "A"}, {Holder: "B"}}},
		"names in a text":        {m{"titulaire": "A;B"}, []notice.AwardLine{{Holder: "A"}, {Holder: "B"}}},
		"free text names nobody": {m{"donnees": m{"FNSimple": m{"attribution": m{"attributionMarche": "Le lot 1 est attribué à X."}}}}, nil},
		"a consortium": {m{"donnees": m{"ATTRIBUTION": m{"DECISION": m{"NUM_LOT": "3", "TITULAIRE": []m{{"DENOMINATION": "X"}, {"DENOMINATION": "Y"}}, "RENSEIGNEMENT": m{"MONTANT": m{"@DEVISE": "EUR", "#text": "5"}, "DATE_ATTRIBUTION": "2017-01-02"}}}}},
			[]notice.AwardLine{{Lot: "Lot 3", Holder: "X / Y", AmountCent: 500, Currency: "EUR", On: "2017-01-02"}}},
	} {
		if diff := cmp.Diff(c.want, parse(t, c.fields).Detail.Awards); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	for raw, reason := range map[string]string{
		``: "JSON valable", `{`: "JSON valable", `{"idweb":"20-1","objet":"x"} x`: "JSON valable", `[]`: "objet JSON", `"x"`: "objet JSON",
		`{}`: "pas de numéro", `{"objet":"x"}`: "pas de numéro", `{"idweb":null,"objet":"x"}`: "pas de numéro",
		`{"idweb":"../../etc","objet":"x"}`: "la forme d'un numéro", `{"idweb":"20 1","objet":"x"}`: "la forme d'un numéro",
		`{"idweb":"20-1"}`: "pas d'objet", `{"idweb":"20-1","objet":" \u0007 "}`: "pas d'objet",
		`{"fields":{"fields":{"fields":{"fields":{}}}}}`: "forme inconnue",
	} {
		n, err := Parse(raw)
		var refusal *notice.RecordError
		if !errors.As(err, &refusal) || !strings.Contains(refusal.Reason, reason) {
			t.Errorf("%s: %v, want %q", raw, err, reason)
		}
		if n.SourceID != "" {
			t.Errorf("%s: a refused record is given: %+v", raw, n)
		}
	}
}

// Abuse 89: of a field that stands twice nobody knows which value counts, and two programs
// would not agree.
func TestARecordThatSaysAFieldTwiceIsRefused(t *testing.T) {
	for raw, id := range map[string]string{
		`{"idweb":"26-900004","idweb":"26-900005","objet":"Voirie"}`:                     "",
		`{"idweb":"26-900004","objet":"Voirie","objet":"Toiture"}`:                       "26-900004",
		`{"objet":"Voirie","x":{"a":1,"b":2,"a":3},"idweb":"26-900004"}`:                 "26-900004",
		`{"record":{"fields":{"idweb":"26-900004","objet":"Voirie","objet":"Toiture"}}}`: "",
		`{"objet":"Voirie","objet":"Toiture"}`:                                           "",
		`{"idweb":"../..","objet":"Voirie","objet":"Toiture"}`:                           "",
	} {
		_, err := Parse(raw)
		var refusal *notice.RecordError
		if !errors.As(err, &refusal) || !strings.Contains(refusal.Reason, "donné deux fois") || refusal.SourceID != id || !errors.Is(err, tree.ErrRepeated) {
			t.Errorf("%s: %v (number %q)", raw, err, refusal.SourceID)
		}
	}
	if n, err := Parse(`{"idweb":"26-900004","objet":"Voirie","a":{"objet":"x"},"b":{"objet":"x"}}`); err != nil || n.Title != "Voirie" {
		t.Errorf("one key in several objects: %q, %v", n.Title, err)
	}
}

func TestATitleIsFoundElsewhere(t *testing.T) {
	for name, c := range map[string]struct {
		fields m
		want   string
	}{
		"the gazette's summary": {m{"objet": "", "gestion": m{"INDEXATION": m{"RESUME_OBJET": "Sommaire"}}}, "Sommaire"},
		"the old form":          {m{"objet": nil, "donnees": m{"OBJET": m{"TITRE_MARCHE": "Titre"}}}, "Titre"},
		"the FNS form":          {m{"objet": nil, "donnees": m{"FNSimple": m{"initial": m{"natureMarche": m{"intitule": "Titre"}}}}}, "Titre"},
		"eForms":                {m{"objet": nil, "donnees": m{"EFORMS": m{"ContractNotice": m{"cac:ProcurementProject": m{"cbc:Name": []m{{"#text": "Titre"}}}}}}}, "Titre"},
	} {
		if got := parse(t, c.fields).Title; got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
