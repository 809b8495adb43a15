package form

import (
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

func TestANoticeThatNeverEndsIsCut(t *testing.T) {
	f := &Facts{}
	f.Say(notice.More, "", strings.Repeat("é", maxFactText+5))
	if got := f.For(nil)[0].Text; len([]rune(got)) != maxFactText+1 || !strings.HasSuffix(got, "é…") {
		t.Errorf("%d characters", len([]rune(got)))
	}
	for range 2000 {
		f.Say(notice.More, "", "Un texte de plus")
	}
	if n := len(f.found); n != maxFacts {
		t.Errorf("%d facts", n)
	}
	f = &Facts{}
	for range 100 {
		f.Say(notice.More, "", strings.Repeat("x", maxFactText))
	}
	if f.size > maxAllTexts+100*maxFactText || len(f.found)*maxFactText > maxAllTexts {
		t.Errorf("%d facts of %d bytes", len(f.found), f.size)
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
