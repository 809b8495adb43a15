package org_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/event"
	"parvis/procurement/org"
)

var operator = access.Platform("exploitant (Odile)")

// desk is the operator's, with buyers by name.
type desk struct {
	*house
	*org.Buyers
	ids map[string]string
}

func eachDesk(t *testing.T, f func(t *testing.T, k *desk)) {
	t.Helper()
	each(t, func(t *testing.T, h *house) {
		k := &desk{h, org.NewBuyers(h.DB, h.Journal), map[string]string{}}
		for _, s := range []org.Sighting{
			{Name: "Ville de Strasbourg", SIRET: strasbourg, Postcode: "67000", City: "Strasbourg"},
			{Name: "Mairie de Strasbourg", Postcode: "67076", City: "Strasbourg"},
			{Name: "Services techniques de Strasbourg", Postcode: "67100", City: "Strasbourg"},
			{Name: "Métropole de Lyon", SIRET: lyon, Postcode: "69003", City: "Lyon"},
		} {
			k.ids[strings.Fields(s.Name)[0]] = sight(t, h.DB, s)[0]
		}
		f(t, k)
	})
}

func (k *desk) merge(gone, kept string) error {
	_, err := k.Merge(context.Background(), operator, k.ids[gone], k.ids[kept], "la même mairie", false)
	return err
}

func (k *desk) unmerge(gone string) error {
	_, err := k.Unmerge(context.Background(), operator, k.ids[gone])
	return err
}

func (k *desk) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// named says what each buyer leads to, by first words: "Mairie→Ville".
func (k *desk) named() string {
	k.t.Helper()
	var out []string
	for _, name := range []string{"Ville", "Mairie", "Services", "Métropole"} {
		found, err := k.org.BuyersByID(context.Background(), []string{k.ids[name]})
		if err != nil || len(found) != 1 {
			k.t.Fatal(found, err)
		}
		if led := strings.Fields(found[0].Name)[0]; led != name {
			out = append(out, name+"→"+led)
		}
	}
	return strings.Join(out, " ")
}

// suggested gives the first words of what is suggested.
func (k *desk) suggested(typed string) string {
	k.t.Helper()
	got, err := k.org.Suggest(context.Background(), typed, 9)
	k.must(err)
	var out []string
	for _, b := range got {
		out = append(out, strings.Fields(b.Name)[0])
	}
	return strings.Join(out, " ")
}

func TestAMergedBuyerLeadsToTheOneThatIsKeptAndBack(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		if got := k.suggested("strasbourg"); got != "Mairie Services Ville" {
			t.Fatalf("before: %s", got)
		}
		k.must(k.merge("Mairie", "Ville"))
		if got := k.named(); got != "Mairie→Ville" {
			t.Errorf("%s", got)
		}
		for typed, want := range map[string]string{"strasbourg": "Services Ville", "mairie de s": "Ville", "67076": "", "s": "Services Ville"} {
			if got := k.suggested(typed); got != want {
				t.Errorf("suggested for %q: %s, want %s", typed, got, want)
			}
		}
		both, err := k.org.BuyersByID(context.Background(), []string{k.ids["Mairie"], k.ids["Ville"]})
		if err != nil || len(both) != 1 {
			t.Errorf("both named: %d buyers (%v)", len(both), err)
		}
		// What is merged goes with what it is merged into, and comes back with it.
		k.must(k.merge("Services", "Mairie")) // which leads to Ville
		if got := k.named(); got != "Mairie→Ville Services→Ville" {
			t.Errorf("%s", got)
		}
		k.must(k.unmerge("Mairie"))
		if got := k.named(); got != "Services→Ville" {
			t.Errorf("undone: %s", got)
		}
		k.must(k.unmerge("Services"))
		k.must(k.merge("Services", "Mairie"))
		k.must(k.merge("Mairie", "Ville"))
		if got := k.named(); got != "Mairie→Ville Services→Ville" {
			t.Errorf("a chain: %s", got)
		}
		k.must(k.unmerge("Mairie"))
		if got := k.named(); got != "Services→Mairie" {
			t.Errorf("the first link of a chain undone: %s", got)
		}
		k.must(k.unmerge("Services"))
		if got, suggested := k.named(), k.suggested("strasbourg"); got != "" || suggested != "Mairie Services Ville" {
			t.Errorf("all undone: %s, %s", got, suggested)
		}
		f, err := k.Show(context.Background(), operator, k.ids["Mairie"])
		if err != nil || len(f.Members) != 1 || len(f.Merges) != 3 || f.Merges[0].UndoneBy != operator.Name || f.Merges[0].Reason != "la même mairie" {
			t.Errorf("%+v (%v)", f, err)
		}
	})
}

func TestMergesThatAreRefused(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		ctx := context.Background()
		k.must(k.merge("Mairie", "Ville"))
		rows := func() [3]int {
			return [3]int{k.Count("SELECT count(*) FROM buyer_merge WHERE undone_at IS NULL"), k.Count("SELECT count(*) FROM buyer WHERE merged_into IS NOT NULL"), k.Count("SELECT count(*) FROM event WHERE kind LIKE 'buyer%'")}
		}
		before := rows()
		for what, c := range map[string]struct {
			err  error
			kind fault.Kind
		}{
			"again":                                  {k.merge("Mairie", "Ville"), fault.Conflict},
			"the other way round":                    {k.merge("Ville", "Mairie"), fault.Conflict},
			"itself":                                 {k.merge("Ville", "Ville"), fault.Invalid},
			"one that is elsewhere":                  {k.merge("Mairie", "Services"), fault.Conflict},
			"two SIREN":                              {k.merge("Métropole", "Ville"), fault.Invalid},
			"two SIREN, by one that has none itself": {k.merge("Métropole", "Mairie"), fault.Invalid},
			"nobody":                                 {k.merge("Inconnu", "Ville"), fault.NotFound},
			"undone where nothing was":               {k.unmerge("Services"), fault.Conflict},
		} {
			if e, ok := fault.As(c.err); !ok || e.Kind != c.kind {
				t.Errorf("%s: %v, want %v", what, c.err, c.kind)
			}
		}
		for _, by := range []access.Actor{access.Anybody(), {AccountID: "x", Role: access.CompanyAdmin}} {
			_, err1 := k.Merge(ctx, by, k.ids["Services"], k.ids["Ville"], "", false)
			_, err2 := k.Unmerge(ctx, by, k.ids["Mairie"])
			_, err3 := k.Show(ctx, by, k.ids["Mairie"])
			_, err4 := k.Duplicates(ctx, by, "")
			for _, err := range []error{err1, err2, err3, err4} {
				if err == nil {
					t.Errorf("%s may", by.Role)
				}
			}
		}
		if got := rows(); got != before {
			t.Errorf("refused, and left %v, want %v", got, before)
		}
		// One legal person may have replaced another, and the operator says so.
		b, err := k.Merge(ctx, operator, lyon, strasbourg, strings.Repeat("é", 500), true)
		if err != nil || b.ID != k.ids["Ville"] || k.named() != "Mairie→Ville Métropole→Ville" {
			t.Errorf("%+v, %s (%v)", b, k.named(), err)
		}
		f, err := k.Show(ctx, operator, lyon)
		if err != nil || !slices.Equal(f.Conflicts(), []string{lyon}) {
			t.Errorf("conflicts %v (%v)", f.Conflicts(), err)
		}
		if _, err := k.Unmerge(ctx, operator, lyon); err != nil || k.named() != "Mairie→Ville" {
			t.Errorf("%s (%v)", k.named(), err)
		}
	})
}

func TestTheJournalSaysWhoMergedWhom(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		k.must(k.merge("Mairie", "Ville"))
		k.must(k.unmerge("Mairie"))
		var got []string
		k.Read(func(tx *db.Tx) error {
			var all []event.Event
			err := tx.All(&all, "SELECT id, at, kind, actor_id, actor_name, subject, body FROM event WHERE kind LIKE 'buyer%' ORDER BY at, id")
			for _, e := range all {
				got = append(got, fmt.Sprint(e.Kind, " ", e.ActorName, " ", e.Subject == k.ids["Ville"], " ", strings.Contains(e.Body, k.ids["Mairie"])))
			}
			return err
		})
		slices.Sort(got)
		want := []string{"buyer.merged exploitant (Odile) true true", "buyer.unmerged exploitant (Odile) true true"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// What is seen of a merged buyer stays its own, and is read as the other's.
func TestNewSightingsOfAMergedNameGoToTheOneThatIsKept(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		k.must(k.merge("Mairie", "Ville"))
		again := sight(t, k.DB, org.Sighting{Name: "MAIRIE DE STRASBOURG", Postcode: "67076"}, org.Sighting{Name: "Mairie de Strasbourg", Postcode: "67076", SIRET: lyon})
		found, err := k.org.BuyersByID(context.Background(), again[:1])
		if err != nil || len(found) != 1 || found[0].ID != k.ids["Ville"] {
			t.Errorf("%+v (%v)", found, err)
		}
		// Under the number of another legal person, it is another body.
		if again[1] != k.ids["Métropole"] {
			t.Errorf("the SIREN of Lyon under this name led to %s", again[1])
		}
		if n := k.Count("SELECT count(*) FROM buyer WHERE siren = $1", lyon); n != 1 {
			t.Errorf("%d buyers have the SIREN of Lyon", n)
		}
		other := sight(t, k.DB, org.Sighting{Name: "Mairie de Strasbourg", Postcode: "67076", SIRET: denis93})[0]
		if slices.Contains([]string{k.ids["Mairie"], k.ids["Ville"], k.ids["Métropole"]}, other) {
			t.Error("a buyer that is one with Strasbourg took the SIREN of Saint-Denis")
		}
		k.must(k.unmerge("Mairie"))
		if back, err := k.org.BuyersByID(context.Background(), again[:1]); err != nil || back[0].ID != k.ids["Mairie"] {
			t.Errorf("undone: %+v (%v)", back, err)
		}
	})
}

func TestTwoMergesAtOnceMakeNoCircle(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		circle := [][2]string{{"Mairie", "Ville"}, {"Ville", "Mairie"}, {"Services", "Mairie"}, {"Ville", "Services"}, {"Mairie", "Services"}}
		for range 4 {
			results := make([]error, len(circle))
			var all sync.WaitGroup
			for i, c := range circle {
				all.Go(func() { results[i] = k.merge(c[0], c[1]) })
			}
			all.Wait()
			done := 0
			for i, err := range results {
				if e, ok := fault.As(err); err != nil && (!ok || e.Kind != fault.Conflict) {
					t.Errorf("%v: %v", circle[i], err)
				} else if err == nil {
					done++
				}
			}
			if led := k.Count("SELECT count(*) FROM buyer WHERE merged_into IS NOT NULL"); led != done || done > 2 {
				t.Errorf("%d merges, %d led elsewhere", done, led)
			}
			if n := k.Count("SELECT count(*) FROM buyer b JOIN buyer r ON r.id = b.merged_into WHERE r.merged_into IS NOT NULL"); n != 0 {
				t.Errorf("%d buyers lead to one that leads elsewhere", n)
			}
			for _, name := range []string{"Mairie", "Ville", "Services"} {
				if err := k.unmerge(name); err != nil && !strings.Contains(err.Error(), "rien à défaire") {
					t.Fatal(err)
				}
			}
			if got := k.named(); got != "" {
				t.Fatalf("after all was undone: %s", got)
			}
		}
	})
}

func TestAMergeDuringAnImportLosesNothing(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		var all sync.WaitGroup
		for w := range 2 {
			all.Go(func() {
				for i := range 10 {
					err := k.DB.Write(context.Background(), func(tx *db.Tx) error {
						cache := org.NewBuyerCache(tx)
						for j, s := range []org.Sighting{{Name: "Mairie de Strasbourg", Postcode: "67076"}, {Name: fmt.Sprintf("Nouveau %d %d", w, i), Postcode: "67000"}} {
							if id, err := cache.Sight(s); err != nil {
								return err
							} else if j == 0 && id != k.ids["Mairie"] {
								t.Errorf("seen as %s", id)
							}
						}
						return cache.Close()
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range 5 {
			k.must(k.merge("Mairie", "Ville"))
			k.must(k.unmerge("Mairie"))
		}
		all.Wait()
		if n := k.Count("SELECT seen FROM buyer_sighting WHERE kind = 'name' AND value = 'Mairie de Strasbourg'"); n != 21 {
			t.Errorf("seen %d times, want 21", n)
		}
		if got := k.named(); got != "" {
			t.Error(got)
		}
	})
}
