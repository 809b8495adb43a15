package scrub

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestWhatIsCleanNeedsNothing compares the texts that are taken as they are with what
// cleaning would make of them.
func TestWhatIsCleanNeedsNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		parts := rapid.SliceOf(rapid.SampledFrom([]string{"Travaux", "été", "Œuvre", "l’eau", "l'eau", " ", "  ", "\n", "\n\n", "\t", "&amp;", "<br>", "<", "¿", "\u00a0", "e\u0301", "\x92", "12/3", "É"})).Draw(rt, "parts")
		s := strings.Join(parts, "")
		if clean(s) && line(s) != s {
			rt.Fatalf("%q is clean, and cleaned it is %q", s, line(s))
		}
		if !cleanLines(s) {
			return
		}
		var want []string
		for l := range strings.SplitSeq(unclutter(s), "\n") {
			want = append(want, strings.Join(strings.Fields(l), " "))
		}
		slow := strings.Trim(strings.Join(want, "\n"), "\n")
		for strings.Contains(slow, "\n\n\n") {
			slow = strings.ReplaceAll(slow, "\n\n\n", "\n\n")
		}
		if got := paragraphs(s); got != slow {
			rt.Fatalf("%q: %q, want %q", s, got, slow)
		}
	})
}
