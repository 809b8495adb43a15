package cmd_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// answers runs the command and gives the watches of each notice.
func answers(t *testing.T, watches, notices string) map[string][]string {
	t.Helper()
	out, errOut, status := run(t, "", "match", "--watches", watches, "--notices", notices, "--stats")
	if status > 1 {
		t.Fatalf("status %d: %s", status, errOut)
	}
	said := strings.Split(strings.TrimSpace(errOut), "\n")
	t.Logf("%s: %d lines refused; %s", filepath.Base(watches), len(said)-1, said[len(said)-1])
	got := map[string][]string{}
	for line := range strings.Lines(out) {
		var answer struct {
			Notice  string   `json:"notice"`
			Watches []string `json:"watches"`
		}
		if err := json.Unmarshal([]byte(line), &answer); err != nil {
			t.Fatal(err)
		}
		got[answer.Notice] = answer.Watches
		if len(answer.Watches) == 0 {
			got[answer.Notice] = nil
		}
	}
	return got
}

// workload writes the workload's tables as the command's lines.
func workload(t *testing.T, folder string) (watches, notices string) {
	t.Helper()
	list := func(s, separator string) []string {
		if s == "" {
			return nil
		}
		return strings.Split(s, separator)
	}
	dir := t.TempDir()
	watches, notices = filepath.Join(dir, "watches.jsonl"), filepath.Join(dir, "notices.jsonl")
	convert(t, filepath.Join(folder, "watches_100k.tsv.gz"), watches, func(f []string) any {
		mode := "all"
		if f[1] == "O" {
			mode = "any"
		}
		return map[string]any{"id": f[0], "mode": mode, "keywords": list(f[2], "|"), "buyers": list(f[3], ","), "departments": list(f[4], ",")}
	})
	convert(t, filepath.Join(folder, "notices.tsv.gz"), notices, func(f []string) any {
		return map[string]any{"id": f[0], "buyer": f[1], "departments": list(f[2], ","), "cpv": list(f[3], ","), "title": f[4], "description": f[5]}
	})
	return watches, notices
}

func convert(t *testing.T, from, to string, line func([]string) any) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	z, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	w := json.NewEncoder(out)
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		for len(fields) < 6 {
			fields = append(fields, "")
		}
		if err := w.Encode(line(fields)); err != nil {
			t.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
