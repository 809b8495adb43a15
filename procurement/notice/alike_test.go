package notice_test

import (
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
)

// twinTitles read the same, but for the last ones.
var twinTitles = []string{"Réfection de l'école", "REFECTION DE L’ECOLE", "Refection  de l'école ", "Réfection de l’ÉCOLE", "\u00a0réfection de l'école", "Réfection de l'école 2", "Voirie", ""}

// randomTwins draws records of several sources that are often of one contract: of the
// buyers of a round, so that those of two rounds never meet.
func randomTwins(t *rapid.T, round int) (out []notice.Record) {
	seat := fmt.Sprintf("%09d", 100_000_000+round)
	buyers := []notice.BuyerRecord{
		{Name: fmt.Sprintf("Ville n° %d", round), Postcode: "67600"}, {Name: fmt.Sprintf("VILLE N° %d", round), Postcode: "67600"},
		{Name: fmt.Sprintf("Port n° %d", round), SIRET: seat + "00012"}, {Name: fmt.Sprintf("Régie n° %d", round), Postcode: "68000"},
	}
	for i := range rapid.IntRange(3, 9).Draw(t, "records") {
		r := call(fmt.Sprintf("%d-%d", round, i), rapid.SampledFrom(twinTitles).Draw(t, "title"))
		r.Source = rapid.SampledFrom(notice.Sources()).Draw(t, "source")
		r.Kind = rapid.SampledFrom([]notice.Kind{notice.Contract, notice.Contract, notice.Contract, notice.Contract, notice.Prior, notice.Award}).Draw(t, "kind")
		r.Buyer = rapid.SampledFrom(append(buyers, buyers[0], buyers[1], buyers[0])).Draw(t, "buyer")
		r.Deadline = 0
		if days := rapid.SampledFrom([]int{21, 21, 21, 21, 28, 0}).Draw(t, "days"); days > 0 {
			r.Deadline = clock.At(dbtest.Start.AddDate(0, 0, days))
		}
		out = append(out, r)
		if rapid.IntRange(0, 3).Draw(t, "again") == 0 { // its deadline moves, as a corrigendum says or the source's own
			again := r
			again.Deadline = clock.At(dbtest.Start.AddDate(0, 0, rapid.SampledFrom([]int{21, 28}).Draw(t, "moved to")))
			if rapid.Bool().Draw(t, "by a corrigendum") {
				again.SourceID, again.Kind, again.Linked = r.SourceID+"r", notice.Corrigendum, []string{r.SourceID}
			}
			out = append(out, again)
		}
	}
	return out
}

// TestListsUniteWhatIsToldAlike holds the two ways of finding probable duplicates to each
// other: what a list of the index unites is what the database tells of each notice.
func TestListsUniteWhatIsToldAlike(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		round, united := 0, 0
		rapid.Check(t, func(t *rapid.T) {
			round++
			var ids []string
			seen := map[string]bool{}
			for _, r := range randomTwins(t, round) {
				h.Record(false, r)
				if id := h.IDOf(r.SourceID); !seen[id] {
					seen[id], ids = true, append(ids, id)
				}
			}
			var all []*notice.Notice
			var alike map[string][]*notice.Notice
			h.Read(func(tx *db.Tx) (err error) {
				if all, err = notice.ByIDs(tx, ids); err == nil {
					alike, err = notice.Alike(tx, all)
				}
				return err
			})
			f := notice.Filter{At: clock.At(dbtest.Start), Narrowing: notice.Narrowing{Unite: true, Only: ids}}
			got := h.Notices.Index().Page(f, 0, -1, &notice.Query{})
			var shown []string
			twins := map[string][]string{}
			for _, n := range notice.Once(all, alike) {
				shown = append(shown, n.ID)
				for _, o := range alike[n.ID] {
					twins[n.ID] = append(twins[n.ID], o.ID)
				}
			}
			sorted := cmpopts.SortSlices(func(a, b string) bool { return a < b })
			if diff := gocmp.Diff(shown, got.IDs, sorted, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("shown (-database +index):\n%s", diff)
			}
			if diff := gocmp.Diff(twins, got.Twins, sorted, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("duplicates (-database +index):\n%s", diff)
			}
			united += len(twins)
			for _, n := range all { // the page of a notice says it too, whichever is asked
				st, err := h.Notices.Find(t.Context(), access.Anybody(), n.ID)
				if err != nil || len(st.Alike) != min(len(alike[n.ID]), 5) {
					t.Fatalf("the page of %s names %d, not %d (%v)", n.SourceID, len(st.Alike), len(alike[n.ID]), err)
				}
			}
		})
		if united < round/10 {
			t.Errorf("%d rounds united %d: too few to see anything", round, united)
		}
	})
}

// Two notices of one source are two contracts, even when a third is a probable duplicate
// of either: no list may lose one of them.
func TestADuplicateOfTwoContractsHidesNeither(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		for i, source := range []string{notice.SourceTED, notice.SourceBOAMP, notice.SourceBOAMP} {
			r := call(fmt.Sprint("n", i), "Voirie")
			r.Source = source
			h.Record(false, r)
		}
		var once []*notice.Notice
		h.Read(func(tx *db.Tx) error {
			all, err := notice.ByIDs(tx, []string{h.IDOf("n0"), h.IDOf("n1"), h.IDOf("n2")})
			if err != nil {
				return err
			}
			alike, err := notice.Alike(tx, all)
			once = notice.Once(all, alike)
			return err
		})
		got := h.Notices.Index().Page(notice.Filter{At: clock.At(dbtest.Start), Narrowing: notice.Narrowing{Unite: true}}, 0, -1, &notice.Query{})
		if len(once) != 2 || once[0].SourceID != "n1" || once[1].SourceID != "n2" || got.Total != 2 {
			t.Errorf("shown once: %v and %d of the index", once, got.Total)
		}
		for _, n := range once {
			if diff := gocmp.Diff([]string{h.IDOf("n0")}, got.Twins[n.ID]); diff != "" {
				t.Errorf("%s stands for (-want +got):\n%s", n.SourceID, diff)
			}
		}
	})
}
