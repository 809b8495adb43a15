package boamp

import (
	"cmp"
	"slices"
	"strings"

	"parvis/procurement/refdata"
)

// cpvFound is a code with its rank: the notice's main one goes before its others,
// and both before those of its lots.
type cpvFound struct {
	code string
	rank int
}

// readCPV gathers the codes wherever the forms put them. Many readers of this
// source miss the path of eForms, and with it half of the codes since 2024.
func (r *record) readCPV() {
	found := cpvIn(r.donnees)
	if r.forms != nil {
		found = cpvIn(r.forms.root)
	}
	codes := ranked(found)
	add := func(code string) {
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	for _, raw := range r.list("x_cpv") {
		if code, ok := refdata.NormaliseCPV(raw); ok {
			add(code)
		}
	}
	for _, lot := range r.out.Lots {
		for _, code := range lot.CPV {
			add(code)
		}
	}
	r.out.CPV = codes
}

// cpvKeys are the places of a code, beside every key that contains "cpv".
var cpvKeys = []string{"itemclassificationcode", "classprincipale", "objetprincipal", "objetcomplementaire"}

// cpvIn walks through a document for codes. Under a CPV key every text counts that
// has the form of a code, whatever lies between.
func cpvIn(v any) []cpvFound {
	var found []cpvFound
	var walk func(v any, inCPV bool, rank int)
	walk = func(v any, inCPV bool, rank int) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e, inCPV, rank)
			}
		case map[string]any:
			for _, k := range keys(v) {
				if !strings.HasPrefix(k, "@") {
					walk(v[k], inCPV || isCPVKey(k), rank+rankOf(k))
				}
			}
		default:
			if code, ok := refdata.NormaliseCPV(text(v)); inCPV && ok {
				found = append(found, cpvFound{code, rank})
			}
		}
	}
	walk(v, false, 0)
	return found
}

func isCPVKey(k string) bool { return strings.Contains(k, "cpv") || slices.Contains(cpvKeys, k) }

// rankOf puts back what is not the main code, and what belongs to a lot.
func rankOf(k string) int {
	switch {
	case k == "lot", k == "lots", k == "procurementprojectlot", k == "lotmarche", k == "attribution":
		return 10
	case strings.HasPrefix(k, "additional"), strings.HasPrefix(k, "suppl"), strings.Contains(k, "complementaire"):
		return 1
	}
	return 0
}

// ranked gives the codes once each, in the order of their rank.
func ranked(found []cpvFound) []string {
	slices.SortStableFunc(found, func(a, b cpvFound) int { return cmp.Compare(a.rank, b.rank) })
	var codes []string
	for _, f := range found {
		if !slices.Contains(codes, f.code) {
			codes = append(codes, f.code)
		}
	}
	return codes
}
