package refdata

import "slices"

// leastGrouped is from how many departments on a region is named instead of them.
const leastGrouped = 4

// WholeAreas names what a list of departments covers whole, the country or else regions,
// and gives the departments that remain, in the order of the list. Regions of few
// departments are left as they are: these say more.
func WholeAreas(codes []string) (areas, rest []string) {
	if len(codes) < leastGrouped {
		return nil, codes
	}
	covered := map[string]bool{}
	cover := func(label string, all []Department) bool {
		for _, d := range all {
			if !slices.Contains(codes, d.Code) {
				return false
			}
		}
		for _, d := range all {
			covered[d.Code] = true
		}
		areas = append(areas, label)
		return true
	}
	if !cover("France entière", within(Metro, DROM)) && !cover("France métropolitaine", within(Metro)) {
		for _, r := range regions {
			if len(r.Departments) >= leastGrouped && r.Code != "COM" {
				cover(r.Name, r.Departments)
			}
		}
	}
	for _, code := range codes {
		if !covered[code] {
			rest = append(rest, code)
		}
	}
	return areas, rest
}

// PlaceLabels are what a person reads for a list of departments: the country or the
// regions that it covers whole, then the others by their labels.
func PlaceLabels(codes []string) []string {
	labels, rest := WholeAreas(codes)
	for _, code := range rest {
		labels = append(labels, PlaceLabel(code))
	}
	return labels
}

// regions are Regions, for reading.
var regions = Regions()

func within(zones ...Zone) (all []Department) {
	for _, d := range departments {
		if slices.Contains(zones, d.Zone) {
			all = append(all, d)
		}
	}
	return all
}
