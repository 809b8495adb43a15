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

// News gives the heads of what a reader to whom that was said does not know of a notice.
func News(said string, n *notice.Notice, now clock.Instant) (heads []string, err error) {
	s, err := readSnapshot(said)
	for _, d := range differences(s, n, true, now) {
		heads = append(heads, d.Head)
	}
	return heads, err
}
