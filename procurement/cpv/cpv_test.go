package cpv_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/cpv"
)

var some = []cpv.Entry{
	{Code: "45000000", CheckDigit: "7", Label: "Travaux de construction"},
	{Code: "45261000", CheckDigit: "4", Label: "Travaux de charpente et de couverture et travaux connexes"},
	{Code: "45261210", CheckDigit: "9", Label: "Travaux de couverture"},
	{Code: "90500000", CheckDigit: "2", Label: "Services liés aux déchets et aux ordures"},
	{Code: "15897200", CheckDigit: "4", Label: "Denrées en conserve"},
}

func codes(t *testing.T, s *cpv.Service, typed string, n int) (found []string) {
	t.Helper()
	entries, err := s.Search(context.Background(), access.Anybody(), typed, n)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		found = append(found, e.Code)
	}
	return found
}

func TestCodesAreFoundByTheWordsOfTheirLabels(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), cpv.New(d)
		if got := codes(t, s, "construction travaux", 9); len(got) == 0 || got[0] != "45000000" {
			t.Errorf("before any import: %v", got)
		}
		for typed, want := range map[string][]string{"45000000-7": {"45000000"}, "45000000-8": nil, "45261210": {"45261210"}, "45261210-9": {"45261210"}, "45261210-8": nil, "99261210": nil} {
			if diff := cmp.Diff(want, codes(t, s, typed, 9)); diff != "" {
				t.Errorf("before any import, %q: %s", typed, diff)
			}
		}
		for round, want := range []cpv.Outcome{{New: 5}, {Same: 5}} {
			if got, err := s.Import(ctx, access.Platform("test"), some); err != nil || got != want {
				t.Errorf("round %d: %+v, %v", round, got, err)
			}
		}
		other := cpv.New(d) // another replica
		for typed, want := range map[string][]string{
			"couverture": {"45261000", "45261210"}, "COUVERTURES travail": {"45261000", "45261210"}, "dechet": {"90500000"}, "denree": {"15897200"},
			"4526": {"45261000", "45261210"}, "45261210": {"45261210"}, "45261210-9": {"45261210"}, "45261210-8": nil, "45 26": {"45261000", "45261210"},
			"": nil, "de": nil, "plomberie": nil, "couverture plomberie": nil, "99": nil,
		} {
			for _, service := range []*cpv.Service{s, other} {
				if diff := cmp.Diff(want, codes(t, service, typed, 9)); diff != "" {
					t.Errorf("%q: %s", typed, diff)
				}
			}
		}
		if got := codes(t, s, "travaux", 1); len(got) != 1 || got[0] != "45000000" {
			t.Errorf("the broadest: %v", got)
		}
		labels, err := s.Labels(ctx, access.Anybody(), []string{"45261210", "99999999"})
		if diff := cmp.Diff(map[string]string{"45261210": "Travaux de couverture"}, labels); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
		changed := []cpv.Entry{{Code: "90500000", CheckDigit: "2", Label: "Services de collecte"}}
		if got, err := s.Import(ctx, access.Platform("test"), changed); err != nil || got != (cpv.Outcome{Changed: 1}) {
			t.Errorf("%+v, %v", got, err)
		}
		if got := codes(t, other, "collecte", 9); len(got) != 1 {
			t.Errorf("another replica: %v", got)
		}
		if _, err := s.Import(ctx, access.Anybody(), some); !fault.Is(err, fault.SignIn) {
			t.Errorf("a visitor imports: %v", err)
		}
	})
}

// « travaux » is in the label of two divisions: it is what one of them is about.
func TestTheDivisionThatIsAboutAWordComesFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		s := cpv.New(d)
		for typed, want := range map[string]string{"travaux": "45000000", "transport": "60000000", "logiciel": "48000000", "assurance": "66000000", "services": "50000000"} {
			if got := codes(t, s, typed, 3); len(got) == 0 || got[0] != want {
				t.Errorf("%s finds %v, want %s first", typed, got, want)
			}
			begun := typed[:len(typed)-1]
			if got, err := s.Suggest(t.Context(), access.Anybody(), begun, 3); err != nil || len(got) == 0 || got[0].Code != want {
				t.Errorf("%s proposes %v, want %s first (%v)", begun, got, want, err)
			}
		}
	})
}

func TestAWordIsFoundWhileItIsTyped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), cpv.New(d)
		if _, err := s.Import(ctx, access.Platform("test"), some); err != nil {
			t.Fatal(err)
		}
		for typed, want := range map[string][]string{
			"couv":              {"45261000", "45261210"},
			"trav CHARP":        {"45261000"},
			"déchet":            {"90500000"}, // singular of a plural
			"ordure service":    {"90500000"},
			"dechets et ord":    {"90500000"},
			"l'ordure":          {"90500000"},
			"452":               {"45261000", "45261210"},
			"45261210-9":        {"45261210"},
			"verture":           nil, // not the beginning of a word
			"c":                 nil,
			"":                  nil,
			"\xff\x00 % _ ' --": nil,
		} {
			entries, err := s.Suggest(ctx, access.Anybody(), typed, 9)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range entries {
				got = append(got, e.Code)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q: %s", typed, diff)
			}
		}
		if got, err := s.Suggest(ctx, access.Anybody(), "travaux", 2); err != nil || len(got) != 2 || got[0].Name() != "45000000 — Travaux de construction" {
			t.Errorf("%v, %v", got, err)
		}
	})
}
