package app_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parvis/gateway/boamp/rehearsal"
	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/notice"
)

// TestRealNoticesAreFetchedWhole has the platform of ours publish a real export, and
// fetches every fortieth day of its life, with a failure now and then: in the end all of
// the days that were read are there.
func TestRealNoticesAreFetchedWhole(t *testing.T) {
	folder := os.Getenv("PARVIS_TEST_DATA")
	if folder == "" {
		t.Skip("PARVIS_TEST_DATA does not say where real exports are")
	}
	f, err := os.Open(filepath.Join(folder, "boamp", "boamp_2019_2021.jsonl"))
	if err != nil {
		t.Skipf("no export of 2019-2021 in PARVIS_TEST_DATA: %v", err)
	}
	defer func() { _ = f.Close() }()
	var records []rehearsal.Record
	first, last := "9", ""
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var r struct{ Idweb, Dateparution string }
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		records = append(records, rehearsal.Record{ID: r.Idweb, Day: r.Dateparution, Raw: lines.Text()})
		first, last = min(first, r.Dateparution), max(last, r.Dateparution)
	}
	b := openBureau(t, db.SQLite, 1)
	b.Publish(records...)
	from, err := time.ParseInLocation(time.DateOnly, first, clock.Paris)
	if err != nil {
		t.Fatal(err)
	}
	to, err := time.ParseInLocation(time.DateOnly, last, clock.Paris)
	if err != nil {
		t.Fatal(err)
	}
	fetches, refused := 0, 0
	for day := from; ; day = day.AddDate(0, 0, 40) {
		b.clock.Move(clock.At(day.Add(8 * time.Hour)).Sub(b.clock.Now()))
		b.Fail(rehearsal.Well, rehearsal.Down(503), rehearsal.Well, rehearsal.Cut(400))
		if _, err := b.programs[0].Fetch(t.Context(), func(*notice.RecordError) { refused++ }); err != nil {
			t.Fatalf("on %s: %v", day.Format(time.DateOnly), err)
		}
		if fetches++; day.After(to) {
			break
		}
	}
	want := map[string]bool{}
	for _, r := range records {
		want[r.ID] = true
	}
	have := b.recorded(t)
	if len(have) != len(want)-refused || refused != 0 {
		t.Errorf("%d notices of %d, %d refused", len(have), len(want), refused)
	}
	t.Logf("%d notices from %s to %s, in %d fetches and %d questions", len(have), first, last, fetches, len(b.Asked()))
}
