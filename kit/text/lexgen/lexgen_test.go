package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A dictionary in miniature, with the flags of the real one.
const smallAffixes = `
SFX S. Y 2
SFX S. 0 0/L'D'Q' [^sxz]
SFX S. 0 s/D'Q' [^sxz]
SFX X. Y 2
SFX X. l ux/D'Q' al
SFX X. il ux/D'Q' ail
SFX F+ Y 2
SFX F+ 0 ne/L'D'Q' n
SFX F+ 0 nes/D'Q' n
SFX a0 Y 1
SFX a0 er ons/n' er
`

const smallWords = `8
porte/S.
porter/a0
travail/X.
électricien/F+
porte-fenêtre/S.
gaz/L'D'Q'
kg/U.||--
2CV/L'D'Q'
`

func TestCompile(t *testing.T) {
	got, err := compile(smallAffixes, smallWords, "# ours\n+ gaz gazz\n- portes porte\n+ œil yeux\n")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{
		"porte": {"porte"}, "portes": {"portes"}, "porter": {"porter"},
		"travail": {"travail"}, "travaux": {"travail"},
		"electricien": {"electricien"}, "electricienne": {"electricien"}, "electriciennes": {"electricien"},
		"portefenetre": {"portefenetre"}, "portefenetres": {"portefenetre"},
		"gaz": {"gaz"}, "gazz": {"gaz"}, "oeil": {"oeil"}, "yeux": {"oeil"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("lemmas of the forms (-want +got):\n%s", d)
	}
}

func TestCompileRefuses(t *testing.T) {
	for name, c := range map[string]struct{ aff, dic, adjust, want string }{
		"odd flags":       {smallAffixes, "1\nporte/S.X\n", "", "pairs"},
		"bad condition":   {"SFX S. 0 s [a\n", "1\nporte/S.\n", "", "affix"},
		"unknown line":    {smallAffixes, smallWords, "= a b", "line 1"},
		"no such form":    {smallAffixes, smallWords, "\n- portaux porte", "line 2"},
		"addition of one": {smallAffixes, smallWords, "+ porte", "line 1"},
	} {
		if _, err := compile(c.aff, c.dic, c.adjust); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

// The layout is small enough to read back by hand: one form, itself its lemma.
func TestPack(t *testing.T) {
	b, err := pack(map[string][]string{"gaz": {"gaz"}, "travaux": {"travail"}, "cours": {"cour", "cours"}})
	if err != nil {
		t.Fatal(err)
	}
	const buckets = 4 * (1<<15 + 1)
	// Rules: strip 1; strip 0; strip 2 and add « il ». Lists: {1 0}, {0}, {il}.
	tail := []byte{
		0, 0, 2, 0, 3, 0, 4, 0, // where each list begins
		0, 0, 1, 0, 1, 0, 2, 0, // the rules of the lists
		0, 0, 1, 0, 2, 0, 5, 0, // where each rule begins
		1, 0, 2, 'i', 'l',
	}
	if want := 20 + buckets + 3*7 + len(tail); len(b) != want {
		t.Fatalf("%d bytes, want %d", len(b), want)
	}
	if !bytes.Equal(b[8:20], []byte{3, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0}) {
		t.Errorf("counts %v, want 3 forms, 3 lists, 3 rules", b[8:20])
	}
	if got := b[len(b)-len(tail):]; !bytes.Equal(got, tail) {
		t.Errorf("lists and rules are\n%v, want\n%v", got, tail)
	}
}

func TestRunRefusesOtherSources(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "lexicon.bin")
	if err := run("", out); err == nil {
		t.Error("no folder: accepted")
	}
	if err := run(dir, out); err == nil {
		t.Error("empty folder: accepted")
	}
	for name := range sources {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("1\nporte/S.\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(dir, out); err == nil || !strings.Contains(err.Error(), "not dictionary-fr 3.0.0") {
		t.Errorf("another dictionary: error %v", err)
	}
}

// With the dictionary at hand, the committed lexicon is what it compiles to.
func TestLexiconIsUpToDate(t *testing.T) {
	dir := os.Getenv("PARVIS_DICTIONARY_FR")
	if dir == "" {
		t.Skip("PARVIS_DICTIONARY_FR names no unpacked dictionary-fr 3.0.0")
	}
	out := filepath.Join(t.TempDir(), "lexicon.bin")
	if err := run(dir, out); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile("../lexicon.bin")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, committed) {
		t.Error("lexicon.bin differs from what the dictionary compiles to: run go generate")
	}
}
