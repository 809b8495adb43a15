package notice

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"parvis/kit/clock"
)

// What is what happened to a notice.
type What string

// What another notice, or a later state of the notice itself, does to one.
const (
	Moved     What = "moved"     // its deadline was moved by a corrigendum
	Cancelled What = "cancelled" // the procedure was given up
	Reopened  What = "reopened"  // the cancellation was itself withdrawn or corrected
	Awarded   What = "awarded"   // somebody was given it; see Unawarded for the others
	Unclear   What = "unclear"   // a corrigendum speaks of its deadline, and gives none that can be read
	Restated  What = "restated"  // its source published it again with another deadline
)

// Change is one thing that happened to a notice.
type Change struct {
	What     What
	ByID     string        // the notice that did it
	BySource string        // its number at the source
	On       string        `db:"on_day"` // its day of publication
	Before   clock.Instant // the deadline before and after, where it is about that
	After    clock.Instant
	Doubtful bool // the hour of After must be checked in the notice
}

// relative is what counts of a notice among those of one procedure.
type relative struct {
	ID, SourceID, Aliases, PublishedOn, Linked, TimeZone, Departments string

	Kind                  Kind
	OwnDeadline, Deadline clock.Instant
	OwnDoubtful           bool
	DeadlineDoubtful      bool
	CancelledAt           clock.Instant
	AwardedOn             string
	Result                What
	Alterations           int64 // see History

	corrections []Correction
	result      What // what it says itself, when it is a result
	unawarded   []UnawardedLot
	lots        int // how many it has, when countLots was asked
}

func (r *relative) names() []string { return append(split(r.Aliases, ","), r.SourceID) }

// before puts notices in the order of their publication, and those of one day in
// the order of their numbers.
func (r *relative) before(o *relative) int {
	return cmp.Or(strings.Compare(r.PublishedOn, o.PublishedOn), compareNumbers(r.SourceID, o.SourceID))
}

// compareNumbers compares 20-999 and 20-1110 as people number notices.
func compareNumbers(a, b string) int {
	yearA, rankA, _ := strings.Cut(a, "-")
	yearB, rankB, _ := strings.Cut(b, "-")
	return cmp.Or(strings.Compare(yearA, yearB), cmp.Compare(len(rankA), len(rankB)), strings.Compare(rankA, rankB))
}

// family is the notices of one procedure, or of several that refer to each other.
// What became of each of them follows from what they all say, whichever came first.
type family struct {
	byName    map[string]*relative
	followers map[*relative][]*relative
}

func newFamily(all []*relative) *family {
	f := &family{byName: map[string]*relative{}, followers: map[*relative][]*relative{}}
	slices.SortFunc(all, (*relative).before)
	for _, r := range all {
		for _, name := range r.names() {
			f.byName[name] = r
		}
	}
	for _, r := range all {
		for _, name := range split(r.Linked, ",") {
			if to := f.byName[name]; to != nil && to != r && !contains(f.followers[to], r) {
				f.followers[to] = append(f.followers[to], r)
			}
		}
	}
	return f
}

// aim is the notice that another one is about: the first that it names, which is
// the surest. It is nil when we do not have it.
func (f *family) aim(r *relative) *relative {
	name, _, _ := strings.Cut(r.Linked, ",")
	return f.byName[name]
}

// withdrawnBy is the notice that makes another one void: a cancellation that is
// about it, or, of a cancellation, a corrigendum. One that is void itself makes
// nothing void. A cancellation that is about a corrigendum is not such a one: it
// names the last notice of the procedure that it gives up.
func (f *family) withdrawnBy(r *relative) *relative {
	if r.Kind == Contract || r.Kind == Prior || r.Kind == Corrigendum {
		return nil
	}
	for _, by := range f.followers[r] {
		undoes := by.Kind == Cancellation || by.Kind == Corrigendum && r.Kind == Cancellation
		if undoes && f.aim(by) == r && r.before(by) < 0 && f.withdrawnBy(by) == nil {
			return by
		}
	}
	return nil
}

// after gives what follows a notice, directly or through what follows it, in the
// order of publication. A new call begins a story of its own.
func (f *family) after(r *relative) (all []*relative) {
	seen := map[*relative]bool{r: true}
	for next := []*relative{r}; len(next) > 0; {
		at := next[0]
		next = next[1:]
		for _, follower := range f.followers[at] {
			if !seen[follower] {
				seen[follower] = true
				if follower.Kind != Contract {
					all, next = append(all, follower), append(next, follower)
				}
			}
		}
	}
	slices.SortFunc(all, (*relative).before)
	return all
}

// standing is what stands of a notice once all those that follow it are heard.
type standing struct {
	deadline  clock.Instant
	doubtful  bool
	cancelled bool
	awardedOn string
	result    What
	changes   []Change
}

// standing hears what follows a notice.
func (f *family) standing(r *relative) standing {
	s := standing{deadline: r.OwnDeadline, doubtful: r.OwnDoubtful}
	if r.Kind != Contract && r.Kind != Prior {
		if by := f.withdrawnBy(r); by != nil {
			s.note(Cancelled, by)
			s.cancelled = true
		}
		return s
	}
	var results verdict
	for _, by := range f.after(r) {
		switch about := f.aim(by); {
		case by.Kind == Cancellation && about != nil && about.Kind != Contract && about.Kind != Prior && about.Kind != Corrigendum:
			// It is about an award, or a cancellation, and leaves the call as it is.
		case by.Kind == Cancellation:
			s.note(Cancelled, by)
			if undone := f.withdrawnBy(by); undone != nil {
				s.note(Reopened, undone)
			} else {
				s.cancelled = true
			}
		case f.withdrawnBy(by) != nil:
		case by.Kind == Corrigendum && (about == nil || about.Kind != Award):
			s.move(r, by)
		case by.Kind == Award:
			s.hear(r, by, &results)
		}
	}
	s.result = results.on(r)
	slices.SortStableFunc(s.changes, func(a, b Change) int { return strings.Compare(a.On, b.On) })
	return s
}

// hear takes a result. One that says that the competition goes on changes nothing.
func (s *standing) hear(call, by *relative, results *verdict) {
	if by.result == Undecided {
		return
	}
	s.note(by.result, by)
	results.hear(by, call)
	if by.result == Awarded || by.result == PartlyAwarded {
		s.awardedOn = cmp.Or(s.awardedOn, by.PublishedOn)
	}
}

func (s *standing) note(what What, by *relative) {
	s.changes = append(s.changes, Change{What: what, ByID: by.ID, BySource: by.SourceID, On: by.PublishedOn})
}

// move takes the deadline of a corrigendum. Where that speaks of one that cannot be read,
// the one that stands is to be checked.
func (s *standing) move(call, by *relative) {
	after, doubtful, ok := by.newDeadline(s.deadline, zoneOf(call.TimeZone, split(call.Departments, ",")))
	if !ok && by.OwnDeadline.IsZero() && by.OwnDoubtful {
		s.note(Unclear, by)
		s.doubtful = true
	}
	if !ok || after == s.deadline {
		return
	}
	s.note(Moved, by)
	c := &s.changes[len(s.changes)-1]
	c.Before, c.After, c.Doubtful = s.deadline, after, doubtful
	s.deadline, s.doubtful = after, doubtful
}

// ofLot finds sections of a corrigendum that are about a lot: what they say is not said of
// the others.
var ofLot = regexp.MustCompile(`(?i)\blots?(?:\b|\d)`)

// newDeadline is the deadline that a corrigendum gives to a call that had another
// one: its own, or what is to be read in the place of the call's deadline, in
// whatever section that stands. A day without an hour keeps the hour that the call
// had, to be checked.
func (r *relative) newDeadline(had clock.Instant, zone *time.Location) (at clock.Instant, doubtful, ok bool) {
	if !r.OwnDeadline.IsZero() {
		own := r.OwnDeadline.In(zone)
		if r.OwnDoubtful && own.Hour() == 23 && own.Minute() == 59 && !had.IsZero() {
			return sameHour(own, had.In(zone)), true, true
		}
		return r.OwnDeadline, r.OwnDoubtful, true
	}
	if had.IsZero() || r.OwnDoubtful { // it speaks of the deadline, and nobody knows what it says
		return 0, false, false
	}
	for _, c := range r.corrections {
		if ofLot.MatchString(c.Section) {
			continue
		}
		before, _, beforeOK := readShown(c.Old, zone)
		after, hour, afterOK := readShown(c.New, zone)
		if !beforeOK || !afterOK || before.Format(time.DateOnly) != had.In(zone).Format(time.DateOnly) {
			continue
		}
		if !hour {
			return sameHour(after, had.In(zone)), true, true
		}
		if clock.At(before) == had {
			return clock.At(after), false, true
		}
	}
	return 0, false, false
}

// sameHour is the hour of one moment on the day of another.
func sameHour(day, hour time.Time) clock.Instant {
	return clock.At(time.Date(day.Year(), day.Month(), day.Day(), hour.Hour(), hour.Minute(), 0, 0, day.Location()))
}

// readShown reads a date as corrections show it: « 23/01/2020 12:00 ».
func readShown(text string, zone *time.Location) (at time.Time, hour, ok bool) {
	if at, err := time.ParseInLocation("02/01/2006 15:04", text, zone); err == nil {
		return at, true, true
	}
	at, err := time.ParseInLocation("02/01/2006", text, zone)
	return at, false, err == nil
}
