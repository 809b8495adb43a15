package ted_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"parvis/gateway/ted"
	"parvis/kit/clock"
	"parvis/procurement/notice"
)

// expected is what the golden file has for each thing that a document yields.
type expected struct {
	File     string
	Record   *notice.Record      `json:",omitempty"`
	Deadline string              `json:",omitempty"`
	Stamp    clock.Instant       `json:",omitempty"`
	Refusal  *notice.RecordError `json:",omitempty"`
}

func fixtures(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(files) < 8 {
		t.Fatalf("fixtures: %v (%v)", files, err)
	}
	all := map[string][]byte{}
	for _, f := range files {
		if all[f], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func read(t testing.TB, name string, data []byte) (all []expected) {
	t.Helper()
	for n, err := range ted.Records(bytes.NewReader(data)) {
		var refusal *notice.RecordError
		if err != nil && !errors.As(err, &refusal) {
			t.Fatalf("%v is no refusal", err)
		}
		if refusal != nil {
			refusal.Cause = nil
			all = append(all, expected{File: name, Refusal: refusal})
			continue
		}
		if n.Facts, err = ted.Facts([]byte(n.Raw)); err != nil {
			t.Error(err)
		}
		n.Raw = "" // the fixture itself
		e := expected{File: name, Record: &n, Stamp: n.Stamp}
		if whole := (notice.Notice{Record: n}); !n.Deadline.IsZero() {
			e.Deadline = n.Deadline.In(whole.Zone()).Format("2006-01-02 15:04 MST")
		}
		all = append(all, e)
	}
	return all
}

func TestDocumentsOfEveryForm(t *testing.T) {
	var all []expected
	documents := fixtures(t)
	names, _ := filepath.Glob("testdata/*.xml") // sorted
	for _, name := range names {
		all = append(all, read(t, filepath.Base(name), documents[name])...)
	}
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(all); err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/golden.json"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("-expected +read\n%s", diff)
	}
}

func TestWhatIsRefusedAndWhatIsPassedOver(t *testing.T) {
	call := string(fixtures(t)["testdata/call.xml"])
	nested := strings.Replace(call, "</ContractNotice>", strings.Repeat("<a>", 120)+strings.Repeat("</a>", 120)+"</ContractNotice>", 1)
	for name, c := range map[string]struct {
		document string
		reason   string
		ends     bool
	}{
		"a document type":   {"<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>" + call[strings.Index(call, "<Contract"):], "DOCTYPE", true},
		"an entity":         {strings.Replace(call, "Couverture", "&a;", 1), "XML valable", true},
		"cut":               {call[:len(call)-40], "XML valable", true},
		"another document":  {"<Autre/>", "aucun avis", true},
		"a page":            {"<!doctype html><p>", "DOCTYPE", true},
		"nothing":           {"", "aucun avis", true},
		"too many levels":   {nested, "niveaux", true},
		"no number":         {strings.NewReplacer("00300001-2026", "", "f42be27e-09cf-4f0e-a745-63ec68960001", "?").Replace(call), "ni numéro", false},
		"no title":          {strings.NewReplacer("Roof of the school", "", "Toiture de l&amp;apos;école", "", "Réfection complète", "").Replace(call), "pas d'objet", false},
		"UTF-16":            {"\xff\xfe<\x00", "codage", true},
		"another's country": {strings.Replace(call, ">FRA</cbc:IdentificationCode>", ">ESP</cbc:IdentificationCode>", 1), "", false},
	} {
		got := read(t, "", []byte(c.document))
		if c.reason == "" {
			if len(got) != 0 {
				t.Errorf("%s: %+v", name, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Refusal == nil || !strings.Contains(got[0].Refusal.Reason, c.reason) || got[0].Refusal.Ends != c.ends {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, document := range fixtures(f) {
		f.Add(document)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		n, err := ted.Parse(raw)
		var refusal *notice.RecordError
		if err != nil {
			if errors.As(err, &refusal) && refusal.Reason == "" {
				t.Fatalf("%v says nothing", err)
			}
			return
		}
		if facts, err := ted.Facts([]byte(n.Raw)); err != nil || len(facts) > 1000 {
			t.Fatalf("%d facts of a notice that is read: %v", len(facts), err)
		}
		if n.SourceID == "" || n.Title == "" || n.Kind == "" || n.Source != ted.Source || n.TimeZone == "" {
			t.Fatalf("%+v", n)
		}
		for _, s := range append([]string{n.SourceID, n.Title, n.Description, n.Reference, n.Buyer.Name, n.DeadlineRaw, n.URL}, append(n.Linked, n.Aliases...)...) {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				t.Fatalf("no database keeps %q", s)
			}
		}
		if !n.Deadline.IsZero() && (n.DeadlineRaw == "" || n.DeadlineSource == "") {
			t.Fatalf("a deadline from nowhere: %+v", n)
		}
	})
}
