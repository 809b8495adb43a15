package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"parvis/kit/text"
)

// maxForm is the longest form kept, in bytes: package text looks no longer word up.
const maxForm = 60

// formSets gives for each folded form the folded lemmas it may belong to.
type formSets map[string]map[string]bool

// key folds a written form as package text folds the joined form of a word:
// hyphens and apostrophes leave nothing. Words with anything but letters, and
// single letters, have no inflection and no key.
func key(written string) string {
	k := strings.NewReplacer("-", "", "'", "", ".", "").Replace(text.Fold(written))
	if len(k) < 2 || len(k) > maxForm || strings.Trim(k, "abcdefghijklmnopqrstuvwxyz") != "" {
		return ""
	}
	return k
}

func (f formSets) add(form, lemma string) {
	k, l := key(form), key(lemma)
	if k == "" || l == "" {
		return
	}
	if f[k] == nil {
		f[k] = map[string]bool{}
	}
	f[k][l] = true
}

// adjust applies our own list: « + lemma form… » adds forms to a lemma, and
// « - form lemma » takes a form away from a lemma.
func (f formSets) adjust(list string) error {
	for i, line := range strings.Split(list, "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || strings.HasPrefix(words[0], "#"):
		case words[0] == "+" && len(words) > 2:
			f.add(words[1], words[1])
			for _, form := range words[2:] {
				f.add(form, words[1])
			}
		case words[0] == "-" && len(words) == 3:
			form, lemma := key(words[1]), key(words[2])
			if !f[form][lemma] {
				return fmt.Errorf("adjust.txt line %d: %s is no form of %s", i+1, words[1], words[2])
			}
			delete(f[form], lemma)
			if len(f[form]) == 0 {
				f[form][form] = true
			}
		default:
			return fmt.Errorf("adjust.txt line %d: %q is neither + nor -", i+1, line)
		}
	}
	return nil
}

func (f formSets) sorted() map[string][]string {
	out := make(map[string][]string, len(f))
	for form, lemmas := range f {
		out[form] = slices.Sorted(maps.Keys(lemmas))
	}
	return out
}
