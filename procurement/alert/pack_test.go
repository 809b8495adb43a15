package alert_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parvis/procurement/alert"
)

// The watches of a match come back as they went, a byte or so each.
func TestWatchNumbersComeBackAsTheyWent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfDistinct(rapid.Uint64(), rapid.ID[uint64]).Draw(t, "watches")
		slices.Sort(want)
		got, err := alert.Unpack(alert.Pack(want))
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v came back as %v (%v)", want, got, err)
		}
	})
	side := make([]uint64, 1000)
	for i := range side {
		side[i] = uint64(1_000_000 + i)
	}
	if n := len(alert.Pack(side)); n > 1400 {
		t.Errorf("a thousand neighbours take %d characters", n)
	}
}

func FuzzUnpack(f *testing.F) {
	for _, seed := range []string{"", alert.Pack([]uint64{1, 2, 300}), "gA", "!", "////////////////"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		nums, err := alert.Unpack(s)
		if err != nil {
			return
		}
		if again, err := alert.Unpack(alert.Pack(nums)); slices.IsSorted(nums) && (err != nil || !slices.Equal(again, nums)) {
			t.Errorf("%q: %v, then %v (%v)", s, nums, again, err)
		}
	})
}
