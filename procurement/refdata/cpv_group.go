package refdata

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
)

// CPVGroup is one of the 272 groups, the second level of the vocabulary.
type CPVGroup struct {
	Code  string // the three digits that its codes begin with: "452"
	Label string // French
}

//go:embed data/cpv-groups.csv
var cpvGroupsCSV string

// cpvGroups are those of Commission Regulation (EC) No 213/2008, annex I.
var cpvGroups = mustReadGroups(cpvGroupsCSV)

func mustReadGroups(table string) []CPVGroup {
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("refdata: cpv-groups.csv: %v", err))
	}
	var all []CPVGroup
	for _, row := range rows[1:] {
		all = append(all, CPVGroup{Code: row[0], Label: row[1]})
	}
	return all
}

// CPVGroups gives the groups in the order of their codes. The slice is the caller's.
func CPVGroups() []CPVGroup { return slices.Clone(cpvGroups) }

// GroupOfCPV is the group that a code, or the beginning of one, belongs to. A code
// that is a whole division belongs to none.
func GroupOfCPV(code string) (CPVGroup, bool) {
	if len(code) < 3 {
		return CPVGroup{}, false
	}
	i, found := slices.BinarySearchFunc(cpvGroups, code[:3], func(g CPVGroup, prefix string) int { return strings.Compare(g.Code, prefix) })
	if !found {
		return CPVGroup{}, false
	}
	return cpvGroups[i], true
}

// CPVFamily is what a code's group buys, or its division where the group has no name: what
// can be said of a code without the whole nomenclature. "" for what is no code.
func CPVFamily(code string) string {
	if g, ok := GroupOfCPV(code); ok {
		return g.Label
	}
	d, _ := DivisionOfCPV(code)
	return d.Label
}
