package main

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// nominal lists the flags of the dictionary that inflect nouns and adjectives:
// plurals (S X A I), feminines with their plurals (F W G) and their irregular
// variants. All other suffix flags conjugate verbs, and stay out: porte the
// door must not find porter.
var nominal = map[string]bool{
	"S.": true, "S=": true, "X.": true, "A.": true, "I.": true,
	"F.": true, "F+": true, "Fs": true, "Fc": true, "Fe": true, "Fx": true,
	"Gs": true, "Gc": true, "Ge": true, "Go": true,
	"W.": true, "Wx": true,
}

// unwanted flags mark units of measure with their prefixes, forbidden words and
// stems that are no word of their own.
var unwanted = []string{"U.", "Um", "Ui", "{}", "()"}

// suffix is one line of the affix file: words that end as condition says lose
// strip and take add.
type suffix struct {
	strip, add string
	condition  *regexp.Regexp
}

// entry is one line of the dictionary.
type entry struct {
	base  string
	flags []string
}

func (e entry) unwanted() bool {
	for _, f := range e.flags {
		if slices.Contains(unwanted, f) {
			return true
		}
	}
	return false
}

// readAffixes reads the nominal suffixes of a Hunspell affix file with
// two-character flags.
func readAffixes(r io.Reader) (map[string][]suffix, error) {
	out := map[string][]suffix{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		// « SFX S. Y 2 » announces, « SFX S. 0 s/D'Q' [^sxz] » is a rule.
		if len(f) < 5 || f[0] != "SFX" || !nominal[f[1]] {
			continue
		}
		add, _, _ := strings.Cut(f[3], "/")
		re, err := regexp.Compile("(?:" + f[4] + ")$")
		if err != nil {
			return nil, fmt.Errorf("affix %q: %w", lines.Text(), err)
		}
		out[f[1]] = append(out[f[1]], suffix{zero(f[2]), zero(add), re})
	}
	return out, lines.Err()
}

// zero reads Hunspell's « 0 », which stands for nothing.
func zero(s string) string {
	if s == "0" {
		return ""
	}
	return s
}

// readEntries reads a Hunspell word list; its first line is a count.
func readEntries(r io.Reader) ([]entry, error) {
	var out []entry
	lines := bufio.NewScanner(r)
	lines.Scan()
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		base, flags, _ := strings.Cut(line, "/")
		e := entry{base: base}
		if len(flags)%2 != 0 {
			return nil, fmt.Errorf("entry %q: flags are pairs of characters", line)
		}
		for i := 0; i < len(flags); i += 2 {
			e.flags = append(e.flags, flags[i:i+2])
		}
		out = append(out, e)
	}
	return out, lines.Err()
}

// forms gives the base of an entry and what its nominal flags make of it.
func (e entry) forms(affixes map[string][]suffix) []string {
	out := []string{e.base}
	for _, flag := range e.flags {
		for _, s := range affixes[flag] {
			if s.condition.MatchString(e.base) && strings.HasSuffix(e.base, s.strip) {
				out = append(out, strings.TrimSuffix(e.base, s.strip)+s.add)
			}
		}
	}
	return out
}
