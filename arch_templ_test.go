package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestGeneratedPagesAreUpToDate generates every page again, elsewhere, and compares.
func TestGeneratedPagesAreUpToDate(t *testing.T) {
	templ := findTempl(t)
	s := load(t, os.DirFS("."))
	elsewhere := t.TempDir()
	for _, f := range s.texts {
		if f.path == "go.mod" || strings.HasSuffix(f.path, ".templ") {
			to := filepath.Join(elsewhere, f.path)
			if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(to, f.body, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	generate := exec.Command(templ, "generate")
	generate.Dir = elsewhere
	if out, err := generate.CombinedOutput(); err != nil {
		t.Fatalf("templ generate: %v\n%s", err, out)
	}
	for _, f := range s.texts {
		page, ok := strings.CutSuffix(f.path, ".templ")
		if !ok {
			continue
		}
		fresh, err := os.ReadFile(filepath.Join(elsewhere, page+"_templ.go"))
		if err != nil {
			t.Fatal(err)
		}
		if s.text(page+"_templ.go") != string(fresh) {
			t.Errorf("%s:1: its generated half is not up to date: run make generate", f.path)
		}
	}
}

// findTempl gives the generator of the version that go.mod names: of another one every
// file would differ.
func findTempl(t *testing.T) string {
	t.Helper()
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`github\.com/a-h/templ (v\S+)`).FindSubmatch(mod)
	if want == nil {
		t.Fatal("go.mod does not name templ")
	}
	candidates := []string{}
	if built, err := filepath.Abs("bin/templ"); err == nil {
		candidates = append(candidates, built)
	}
	if installed, err := exec.LookPath("templ"); err == nil {
		candidates = append(candidates, installed)
	}
	for _, c := range candidates {
		out, err := exec.Command(c, "version").Output()
		if err == nil && strings.TrimSpace(string(out)) == string(want[1]) {
			return c
		}
	}
	if os.Getenv("PARVIS_REQUIRE_TEMPL") == "1" {
		t.Fatalf("templ %s is required here: run make bin/templ", want[1])
	}
	t.Skipf("templ %s is neither in bin nor on the path: make test puts it there", want[1])
	return ""
}
