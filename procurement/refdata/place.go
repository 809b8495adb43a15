package refdata

import (
	"slices"
	"strings"
)

// departmentAliases are codes that other files write for a department. The
// gazette calls Corsica 20A and 20B; the Rhône is split for its two assemblies
// (69D, 69M), and some files add a letter to the departments of Alsace (67A, 68A),
// while the official code has one department in each case.
var departmentAliases = map[string]string{
	"20A": "2A", "20B": "2B",
	"67A": "67", "68A": "68",
	"69D": "69", "69M": "69",
}

// severalDepartments are codes of bodies that cover more than one department:
// Corsica before 1976 and as a single collectivity today, and the Collectivité
// européenne d'Alsace.
var severalDepartments = map[string][]string{
	"20": {"2A", "2B"}, "20R": {"2A", "2B"},
	"6AE": {"67", "68"},
}

// NormaliseDepartment reads a department code as the gazette, contract records or
// people write it and gives the official one: "1" is 01, "20A" and "2a" are 2A,
// "69M" is 69. Spaces and invisible characters don't count. Abroad is accepted. It
// answers false for what is no single department: "20" (see DepartmentsOfPlace),
// a region, a name, a postcode.
func NormaliseDepartment(raw string) (code string, ok bool) {
	code = strings.ToUpper(compact(raw))
	if len(code) == 1 && allDigits(code) {
		code = "0" + code
	}
	if official, found := departmentAliases[code]; found {
		return official, true
	}
	if _, found := departmentIndex[code]; found {
		return code, true
	}
	return "", false
}

// DepartmentsOfPlace is NormaliseDepartment for codes that may mean several
// departments: "20" is both of Corsica, "6AE" both of Alsace. It is nil for an
// unknown code. The slice is the caller's.
func DepartmentsOfPlace(raw string) []string {
	if code, ok := NormaliseDepartment(raw); ok {
		return []string{code}
	}
	return append([]string(nil), severalDepartments[strings.ToUpper(compact(raw))]...)
}

// DepartmentsAsked is DepartmentsOfPlace for what people and addresses ask for: abroad is
// no department that one may choose.
func DepartmentsAsked(raw string) []string {
	if found := DepartmentsOfPlace(raw); !slices.Contains(found, Abroad) {
		return found
	}
	return nil
}

// DepartmentOfPostcode gives the department of an address by its postcode, CEDEX
// codes included. What follows the five digits is ignored ("67070 Strasbourg
// CEDEX"), and so is the country's letter before them ("F-67000"). Monaco, which
// has French postcodes, is Abroad. It answers false for the armed forces' codes
// (00…) and for what is no French postcode.
//
// La Poste sorts letters, it doesn't draw departments: 16 codes are shared by
// communes of two departments, and there the code's own number is given.
func DepartmentOfPostcode(postcode string) (code string, ok bool) {
	digits, ok := postcodeDigits(postcode)
	if !ok {
		return "", false
	}
	switch digits[:2] {
	case "20":
		return corsica(digits)
	case "97":
		return overseas97(digits)
	case "98":
		return pacific98(digits)
	}
	return departmentPrefix(digits[:2])
}

// postcodeDigits finds the five digits at the start of a typed postcode. Four
// digits are refused rather than completed: they are as likely Belgian or Swiss.
func postcodeDigits(postcode string) (string, bool) {
	s := strings.ToUpper(compact(postcode))
	s = strings.TrimPrefix(s, "FR")
	s = strings.TrimPrefix(s, "F")
	s = strings.TrimPrefix(s, "-")
	if len(s) < 5 || !allDigits(s[:5]) {
		return "", false
	}
	if len(s) > 5 && s[5] >= '0' && s[5] <= '9' {
		return "", false
	}
	return s[:5], true
}

// corsica tells the two departments apart. Communes have 200–201 in the south and
// 202 and 206 in the north; CEDEX codes add 203 and 207 (Ajaccio), 205
// (Porto-Vecchio) in the south, 204 (Bastia) in the north.
func corsica(digits string) (string, bool) {
	switch digits[2] {
	case '0', '1', '3', '5', '7':
		return "2A", true
	case '2', '4', '6':
		return "2B", true
	default: // no office sorts 208 or 209
		return "", false
	}
}

// overseas97 reads the codes that begin with 97. Saint-Barthélemy and
// Saint-Martin left Guadeloupe in 2007 and kept one postcode each, with CEDEX
// codes under 970. 977 and 978, which are their department codes, are no postcodes
// of theirs: they are CEDEX codes of La Réunion (97744 Saint-Denis, 97821 Le Port).
func overseas97(digits string) (string, bool) {
	switch {
	case digits == "97133", strings.HasPrefix(digits, "9709"):
		return "977", true
	case digits == "97150", strings.HasPrefix(digits, "9705"), strings.HasPrefix(digits, "9706"):
		return "978", true
	case digits[2] == '7', digits[2] == '8':
		return "974", true
	}
	return departmentPrefix(digits[:3])
}

// pacific98 reads the codes that begin with 98: Monaco has 980, the territories
// have their department code.
func pacific98(digits string) (string, bool) {
	if digits[2] == '0' {
		return Abroad, true
	}
	return departmentPrefix(digits[:3])
}

func departmentPrefix(prefix string) (string, bool) {
	d, ok := DepartmentByCode(prefix)
	return d.Code, ok
}
