package notice_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/access"
	"parvis/procurement/event"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
)

// at is an hour of the tests' days to come, on the clock of the buyers.
func at(days, hour, minute int) clock.Instant {
	y, m, d := dbtest.Start.In(clock.Paris).Date()
	return clock.At(time.Date(y, m, d+days, hour, minute, 0, 0, clock.Paris))
}

// follows is a notice of a kind about others, published some days after them.
func follows(id string, kind notice.Kind, days int, linked ...string) notice.Record {
	r := call(id, "Suite "+id)
	r.Kind, r.Linked, r.Deadline = kind, linked, 0
	r.PublishedOn = dbtest.Start.AddDate(0, 0, days).Format(time.DateOnly)
	return r
}

func until(r notice.Record, deadline clock.Instant) notice.Record {
	r.Deadline = deadline
	return r
}

func correcting(r notice.Record, lines ...notice.Correction) notice.Record {
	r.Detail.Corrections = lines
	return r
}

// failing adds to a result a lot that nobody was given, "" for all of it.
func failing(r notice.Record, lot string, why notice.What) notice.Record {
	r.Detail.Unawarded = append(r.Detail.Unawarded, notice.UnawardedLot{Lot: lot, Why: why})
	return r
}

func awarding(r notice.Record) notice.Record {
	r.Detail.Awards = append(r.Detail.Awards, notice.AwardLine{Lot: "Lot 1", Holder: "Menuiserie Muller"})
	return r
}

// divided is a call of two lots.
func divided(r notice.Record) notice.Record {
	r.Lots = []notice.Lot{{Number: "1", Title: "Chaussée"}, {Number: "2", Title: "Trottoirs"}}
	return r
}

func doubtful(r notice.Record) notice.Record {
	r.DeadlineDoubtful = true
	return r
}

// shown is what a page says of a call: its deadline, its state, what happened.
func shown(st notice.Story) (lines []string) {
	state := "closed"
	switch {
	case !st.CancelledAt.IsZero():
		state = "cancelled"
	case st.Open(st.At):
		state = "open"
	}
	moment := func(i clock.Instant) string {
		if i.IsZero() {
			return "none"
		}
		return fmt.Sprintf("day %d %s", int(i.In(clock.Paris).Sub(at(0, 0, 0).Time()).Hours()/24), i.In(clock.Paris).Format("15:04"))
	}
	first := state + ", " + moment(st.Deadline)
	if st.DeadlineDoubtful {
		first += " ?"
	}
	if st.AwardedOn != "" {
		first += ", awarded " + st.AwardedOn
	}
	if st.Result != "" && st.Result != notice.Awarded {
		first += ", " + string(st.Result)
	}
	lines = append(lines, first)
	for _, c := range st.Changes {
		line := string(c.What) + " by " + c.BySource
		if c.What == notice.Moved || c.What == notice.Restated {
			line += ": " + moment(c.Before) + " to " + moment(c.After)
		}
		lines = append(lines, line)
	}
	return lines
}

var due = at(21, 12, 0)

// families are procedures whose call is 26-1, with what stands of it at the end.
var families = map[string]struct {
	records []notice.Record
	want    []string
}{
	"a corrigendum moves the deadline": {
		[]notice.Record{until(follows("26-2", notice.Corrigendum, 3, "26-1"), at(28, 16, 0))},
		[]string{"open, day 28 16:00", "moved by 26-2: day 21 12:00 to day 28 16:00"}},
	"two of them, the last one stands": {
		[]notice.Record{until(follows("26-10", notice.Corrigendum, 3, "26-1"), at(28, 16, 0)), until(follows("26-9", notice.Corrigendum, 3, "26-1"), at(25, 12, 0))},
		[]string{"open, day 28 16:00", "moved by 26-9: day 21 12:00 to day 25 12:00", "moved by 26-10: day 25 12:00 to day 28 16:00"}},
	"a corrigendum of the corrigendum": {
		[]notice.Record{until(follows("26-2", notice.Corrigendum, 3, "26-1"), at(28, 16, 0)), until(follows("26-3", notice.Corrigendum, 4, "26-2"), at(30, 16, 0))},
		[]string{"open, day 30 16:00", "moved by 26-2: day 21 12:00 to day 28 16:00", "moved by 26-3: day 28 16:00 to day 30 16:00"}},
	"in the order of publication, not of numbers": {
		[]notice.Record{until(follows("26-2", notice.Corrigendum, 3, "26-1"), at(28, 16, 0)), until(follows("26-3", notice.Corrigendum, 2, "26-1"), at(22, 9, 0))},
		[]string{"open, day 28 16:00", "moved by 26-3: day 21 12:00 to day 22 09:00", "moved by 26-2: day 22 09:00 to day 28 16:00"}},
	"a day without an hour keeps the hour": {
		[]notice.Record{doubtful(until(follows("26-2", notice.Corrigendum, 3, "26-1"), at(28, 23, 59)))},
		[]string{"open, day 28 12:00 ?", "moved by 26-2: day 21 12:00 to day 28 12:00"}},
	"another section that corrects that very day": {
		[]notice.Record{correcting(follows("26-2", notice.Corrigendum, 3, "26-1"), notice.Correction{Section: "IV.2.7", Old: "22/12/2030 12:00", New: "23/12/2030 12:00"},
			notice.Correction{Section: "IV.2", Old: due.In(clock.Paris).Format("02/01/2006"), New: at(27, 0, 0).In(clock.Paris).Format("02/01/2006")})},
		[]string{"open, day 27 12:00 ?", "moved by 26-2: day 21 12:00 to day 27 12:00"}},
	"the opening of bids is another hour of that day": {
		[]notice.Record{correcting(follows("26-2", notice.Corrigendum, 3, "26-1"), notice.Correction{Section: "IV.2.7", Old: at(21, 14, 0).In(clock.Paris).Format("02/01/2006 15:04"), New: "23/12/2030 12:00"})},
		[]string{"open, day 21 12:00"}},
	"a deadline that cannot be read is to be checked": {
		[]notice.Record{doubtful(until(follows("26-2", notice.Corrigendum, 3, "26-1"), 0))},
		[]string{"open, day 21 12:00 ?", "unclear by 26-2"}},
	"and is once a later one says it": {
		[]notice.Record{doubtful(until(follows("26-2", notice.Corrigendum, 3, "26-1"), 0)), until(follows("26-3", notice.Corrigendum, 4, "26-1"), at(28, 16, 0))},
		[]string{"open, day 28 16:00", "unclear by 26-2", "moved by 26-3: day 21 12:00 to day 28 16:00"}},
	"other sections move nothing": {
		[]notice.Record{correcting(follows("26-2", notice.Corrigendum, 3, "26-1"), notice.Correction{Section: "Lots", New: "Lot 4"})},
		[]string{"open, day 21 12:00"}},
	"a cancellation closes": {
		[]notice.Record{follows("26-2", notice.Cancellation, 3, "26-1")},
		[]string{"cancelled, day 21 12:00", "cancelled by 26-2"}},
	"a cancellation that names the last corrigendum closes": {
		[]notice.Record{until(follows("26-2", notice.Corrigendum, 3, "26-1"), at(28, 16, 0)), follows("26-3", notice.Cancellation, 4, "26-2", "26-1")},
		[]string{"cancelled, day 28 16:00", "moved by 26-2: day 21 12:00 to day 28 16:00", "cancelled by 26-3"}},
	"a cancellation that is withdrawn reopens": {
		[]notice.Record{follows("26-2", notice.Cancellation, 3, "26-1"), follows("26-3", notice.Cancellation, 4, "26-2", "26-1")},
		[]string{"open, day 21 12:00", "cancelled by 26-2", "reopened by 26-3"}},
	"a cancellation that is corrected reopens, with another deadline": {
		[]notice.Record{follows("26-2", notice.Cancellation, 3, "26-1"), until(follows("26-3", notice.Corrigendum, 4, "26-2"), at(29, 12, 0))},
		[]string{"open, day 29 12:00", "cancelled by 26-2", "reopened by 26-3", "moved by 26-3: day 21 12:00 to day 29 12:00"}},
	"cancelled again": {
		[]notice.Record{follows("26-2", notice.Cancellation, 3, "26-1"), follows("26-3", notice.Cancellation, 4, "26-2"), follows("26-4", notice.Cancellation, 5, "26-1")},
		[]string{"cancelled, day 21 12:00", "cancelled by 26-2", "reopened by 26-3", "cancelled by 26-4"}},
	"a withdrawal that is withdrawn": {
		[]notice.Record{follows("26-2", notice.Cancellation, 3, "26-1"), follows("26-3", notice.Cancellation, 4, "26-2"), follows("26-4", notice.Cancellation, 5, "26-3")},
		[]string{"cancelled, day 21 12:00", "cancelled by 26-2"}},
	"an award attaches": {
		[]notice.Record{follows("26-2", notice.Award, 30, "26-1")},
		[]string{"open, day 21 12:00, awarded " + dbtest.Start.AddDate(0, 0, 30).Format(time.DateOnly), "awarded by 26-2"}},
	"an award that is cancelled does not, and the call stays": {
		[]notice.Record{follows("26-2", notice.Award, 30, "26-1"), follows("26-3", notice.Cancellation, 31, "26-2", "26-1")},
		[]string{"open, day 21 12:00"}},
	"a corrigendum of an award moves nothing": {
		[]notice.Record{follows("26-2", notice.Award, 30, "26-1"), until(follows("26-3", notice.Corrigendum, 31, "26-2", "26-1"), at(40, 12, 0))},
		[]string{"open, day 21 12:00, awarded " + dbtest.Start.AddDate(0, 0, 30).Format(time.DateOnly), "awarded by 26-2"}},
	"a result without a winner attaches, and is no award": {
		[]notice.Record{failing(follows("26-2", notice.Award, 30, "26-1"), "", notice.Discontinued)},
		[]string{"open, day 21 12:00, discontinued", "discontinued by 26-2"}},
	"lots that fail in different ways": {
		[]notice.Record{failing(failing(follows("26-2", notice.Award, 30, "26-1"), "Lot 1", notice.Discontinued), "Lot 2", notice.Unsuccessful)},
		[]string{"open, day 21 12:00, unawarded", "unawarded by 26-2"}},
	"some lots are awarded and one is not": {
		[]notice.Record{awarding(failing(follows("26-2", notice.Award, 30, "26-1"), "Lot 2", notice.Unsuccessful))},
		[]string{"open, day 21 12:00, awarded " + dbtest.Start.AddDate(0, 0, 30).Format(time.DateOnly) + ", partly_awarded", "partly_awarded by 26-2"}},
	"one lot fails, and another result awards the other": {
		[]notice.Record{failing(follows("26-2", notice.Award, 30, "26-1"), "Lot 2", notice.Unsuccessful), awarding(follows("26-3", notice.Award, 31, "26-1"))},
		[]string{"open, day 21 12:00, awarded " + dbtest.Start.AddDate(0, 0, 31).Format(time.DateOnly) + ", partly_awarded", "unsuccessful by 26-2", "awarded by 26-3"}},
	"one lot of two fails, nothing is known of the other": {
		[]notice.Record{failing(follows("26-2", notice.Award, 30, "26-1"), "Lot 2", notice.Unsuccessful)},
		[]string{"open, day 21 12:00, partly_unawarded", "unsuccessful by 26-2"}},
	"both lots fail, in two results": {
		[]notice.Record{failing(follows("26-2", notice.Award, 30, "26-1"), "Lot 2", notice.Unsuccessful), failing(follows("26-3", notice.Award, 31, "26-1"), "Lot 1", notice.Unsuccessful)},
		[]string{"open, day 21 12:00, unsuccessful", "unsuccessful by 26-2", "unsuccessful by 26-3"}},
	"one lot, named with its title and without": {
		[]notice.Record{failing(follows("26-2", notice.Award, 30, "26-1"), "Lot 2", notice.Unsuccessful), failing(follows("26-3", notice.Award, 31, "26-1"), "Lot 02 - Trottoirs", notice.Unsuccessful)},
		[]string{"open, day 21 12:00, partly_unawarded", "unsuccessful by 26-2", "unsuccessful by 26-3"}},
	"all of it fails, and one of its lots at least is awarded after all": {
		[]notice.Record{failing(follows("26-2", notice.Award, 30, "26-1"), "", notice.Unsuccessful), follows("26-3", notice.Award, 31, "26-1")},
		[]string{"open, day 21 12:00, awarded " + dbtest.Start.AddDate(0, 0, 31).Format(time.DateOnly) + ", partly_awarded", "unsuccessful by 26-2", "awarded by 26-3"}},
	"all of it is awarded, and then fails": {
		[]notice.Record{follows("26-2", notice.Award, 30, "26-1"), failing(follows("26-3", notice.Award, 31, "26-1"), "", notice.Unsuccessful)},
		[]string{"open, day 21 12:00, awarded " + dbtest.Start.AddDate(0, 0, 30).Format(time.DateOnly) + ", partly_awarded", "awarded by 26-2", "unsuccessful by 26-3"}},
	"what a corrigendum says of a lot moves nothing": {
		[]notice.Record{correcting(follows("26-2", notice.Corrigendum, 3, "26-1"), notice.Correction{Section: "Lot 3 - remise des offres",
			Old: due.In(clock.Paris).Format("02/01/2006 15:04"), New: at(27, 0, 0).In(clock.Paris).Format("02/01/2006 15:04")})},
		[]string{"open, day 21 12:00"}},
	"nor does one that cannot be read": {
		[]notice.Record{doubtful(until(correcting(follows("26-2", notice.Corrigendum, 3, "26-1"), notice.Correction{Section: "IV.2.7",
			Old: due.In(clock.Paris).Format("02/01/2006"), New: at(27, 0, 0).In(clock.Paris).Format("02/01/2006")}), 0))},
		[]string{"open, day 21 12:00 ?", "unclear by 26-2"}},
	"a result that says that the competition goes on": {
		[]notice.Record{failing(follows("26-2", notice.Award, 30, "26-1"), "Lot 2", notice.Undecided)},
		[]string{"open, day 21 12:00"}},
	"a failure that is cancelled": {
		[]notice.Record{failing(follows("26-2", notice.Award, 30, "26-1"), "", notice.Unsuccessful), follows("26-3", notice.Cancellation, 31, "26-2", "26-1")},
		[]string{"open, day 21 12:00"}},
	"a new call begins a story of its own": {
		[]notice.Record{until(follows("26-2", notice.Contract, 3, "26-1"), at(28, 16, 0)), follows("26-3", notice.Cancellation, 4, "26-2")},
		[]string{"open, day 21 12:00"}},
	"links that lead round and round": {
		[]notice.Record{follows("26-2", notice.Corrigendum, 3, "26-3", "26-1"), follows("26-3", notice.Corrigendum, 3, "26-2")},
		[]string{"open, day 21 12:00"}},
}

// TestALotThatFailsIsNotTheWholeOfACallThatListsNone: only its lot 1 alone may be.
func TestALotThatFailsIsNotTheWholeOfACallThatListsNone(t *testing.T) {
	for lot, want := range map[string]notice.What{
		"Lot 3": notice.PartlyUnawarded, "Lot 12 - Peinture": notice.PartlyUnawarded, "Peinture": notice.PartlyUnawarded,
		"Lot 1": notice.Unsuccessful, "Lot n° 01 - Gros œuvre": notice.Unsuccessful, "": notice.Unsuccessful,
	} {
		t.Run(lot, func(t *testing.T) {
			noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
				undivided := until(call("26-1", "Voirie"), due)
				undivided.Lots = nil
				h.Record(false, undivided, failing(follows("26-2", notice.Award, 30, "26-1"), lot, notice.Unsuccessful))
				st, err := h.Notices.Find(context.Background(), access.Anybody(), h.IDOf("26-1"))
				if err != nil || st.Result != want {
					t.Errorf("%q: %s, want %s (%v)", lot, st.Result, want, err)
				}
			})
		})
	}
}

// TestAFailureThatIsAwardedAfterAll: of a call without lots the later award is of all of it,
// in whatever order they come in.
func TestAFailureThatIsAwardedAfterAll(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		undivided := until(call("26-1", "Voirie"), due)
		undivided.Lots = nil
		h.Record(false, undivided, follows("26-3", notice.Award, 31, "26-1"))
		h.Record(false, failing(follows("26-2", notice.Award, 30, "26-1"), "", notice.Unsuccessful))
		st, err := h.Notices.Find(context.Background(), access.Anybody(), h.IDOf("26-1"))
		if err != nil || st.Result != notice.Awarded {
			t.Errorf("%s (%v)", st.Result, err)
		}
	})
}

// TestWhatFollowsACallTakesEffectInAnyOrder records each procedure in many orders,
// one by one and together: what stands is the same.
func TestWhatFollowsACallTakesEffectInAnyOrder(t *testing.T) {
	for name, c := range families {
		t.Run(name, func(t *testing.T) {
			noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
				shuffle := rand.New(rand.NewPCG(1, 2))
				records := append([]notice.Record{divided(until(call("26-1", "Voirie"), due))}, c.records...)
				for round := range 5 {
					order := append([]notice.Record(nil), records...)
					if round > 1 {
						shuffle.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
					} else if round == 1 {
						for i, j := 0, len(order)-1; i < j; i, j = i+1, j-1 {
							order[i], order[j] = order[j], order[i]
						}
					}
					source := fmt.Sprint("source ", round)
					for i := range order {
						order[i].Source = source
					}
					if round%2 == 0 {
						for _, r := range order {
							h.Record(false, r)
						}
					} else {
						h.Record(false, order...)
					}
					var id string
					h.Read(func(tx *db.Tx) error {
						return tx.One(&id, "SELECT id FROM notice WHERE source = $1 AND source_id = '26-1'", source)
					})
					st, err := h.Notices.Find(context.Background(), access.Anybody(), id)
					if err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(c.want, shown(st)); diff != "" {
						t.Errorf("round %d (-want +got):\n%s", round, diff)
					}
					before := h.Count("SELECT count(*) FROM event")
					h.Record(false, again(order)...)
					if h.Count("SELECT count(*) FROM event") != before {
						t.Errorf("round %d: the same again is an event", round)
					}
				}
			})
		})
	}
}

func again(order []notice.Record) []notice.Record { return append([]notice.Record(nil), order...) }

func TestWhoWasToldCanHearWhatWasAltered(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		last := func() (r notice.Recorded) {
			var body string
			h.Read(func(tx *db.Tx) error {
				return tx.One(&body, "SELECT body FROM event WHERE kind = $1 ORDER BY id DESC LIMIT 1", string(event.NoticesRecorded))
			})
			if err := (event.Event{Body: body}).Decode(&r); err != nil {
				t.Fatal(err)
			}
			return r
		}
		h.Record(true, until(call("26-1", "Voirie"), due), until(call("26-2", "Toiture"), due))
		one, two := h.IDOf("26-1"), h.IDOf("26-2")
		if got := last(); got.Altered != nil {
			t.Errorf("new ones are altered: %v", got.Altered)
		}
		h.Record(true, until(follows("26-3", notice.Corrigendum, 2, "26-1"), at(30, 12, 0)))
		if diff := cmp.Diff([]string{one}, last().Altered); diff != "" {
			t.Errorf("moved: %s", diff)
		}
		restated := until(call("26-2", "Toiture"), at(25, 12, 0))
		h.Record(true, restated)
		if diff := cmp.Diff([]string{two}, last().Altered); diff != "" {
			t.Errorf("restated: %s", diff)
		}
		if diff := cmp.Diff([]string{"open, day 25 12:00", "restated by 26-2: day 21 12:00 to day 25 12:00"}, shown(read(t, h, "26-2"))); diff != "" {
			t.Error(diff)
		}
		h.Record(true, correcting(follows("26-5", notice.Corrigendum, 2, "26-2"), notice.Correction{Section: "Lots"}))
		if got := last().Altered; got != nil {
			t.Errorf("a corrigendum of something else: %v", got)
		}
	})
}

func TestACallWithoutADeadlineIsOverOnceThereIsAResult(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		h.Record(false, until(call("26-1", "Voirie"), 0), follows("26-2", notice.Award, 1, "26-1"), until(call("26-3", "Toiture"), 0),
			until(call("26-4", "Peinture"), 0), failing(follows("26-5", notice.Award, 1, "26-4"), "", notice.Discontinued),
			divided(until(call("26-6", "Serrurerie"), 0)), failing(follows("26-7", notice.Award, 1, "26-6"), "Lot 1", notice.Unsuccessful))
		h.Record(false, failing(follows("26-8", notice.Award, 1, "26-3"), "", notice.Undecided))
		if diff := cmp.Diff([]string{"26-3"}, listed(t, h, notice.Search{Open: true, Size: 9})); diff != "" {
			t.Error(diff)
		}
	})
}

// TestALinkThatIsMendedTakesItsEffectBack has a corrigendum and a cancellation
// published again without the link that they had.
func TestALinkThatIsMendedTakesItsEffectBack(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		h.Record(false, until(call("26-1", "Voirie"), due), until(follows("26-2", notice.Corrigendum, 2, "26-1"), at(30, 12, 0)), follows("26-3", notice.Cancellation, 3, "26-1"))
		if got := shown(read(t, h, "26-1")); got[0] != "cancelled, day 30 12:00" {
			t.Errorf("%q", got)
		}
		h.Record(false, follows("26-3", notice.Cancellation, 3, "26-8"))
		if got := shown(read(t, h, "26-1")); got[0] != "open, day 30 12:00" {
			t.Errorf("the cancellation is about another one: %q", got)
		}
		h.Record(false, until(follows("26-2", notice.Corrigendum, 2, "26-9"), at(30, 12, 0)))
		if diff := cmp.Diff([]string{"open, day 21 12:00"}, shown(read(t, h, "26-1"))); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"26-1"}, listed(t, h, notice.Search{Open: true, Size: 9})); diff != "" {
			t.Errorf("the index: %s", diff)
		}
	})
}

// TestOtherNamesOfANotice has notices refer to a call by another number of it.
func TestOtherNamesOfANotice(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		known := until(call("26-1", "Voirie"), due)
		known.Aliases = []string{"c4c415ee-01"}
		h.Record(false, until(follows("26-2", notice.Corrigendum, 2, "c4c415ee-01"), at(30, 12, 0)))
		h.Record(false, known)
		st := read(t, h, "26-1")
		if diff := cmp.Diff([]string{"open, day 30 12:00", "moved by 26-2: day 21 12:00 to day 30 12:00"}, shown(st)); diff != "" {
			t.Error(diff)
		}
		if len(st.After) != 1 || len(read(t, h, "26-2").Before) != 1 {
			t.Errorf("%d after, %d before", len(st.After), len(read(t, h, "26-2").Before))
		}
	})
}

func TestAnOlderStateBringsNothingBack(t *testing.T) {
	state := func(title string, change func(*notice.Record)) notice.Record {
		r := call("26-1", title)
		change(&r)
		return r
	}
	stamped := func(hours int) func(*notice.Record) {
		return func(r *notice.Record) { r.Stamp = clock.At(dbtest.Start).Add(time.Duration(hours) * time.Hour) }
	}
	published := func(day string) func(*notice.Record) { return func(r *notice.Record) { r.PublishedOn = day } }
	for name, c := range map[string]struct{ older, newer notice.Record }{
		"by the source's own mark":        {state("ancien", stamped(1)), state("récent", stamped(2))},
		"by the day of publication":       {state("ancien", published("2026-11-01")), state("récent", published("2026-11-02"))},
		"a cancelled one is later":        {state("ancien", func(*notice.Record) {}), state("récent", func(r *notice.Record) { r.Kind = notice.Cancellation })},
		"an extract is less than a whole": {state("ancien", func(r *notice.Record) { r.Partial = true }), state("récent", func(*notice.Record) {})},
		"a mark goes before the day":      {state("ancien", func(r *notice.Record) { stamped(1)(r); r.PublishedOn = "2026-11-09" }), state("récent", stamped(2))},
	} {
		t.Run(name, func(t *testing.T) {
			noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
				h.Record(false, c.newer)
				if got := h.Record(false, c.older); got != (notice.Outcome{Same: 1}) || read(t, h, "26-1").Title != "récent" {
					t.Errorf("after the newer one: %+v, %q", got, read(t, h, "26-1").Title)
				}
				older, newer := c.older, c.newer
				older.Source, newer.Source = "autre", "autre"
				if got := h.Record(false, older); got.New != 1 {
					t.Errorf("%+v", got)
				}
				if got := h.Record(false, newer); got != (notice.Outcome{Changed: 1}) {
					t.Errorf("after the older one: %+v", got)
				}
			})
		})
	}
}
