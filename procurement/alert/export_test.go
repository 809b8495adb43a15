package alert

import (
	"parvis/kit/clock"
	"parvis/procurement/event"
	"parvis/procurement/notice"
)

// Tells says whether a rule tells anybody.
func Tells(k event.Kind) bool { return Rules[k].tell != nil }

// Shorten and Wrap are tested by themselves.
var (
	Shorten = shorten
	Wrap    = wrap
)

// PeoplePerStep has a run serve n people in each transaction, until restored.
func PeoplePerStep(n int) (restore func()) {
	before := peoplePerStep
	peoplePerStep = n
	return func() { peoplePerStep = before }
}

// OpenSlot is what a matcher does first.
var OpenSlot = openSlot

// News gives the heads of what a reader to whom that was said does not know of a notice, whose
// deadline that corrigendum leaves to be checked, if any does.
func News(said string, n *notice.Notice, unclear string, now clock.Instant) (heads []string, err error) {
	s, err := readSnapshot(said)
	is := snapshot{n.Deadline, n.VisitAt, n.QuestionsUntil, !n.CancelledAt.IsZero(), n.AwardedOn, n.Result, n.ChangedAt, clear}
	if unclear != "" {
		is.Unclear = unclear
	}
	for _, d := range differences(s, is, n, true, now) {
		heads = append(heads, d.Head)
	}
	return heads, err
}
