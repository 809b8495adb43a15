package notice

import (
	"cmp"

	"parvis/kit/clock"
)

// version is what tells which of two states of one notice is the later. A source
// publishes a notice again under its number when something of it has changed, and
// its exports are imported in any order.
type version struct {
	Stamp       clock.Instant // the source's own mark
	PublishedOn string
	Kind        Kind
	Partial     bool
}

func (r *Record) version() version {
	return version{Stamp: r.Stamp, PublishedOn: r.PublishedOn, Kind: r.Kind, Partial: r.Partial}
}

// compare is negative when v is the earlier: by the source's own mark where both
// have one, else by the day of publication; a notice that is cancelled is later than
// the call that it was, and one with its form later than an extract without. Zero
// says that nothing in the records tells.
func (v version) compare(o version) int {
	if v.Stamp != 0 && o.Stamp != 0 && v.Stamp != o.Stamp {
		return cmp.Compare(v.Stamp, o.Stamp)
	}
	return cmp.Or(cmp.Compare(v.PublishedOn, o.PublishedOn), cmp.Compare(v.rank(), o.rank()), cmp.Compare(o.part(), v.part()))
}

func (v version) rank() int {
	if v.Kind == Cancellation {
		return 1
	}
	return 0
}

func (v version) part() int {
	if v.Partial {
		return 1
	}
	return 0
}

// replaces tells whether a state that has just come takes the place of the one we
// have. When nothing in them tells, the last to come does, unless it is one that was
// replaced already: the same file again changes nothing.
func (v version) replaces(have version, superseded bool) bool {
	order := v.compare(have)
	return order > 0 || order == 0 && !superseded
}
