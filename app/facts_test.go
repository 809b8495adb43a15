package app_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"parvis/app"
	"parvis/gateway/boamp"
	"parvis/gateway/ted"
	"parvis/kit/db"
	"parvis/procurement/notice"
)

// TestAPageShowsWhatItsRecordStates takes in files of every source and form: the page of
// each notice states the facts that its reader finds in its record.
func TestAPageShowsWhatItsRecordStates(t *testing.T) {
	p := start(t, db.SQLite)
	for _, file := range []struct{ source, path string }{
		{"boamp", "../gateway/boamp/testdata/facts.json"}, {"boamp", "../gateway/boamp/testdata/v230.xml"},
		{"ted", "../gateway/ted/testdata/form02.xml"},
	} {
		text, err := os.ReadFile(file.path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.ImportNotices(t.Context(), file.source, bytes.NewReader(text), false, func(error) {}, func(app.Import) {}); err != nil {
			t.Fatal(err)
		}
		records, factsOf := boamp.Records, boamp.Facts
		if file.source == "ted" {
			records, factsOf = ted.Records, func(raw string) ([]notice.Fact, error) { return ted.Facts([]byte(raw)) }
		}
		found := 0
		for r, err := range records(bytes.NewReader(text)) {
			if err != nil {
				continue // one of the fixtures is refused
			}
			page := p.read(t, p.url+p.noticeAt(t, r.SourceID))
			facts, err := factsOf(r.Raw)
			if err != nil || len(r.Facts) > 0 {
				t.Errorf("%s %s: %v; an import has no time for facts: %v", file.path, r.SourceID, err, r.Facts)
			}
			for _, f := range facts {
				if f.Topic == notice.Profile || f.Topic == notice.Criterion || f.Topic == notice.Recourse {
					found++
					first, _, _ := strings.Cut(strings.TrimPrefix(f.Text, "https://"), "\n")
					if first, _, _ = strings.Cut(first, "/"); !strings.Contains(page, first) && !strings.Contains(page, strings.ReplaceAll(first, "'", "&#39;")) {
						t.Errorf("%s %s does not state %q", file.path, r.SourceID, first)
					}
				}
			}
		}
		if found == 0 {
			t.Errorf("no facts of %s", file.path)
		}
	}
}

// read gets a page as a visitor does.
func (p *platform) read(t *testing.T, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", address, answer.Status, err)
	}
	return string(body)
}
