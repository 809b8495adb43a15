package refdata

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
)

// Zone says in which part of France a department lies.
type Zone string

// The zones, as the official geographic code has them.
const (
	Metro Zone = "metro" // mainland and Corsica
	DROM  Zone = "drom"  // overseas departments and regions
	COM   Zone = "com"   // overseas collectivities and territories
)

// Abroad is the gazette's code for a contract performed outside France. It is a
// place that a notice may have, but not a department: DepartmentByCode doesn't
// know it, and no form offers it among the departments.
const Abroad = "99"

// Department is one of the 101 departments, or one of the seven overseas
// collectivities that the gazette numbers like departments.
type Department struct {
	Code       string // official code: "01", "2A", "974"
	Name       string // French name: « Bas-Rhin »
	RegionCode string // official region code, "COM" for the overseas collectivities
	Region     string // French name of the region, or the heading of the collectivities
	Zone       Zone
	NUTS3      string // NUTS 2021 code, "" for the overseas collectivities, which have none
	// TimeZone is an IANA name. Several are links that only a complete time zone
	// database knows: a program that loads them embeds time/tzdata.
	//
	// 984 has Indian/Kerguelen, the clock of its largest base. The territory's
	// administration sits on La Réunion, and its notices carry 974 with that
	// island's clock: the gazette has no 984 at all.
	TimeZone string
}

// Label is the name with its number, as forms and mails show it: « (67) Bas-Rhin ».
func (d Department) Label() string { return "(" + d.Code + ") " + d.Name }

//go:embed data/departments.csv
var departmentsCSV string

var (
	departments     = mustReadDepartments(departmentsCSV)
	departmentIndex = indexDepartments(departments)
)

// DepartmentSlots is how many values DepartmentIndex can take: the size of a
// bitmap of places.
const DepartmentSlots = 109

// mustReadDepartments reads the embedded table. It panics on a damaged one, at
// start-up: that is a fault of the build, which no caller could repair.
func mustReadDepartments(table string) []Department {
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("refdata: departments.csv: %v", err))
	}
	var all []Department
	for _, row := range rows[1:] {
		all = append(all, Department{
			Code: row[0], Name: row[1], RegionCode: row[2], Region: row[3],
			Zone: Zone(row[4]), NUTS3: row[5], TimeZone: row[6],
		})
	}
	if len(all)+1 != DepartmentSlots {
		panic(fmt.Sprintf("refdata: departments.csv has %d rows", len(all)))
	}
	return all
}

func indexDepartments(all []Department) map[string]int {
	index := make(map[string]int, len(all)+1)
	for i, d := range all {
		index[d.Code] = i
	}
	index[Abroad] = len(all)
	return index
}

// Departments gives all departments and collectivities in the order of their
// numbers, Corsica's 2A and 2B standing where 20 was. The slice is the caller's.
func Departments() []Department { return slices.Clone(departments) }

// DepartmentByCode finds a department by its official code, already normalised.
func DepartmentByCode(code string) (Department, bool) {
	i, ok := departmentIndex[code]
	if !ok || i == len(departments) {
		return Department{}, false
	}
	return departments[i], true
}

// DepartmentIndex is a small dense number for a normalised code, Abroad included,
// from 0 to DepartmentSlots-1. It follows the order of the table, so that it may
// change with a release: it is for memory, never for storage.
func DepartmentIndex(code string) (int, bool) {
	i, ok := departmentIndex[code]
	return i, ok
}

// PlaceLabel is what a person reads for a normalised code: the department's label,
// « (99) Étranger », or the code itself when it means nothing here.
func PlaceLabel(code string) string {
	if d, ok := DepartmentByCode(code); ok {
		return d.Label()
	}
	if code == Abroad {
		return "(" + Abroad + ") Étranger"
	}
	return code
}

// Region is a region with its departments, or the overseas collectivities under
// one heading (code "COM"), because each of them is a region of its own in the
// official code and a list of seven headings with one line each helps nobody.
type Region struct {
	Code        string
	Name        string
	Departments []Department
}

// Regions gives the 13 regions of the mainland and Corsica in alphabetical order,
// then the 5 overseas in the order of their numbers, then the collectivities. The
// slices are the caller's.
func Regions() []Region {
	var regions []Region
	at := map[string]int{}
	for _, d := range departments {
		i, ok := at[d.RegionCode]
		if !ok {
			i = len(regions)
			at[d.RegionCode] = i
			regions = append(regions, Region{Code: d.RegionCode, Name: d.Region})
		}
		regions[i].Departments = append(regions[i].Departments, d)
	}
	rank := map[Zone]int{Metro: 0, DROM: 1, COM: 2}
	slices.SortStableFunc(regions, func(a, b Region) int {
		za, zb := a.Departments[0].Zone, b.Departments[0].Zone
		if za != zb {
			return rank[za] - rank[zb]
		}
		if za == Metro {
			return strings.Compare(fold(a.Name), fold(b.Name))
		}
		return 0 // overseas: the table's order
	})
	return regions
}
