package public

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/procurement/notice"
)

func TestLotsAreNamedByTheirNumbers(t *testing.T) {
	for numbers, want := range map[string]string{
		"1": "lot\u00a01", "2 1": "lots\u00a01, 2", "1 2 3": "lots\u00a01 à 3", "10 9 8 2 1": "lots\u00a01, 2, 8 à 10", "1 3 5": "lots\u00a01, 3, 5",
		"2 2": "lot\u00a02", "B A 1": "lots\u00a01, A, B", "1a": "lot\u00a01a", "1 2 3 5 6 7 A": "lots\u00a01 à 3, 5 à 7, A",
	} {
		if got := lotsNamed(strings.Fields(numbers)); got != want {
			t.Errorf("%s: %q, want %q", numbers, got, want)
		}
	}
}

// TestFactsAreSortedOnce shows that every fact is found under its lot and topic, and in
// the order in which the notice says them.
func TestFactsAreSortedOnce(t *testing.T) {
	facts := []notice.Fact{{Topic: notice.More, Text: "b"}, {Topic: notice.More, Lot: "1", Text: "c"}, {Topic: notice.More, Text: "a"}, {Topic: notice.Value, Lot: "1", Cents: 100}}
	want := told{"": {notice.More: {facts[0], facts[2]}}, "1": {notice.More: {facts[1]}, notice.Value: {facts[3]}}}
	if diff := cmp.Diff(want, tell(facts)); diff != "" {
		t.Error(diff)
	}
	p := noticePage{Told: want}
	if got := p.lotLines("1"); len(got) != 2 || got[0].Label != notice.Value.Label() || got[1].Said[0].Text != "c" || p.lotLines("2") != nil || p.lotLines("") != nil {
		t.Errorf("%v", got)
	}
}
