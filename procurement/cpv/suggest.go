package cpv

import (
	"cmp"
	"context"
	"slices"
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
	found := v.begun(words(typed))
	slices.SortStableFunc(found, func(a, b Entry) int { return cmp.Compare(depth(a.Code), depth(b.Code)) })
	return slices.Clone(found[:min(n, len(found))]), nil
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
func (v vocabulary) begun(all []wanted) (found []Entry) {
	if len(all) == 0 {
		return nil
	}
	for i, e := range v.entries {
		missing := slices.ContainsFunc(all, func(w wanted) bool {
			if strings.Contains(v.folded[i], w.begins) {
				return false
			}
			return len(w.whole) == 0 || slices.ContainsFunc(w.whole, func(k text.Keyword) bool { return !k.In(v.words[i]) })
		})
		if !missing {
			found = append(found, e)
		}
	}
	return found
}
