package watch_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
)

// colleague joins Odile's establishment and is let in.
func (h *house) colleague(login, name string) access.Actor {
	h.t.Helper()
	by := h.Join(noticetest.Seat, login, login+"@muller.example")
	h.Write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE account SET name = $1 WHERE id = $2", name, by.AccountID)
		return err
	})
	h.Write(func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE membership SET approved_at = $1 WHERE id = $2", tx.Now, by.MembershipID)
		return err
	})
	by.Role, by.Name = access.CompanyUser, name
	return by
}

func (h *house) notice(sourceID string) *notice.Notice {
	h.t.Helper()
	var id string
	h.Read(func(tx *db.Tx) error { return tx.One(&id, "SELECT id FROM notice WHERE source_id = $1", sourceID) })
	var found []*notice.Notice
	h.Read(func(tx *db.Tx) (err error) { found, err = notice.ByIDs(tx, []string{id}); return err })
	return found[0]
}

func (h *house) tag(by access.Actor, n *notice.Notice, choice watch.Choice, note string) {
	h.t.Helper()
	f := watch.TagForm{Choice: string(choice)}
	if note != "" {
		f.Note = &note
	}
	h.must(h.watches.Tag(context.Background(), by, n.ID, f))
}

func (h *house) tagged(by access.Actor, n *notice.Notice) watch.Tagged {
	h.t.Helper()
	all, err := h.watches.Tagged(context.Background(), by, n)
	h.must(err)
	return all[n.ID]
}

// shown is the titles that a list shows.
func (h *house) shown(by access.Actor, ask watch.Ask) (titles []string) {
	h.t.Helper()
	if ask.Size == 0 {
		ask.Size = 50
	}
	live, err := h.watches.Matches(context.Background(), by, ask)
	h.must(err)
	if live.Total != len(live.Hits) {
		h.t.Errorf("%d in all, %d shown", live.Total, len(live.Hits))
	}
	for _, hit := range live.Hits {
		titles = append(titles, hit.Title)
	}
	return titles
}

func TestATagIsForTheWholeEstablishmentAndNobodyElse(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.Record(false, noticetest.Call("1", "Voirie"))
		n := h.notice("1")
		odile := h.odile()
		karim := h.colleague("karim", "Karim Benali")
		waiting := h.Join(noticetest.Seat, "zoe", "zoe@muller.example")
		stranger := h.Join(noticetest.Other, "claire", "claire@vosges.example")
		h.tag(odile, n, watch.Study, "Prix plafond\u00a0: 40 k€.")
		h.Clock.Move(time.Minute)
		h.tag(karim, n, watch.Go, "Vu sur place.")
		got := h.tagged(odile, n)
		if got.Choice != watch.Go || got.By != "Karim Benali" || got.At.IsZero() || len(got.Notes) != 2 {
			t.Errorf("%+v", got)
		}
		if got.Mine() != "Prix plafond\u00a0: 40 k€." || got.Notes[0].Text != "Vu sur place." || got.Notes[0].By != "Karim Benali" {
			t.Errorf("a note of two people is lost: %+v", got.Notes)
		}
		for who, by := range map[string]access.Actor{"somebody who waits": waiting, "another company": stranger} {
			if got := h.tagged(by, n); !got.None() {
				t.Errorf("%s sees %+v", who, got)
			}
		}
		h.tag(waiting, n, watch.Pass, "Pour moi seule")
		if got := h.tagged(odile, n); got.Choice != watch.Go || len(got.Notes) != 2 {
			t.Errorf("who waits decides for the establishment: %+v", got)
		}
		if _, err := h.watches.Tagged(context.Background(), access.Anybody(), n); !fault.Is(err, fault.SignIn) {
			t.Errorf("a visitor: %v", err)
		}
	})
}

func TestATagIsTakenBackAndItsNoteToo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.Record(false, noticetest.Call("1", "Voirie"))
		n, by := h.notice("1"), h.odile()
		h.tag(by, n, watch.Go, "À chiffrer")
		h.must(h.watches.Tag(context.Background(), by, n.ID, watch.TagForm{Choice: string(watch.Study)}))
		if got := h.tagged(by, n); got.Choice != watch.Study || got.Mine() != "À chiffrer" {
			t.Errorf("a choice alone changes the note: %+v", got)
		}
		empty := "  \r\n "
		h.must(h.watches.Tag(context.Background(), by, n.ID, watch.TagForm{Note: &empty}))
		if got := h.tagged(by, n); !got.None() {
			t.Errorf("%+v", got)
		}
	})
}

func TestWhatIsNoTagIsRefused(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.Record(false, noticetest.Call("1", "Voirie"))
		n, by := h.notice("1"), h.odile()
		long, hidden, exact := strings.Repeat("é", watch.MaxNote+1), "prix\u202egnol", strings.Repeat("é", watch.MaxNote)
		for _, c := range []struct {
			id    string
			f     watch.TagForm
			kind  fault.Kind
			field string
		}{
			{n.ID, watch.TagForm{Choice: "peut-être"}, fault.Invalid, watch.FieldTag},
			{n.ID, watch.TagForm{Choice: "on_y_va", Note: &long}, fault.Invalid, watch.FieldNote},
			{n.ID, watch.TagForm{Choice: "on_y_va", Note: &hidden}, fault.Invalid, watch.FieldNote},
			{db.NewID(), watch.TagForm{Choice: "on_y_va"}, fault.NotFound, ""},
			{"'; DROP TABLE tag", watch.TagForm{Choice: "on_y_va"}, fault.NotFound, ""},
		} {
			err := h.watches.Tag(context.Background(), by, c.id, c.f)
			if !fault.Is(err, c.kind) || fault.All(err)[0].Field != c.field {
				t.Errorf("%+v: %v", c.f, err)
			}
		}
		h.must(h.watches.Tag(context.Background(), by, n.ID, watch.TagForm{Choice: "on_y_va", Note: &exact}))
		if err := h.watches.Tag(context.Background(), access.Anybody(), n.ID, watch.TagForm{Choice: "on_y_va"}); !fault.Is(err, fault.SignIn) {
			t.Errorf("a visitor: %v", err)
		}
	})
}

// Two colleagues decide at the same moment: one choice stands, and both notes.
func TestTwoColleaguesWhoTagAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.Record(false, noticetest.Call("1", "Voirie"))
		n := h.notice("1")
		odile, karim := h.odile(), h.colleague("karim", "Karim Benali")
		for round := range 10 {
			var both sync.WaitGroup
			for by, choice := range map[*access.Actor]watch.Choice{&odile: watch.Go, &karim: watch.Pass} {
				both.Go(func() {
					note := string(choice) + strings.Repeat("!", round)
					if err := h.watches.Tag(context.Background(), *by, n.ID, watch.TagForm{Choice: string(choice), Note: &note}); err != nil {
						t.Error(err)
					}
				})
			}
			both.Wait()
			got := h.tagged(odile, n)
			if len(got.Notes) != 2 || got.Choice != watch.Go && got.Choice != watch.Pass || got.By == "" {
				t.Errorf("%+v", got)
			}
			for _, note := range got.Notes {
				if !strings.HasSuffix(note.Text, strings.Repeat("!", round)) {
					t.Errorf("a note is lost: %+v", got.Notes)
				}
			}
			if n := h.Count("SELECT count(*) FROM tag"); n != 1 {
				t.Errorf("%d choices", n)
			}
		}
		if n := h.Count("SELECT count(*) FROM event WHERE kind = 'notice.tagged' AND body NOT LIKE '%!%'"); n != 20 {
			t.Errorf("%d events without the notes' words, want 20", n)
		}
	})
}

// twins are one contract in two sources.
func twins() (boamp, ted notice.Record) {
	boamp = noticetest.Call("26-1", "Réfection de la voirie")
	ted = boamp
	ted.Source, ted.SourceID, ted.Title = notice.SourceTED, "500-2026", "Réfection de la VOIRIE"
	return boamp, ted
}

func TestProbableDuplicatesAreShownAsOneAndBothKept(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		boamp, ted := twins()
		later, award, same := ted, ted, boamp
		later.SourceID, later.Deadline = "501-2026", ted.Deadline.Add(time.Hour)
		award.SourceID, award.Kind = "502-2026", notice.Award
		same.SourceID = "26-2"
		h.Record(false, boamp, later, award, same)
		h.Record(false, ted)
		by := h.odile()
		h.create(by, watch.Form{Name: "Routes", Keywords: "voirie", Active: true})
		live, err := h.watches.Matches(context.Background(), by, watch.Ask{Size: 10})
		h.must(err)
		var got [][]string
		for _, hit := range live.Hits {
			row := []string{hit.SourceID}
			for _, twin := range hit.Twins {
				row = append(row, twin.SourceID)
			}
			got = append(got, row)
			if len(hit.Reasons) != 1 {
				t.Errorf("%s: %v", hit.SourceID, hit.Reasons)
			}
		}
		// Two of one source are two contracts, and a third may be either's duplicate;
		// another deadline is another contract.
		want := [][]string{{"26-2", "500-2026"}, {"501-2026"}, {"26-1", "500-2026"}}
		if diff := cmp.Diff(want, got, cmp.Transformer("set", func(rows [][]string) map[string]string {
			out := map[string]string{}
			for _, r := range rows {
				out[r[0]] = strings.Join(r[1:], " ")
			}
			return out
		})); diff != "" || live.Total != 3 {
			t.Errorf("%d in all: %s", live.Total, diff)
		}
	})
}

func TestATagIsOfTheContractWhicheverCopyIsTagged(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		boamp, ted := twins()
		h.Record(false, boamp, ted)
		by := h.odile()
		w := h.find(by, h.create(by, watch.Form{Name: "Routes", Keywords: "voirie", Active: true}))
		one, other := h.notice("26-1"), h.notice("500-2026")
		h.tag(by, other, watch.Pass, "Trop loin")
		if got := h.tagged(by, one); got.Choice != watch.Pass || got.Mine() != "Trop loin" {
			t.Errorf("%+v", got)
		}
		if got := h.shown(by, watch.Ask{}); got != nil {
			t.Errorf("one passes on %q and it is there", got)
		}
		h.Read(func(tx *db.Tx) error {
			passes, err := watch.Passed(tx, []*watch.Watch{w}, []*notice.Notice{one})
			if !passes.Silence(w, one.ID) {
				t.Error("the copy that was not tagged is not silent")
			}
			return err
		})
		h.tag(by, one, watch.Go, "")
		if got := h.tagged(by, other); got.Choice != watch.Go || len(got.Notes) != 1 {
			t.Errorf("%+v", got)
		}
		if got := h.shown(by, watch.Ask{Shown: watch.ShownGo}); len(got) != 1 {
			t.Errorf("%q", got)
		}
	})
}

// Two contracts of one gazette have one probable duplicate in the other: whoever passes on
// any of the three goes on seeing, and hearing of, the contracts that they did not pass on.
func TestPassingOnADuplicateOfTwoContractsSilencesNeither(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		boamp, ted := twins()
		second := boamp
		second.SourceID = "26-2"
		h.Record(false, boamp, second, ted)
		by := h.odile()
		w := h.find(by, h.create(by, watch.Form{Name: "Routes", Keywords: "voirie", Active: true}))
		ids := []string{"26-1", "26-2", "500-2026"}
		for passed, silent := range map[string]map[string]bool{
			"26-1":     {"26-1": true},
			"500-2026": {"500-2026": true},
		} {
			h.tag(by, h.notice(passed), watch.Pass, "")
			h.Read(func(tx *db.Tx) error {
				for _, id := range ids {
					n := h.notice(id)
					passes, err := watch.Passed(tx, []*watch.Watch{w}, []*notice.Notice{n})
					if err != nil {
						return err
					}
					if passes.Silence(w, n.ID) != silent[id] {
						t.Errorf("passing on %s, %s is silent: %v", passed, id, !silent[id])
					}
				}
				return nil
			})
			want := 2 // the gazette's own stand for the other one
			if silent["26-1"] {
				want = 1
			}
			if got := h.shown(by, watch.Ask{}); len(got) != want {
				t.Errorf("passing on %s, shown: %q", passed, got)
			}
			h.tag(by, h.notice(passed), watch.Untagged, "")
		}
		h.tag(by, h.notice("26-1"), watch.Go, "")
		h.tag(by, h.notice("500-2026"), watch.Pass, "")
		if got := h.tagged(by, h.notice("26-1")); got.Choice != watch.Go {
			t.Errorf("what was decided of one of the two became %q", got.Choice)
		}
	})
}

func TestAListShowsByTagByWatchAndByDate(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.Record(false, noticetest.Call("1", "Voirie A"), noticetest.Call("2", "Voirie B"), noticetest.Call("3", "Voirie C"), noticetest.Call("4", "Menuiserie D"))
		by := h.odile()
		roads := h.create(by, watch.Form{Name: "Routes", Keywords: "voirie", Active: true})
		off := h.create(by, watch.Form{Name: "Bois", Keywords: "menuiserie"})
		h.tag(by, h.notice("1"), watch.Study, "")
		h.tag(by, h.notice("2"), watch.Go, "")
		h.tag(by, h.notice("3"), watch.Pass, "")
		h.Clock.Move(time.Hour)
		since := h.Clock.Now()
		h.Record(false, noticetest.Call("5", "Voirie E"))
		sorted := cmp.Transformer("sorted", func(all []string) map[string]bool {
			out := map[string]bool{}
			for _, s := range all {
				out[s] = true
			}
			return out
		})
		for _, c := range []struct {
			ask  watch.Ask
			want []string
		}{
			{watch.Ask{}, []string{"Voirie A", "Voirie B", "Voirie E"}},
			{watch.Ask{Shown: watch.ShownAll}, []string{"Voirie A", "Voirie B", "Voirie C", "Voirie E"}},
			{watch.Ask{Shown: watch.ShownUntagged}, []string{"Voirie E"}},
			{watch.Ask{Shown: watch.ShownStudy}, []string{"Voirie A"}},
			{watch.Ask{Shown: watch.ShownGo}, []string{"Voirie B"}},
			{watch.Ask{Shown: watch.ShownPass}, []string{"Voirie C"}},
			{watch.Ask{WatchID: roads, Shown: watch.ShownGo}, []string{"Voirie B"}},
			{watch.Ask{WatchID: off}, []string{"Menuiserie D"}},
			{watch.Ask{Since: since}, []string{"Voirie E"}},
		} {
			if diff := cmp.Diff(c.want, h.shown(by, c.ask), sorted); diff != "" {
				t.Errorf("%+v: %s", c.ask, diff)
			}
		}
		if live, err := h.watches.Matches(context.Background(), by, watch.Ask{Size: 1}); err != nil || live.Passed != 1 || live.Total != 3 {
			t.Errorf("%d left out of sight, %d in all (%v)", live.Passed, live.Total, err)
		}
		stranger := h.Join(noticetest.Other, "claire", "claire@vosges.example")
		for _, ask := range []watch.Ask{{WatchID: roads}, {WatchID: db.NewID()}, {WatchID: "rien"}} {
			if _, err := h.watches.Matches(context.Background(), stranger, ask); !fault.Is(err, fault.NotFound) {
				t.Errorf("%+v: %v", ask, err)
			}
		}
		if _, err := h.watches.Matches(context.Background(), by, watch.Ask{Shown: "hasard"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v", err)
		}
	})
}

func TestEveryMatchIsGivenWhateverThePages(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var calls []notice.Record
		for i := range 450 {
			c := noticetest.Call(db.NewID(), "Voirie")
			c.Deadline = clock.At(dbtest.Start.AddDate(0, 0, 1).Add(time.Duration(i) * time.Hour))
			calls = append(calls, c)
		}
		h.Record(false, calls...)
		by := h.odile()
		h.create(by, watch.Form{Name: "Routes", Keywords: "voirie", Active: true})
		var last clock.Instant
		n := 0
		h.must(h.watches.EachMatch(context.Background(), by, watch.Ask{Order: notice.ByDeadline}, func(hit watch.Hit, at clock.Instant) error {
			if n++; hit.Deadline < last || at.IsZero() {
				t.Errorf("%v after %v", hit.Deadline, last)
			}
			last = hit.Deadline
			return nil
		}))
		if n != 450 {
			t.Errorf("%d of 450", n)
		}
	})
}

func TestWhatANewcomerDecidedGoesWithThem(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.Record(false, noticetest.Call("1", "Voirie"), noticetest.Call("2", "Pavage"))
		one, two := h.notice("1"), h.notice("2")
		odile := h.odile()
		zoe := h.Join(noticetest.Seat, "zoe", "zoe@muller.example")
		h.tag(odile, one, watch.Go, "Odile")
		h.tag(zoe, one, watch.Pass, "Zoé")
		h.tag(zoe, two, watch.Study, "Zoé aussi")
		h.Write(func(tx *db.Tx) error {
			_, err := h.watches.Adopt(tx, odile, account.Account{ID: zoe.AccountID, Name: zoe.Name}, zoe.EstablishmentID)
			return err
		})
		if got := h.tagged(odile, one); got.Choice != watch.Go || len(got.Notes) != 2 {
			t.Errorf("the establishment's choice gave way: %+v", got)
		}
		if got := h.tagged(odile, two); got.Choice != watch.Study || len(got.Notes) != 1 {
			t.Errorf("%+v", got)
		}
		if n := h.Count("SELECT count(*) FROM tag WHERE scope LIKE 'account:%'"); n != 0 {
			t.Errorf("%d left behind", n)
		}
	})
}

func today(h *house) string { return h.Clock.Now().In(clock.Paris).Format(time.DateOnly) }

func TestAWatchThatFindsNothingForAMonthIsSaid(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		h.create(by, watch.Form{Name: "Routes", Keywords: "voirie", Active: true})
		h.create(by, watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		h.create(by, watch.Form{Name: "Éteinte", Keywords: "plomberie"})
		h.Record(false, noticetest.Call("1", "Menuiserie"))
		quiet := func() (names []string) {
			h.must(h.Notices.Load(context.Background()))
			all, err := h.watches.Quiet(context.Background(), by)
			h.must(err)
			for _, w := range all {
				names = append(names, w.Name)
			}
			return names
		}
		if got := quiet(); got != nil {
			t.Errorf("on the first day: %q", got)
		}
		h.Clock.Move(31 * 24 * time.Hour)
		if got := quiet(); got != nil {
			t.Errorf("nothing comes at all, and it is said of %q", got)
		}
		h.create(by, watch.Form{Name: "Neuve", Keywords: "peinture", Active: true})
		road, other := noticetest.Call("2", "Voirie"), noticetest.Call("3", "Autre chose")
		road.PublishedOn, other.PublishedOn = today(h), today(h)
		h.Record(false, road, other)
		if diff := cmp.Diff([]string{"Bois"}, quiet()); diff != "" {
			t.Error(diff)
		}
	})
}
