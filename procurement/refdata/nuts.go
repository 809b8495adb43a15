package refdata

import (
	"slices"
	"strings"
)

// nutsOfBefore2018 says under which code today's nomenclature has a territory of that of
// 2010 and 2013. Within each territory of the second level the departments kept their
// rank, so that FR421 is FRF11 since FR42 is FRF1.
//
// The codes of before are those of Regulations (EU) No 31/2011 and No 1319/2013, which
// notices were written in until 2018; those of today come from Regulation (EU)
// 2016/2066, and Regulation (EU) 2019/1755 left those of France as they were.
var nutsOfBefore2018 = map[string]string{
	"FR21": "FRF2", "FR22": "FRE2", "FR23": "FRD2", "FR24": "FRB0", "FR25": "FRD1", "FR26": "FRC1",
	"FR30": "FRE1",
	"FR41": "FRF3", "FR42": "FRF1", "FR43": "FRC2",
	"FR51": "FRG0", "FR52": "FRH0", "FR53": "FRI3",
	"FR61": "FRI1", "FR62": "FRJ2", "FR63": "FRI2",
	"FR71": "FRK2", "FR72": "FRK1",
	"FR81": "FRJ1", "FR82": "FRL0", "FR83": "FRM0",
	"FR91": "FRY1", "FR92": "FRY2", "FR93": "FRY3", "FR94": "FRY4",
	"FRA1": "FRY1", "FRA2": "FRY2", "FRA3": "FRY3", "FRA4": "FRY4", "FRA5": "FRY5",
}

// nutsDepartments are the departments of every French territory that has a code, of
// today or of before 2018.
var nutsDepartments = func() map[string][]string {
	all := map[string][]string{}
	add := func(code string, d Department) {
		for ; len(code) > 2; code = code[:len(code)-1] {
			if !slices.Contains(all[code], d.Code) {
				all[code] = append(all[code], d.Code)
			}
		}
	}
	for _, d := range departments {
		if d.NUTS3 == "" {
			continue
		}
		all["FR"] = append(all["FR"], d.Code)
		add(d.NUTS3, d)
		for before, today := range nutsOfBefore2018 {
			if strings.HasPrefix(d.NUTS3, today) {
				add(before+d.NUTS3[len(today):], d)
			}
		}
	}
	return all
}()

// DepartmentsOfNUTS gives the departments of a territory by its NUTS code, of 2016 and
// later or of 2010 and 2013, in the order of their numbers: one for the third level, those
// of the regions that it is for the others, all 101 for "FR". It is nil for another
// country's code, and for none. The slice is the table's: don't change it.
//
// The overseas collectivities have no such code.
func DepartmentsOfNUTS(code string) []string {
	if found, ok := nutsDepartments[code]; ok { // as it is written nearly always
		return found
	}
	return nutsDepartments[strings.ToUpper(compact(code))]
}

// DepartmentOfNUTS gives the department of a territory that is one department; it answers
// false for a larger one, and for another country's.
func DepartmentOfNUTS(code string) (string, bool) {
	if found := DepartmentsOfNUTS(code); len(found) == 1 {
		return found[0], true
	}
	return "", false
}

// countryDepartments are the collectivities that have a country's code of their own, in
// the two forms of the standard; France itself is "FR" of the other table.
var countryDepartments = func() map[string][]string {
	all := map[string][]string{"FRA": nutsDepartments["FR"], "FR": nutsDepartments["FR"]}
	for _, one := range []struct{ three, two, department string }{
		{"GLP", "GP", "971"}, {"MTQ", "MQ", "972"}, {"GUF", "GF", "973"}, {"REU", "RE", "974"}, {"SPM", "PM", "975"}, {"MYT", "YT", "976"},
		{"BLM", "BL", "977"}, {"MAF", "MF", "978"}, {"ATF", "TF", "984"}, {"WLF", "WF", "986"}, {"PYF", "PF", "987"}, {"NCL", "NC", "988"},
	} {
		all[one.three], all[one.two] = []string{one.department}, []string{one.department}
	}
	return all
}()

// DepartmentsOfCountry gives the departments of France ("FRA", "FR"), or the one of an
// overseas part that has a country's code of its own ("NCL", "NC"); nil for any other
// country. The slice is the table's: don't change it.
func DepartmentsOfCountry(code string) []string {
	return countryDepartments[strings.ToUpper(compact(code))]
}
