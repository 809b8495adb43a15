package form

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestAnISODateIsTakenApartAsThePatternDoes draws dates and what is nearly one.
func TestAnISODateIsTakenApartAsThePatternDoes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		raw := rapid.StringMatching(`[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{3})?)?)?( ?(Z|[+-][0-9]{2}:?[0-9]{2}))?`).Draw(rt, "date")
		if rapid.Bool().Draw(rt, "spoilt") {
			b := []byte(raw)
			b[rapid.IntRange(0, len(b)-1).Draw(rt, "at")] = rapid.SampledFrom([]byte("-:TZ+5 x")).Draw(rt, "byte")
			raw = string(b)
		}
		if got, want := iso(raw), isoMoment.FindStringSubmatch(raw); !slices.Equal(got, want) {
			rt.Fatalf("%q: %q, the pattern says %q", raw, got, want)
		}
	})
}
