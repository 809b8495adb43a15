package text

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRelatedWordsAreOfferedBothWays(t *testing.T) {
	for typed, want := range map[string][]string{
		"menuisier": {"menuiserie"}, "MENUISERIES": {"menuisier"}, "l'électricité": {"électricien"}, "nettoyer": {"nettoyage", "propreté", "ménage"},
		"traiteur": {"buffet", "cocktail"}, // and never waste water
		"bx":       nil, "": nil, "inconnu": nil, "vidéo-protection": nil,
	} {
		if diff := cmp.Diff(want, Related(typed)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", typed, diff)
		}
	}
}

// A word that the analyser already joins to another is no suggestion, and a word of the
// list that nobody could ask is of no use.
func TestTheListOfRelatedWordsIsSound(t *testing.T) {
	groups := relatedWords()
	if len(groups) < 60 {
		t.Fatalf("%d groups: too few", len(groups))
	}
	for _, k := range groups {
		if len(k.written) < 2 {
			t.Errorf("%v is alone", k.written)
		}
		for i, w := range k.written {
			if len(ParseKeywords(w).Keywords) != 1 || !isKnown(w) {
				t.Errorf("%s is no word to look for", w)
			}
			for _, other := range k.written[i+1:] {
				if sameWord(w, other) {
					t.Errorf("%s and %s are one word already", w, other)
				}
			}
			if slices.Contains(Related(w), w) {
				t.Errorf("%s is related to itself", w)
			}
		}
	}
}
