package form

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/tree"
	"parvis/procurement/notice"
)

func TestAnAddressOfTheWebIsOneThatCanBeFollowed(t *testing.T) {
	for raw, want := range map[string]string{
		"https://marches.example.org/?page=a&amp;b=1": "https://marches.example.org/?page=a&b=1",
		" http://example.org/ ":                       "http://example.org/",
		"HTTP://EXAMPLE.ORG":                          "HTTP://EXAMPLE.ORG",
		"www.marches-securises.fr":                    "https://www.marches-securises.fr",
		"WWW.Ville.fr/achats":                         "https://WWW.Ville.fr/achats",
		"":                                            "",
		"javascript:alert(1)":                         "",
		"data:text/html,x":                            "",
		"ftp://example.org/":                          "",
		"marches-securises":                           "",
		"voir le site www.ville.fr":                   "",
		"https://u:p@example.org/":                    "",
		"https://localhost/":                          "",
		"https://":                                    "",
		"https://a.b/\"onclick=":                      "",
		"https://a.b/" + strings.Repeat("x", 2000):    "",
	} {
		if got := WebAddress(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

// say gathers facts of one topic.
func say(facts ...notice.Fact) *Facts {
	f := &Facts{}
	for _, fact := range facts {
		f.Add(fact)
	}
	return f
}

func TestWhatEveryLotSaysIsSaidOfTheWhole(t *testing.T) {
	two := []notice.Lot{{Number: "1"}, {Number: "2"}}
	variants := func(lot string) notice.Fact {
		return notice.Fact{Topic: notice.Variants, Lot: lot, Text: "Acceptées"}
	}
	price := func(lot, weight string) notice.Fact {
		return notice.Fact{Topic: notice.Criterion, Lot: lot, Text: "Prix", Weight: weight}
	}
	for name, c := range map[string]struct {
		said []notice.Fact
		lots []notice.Lot
		want []notice.Fact
	}{
		"by each":                     {[]notice.Fact{variants("1"), variants("2")}, two, []notice.Fact{variants("")}},
		"by one only":                 {[]notice.Fact{variants("2")}, two, []notice.Fact{variants("2")}},
		"by one twice":                {[]notice.Fact{variants("2"), variants("2")}, two, []notice.Fact{variants("2")}},
		"by the whole and a lot":      {[]notice.Fact{variants(""), variants("2")}, two, []notice.Fact{variants("")}},
		"of a lot that is none":       {[]notice.Fact{variants("7")}, nil, []notice.Fact{variants("")}},
		"the only lot":                {[]notice.Fact{variants("1")}, two[:1], []notice.Fact{variants("1")}},
		"criteria that all share":     {[]notice.Fact{price("1", "60"), price("2", "60")}, two, []notice.Fact{price("", "60")}},
		"criteria of which one is so": {[]notice.Fact{price("1", "60"), price("1", "x"), price("2", "60")}, two, []notice.Fact{price("1", "60"), price("1", "x"), price("2", "60")}},
		"a criterion said again":      {[]notice.Fact{price("", ""), price("1", "60")}, two, []notice.Fact{price("1", "60")}},
		"one court for all": {[]notice.Fact{{Topic: notice.Recourse, Text: "Tribunal"}, {Topic: notice.RecourseInfo, Text: "Tribunal"}, {Topic: notice.RecourseInfo, Text: "Greffe"}}, nil,
			[]notice.Fact{{Topic: notice.Recourse, Text: "Tribunal"}, {Topic: notice.RecourseInfo, Text: "Greffe"}}},
	} {
		if diff := cmp.Diff(c.want, say(c.said...).For(c.lots)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestFactsAsFormsFillThemIn(t *testing.T) {
	f := &Facts{}
	f.Last(notice.Duration, "", "48", "MONTH")
	f.Last(notice.Duration, "", "1", "jour")
	f.Last(notice.Duration, "", "4", "YEAR")
	f.Last(notice.Duration, "", "0", "mois")
	f.Last(notice.Duration, "", "12 à 24", "mois")
	f.Run(notice.Duration, "", "2026-01-01+01:00", "31/12/2027")
	f.Run(notice.Duration, "", "2000-01-01", "")
	f.Run(notice.Duration, "", "à la notification", "")
	f.Say(notice.More, "", "Néant", "-", " / ", "")
	f.Weigh("", "Prix", " 60 ")
	f.Weigh("", "", "60")
	f.Weigh("", "Délai", "-")
	f.Money(notice.Value, "", "1 000,50", nil)
	f.Money(notice.Value, "", "10", "20")
	f.Money(notice.Value, "", nil, "20")
	f.Money(notice.Value, "", "0", nil)
	want := []notice.Fact{
		{Topic: notice.Duration, Text: "48 mois"}, {Topic: notice.Duration, Text: "1 jour"}, {Topic: notice.Duration, Text: "4 ans"}, {Topic: notice.Duration, Text: "12 à 24 mois"},
		{Topic: notice.Duration, From: "2026-01-01", Until: "2027-12-31"}, {Topic: notice.Duration, Text: "à la notification"},
		{Topic: notice.Criterion, Text: "Prix", Weight: "60"}, {Topic: notice.Criterion, Text: "Délai"},
		{Topic: notice.Value, Cents: 100050, Currency: "EUR"}, {Topic: notice.Value, Cents: 1000, UpTo: 2000, Currency: "EUR"}, {Topic: notice.Value, UpTo: 2000, Currency: "EUR"},
	}
	if diff := cmp.Diff(want, f.For(nil)); diff != "" {
		t.Error(diff)
	}
}

// TestAmountsOfLotsAreNotThoseOfTheWhole has two lots of 50 000 € each: the contract is
// not of 50 000 €.
func TestAmountsOfLotsAreNotThoseOfTheWhole(t *testing.T) {
	two := []notice.Lot{{Number: "1"}, {Number: "2"}}
	for _, of := range []notice.Fact{
		{Topic: notice.Value, Cents: 5000000, Currency: "EUR"}, {Topic: notice.Value, UpTo: 5000000, Currency: "EUR"},
		{Topic: notice.Quantity, Text: "40 lits"}, {Topic: notice.Prize, Cents: 100000, Currency: "EUR"},
	} {
		one, other := of, of
		one.Lot, other.Lot = "1", "2"
		for name, want := range map[string][]notice.Fact{"of each": {one, other}, "of the whole and of each": {of, one, other}} {
			if diff := cmp.Diff(want, say(want...).For(two)); diff != "" {
				t.Errorf("%s %s: %s", of.Topic, name, diff)
			}
		}
	}
}

func TestANoticeThatNeverEndsIsCut(t *testing.T) {
	cut := notice.Fact{Topic: notice.Cut, Text: "Oui"}
	f := &Facts{}
	f.Say(notice.More, "", strings.Repeat("é", maxFactText+5))
	got := f.For(nil)
	if text := got[0].Text; len([]rune(text)) != maxFactText+1 || !strings.HasSuffix(text, "é…") || len(got) != 2 || got[1] != cut {
		t.Errorf("%d characters, %d facts", len([]rune(text)), len(got))
	}
	f = &Facts{}
	for i := range 2 * maxFound {
		f.Say(notice.More, "", "Un texte de plus, le "+strconv.Itoa(i))
	}
	f.Say(notice.Scope, "", "Européen")
	if got = f.For(nil); len(f.found) != maxFound+1 || len(got) != maxFacts+1 || got[maxFacts-1].Topic != notice.Scope || got[maxFacts] != cut {
		t.Errorf("%d facts, of which %d stay", len(f.found), len(got))
	}
	f = &Facts{}
	for i := range 1000 {
		f.Say(notice.More, "", strconv.Itoa(i)+strings.Repeat("x", maxFactText-10))
	}
	f.Say(notice.Subnature, "", "Concours")
	size := 0
	got = f.For(nil)
	for _, fact := range got {
		size += len(fact.Text)
	}
	if f.size > maxGathered+100 || size > maxAllTexts+10 || got[len(got)-2].Text != "Concours" || got[len(got)-1] != cut {
		t.Errorf("%d bytes, of which %d stay", f.size, size)
	}
}

// TestManyLotsThatSayTheSame has more said of lots than a page has room for, the most of
// it the same of each.
func TestManyLotsThatSayTheSame(t *testing.T) {
	var lots []notice.Lot
	f := &Facts{}
	long := strings.Repeat("Le candidat fournit trois références. ", 500)
	for i := range 60 {
		number := strconv.Itoa(i + 1)
		lots = append(lots, notice.Lot{Number: number})
		for k := range 14 {
			f.Say(notice.Technical, number, strconv.Itoa(k)+long)
		}
		f.Money(notice.Value, number, "50000", nil)
	}
	f.Say(notice.More, "", "Renseignements auprès du service des marchés")
	f.Add(notice.Fact{Topic: notice.ShownUntil, Until: "2026-12-17"})
	count := map[notice.Topic]int{}
	for _, fact := range f.For(lots) {
		if count[fact.Topic]++; (fact.Lot != "") != (fact.Topic == notice.Value) {
			t.Errorf("%s is said of lot %q", fact.Topic, fact.Lot)
		}
	}
	if diff := cmp.Diff(map[notice.Topic]int{notice.Technical: 14, notice.Value: 60, notice.More: 1, notice.ShownUntil: 1}, count); diff != "" {
		t.Error(diff)
	}
}

// TestWhatIsSaidOfTheWholeComesBeforeLots shows what goes when there is too much.
func TestWhatIsSaidOfTheWholeComesBeforeLots(t *testing.T) {
	f := &Facts{}
	for i := range maxFacts {
		f.Say(notice.Performance, "1", "Rue "+strconv.Itoa(i))
	}
	f.Say(notice.More, "", "Du marché")
	f.Say(notice.More, "2", "Du lot 2")
	got := f.For([]notice.Lot{{Number: "1"}, {Number: "2"}})
	if len(got) != maxFacts+1 || got[maxFacts-1].Text != "Du marché" || got[maxFacts-2].Text != "Rue 598" || got[maxFacts].Topic != notice.Cut {
		t.Errorf("%d facts, the last are %v", len(got), got[len(got)-3:])
	}
}

func TestWeightsInFrench(t *testing.T) {
	for raw, want := range map[string]string{
		"60": "60", "60.0": "60", "33.33": "33,33", "33.33 %": "33,33 %", "33.33%": "33,33%", "60.0\u00a0%": "60\u00a0%", "33,5": "33,5", "rang 1": "rang 1", "1.2.3": "1.2.3", ".5": ".5", "%": "%", "0.60": "0,6",
	} {
		if got := frenchWeight(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
	type m = map[string]string
	for name, c := range map[string]struct {
		parameters []m
		want       string
	}{
		"a percentage":         {[]m{{"per-exa": "33.33"}}, "33,33\u00a0%"},
		"a whole percentage":   {[]m{{"per-exa": "60.0"}}, "60\u00a0%"},
		"points":               {[]m{{"poi-exa": "7.50"}}, "7,5 points"},
		"one point":            {[]m{{"poi-exa": "1.0"}}, "1 point"},
		"a rank":               {[]m{{"ord-imp": "2"}}, "rang 2"},
		"a fraction":           {[]m{{"dec-exa": "0.40"}}, "0,4"},
		"a fixed price":        {[]m{{"fix-tot": "12000"}}, "prix fixe\u00a0: 12\u202f000\u00a0€"},
		"a fixed unit price":   {[]m{{"fix-unit": "1234567.5"}}, "prix fixe\u00a0: 1\u202f234\u202f567,5\u00a0€ par unité"},
		"a threshold":          {[]m{{"per-exa": "40"}, {"min-score": "10.0"}}, "40\u00a0%, note minimale\u00a0: 10"},
		"how many may go on":   {[]m{{"per-exa": "40"}, {"max-pass": "5"}}, "40\u00a0%"},
		"nothing":              {[]m{{"per-exa": ""}}, ""},
		"what is no number":    {[]m{{"per-exa": "à définir"}}, "à définir\u00a0%"},
		"a code we don't know": {[]m{{"xyz": "3.5"}}, "3,5"},
	} {
		var all []any
		for _, p := range c.parameters {
			for code, number := range p {
				all = append(all, map[string]any{"parametercode": code, "parameternumeric": number})
			}
		}
		text, err := json.Marshal(map[string]any{"ublextensions": map[string]any{"awardcriterionparameter": all}})
		if err != nil {
			t.Fatal(err)
		}
		v, err := tree.JSON(string(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := weighed(v); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestBoxesThatAreTicked(t *testing.T) {
	rule := Ticking(notice.Variants, "Acceptées", "Non acceptées")
	for name, c := range map[string]struct {
		json string
		want []string
	}{
		"an empty element": {`""`, []string{"Acceptées"}}, "nothing in it": {`null`, []string{"Acceptées"}}, "yes": {`{"oui":""}`, []string{"Acceptées"}},
		"no": {`{"non":""}`, []string{"Non acceptées"}}, "in words": {`"Non"`, []string{"Non acceptées"}}, "true": {`true`, []string{"Acceptées"}},
		"yes, and words": {`{"oui":"Deux au plus"}`, []string{"Deux au plus"}}, "words only": {`"Deux au plus"`, []string{"Deux au plus"}},
		"under a key that we do not know": {`{"texte":"Deux au plus"}`, []string{"Deux au plus"}}, "several": {`[{"oui":""},"non"]`, []string{"Acceptées", "Non acceptées"}},
	} {
		v, err := tree.JSON(c.json)
		if err != nil {
			t.Fatal(err)
		}
		w := Walk{Facts: &Facts{}}
		rule(&w, nil, v)
		var got []string
		for _, f := range w.For(nil) {
			got = append(got, f.Text)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
