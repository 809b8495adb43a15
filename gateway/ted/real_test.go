package ted_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parvis/gateway/ted"
	"parvis/procurement/notice"
)

var update = flag.Bool("update", false, "write the expected records, and the page of figures, anew")

// realGroups are the Journal's own documents, which the project may not contain.
var realGroups = map[string]string{
	"ted_fr_2014_2022.tar.zst": "ted_fr_2014_2022.tar.zst", "reels/*.xml": "reels/*.xml",
	"paires, TED_EXPORT": "paires_ted_eforms/*_ted.xml", "paires, eForms": "paires_ted_eforms/*_eforms.xml", "sdk_exemples/*.xml": "sdk_exemples/*.xml",
}

// TestRealDocumentsAreRead reads them all and prints how many fill each field. With
// -update the same table becomes a page of docs.
func TestRealDocumentsAreRead(t *testing.T) {
	dir := os.Getenv("PARVIS_TEST_DATA")
	if dir == "" {
		t.Skip("PARVIS_TEST_DATA is not set: it names a folder with real documents, which this project may not contain")
	}
	counts := map[string]map[string]int{}
	for group, pattern := range realGroups {
		files, err := filepath.Glob(filepath.Join(dir, "eforms", pattern))
		if err != nil {
			t.Fatal(err)
		}
		counts[group] = map[string]int{"**documents**": 0}
		for _, file := range files {
			countReal(t, file, counts[group])
		}
	}
	if counts["ted_fr_2014_2022.tar.zst"]["**read**"] == 0 {
		t.Skipf("PARVIS_TEST_DATA has no eforms/ted_fr_2014_2022.tar.zst (%s)", dir)
	}
	text := table(counts)
	t.Log("\n" + text)
	if *update {
		page := "# What is read of the Official Journal's real notices\n\n" +
			"How many documents fill each field, as `go test ./gateway/ted -run Real -update` counted them on the files\n" +
			"named by `PARVIS_TEST_DATA`. Documents of buyers of other countries are passed over: the pairs and the\n" +
			"examples of the SDK have many. Nothing here is estimated.\n\n" + text
		if err := os.WriteFile("../../docs/lecture-ted.md", []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func countReal(t *testing.T, file string, c map[string]int) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c["**documents**"]++
	for n, err := range ted.Records(f) {
		var refusal *notice.RecordError
		if err != nil {
			if c["**refused**"]++; !errors.As(err, &refusal) {
				t.Errorf("%s: %v", file, err)
			}
			t.Logf("%s: %v", filepath.Base(file), err)
			continue
		}
		c["**read**"]++
		c["kind "+string(n.Kind)]++
		facts, err := ted.Facts([]byte(n.Raw))
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		for field, filled := range map[string]bool{
			"CPV": len(n.CPV) > 0, "awards": len(n.Detail.Awards) > 0, "given to nobody, in part at least": len(n.Detail.Unawarded) > 0, "buyer": n.Buyer.Name != "", "buyer number as found": n.Buyer.SIRET != "",
			"buyer postcode": n.Buyer.Postcode != "", "buyer city": n.Buyer.City != "", "category": n.Category != "", "corrections": len(n.Detail.Corrections) > 0,
			"deadline": !n.Deadline.IsZero(), "deadline doubtful": n.DeadlineDoubtful, "departments": len(n.Departments) > 0, "description": n.Description != "",
			"linked": len(n.Linked) > 0, "lots": len(n.Lots) > 0, "procedure": n.Procedure != "", "published": n.PublishedOn != "", "reference": n.Reference != "",
			"facts": len(facts) > 0, "address": n.URL != "", "other names": len(n.Aliases) > 0, "unread": len(n.Detail.Unread) > 0,
			"deadline from " + n.DeadlineSource: n.DeadlineSource != "",
		} {
			if filled {
				c[field]++
			}
		}
		said := map[notice.Topic]bool{}
		for _, f := range facts {
			if !said[f.Topic] {
				said[f.Topic] = true
				c["fact "+string(f.Topic)]++
			}
		}
		if n.Title == "" || n.Kind == "" || n.Kind == notice.Other || n.PublishedOn == "" {
			t.Errorf("%s: %s %q of %q", file, n.Kind, n.Title, n.PublishedOn)
		}
	}
}

// table has a line for each field and a column for each group of documents.
func table(counts map[string]map[string]int) string {
	groups := slices.Sorted(maps.Keys(counts))
	rows := map[string]bool{}
	for _, c := range counts {
		for field := range c {
			rows[field] = true
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "| field | `%s` |\n|---|%s\n", strings.Join(groups, "` | `"), strings.Repeat("---:|", len(groups)))
	for _, field := range slices.Sorted(maps.Keys(rows)) {
		fmt.Fprintf(&b, "| %s |", field)
		for _, g := range groups {
			fmt.Fprintf(&b, " %d |", counts[g][field])
		}
		b.WriteString("\n")
	}
	return b.String()
}
