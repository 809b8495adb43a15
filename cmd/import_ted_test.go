package cmd_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheJournalGoesInOnce imports the documents of the gateway's tests as a folder:
// the call, its change, its cancellation and its award find each other.
func TestTheJournalGoesInOnce(t *testing.T) {
	folder := t.TempDir()
	files, err := filepath.Glob("../gateway/ted/testdata/*.xml")
	if err != nil || len(files) < 8 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(f)), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	eachDatabase(t, func(t *testing.T, place []string) {
		ask := append([]string{"import", "ted", folder}, place...)
		for round, want := range []counts{{read: 8, new: 8}, {read: 8, same: 8}} {
			out, errOut, status := run(t, "", ask...)
			if got := summaries(t, out); len(got) != 1 || got[0] != want || status != 0 || errOut != "" {
				t.Errorf("round %d: status %d, %q\n%s", round, status, out, errOut)
			}
		}
		d := openDatabase(t, place)
		if n := countOf(t, d, "notice WHERE source = 'ted' AND cancelled_at IS NOT NULL AND source_id = '300001-2026'"); n != 1 {
			t.Error("the call is not cancelled by the notice that cancels its change")
		}
		if n := countOf(t, d, "notice_change WHERE what = 'moved'"); n != 2 {
			t.Errorf("%d deadlines were moved, want that of the eForms call and that of form 02", n)
		}
		out, errOut, status := run(t, "<!DOCTYPE a><a/>", append([]string{"import", "ted", "-"}, place...)...)
		if status != 4 || !strings.Contains(errOut, "DOCTYPE") || !strings.Contains(out, "0 avis lu") {
			t.Errorf("status %d, %q, %s", status, out, errOut)
		}
	})
}
