package watch_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/org"
	"parvis/procurement/watch"
)

// of is a call of a buyer.
func of(id, buyer string) notice.Record {
	r := noticetest.Call(id, "Fourniture de papier")
	r.Buyer = notice.BuyerRecord{Name: buyer, Postcode: "67000", City: "Strasbourg"}
	return r
}

// town is two names of one town hall, and what follows them.
type town struct {
	*house
	buyers      *org.Buyers
	ville, gone string // ids
	by          access.Actor
}

func eachTown(t *testing.T, f func(t *testing.T, k *town)) {
	t.Helper()
	each(t, func(t *testing.T, h *house) {
		k := &town{house: h, buyers: org.NewBuyers(h.DB, h.Journal), by: h.odile()}
		h.Record(false, of("20-1", "Ville de Strasbourg"), of("20-2", "Mairie de Strasbourg"), of("20-3", "Métropole de Lyon"))
		h.Read(func(tx *db.Tx) error {
			if err := tx.One(&k.ville, "SELECT id FROM buyer WHERE name = 'Ville de Strasbourg'"); err != nil {
				return err
			}
			return tx.One(&k.gone, "SELECT id FROM buyer WHERE name = 'Mairie de Strasbourg'")
		})
		f(t, k)
	})
}

func (k *town) merge() {
	k.t.Helper()
	_, err := k.buyers.Merge(context.Background(), access.Platform("exploitant"), k.gone, k.ville, "", false)
	k.must(err)
}

func (k *town) unmerge() {
	k.t.Helper()
	_, err := k.buyers.Unmerge(context.Background(), access.Platform("exploitant"), k.gone)
	k.must(err)
}

func (k *town) watch(name string, buyers ...string) string {
	k.t.Helper()
	return k.create(k.by, watch.Form{Name: name, Buyers: buyers, Active: true, Hour: 7})
}

// searched gives the notices of a search for a buyer.
func (k *town) searched(buyer string) []string {
	k.t.Helper()
	k.must(k.Notices.Load(context.Background()))
	page, err := k.Notices.Search(context.Background(), access.Anybody(), notice.Search{Criteria: notice.Criteria{Buyers: []string{buyer}}, Size: 9})
	k.must(err)
	var out []string
	for _, n := range page.Notices {
		out = append(out, n.SourceID)
	}
	slices.Sort(out)
	return out
}

// alerted gives, for a notice of each name, the watches that the engine finds.
func (k *town) alerted() string {
	k.t.Helper()
	k.catchUp()
	match := func(buyer string) []uint64 {
		return k.watches.Matcher().Match(notice.Subject{Units: [][]string{{"Fourniture de papier"}}, Buyer: buyer})
	}
	return fmt.Sprint(match(k.ville), match(k.gone))
}

func TestWhatFollowsABuyerFollowsWhatIsMergedWithIt(t *testing.T) {
	eachTown(t, func(t *testing.T, k *town) {
		k.watch("Ville", k.ville)
		mairie := k.watch("Mairie", k.gone)
		both := k.watch("Les deux", k.ville, k.gone)
		check := func(when, alerted string, ofVille, ofGone, shown []string) {
			t.Helper()
			if got := k.alerted(); got != alerted {
				t.Errorf("%s: alerted %s, want %s", when, got, alerted)
			}
			if diff := cmp.Diff(ofVille, k.searched(k.ville)); diff != "" {
				t.Errorf("%s, of the town: %s", when, diff)
			}
			if diff := cmp.Diff(ofGone, k.searched(k.gone)); diff != "" {
				t.Errorf("%s, of the town hall: %s", when, diff)
			}
			if got := k.find(k.by, both).Criteria.Buyers; !slices.Equal(got, shown) {
				t.Errorf("%s: the watch of both shows %v, want %v", when, got, shown)
			}
		}
		one, two := []string{"20-1"}, []string{"20-1", "20-2"}
		check("apart", "[1 3] [2 3]", one, []string{"20-2"}, []string{k.ville, k.gone})
		k.merge()
		check("one", "[1 2 3] [1 2 3]", two, two, []string{k.ville})
		if got := k.find(k.by, mairie).Criteria.Buyers; !slices.Equal(got, []string{k.ville}) {
			t.Errorf("the watch of the town hall shows %v", got)
		}
		// A watch made or a notice recorded meanwhile is of the one that is kept.
		k.watch("Pendant", k.ville)
		k.Record(false, of("20-4", "MAIRIE DE STRASBOURG"))
		check("and later", "[1 2 3 4] [1 2 3 4]", append(two, "20-4"), append(two, "20-4"), []string{k.ville})
		k.unmerge()
		check("apart again", "[1 3 4] [2 3]", one, []string{"20-2", "20-4"}, []string{k.ville, k.gone})
	})
}

// Whoever saves a form while the merge stands has not chosen to forget the other.
func TestAnEditedWatchKeepsWhatItNamedBeforeAMerge(t *testing.T) {
	eachTown(t, func(t *testing.T, k *town) {
		both, mairie := k.watch("Les deux", k.ville, k.gone), k.watch("Mairie", k.gone)
		k.merge()
		edit := func(id, name string, buyers ...string) {
			t.Helper()
			w := k.find(k.by, id)
			if len(buyers) == 0 {
				buyers = w.Criteria.Buyers
			}
			_, err := k.watches.Update(context.Background(), k.by, id, watch.Form{Name: name, Buyers: buyers, Active: true, Hour: 8, Version: w.Version})
			k.must(err)
		}
		edit(both, "Les deux, à 8 h")
		edit(mairie, "Mairie, à 8 h", k.gone) // from a form opened before the merge
		k.unmerge()
		if got := k.find(k.by, both).Criteria.Buyers; !slices.Equal(got, []string{k.ville, k.gone}) {
			t.Errorf("the watch of both: %v", got)
		}
		if got := k.find(k.by, mairie).Criteria.Buyers; !slices.Equal(got, []string{k.gone}) {
			t.Errorf("the watch of the town hall: %v", got)
		}
		if got := k.alerted(); got != "[1] [1 2]" {
			t.Errorf("alerted %s", got)
		}
		// What is taken out while they are one is taken out.
		k.merge()
		var lyon string
		k.Read(func(tx *db.Tx) error { return tx.One(&lyon, "SELECT id FROM buyer WHERE name = 'Métropole de Lyon'") })
		edit(both, "Lyon", lyon)
		k.unmerge()
		if got := k.find(k.by, both).Criteria.Buyers; !slices.Equal(got, []string{lyon}) {
			t.Errorf("after another choice: %v", got)
		}
	})
}
