package org

import (
	"slices"

	"parvis/kit/db"
)

// MergeChange is the kind of the change log's lines about merges; their subject is the
// ids of the buyers concerned, joined by commas.
const MergeChange = "buyer merge"

// Merges says which buyers the operator has made one. It is the only place where that
// is followed: notices and watches keep the buyer that they named, so that a merge that
// is undone gives each its own back.
type Merges struct {
	into map[string]string   // a merged buyer → the one that was kept
	gone map[string][]string // the one that was kept → those merged into it, sorted
}

func mergesOf(pairs []mergedPair) Merges {
	m := Merges{map[string]string{}, map[string][]string{}}
	for _, p := range pairs {
		m.into[p.ID] = p.MergedInto
		m.gone[p.MergedInto] = append(m.gone[p.MergedInto], p.ID)
	}
	for _, ids := range m.gone {
		slices.Sort(ids)
	}
	return m
}

// AllMerges reads them all.
func AllMerges(tx *db.Tx) (Merges, error) {
	pairs, err := allMerged(tx)
	return mergesOf(pairs), err
}

// MergesOf reads those that concern these buyers.
func MergesOf(tx *db.Tx, ids []string) (Merges, error) {
	pairs, err := mergedWith(tx, ids)
	return mergesOf(pairs), err
}

// Root is the buyer that this one is now one with; itself when it is alone.
func (m Merges) Root(id string) string {
	if root, ok := m.into[id]; ok {
		return root
	}
	return id
}

// Whole gives the buyer that id leads to, first, and those that were merged into it:
// whatever names one of them means all of them.
func (m Merges) Whole(id string) []string {
	root := m.Root(id)
	return append([]string{root}, m.gone[root]...)
}

// whole is Whole of each, once.
func (m Merges) whole(ids []string) (out []string) {
	seen := map[string]bool{}
	for _, id := range ids {
		for _, one := range m.Whole(id) {
			if !seen[one] {
				seen[one] = true
				out = append(out, one)
			}
		}
	}
	return out
}
