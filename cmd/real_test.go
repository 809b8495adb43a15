package cmd_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"parvis/app"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/notice"
)

// found is how many notices answer to these words, every one of them wanted.
func found(t *testing.T, notices *notice.Service, words string) int {
	t.Helper()
	return len(search(t, notices, words))
}

// search gives the numbers of the notices that answer to words.
func search(t *testing.T, notices *notice.Service, words string) map[string]bool {
	t.Helper()
	keywords, _, err := notice.ReadKeywords("mots_cles", words)
	if err != nil {
		return nil
	}
	page, err := notices.Search(context.WithoutCancel(t.Context()), access.Anybody(), notice.Search{
		Criteria: notice.Criteria{Mode: notice.All, Keywords: keywords}, Order: notice.ByPublication, Size: 100_000,
	})
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]bool{}
	for _, n := range page.Notices {
		numbers[n.SourceID] = true
	}
	return numbers
}

// realExports are the gazette's own records, which the project may not contain.
func realExports(t *testing.T) (files []string) {
	t.Helper()
	dir := os.Getenv("PARVIS_TEST_DATA")
	if dir == "" {
		t.Skip("PARVIS_TEST_DATA is not set: it names a folder with real exports, which this project may not contain")
	}
	for _, pattern := range []string{"*.jsonl", "ods_*.json", "xml_v230"} {
		some, err := filepath.Glob(filepath.Join(dir, "boamp", pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, some...)
	}
	if len(files) == 0 {
		t.Skipf("PARVIS_TEST_DATA has no boamp/*.jsonl (%s)", dir)
	}
	return files
}

// extract is published without its notice's number and title: the only record of
// the real files that may be refused.
const extract = "ods_eforms_attribution_reelle_extrait.json"

// TestRealExportsGoIn imports every real file twice: the second time changes
// nothing. Then notices are found by the words of their titles.
func TestRealExportsGoIn(t *testing.T) {
	files := realExports(t)
	eachDatabase(t, func(t *testing.T, place []string) {
		for _, file := range files {
			name := filepath.Base(file)
			start := time.Now()
			out, errOut, _ := run(t, "", append([]string{"import", "boamp", file}, place...)...)
			took := time.Since(start)
			first := summaries(t, out)
			if len(first) != 1 || (first[0].refused > 0) != (name == extract) || first[0].read == 0 {
				t.Fatalf("%s: %q\n%s", name, out, errOut)
			}
			start = time.Now()
			imports(t, place, "", file, counts{read: first[0].read, same: first[0].read - first[0].refused, refused: first[0].refused})
			t.Logf("%-44s %+v; %.0f a second, then %.0f", name, first[0], float64(first[0].read)/took.Seconds(), float64(first[0].read)/time.Since(start).Seconds())
			for report := range strings.Lines(errOut) {
				t.Logf("  %s", strings.TrimSpace(report))
			}
		}
		a, err := app.Open(t.Context(), configOf(place))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = a.Close() }()
		logKinds(t, a.DB)
		if err := a.Notices.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		findSome(t, a)
	})
}

func logKinds(t *testing.T, d *db.DB) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) error {
		var rows []struct {
			Kind  string
			Count int
			Gone  int
		}
		err := tx.All(&rows, `SELECT kind, count(*) AS count, sum(CASE WHEN cancelled_at IS NULL THEN 0 ELSE 1 END) AS gone FROM notice GROUP BY kind ORDER BY kind`)
		for _, r := range rows {
			t.Logf("kind %-14s %5d, of which cancelled by another %d", r.Kind, r.Count, r.Gone)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// findSome looks for one notice in twenty by the first words of its title.
func findSome(t *testing.T, a *app.App) {
	t.Helper()
	var sample []struct{ SourceID, Title string }
	if err := a.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.All(&sample, "SELECT source_id, title FROM notice ORDER BY source_id")
	}); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for i := 0; i < len(sample); i += 20 {
		n := sample[i]
		words := strings.FieldsFunc(n.Title, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		var long []string
		for _, w := range words {
			if len(w) > 5 && len(long) < 3 {
				long = append(long, w)
			}
		}
		if len(long) == 0 {
			continue
		}
		asked++
		if !search(t, a.Notices, strings.Join(long, " "))[n.SourceID] {
			t.Errorf("%s is not found by %q: %s", n.SourceID, long, n.Title)
		}
	}
	if asked < len(sample)/40 {
		t.Errorf("only %d searches for %d notices", asked, len(sample))
	}
	t.Logf("%d notices, %d of them looked for", len(sample), asked)
}
