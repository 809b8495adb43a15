package form

import (
	"cmp"
	"slices"
	"strings"

	"parvis/kit/tree"
	"parvis/procurement/refdata"
)

// cpvFound is a code with its rank: the notice's main one goes before its others,
// and both before those of its lots.
type cpvFound struct {
	code string
	rank int
}

// cpvKeys are the places of a code, beside every key that contains "cpv".
var cpvKeys = []string{"itemclassificationcode", "classprincipale", "objetprincipal", "objetcomplementaire"}

// CPV gives the codes in a document once each, the main ones first. It walks through
// it whole: under a CPV key every text counts that
// has the form of a code, whatever lies between.
func CPV(v any) []string {
	var found []cpvFound
	var walk func(v any, inCPV bool, rank int)
	walk = func(v any, inCPV bool, rank int) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e, inCPV, rank)
			}
		case tree.Object:
			for _, f := range v {
				if !strings.HasPrefix(f.Name, "@") {
					walk(f.Value, inCPV || isCPVKey(f.Name), rank+rankOf(f.Name))
				}
			}
		default:
			if !inCPV {
				return
			}
			if code, ok := refdata.NormaliseCPV(tree.Text(v)); ok {
				found = append(found, cpvFound{code, rank})
			}
		}
	}
	walk(v, false, 0)
	slices.SortStableFunc(found, func(a, b cpvFound) int { return cmp.Compare(a.rank, b.rank) })
	var codes []string
	for _, f := range found {
		if !slices.Contains(codes, f.code) {
			codes = append(codes, f.code)
		}
	}
	return codes
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
