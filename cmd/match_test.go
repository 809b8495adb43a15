package cmd_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/cmd"
)

var update = flag.Bool("update", false, "write the golden files anew")

// run types a command and gives what it wrote and its exit status.
func run(t *testing.T, in string, args ...string) (out, errOut string, status int) {
	t.Helper()
	var o, e bytes.Buffer
	status = cmd.Run(args, cmd.Std{In: strings.NewReader(in), Out: &o, Err: &e})
	return o.String(), e.String(), status
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

func TestMatchAnswersLineByLine(t *testing.T) {
	out, errOut, status := run(t, "", "match", "--watches", "testdata/watches.jsonl", "--notices", "testdata/notices.jsonl")
	if status != 1 {
		t.Errorf("status %d with unreadable lines, want 1", status)
	}
	golden(t, "match.golden.jsonl", out)
	golden(t, "match.golden.err", errOut)
}

func TestMatchWritesWhereItIsAsked(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.jsonl")
	watches := filepath.Join(t.TempDir(), "w.jsonl")
	if err := os.WriteFile(watches, []byte(`{"id":"w","keywords":["voirie"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, errOut, status := run(t, `{"id":"n","title":"Voiries"}`, "match", "--watches", watches, "--notices", "-", "--out", out, "--stats", "--threads", "2")
	if status != 0 || stdout != "" {
		t.Fatalf("status %d, stdout %q, stderr %q", status, stdout, errOut)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != "{\"notice\":\"n\",\"watches\":[\"w\"]}\n" {
		t.Errorf("wrote %q", got)
	}
	var stats map[string]float64
	if err := json.Unmarshal([]byte(errOut), &stats); err != nil {
		t.Fatalf("--stats wrote %q: %v", errOut, err)
	}
	for _, name := range []string{"watches", "notices", "build_seconds", "match_p50_us", "match_p99_us", "notices_per_second", "matches", "index_bytes", "rss_bytes"} {
		if stats[name] <= 0 {
			t.Errorf("stats: %s is %v", name, stats[name])
		}
	}
}

func TestMatchSaysWhatItCannotOpen(t *testing.T) {
	_, errOut, status := run(t, "", "match", "--watches", "testdata/absent", "--notices", "testdata/notices.jsonl")
	if status != 1 || !strings.Contains(errOut, "ne peut pas être ouvert") {
		t.Errorf("status %d, %q", status, errOut)
	}
}

// TestMatchOnTheWorkload runs a workload of 100 000 watches over 1 000 notices,
// and compares a part of the answers with those of a program that has only that
// part of the watches.
func TestMatchOnTheWorkload(t *testing.T) {
	folder := os.Getenv("PARVIS_TEST_DATA")
	if folder == "" {
		t.Skip("PARVIS_TEST_DATA is not set: no workload to run")
	}
	watches, notices := workload(t, filepath.Join(folder, "matching"))
	whole := answers(t, watches, notices)
	if len(whole) != 1000 {
		t.Fatalf("%d lines for 1 000 notices", len(whole))
	}
	lines := strings.SplitAfter(read(t, watches), "\n")
	const from, to = 40_000, 40_500
	part := filepath.Join(t.TempDir(), "part.jsonl")
	if err := os.WriteFile(part, []byte(strings.Join(lines[from:to], "")), 0o600); err != nil {
		t.Fatal(err)
	}
	total := 0
	for id, few := range answers(t, part, notices) {
		var same []string
		for _, w := range whole[id] {
			if n, _ := strconv.Atoi(w); n >= from && n < to {
				same = append(same, w)
			}
		}
		total += len(few)
		if d := cmp.Diff(same, few); d != "" {
			t.Fatalf("notice %s (-whole +part):\n%s", id, d)
		}
	}
	if total == 0 {
		t.Error("the part matches nothing: the test compares nothing")
	}
}

// What a notice is beside its text is read from its line; a line that says nothing of
// it is a call with time left.
func TestMatchReadsKindsSourcesAndDays(t *testing.T) {
	watches := filepath.Join(t.TempDir(), "w.jsonl")
	if err := os.WriteFile(watches, []byte(`{"id":"awards","kinds":["award"]}
{"id":"calls of ted","kinds":["contract"],"sources":["ted"]}
{"id":"ten days","min_days":10}
{"id":"title","keywords":["voirie"],"title_only":true}
{"id":"broader","cpv":["45421150"],"broader":true}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	notices := `{"id":"a","title":"Voirie","kind":"award","days_left":-1}
{"id":"b","title":"École","description":"Voirie","source":"ted"}
{"id":"c","title":"École","cpv":["45000000"],"days_left":9}
{"id":"d","title":"École","kind":"letter"}
`
	out, errOut, status := run(t, notices, "match", "--watches", watches, "--notices", "-")
	const want = `{"notice":"a","watches":["awards","title"]}
{"notice":"b","watches":["calls of ted","ten days"]}
{"notice":"c","watches":["broader"]}
`
	if out != want || status != 1 || !strings.Contains(errOut, "ligne 4") || !strings.Contains(errOut, "letter") {
		t.Errorf("status %d, %q, want %q; said %q", status, out, want, errOut)
	}
}
