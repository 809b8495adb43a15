package app

import (
	"os"
	"runtime/debug"
	"testing"
)

func TestAnImportCollectsLessOftenAndLeavesItAsItWas(t *testing.T) {
	for live, want := range map[uint64]int{0: 400, 10 << 20: 400, 128 << 20: 400, 256 << 20: 200, 512 << 20: 100, 8 << 30: 100} {
		if got := percentFor(live); got != want {
			t.Errorf("%d bytes in use: %d %%, want %d", live, got, want)
		}
	}
	percent := func() int {
		p := debug.SetGCPercent(100)
		debug.SetGCPercent(p)
		return p
	}
	t.Setenv("GOGC", "70") // said by somebody
	before := percent()
	leave := rooms.enter()
	rooms.adapt()
	if percent() != before {
		t.Error("what somebody said was not obeyed")
	}
	leave()
	unset(t, "GOGC")
	first, second := rooms.enter(), rooms.enter()
	rooms.adapt()
	if got := percent(); got < 100 || got != rooms.percent {
		t.Errorf("%d %% during an import", got)
	}
	second()
	if percent() != rooms.percent {
		t.Error("the end of one import of two changed it")
	}
	first()
	if percent() != before {
		t.Errorf("%d %% afterwards, %d before", percent(), before)
	}
}

// unset takes a variable away for this test.
func unset(t *testing.T, name string) {
	t.Helper()
	t.Setenv(name, "") // which puts it back afterwards
	if err := os.Unsetenv(name); err != nil {
		t.Fatal(err)
	}
}
