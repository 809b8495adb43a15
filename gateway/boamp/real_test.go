package boamp_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parvis/gateway/boamp"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

// realFiles are the gazette's own records, which the project may not contain.
func realFiles(t *testing.T) []string {
	t.Helper()
	dir := os.Getenv("PARVIS_TEST_DATA")
	if dir == "" {
		t.Skip("PARVIS_TEST_DATA is not set: it names a folder with real exports, which this project may not contain")
	}
	var files []string
	for _, pattern := range []string{"*.jsonl", "ods_*.json", "xml_v230/*.xml"} {
		found, err := filepath.Glob(filepath.Join(dir, "boamp", pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Skipf("PARVIS_TEST_DATA has no boamp/*.jsonl (%s)", dir)
	}
	return files
}

// census counts in how many records each field is filled.
type census struct {
	read, refused int
	filled        map[string]int
	kinds         map[notice.Kind]int
}

func (c *census) add(n notice.Record) {
	c.read++
	c.kinds[n.Kind]++
	facts, err := boamp.Facts(n.Raw)
	if err != nil {
		panic(err) // Parse took it
	}
	for field, filled := range map[string]bool{
		"category": n.Category != "", "procedure": n.Procedure != "", "description": n.Description != "",
		"reference": n.Reference != "", "buyer": n.Buyer.Name != "", "buyer SIRET as found": n.Buyer.SIRET != "",
		"buyer SIRET valid": validSIRET(n.Buyer.SIRET), "buyer postcode": n.Buyer.Postcode != "",
		"buyer city": n.Buyer.City != "", "departments": len(n.Departments) > 0, "CPV": len(n.CPV) > 0,
		"descriptors": len(n.Descriptors) > 0, "lots": len(n.Lots) > 0, "published": n.PublishedOn != "",
		"deadline": !n.Deadline.IsZero(), "deadline doubtful": n.DeadlineDoubtful, "deadline unusable": n.DeadlineRaw != "" && n.Deadline.IsZero(),
		"address": n.URL != "", "linked": len(n.Linked) > 0, "clock not of Paris": n.TimeZone != "Europe/Paris", "corrections": len(n.Detail.Corrections) > 0,
		"awards": len(n.Detail.Awards) > 0, "given to nobody, in part at least": len(n.Detail.Unawarded) > 0, "cancel reason": n.Detail.CancelReason != "", "family": n.Detail.Family != "",
		"criteria": len(n.Detail.Criteria) > 0, "unread": len(n.Detail.Unread) > 0, "facts": len(facts) > 0,
		"deadline from " + n.DeadlineSource: n.DeadlineSource != "",
	} {
		if filled {
			c.filled[field]++
		}
	}
	said := map[notice.Topic]bool{}
	for _, f := range facts {
		if !said[f.Topic] {
			c.filled["fact "+string(f.Topic)]++
		}
		said[f.Topic] = true
		if f.Lot != "" && !said["lot"] {
			said["lot"] = true
			c.filled["facts of lots"]++
		}
	}
}

func validSIRET(s string) bool {
	_, err := refdata.ParseSIRET(s)
	return err == nil
}

// The only record of the real files that may be refused: an extract published
// without the notice's number and without its title.
const extract = "ods_eforms_attribution_reelle_extrait.json"

// TestEveryRealRecordIsRead reads every real file and prints how many records fill
// each field, file by file. With -update the same table becomes a page of docs.
func TestEveryRealRecordIsRead(t *testing.T) {
	counts := map[string]*census{} // by file; the gazette's XML, one notice a file, together
	for _, file := range realFiles(t) {
		name := filepath.Base(file)
		if strings.HasSuffix(name, ".xml") {
			name = "xml_v230/*.xml"
		}
		if counts[name] == nil {
			counts[name] = &census{filled: map[string]int{}, kinds: map[notice.Kind]int{}}
		}
		readReal(t, file, counts[name])
	}
	for name, c := range counts {
		if name != extract && c.read == 0 {
			t.Errorf("%s: nothing was read", name)
		}
	}
	text := table(counts)
	t.Log("\n" + text)
	if *update {
		page := "# What is read of the gazette's real notices\n\n" +
			"How many records fill each field, file by file, as `go test ./gateway/boamp -run Real -update` counted them\n" +
			"on the exports named by `PARVIS_TEST_DATA`. Nothing here is estimated; a field that a file cannot have is 0.\n\n" + text
		if err := os.WriteFile("../../docs/lecture-boamp.md", []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func readReal(t *testing.T, file string, c *census) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for n, err := range boamp.Records(f) {
		if err != nil {
			c.refused++
			var refusal *notice.RecordError
			if !errors.As(err, &refusal) || filepath.Base(file) != extract {
				t.Errorf("%s: refused: %v", file, err)
			}
			continue
		}
		c.add(n)
		checkReal(t, n)
	}
}

// table has a line for each field and a column for each file.
func table(counts map[string]*census) string {
	files := slices.Sorted(maps.Keys(counts))
	rows := map[string]bool{}
	for _, c := range counts {
		for field := range c.filled {
			rows[field] = true
		}
		for kind := range c.kinds {
			rows["kind "+string(kind)] = true
			c.filled["kind "+string(kind)] = c.kinds[kind]
		}
	}
	var b strings.Builder
	line := func(first string, cell func(*census) int) {
		fmt.Fprintf(&b, "| %s |", first)
		for _, f := range files {
			fmt.Fprintf(&b, " %d |", cell(counts[f]))
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "| field | `%s` |\n|---|%s\n", strings.Join(files, "` | `"), strings.Repeat("---:|", len(files)))
	line("**read**", func(c *census) int { return c.read })
	line("**refused**", func(c *census) int { return c.refused })
	for _, field := range slices.Sorted(maps.Keys(rows)) {
		line(field, func(c *census) int { return c.filled[field] })
	}
	return b.String()
}

// checkReal holds a record to what every record must be.
func checkReal(t *testing.T, n notice.Record) {
	t.Helper()
	if n.Title == "" || n.Title != strings.TrimSpace(n.Title) || strings.ContainsAny(n.Title, "\n\t\u0092") {
		t.Errorf("%s: title %q", n.SourceID, n.Title)
	}
	if strings.Contains(n.Title, "<br") || strings.HasSuffix(n.Title, "&apos") {
		t.Errorf("%s: the title keeps its dirt: %q", n.SourceID, n.Title)
	}
	for _, d := range n.Departments {
		if _, known := refdata.DepartmentByCode(d); !known && d != refdata.Abroad {
			t.Errorf("%s: department %q", n.SourceID, d)
		}
	}
	for _, code := range n.CPV {
		if got, ok := refdata.NormaliseCPV(code); !ok || got != code {
			t.Errorf("%s: CPV %q", n.SourceID, code)
		}
	}
	if n.Kind == "" || n.Kind == notice.Other {
		t.Errorf("%s: kind %q", n.SourceID, n.Kind)
	}
	if len(n.Detail.Unread) > 0 {
		t.Errorf("%s: unread %v", n.SourceID, n.Detail.Unread)
	}
}
