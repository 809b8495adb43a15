package cpv

import (
	"context"
	"strings"
	"unicode"

	"parvis/kit/text"
	"parvis/procurement/access"
)

// Name is a code as people read it: « 45421000 — Travaux de menuiserie ».
func (e Entry) Name() string {
	if e.Label == "" {
		return e.Code
	}
	return e.Code + " — " + e.Label
}

// least is from how many letters the beginning of a word finds anything.
const least = 2

// Suggest answers somebody who is still typing: as [Service.Search], but a word may be
// only begun. The broadest come first, n at most.
func (s *Service) Suggest(ctx context.Context, by access.Actor, typed string, n int) ([]Entry, error) {
	if strings.Trim(strings.Join(strings.Fields(typed), ""), "0123456789-") == "" {
		return s.Search(ctx, by, typed, n)
	}
	if err := by.Must(access.SearchNotices); err != nil {
		return nil, err
	}
	v, err := s.vocabulary(ctx)
	if err != nil {
		return nil, err
	}
	return first(v.begun(words(typed)), n), nil
}

// wanted is a word as it was typed, and as a whole word if it is one.
type wanted struct {
	begins string
	whole  []text.Keyword
}

// words reads what is typed; too short a beginning is left out.
func words(typed string) []wanted {
	const most = 10
	var out []wanted
	for _, w := range split(typed) {
		if len(w) >= least && len(out) < most {
			out = append(out, wanted{" " + w, text.ParseKeywords(w).Keywords})
		}
	}
	return out
}

func split(s string) []string {
	return strings.FieldsFunc(text.Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// begun gives the codes whose label has each word, whole or begun.
func (v vocabulary) begun(all []wanted) (found []ranked) {
	if len(all) == 0 {
		return nil
	}
	for i, e := range v.entries {
		at, missing := len(e.Label), false
		for _, w := range all {
			here := v.at(i, w)
			if missing = here < 0; missing {
				break
			}
			at = min(at, here)
		}
		if !missing {
			found = append(found, ranked{e, at})
		}
	}
	return found
}

// at is where a label has a word, whole or begun, -1 where it has not.
func (v vocabulary) at(label int, w wanted) int {
	if at := strings.Index(v.folded[label], w.begins); at >= 0 {
		return at
	}
	at := -1
	for _, k := range w.whole {
		spans := k.Find(v.words[label])
		if len(spans) == 0 {
			return -1
		}
		at = max(at, spans[0][0])
	}
	return at
}
