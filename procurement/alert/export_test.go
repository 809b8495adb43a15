package alert

import "parvis/procurement/event"

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
