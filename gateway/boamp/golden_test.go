package boamp_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/gateway/boamp"
	"parvis/kit/clock"
	"parvis/procurement/notice"
)

var update = flag.Bool("update", false, "write the expected records anew")

// expected is what a golden file has for each thing that a stream yields.
type expected struct {
	Record   *notice.Record      `json:"record,omitempty"`
	Deadline string              `json:"deadline,omitempty"` // readable, beside the instant in Record
	Refusal  *notice.RecordError `json:"refusal,omitempty"`
}

func readAll(t *testing.T, data []byte) []expected {
	t.Helper()
	var all []expected
	for n, err := range boamp.Records(bytes.NewReader(data)) {
		var refusal *notice.RecordError
		if err != nil && !errors.As(err, &refusal) {
			t.Fatalf("%v is no *notice.RecordError", err)
		}
		if refusal != nil {
			refusal.Cause = nil
			all = append(all, expected{Refusal: refusal})
			continue
		}
		if n.Facts, err = boamp.Facts(n.Raw); err != nil {
			t.Error(err)
		}
		n.Raw = "" // the fixture itself
		e := expected{Record: &n}
		if !n.Deadline.IsZero() {
			e.Deadline = n.Deadline.In(clock.Paris).Format("2006-01-02 15:04 MST")
		}
		all = append(all, e)
	}
	return all
}

func TestRecordsOfEveryContainerAndShape(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json*")
	documents, _ := filepath.Glob("testdata/*.xml") // the pattern is right
	files = append(files, documents...)
	if err != nil || len(files) < 8 {
		t.Fatalf("fixtures: %v (%v)", files, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, ".golden.json") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			enc := json.NewEncoder(&got)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "  ")
			if err := enc.Encode(readAll(t, data)); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, filepath.Ext(file)) + ".golden.json"
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
		})
	}
}
