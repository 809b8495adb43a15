package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/procurement/watch/engine"
)

// words that watches and notices of the property test are made of: few, so that
// they meet; with every trap of the language that the analyser knows.
var words = strings.Fields(`menuiserie menuiseries MENUISERIES bardage école écoles l'école ECOLE travaux travail gaz bus
	vidéo-protection vidéoprotection accord-cadre accords-cadres V.R.D. VRD voirie réseaux eau eaux potable œuvre oeuvres
	gros maîtrise d'œuvre TP 3D de la pour bail baux nettoyage locaux local`)

var phrases = []string{`"gros œuvre"`, `"maîtrise d'œuvre"`, `"eau potable"`, `"travaux de voirie"`, `"vidéo protection"`, `"de la voirie"`, `"accord cadre"`}

var codes = []string{"45000000", "45421000", "45421150", "33651630", "71300000"}

func text(t *rapid.T, label string, most int) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, most).Draw(t, label), " ")
}

func criteria(t *rapid.T) notice.Criteria {
	keyword := rapid.OneOf(rapid.SampledFrom(words), rapid.SampledFrom(phrases))
	return notice.Criteria{
		Mode:        rapid.SampledFrom([]notice.Mode{"", notice.Any, notice.All}).Draw(t, "mode"),
		Keywords:    rapid.SliceOfN(keyword, 0, 5).Draw(t, "keywords"),
		Exclude:     rapid.SliceOfN(keyword, 0, 2).Draw(t, "exclude"),
		Buyers:      rapid.SliceOfN(rapid.SampledFrom([]string{"b1", "b2", "b3"}), 0, 2).Draw(t, "buyers"),
		Departments: rapid.SliceOfN(rapid.SampledFrom([]string{"67", "68", "2A", "974", "01"}), 0, 3).Draw(t, "departments"),
		CPV:         rapid.SliceOfN(rapid.SampledFrom(append([]string{"45", "33", "4542"}, codes...)), 0, 2).Draw(t, "cpv"),
		Combine:     rapid.SampledFrom([]notice.Combine{"", notice.Or, notice.And}).Draw(t, "combine"),
		Categories:  rapid.SliceOfN(rapid.SampledFrom(refdata.Categories()), 0, 2).Draw(t, "natures"),
		TitleOnly:   rapid.Bool().Draw(t, "title only"),
		Services:    rapid.Bool().Draw(t, "services"),
		NoNational:  rapid.Bool().Draw(t, "no national"),
		Broader:     rapid.Bool().Draw(t, "broader"),
		Kinds:       seldom(t, rapid.SampledFrom(notice.Kinds()), "kinds"),
		Sources:     seldom(t, rapid.SampledFrom(notice.Sources()), "sources"),
		MinDays:     rapid.SampledFrom([]int{0, 0, 0, 1, 10}).Draw(t, "days"),

		ExcludeBuyers: seldom(t, rapid.SampledFrom([]string{"b1", "b2", "b3"}), "buyers out"),
		ExcludeCPV:    seldom(t, rapid.SampledFrom(append([]string{"45", "33", "4542"}, codes...)), "cpv out"),
	}
}

// seldom draws values of a criterion that most watches lack.
func seldom[T any](t *rapid.T, g *rapid.Generator[T], label string) []T {
	return rapid.SliceOfN(g, 0, rapid.SampledFrom([]int{0, 0, 3}).Draw(t, label+"?")).Draw(t, label)
}

func subject(t *rapid.T) notice.Subject {
	s := notice.Subject{
		Units:    [][]string{{text(t, "title", 6), text(t, "description", 12)}},
		Buyer:    rapid.SampledFrom([]string{"b1", "b2", "b3", "b4", ""}).Draw(t, "buyer"),
		CPV:      rapid.SliceOfN(rapid.SampledFrom(codes), 0, 2).Draw(t, "cpv"),
		Category: rapid.SampledFrom(append(refdata.Categories(), "")).Draw(t, "category"),
		Kind:     rapid.SampledFrom([]notice.Kind{notice.Contract, notice.Contract, notice.Award, notice.Prior}).Draw(t, "kind"),
		Source:   rapid.SampledFrom([]string{"boamp", "boamp", "ted", "parvis", "elsewhere"}).Draw(t, "source"),
		Bodies:   rapid.SliceOfN(rapid.SampledFrom([]string{"b1", "b2", "b3"}), 0, 2).Draw(t, "bodies"),
		DaysLeft: rapid.SampledFrom([]int{-1, 0, 1, 9, 10, 50}).Draw(t, "days left"),
	}
	if rapid.IntRange(0, 9).Draw(t, "national") == 0 {
		for _, d := range refdata.Departments() {
			s.Places.Add(d.Code)
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "lots") {
		s.Units = append(s.Units, []string{text(t, "lot", 5)})
	}
	for _, d := range rapid.SliceOfN(rapid.SampledFrom([]string{"67", "68", "2A", "974", "75"}), 0, 3).Draw(t, "departments") {
		s.Places.Add(d)
	}
	return s
}

// TestTheEngineAnswersAsANaiveScan is the engine's contract, clause by clause.
func TestTheEngineAnswersAsANaiveScan(t *testing.T) {
	matched, asked := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var entries []engine.Entry
		apart := rapid.SampledFrom([]uint64{1, 3, 1_000_000}).Draw(t, "numbers apart") // dense ones are ids, others are translated
		for range rapid.IntRange(0, 30).Draw(t, "watches") {
			c := criteria(t)
			q, err := notice.Compile(c)
			if err != nil { // only function words
				continue
			}
			entries = append(entries, engine.Entry{Num: uint64(len(entries)) * apart, Query: q})
		}
		var sample engine.Sample
		for range rapid.IntRange(0, 3).Draw(t, "sample") {
			sample = append(sample, subject(t))
		}
		e := engine.Build(entries, sample)
		m := engine.NewMatcher(e)
		for i := range 5 {
			s := subject(t)
			var want []uint64
			for _, entry := range entries {
				if entry.Query.Matches(s) {
					want = append(want, entry.Num)
				}
			}
			matched, asked = matched+len(want), asked+len(entries)
			if got := slices.Clone(m.Match(&s)); !slices.Equal(got, want) {
				t.Fatalf("notice %d %+v:\n got %v\nwant %v", i, s, got, want)
			}
		}
	})
	if matched == 0 || matched == asked {
		t.Errorf("%d matches of %d: the test compares nothing", matched, asked)
	}
}

func query(t *testing.T, c notice.Criteria) *notice.Query {
	t.Helper()
	q, err := notice.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func everywhere() (p notice.Places) {
	for _, d := range refdata.Departments() {
		p.Add(d.Code)
	}
	return p
}

func TestWhatAWatchMeans(t *testing.T) {
	place := func(codes ...string) (p notice.Places) {
		for _, c := range codes {
			p.Add(c)
		}
		return p
	}
	school := notice.Subject{Units: [][]string{{"Réhabilitation de l'école"}, {"Lot 1 : désamiantage"}, {"Lot 2 : menuiseries bois"}}, Places: place("67")}
	coded := notice.Subject{Units: [][]string{{"Marché 2026-04"}}, CPV: []string{"45421150"}}
	cases := []struct {
		name string
		c    notice.Criteria
		s    notice.Subject
		want bool
	}{
		{"nothing asked", notice.Criteria{}, school, true},
		{"a word of a lot", notice.Criteria{Keywords: []string{"menuiserie"}}, school, true},
		{"an excluded word in another lot does no harm", notice.Criteria{Keywords: []string{"menuiserie"}, Exclude: []string{"désamiantage"}}, school, true},
		{"an excluded word in the same lot does", notice.Criteria{Keywords: []string{"menuiserie"}, Exclude: []string{"bois"}}, school, false},
		{"all the words, in one unit", notice.Criteria{Mode: notice.All, Keywords: []string{"menuiserie", "bois"}}, school, true},
		{"all the words, scattered over units", notice.Criteria{Mode: notice.All, Keywords: []string{"menuiserie", "désamiantage"}}, school, false},
		{"another department", notice.Criteria{Departments: []string{"68"}}, school, false},
		{"no place matches every department", notice.Criteria{Departments: []string{"68"}}, coded, true},
		{"no category matches every category", notice.Criteria{Categories: []refdata.Category{refdata.Works}}, coded, true},
		{"a code or the words", notice.Criteria{Keywords: []string{"menuiserie"}, CPV: []string{"45"}}, coded, true},
		{"a code and the words", notice.Criteria{Keywords: []string{"menuiserie"}, CPV: []string{"45"}, Combine: notice.And}, coded, false},
		{"« et » with a notice without codes is the words alone", notice.Criteria{Keywords: []string{"menuiserie"}, CPV: []string{"45"}, Combine: notice.And}, school, true},
		{"codes alone do not match a notice without", notice.Criteria{CPV: []string{"45"}}, school, false},
		{"a word of the description, in the title only", notice.Criteria{Keywords: []string{"voirie"}, TitleOnly: true}, notice.Subject{Units: [][]string{{"École", "Voirie"}}}, false},
		{"a word of the title, in the title only", notice.Criteria{Keywords: []string{"voirie"}, TitleOnly: true}, notice.Subject{Units: [][]string{{"Voirie", "École"}}}, true},
		{"a word of a lot, in the title only", notice.Criteria{Keywords: []string{"menuiserie"}, TitleOnly: true}, school, true},
		{"an excluded word of the description, in the title only", notice.Criteria{Exclude: []string{"voirie"}, TitleOnly: true}, notice.Subject{Units: [][]string{{"École", "Voirie"}}}, true},
		{"a phrase of the description, in the title only", notice.Criteria{Keywords: []string{`"gros œuvre"`}, TitleOnly: true}, notice.Subject{Units: [][]string{{"École", "Gros œuvre"}}}, false},
		{"a broader code", notice.Criteria{CPV: []string{"45421150"}, Broader: true}, notice.Subject{Units: [][]string{{"x"}}, CPV: []string{"45400000"}}, true},
		{"a broader code, not asked for", notice.Criteria{CPV: []string{"45421150"}}, notice.Subject{Units: [][]string{{"x"}}, CPV: []string{"45400000"}}, false},
		{"a cousin is no broader code", notice.Criteria{CPV: []string{"45421150"}, Broader: true}, notice.Subject{Units: [][]string{{"x"}}, CPV: []string{"45410000"}}, false},
		{"a nationwide notice", notice.Criteria{Departments: []string{"67"}}, notice.Subject{Units: [][]string{{"x"}}, Places: everywhere()}, true},
		{"a nationwide notice, not wanted", notice.Criteria{Departments: []string{"67"}, NoNational: true}, notice.Subject{Units: [][]string{{"x"}}, Places: everywhere()}, false},
		{"no place is not nationwide", notice.Criteria{NoNational: true}, coded, true},
		{"a service of the organism", notice.Criteria{Buyers: []string{"city"}, Services: true}, notice.Subject{Units: [][]string{{"x"}}, Buyer: "pools", Bodies: []string{"city"}}, true},
		{"a service, not asked for", notice.Criteria{Buyers: []string{"city"}}, notice.Subject{Units: [][]string{{"x"}}, Buyer: "pools", Bodies: []string{"city"}}, false},
		{"another kind", notice.Criteria{Kinds: []notice.Kind{notice.Award}}, notice.Subject{Units: [][]string{{"x"}}, Kind: notice.Contract}, false},
		{"one of the kinds", notice.Criteria{Kinds: []notice.Kind{notice.Award, notice.Prior}}, notice.Subject{Units: [][]string{{"x"}}, Kind: notice.Prior}, true},
		{"another source", notice.Criteria{Sources: []string{notice.SourceTED}}, notice.Subject{Units: [][]string{{"x"}}, Source: notice.SourceBOAMP}, false},
		{"days enough", notice.Criteria{MinDays: 10}, notice.Subject{Units: [][]string{{"x"}}, DaysLeft: 10}, true},
		{"too few days", notice.Criteria{MinDays: 10}, notice.Subject{Units: [][]string{{"x"}}, DaysLeft: 9}, false},
		{"what cannot be answered has no day left", notice.Criteria{MinDays: 1}, notice.Subject{Units: [][]string{{"x"}}, DaysLeft: -1}, false},
		{"an excluded organism", notice.Criteria{Keywords: []string{"menuiserie"}, ExcludeBuyers: []string{"city"}}, notice.Subject{Units: [][]string{{"Menuiserie"}}, Buyer: "city"}, false},
		{"a service of an excluded organism", notice.Criteria{ExcludeBuyers: []string{"city"}}, notice.Subject{Units: [][]string{{"x"}}, Buyer: "pools", Bodies: []string{"city"}}, true},
		{"an excluded code", notice.Criteria{ExcludeCPV: []string{"45421000"}}, coded, false},
		{"an excluded code beside another one", notice.Criteria{ExcludeCPV: []string{"45421000"}}, notice.Subject{Units: [][]string{{"x"}}, CPV: []string{"45421150", "71300000"}}, true},
		{"two excluded codes", notice.Criteria{ExcludeCPV: []string{"45421000", "71000000"}}, notice.Subject{Units: [][]string{{"x"}}, CPV: []string{"45421150", "71300000"}}, false},
		{"an excluded code and a notice without any", notice.Criteria{ExcludeCPV: []string{"45421000"}}, school, true},
		{"a phrase does not span two fields", notice.Criteria{Keywords: []string{`"gros œuvre"`}}, notice.Subject{Units: [][]string{{"gros", "oeuvre"}}}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			q := query(t, c.c)
			if got := q.Matches(c.s); got != c.want {
				t.Errorf("the query says %v, want %v", got, c.want)
			}
			m := engine.NewMatcher(engine.Build([]engine.Entry{{Num: 7, Query: q}}, nil))
			if got := len(m.Match(&c.s)) == 1; got != c.want {
				t.Errorf("the engine says %v, want %v", got, c.want)
			}
		})
	}
}

func TestAMatcherAllocatesNothingOnceWarm(t *testing.T) {
	var entries []engine.Entry
	for i := range 2000 {
		c := notice.Criteria{Keywords: []string{words[i%20], words[(i*7)%20]}, Departments: []string{refdata.Departments()[i%100].Code}}
		if i%2 == 0 {
			c.Mode = notice.All
		}
		entries = append(entries, engine.Entry{Num: uint64(i), Query: query(t, c)})
	}
	s := notice.Subject{Units: [][]string{{strings.Join(words, " ")}, {"voirie et bardage"}}}
	s.Places.Add("67")
	m := engine.NewMatcher(engine.Build(entries, engine.Sample{s}))
	if len(m.Match(&s)) == 0 {
		t.Fatal("nothing matches")
	}
	if n := testing.AllocsPerRun(100, func() { m.Match(&s) }); n != 0 {
		t.Errorf("%v allocations per notice", n)
	}
}

func ExampleBuild() {
	q, _ := notice.Compile(notice.Criteria{Keywords: []string{"menuiserie"}, Departments: []string{"67"}})
	e := engine.Build([]engine.Entry{{Num: 1, Query: q}}, nil)
	s := notice.Subject{Units: [][]string{{"Remplacement des menuiseries extérieures"}}}
	s.Places.Add("67")
	fmt.Println(engine.NewMatcher(e).Match(&s))
	// Output: [1]
}
