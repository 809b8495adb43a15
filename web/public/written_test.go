package public

import "testing"

// TestCorrectionsAreWrittenAsPeopleReadThem: the gazette writes a date limit for
// programs; any other text stays as it is.
func TestCorrectionsAreWrittenAsPeopleReadThem(t *testing.T) {
	for raw, want := range map[string]string{
		"2026-12-03T12:00:00+01:00": "03/12/2026 12:00",
		"2026-12-03T12:00:00+04:00": "03/12/2026 12:00", // the clocks of the place, as written
		"2026-12-03T12:00:00":       "03/12/2026 12:00",
		"2026-12-03T09:30":          "03/12/2026 09:30",
		"2026-12-03":                "03/12/2026",
		"9 restaurants scolaires":   "9 restaurants scolaires",
		"2026-13-03T12:00":          "2026-13-03T12:00",
		"":                          "",
	} {
		if got := written(raw); got != want {
			t.Errorf("%q is written %q, want %q", raw, got, want)
		}
	}
}
