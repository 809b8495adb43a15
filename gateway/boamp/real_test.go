package boamp_test

import (
	"errors"
	"fmt"
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
	for _, pattern := range []string{"*.jsonl", "ods_*.json"} {
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
	for field, filled := range map[string]bool{
		"category": n.Category != "", "procedure": n.Procedure != "", "description": n.Description != "",
		"reference": n.Reference != "", "buyer": n.Buyer.Name != "", "buyer SIRET as found": n.Buyer.SIRET != "",
		"buyer SIRET valid": validSIRET(n.Buyer.SIRET), "buyer postcode": n.Buyer.Postcode != "",
		"buyer city": n.Buyer.City != "", "departments": len(n.Departments) > 0, "CPV": len(n.CPV) > 0,
		"descriptors": len(n.Descriptors) > 0, "lots": len(n.Lots) > 0, "published": n.PublishedOn != "",
		"deadline": !n.Deadline.IsZero(), "deadline doubtful": n.DeadlineDoubtful, "deadline unusable": n.DeadlineRaw != "" && n.Deadline.IsZero(),
		"address": n.URL != "", "linked": len(n.Linked) > 0, "corrections": len(n.Detail.Corrections) > 0,
		"awards": len(n.Detail.Awards) > 0, "cancel reason": n.Detail.CancelReason != "", "family": n.Detail.Family != "",
		"criteria": len(n.Detail.Criteria) > 0, "unread": len(n.Detail.Unread) > 0,
		"deadline from " + n.DeadlineSource: n.DeadlineSource != "",
	} {
		if filled {
			c.filled[field]++
		}
	}
}

func validSIRET(s string) bool {
	_, err := refdata.ParseSIRET(s)
	return err == nil
}

func (c *census) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "read %d, refused %d\n", c.read, c.refused)
	fields := make([]string, 0, len(c.filled))
	for f := range c.filled {
		fields = append(fields, f)
	}
	slices.Sort(fields)
	for _, f := range fields {
		fmt.Fprintf(&b, "  %-44s %6d\n", f, c.filled[f])
	}
	for kind, n := range c.kinds {
		fmt.Fprintf(&b, "  kind %-39s %6d\n", kind, n)
	}
	return b.String()
}

// The only record of the real files that may be refused: an extract published
// without the notice's number and without its title.
const extract = "ods_eforms_attribution_reelle_extrait.json"

func TestEveryRealRecordIsRead(t *testing.T) {
	for _, file := range realFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			c := census{filled: map[string]int{}, kinds: map[notice.Kind]int{}}
			for n, err := range boamp.Records(f) {
				if err != nil {
					c.refused++
					var refusal *boamp.RecordError
					if !errors.As(err, &refusal) || filepath.Base(file) != extract {
						t.Errorf("refused: %v", err)
					}
					continue
				}
				c.add(n)
				checkReal(t, n)
			}
			if filepath.Base(file) != extract && c.read == 0 {
				t.Error("nothing was read")
			}
			t.Log(c.table())
		})
	}
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
