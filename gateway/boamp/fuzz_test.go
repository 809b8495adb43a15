package boamp

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

func seeds(f *testing.F) [][]byte {
	f.Helper()
	files, err := filepath.Glob("testdata/*.json*")
	if err != nil {
		f.Fatal(err)
	}
	documents, _ := filepath.Glob("testdata/*.xml") // the pattern is right
	files = append(files, documents...)
	var all [][]byte
	for _, file := range files {
		if strings.HasSuffix(file, ".golden.json") {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, data)
	}
	return all
}

// sound holds a record to what whoever stores it relies on.
// stated has the facts of a record that was read be read as well.
func stated(t *testing.T, raw string) {
	t.Helper()
	facts, err := Facts(raw)
	if err != nil || len(facts) > 1000 {
		t.Fatalf("%d facts of a record that is read: %v", len(facts), err)
	}
	for _, f := range facts {
		if !utf8.ValidString(f.Text) || strings.ContainsRune(f.Text, 0) || f.Topic == "" {
			t.Fatalf("nobody can show %+v", f)
		}
	}
}

func sound(t *testing.T, n notice.Record) {
	t.Helper()
	if !idPattern.MatchString(n.SourceID) || n.Title == "" || n.Kind == "" || n.Source != source {
		t.Fatalf("number %q, title %q, kind %q", n.SourceID, n.Title, n.Kind)
	}
	for _, s := range []string{n.Title, n.Description, n.Reference, n.Buyer.Name, n.Buyer.SIRET, n.Buyer.City, n.DeadlineRaw, n.Raw, n.URL} {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) && s != n.Raw {
			t.Fatalf("no database keeps %q", s)
		}
	}
	for _, d := range n.Departments {
		if code, ok := refdata.NormaliseDepartment(d); !ok || code != d {
			t.Fatalf("department %q", d)
		}
	}
	for _, c := range n.CPV {
		if len(c) != 8 {
			t.Fatalf("CPV %q", c)
		}
	}
	if n.URL != "" && !strings.HasPrefix(n.URL, "https://") && !strings.HasPrefix(n.URL, "http://") {
		t.Fatalf("address %q", n.URL)
	}
	if !n.Deadline.IsZero() && (n.DeadlineRaw == "" || n.DeadlineSource == "") {
		t.Fatalf("a deadline from nowhere: %+v", n)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds(f) {
		for line := range bytes.SplitSeq(s, []byte("\n")) {
			f.Add(line)
		}
	}
	f.Add([]byte(`{"idweb":"20-1","objet":"x","donnees":"{\"EFORMS\":{\"ContractNotice\":[[{}]]}}"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		n, err := Parse(string(raw))
		var refusal *notice.RecordError
		if err != nil {
			if !errors.As(err, &refusal) || refusal.Reason == "" {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		sound(t, n)
		stated(t, n.Raw)
	})
}

func FuzzRecords(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Add([]byte("\x28\xb5\x2f\xfd\x04\x00"))
	f.Add([]byte(`{"results":[{"idweb":"20-1","objet":"x"},`))
	f.Fuzz(func(t *testing.T, data []byte) {
		index, ended := 0, false
		for n, err := range Records(bytes.NewReader(data)) {
			index++
			if ended {
				t.Fatal("something follows the end")
			}
			var refusal *notice.RecordError
			if err == nil {
				sound(t, n)
				continue
			}
			if !errors.As(err, &refusal) || refusal.Index != index {
				t.Fatalf("outcome %d: %v", index, err)
			}
			ended = refusal.Ends && refusal.File == ""
		}
	})
}

func FuzzParseXML(f *testing.F) {
	for _, s := range seeds(f) {
		for part := range bytes.SplitSeq(s, []byte("<ANNONCE")) {
			f.Add(append([]byte("<ANNONCE"), part...))
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		n, err := ParseXML(raw)
		var refusal *notice.RecordError
		if err != nil {
			if !errors.As(err, &refusal) || refusal.Reason == "" {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		sound(t, n)
		stated(t, n.Raw)
	})
}
