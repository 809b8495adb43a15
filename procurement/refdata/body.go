package refdata

import (
	"slices"
	"strings"
)

// Body is a buyer whose territory is known from what it is.
type Body struct {
	Departments []string // of its territory; the table's, don't change it
	// Whole is that all its notices are of its whole territory, wherever they say that
	// works are: the Collectivité européenne d'Alsace, of whose departments the gazette
	// knows but one.
	Whole bool
}

// alsace is the gazette's code of a collectivity with the powers of two departments,
// which both remain.
const alsace = "6AE"

// regionsByRegister are the regions, and the collectivities that have a region's powers,
// by SIREN, with the codes of their territories.
var regionsByRegister = map[string]string{
	"200053767": "FRK", "200053726": "FRC", "233500016": "FRH", "234500023": "FRB", "200076958": "FRM", "200052264": "FRF",
	"200053742": "FRE", "237500079": "FR1", "200053403": "FRD", "200053759": "FRI", "200053791": "FRJ", "234400034": "FRG",
	"231300021": "FRL",
	"239710015": "FRY1", "200055507": "FRY2", "200052678": "FRY3", "239740012": "FRY4", "229850003": "FRY5",
	"200094332": alsace,
}

// regionsByName are the regions by the names that they are called by, folded and without
// an article: those of today, and those of before 2016, whose territories the second
// level of the nomenclature still has.
var regionsByName = map[string]string{
	"auvergne rhone alpes": "FRK", "bourgogne franche comte": "FRC", "bretagne": "FRH", "centre val de loire": "FRB", "centre": "FRB",
	"corse": "FRM", "grand est": "FRF", "alsace champagne ardenne lorraine": "FRF", "hauts de france": "FRE", "nord pas de calais picardie": "FRE",
	"ile de france": "FR1", "idf": "FR1", "normandie": "FRD", "nouvelle aquitaine": "FRI", "aquitaine limousin poitou charentes": "FRI",
	"occitanie": "FRJ", "occitanie pyrenees mediterranee": "FRJ", "languedoc roussillon midi pyrenees": "FRJ", "pays de la loire": "FRG", "pays de loire": "FRG",
	"provence alpes cote d azur": "FRL", "provence alpes cote azur": "FRL", "paca": "FRL", "sud": "FRL", "sud provence alpes cote d azur": "FRL", "bfc": "FRC", "alpc": "FRI",
	"guadeloupe": "FRY1", "martinique": "FRY2", "guyane": "FRY3", "reunion": "FRY4", "mayotte": "FRY5",

	"alsace": "FRF1", "aquitaine": "FRI1", "auvergne": "FRK1", "basse normandie": "FRD1", "bourgogne": "FRC1", "champagne ardenne": "FRF2",
	"franche comte": "FRC2", "haute normandie": "FRD2", "languedoc roussillon": "FRJ1", "limousin": "FRI2", "lorraine": "FRF3", "midi pyrenees": "FRJ2",
	"nord pas de calais": "FRE1", "picardie": "FRE2", "poitou charentes": "FRI3", "rhone alpes": "FRK2",
}

// collectivities are the names of those that are called neither region nor council.
var collectivities = map[string]string{
	"collectivite europeenne d alsace": alsace, "collectivite de corse": "FRM", "collectivite territoriale de corse": "FRM",
	"collectivite territoriale de guyane": "FRY3", "collectivite territoriale de martinique": "FRY2", "collectivite territoriale martinique": "FRY2",
}

// BodyOf tells whether a buyer is a region, or a collectivity that is like one, by its
// register number (a SIRET or a SIREN, however it is written) or else by its name: « Région
// X », « Conseil régional de X », and what stands after a dash or a bracket, or begins with
// « Direction », is one of its services. Whoever is called after a region without being it (a prefect, an agency, an
// association) is none.
func BodyOf(register, name string) (Body, bool) {
	code, ok := regionsByRegister[sirenIn(register)]
	if !ok && maybeBody(name) {
		code, ok = bodyNamed(name)
	}
	if code == alsace {
		return Body{severalDepartments[alsace], true}, true
	}
	return Body{DepartmentsOfNUTS(code), false}, ok
}

// sirenIn is the first nine of nine or fourteen digits, however they are spaced.
func sirenIn(register string) string {
	var digits [siretLength]byte
	n := 0
	for i := range len(register) {
		switch c := register[i]; {
		case c >= '0' && c <= '9' && n < siretLength:
			digits[n] = c
			n++
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
			return ""
		}
	}
	if n != sirenLength && n != siretLength {
		return ""
	}
	return string(digits[:sirenLength])
}

// maybeBody looks at the first letters: of a hundred names ninety are passed over before
// anything is folded.
func maybeBody(name string) bool {
	const council = "conseil "
	if len(name) <= len(council) {
		return false
	}
	if name[0]|0x20 == 'l' && name[1]|0x20 == 'a' && name[2] == ' ' { // « La Région X »
		name = name[len("la "):]
	}
	switch name[0] | 0x20 {
	case 'r':
		return name[1]|0x20 == 'e' || name[1] == 0xc3 // é, É
	case 'c':
		return name[1]|0x20 == 'o' && (name[2]|0x20 == 'l' || name[2]|0x20 == 'n' && len(name) > len(council) && name[len(council)]|0x20 == 'r')
	}
	return false
}

// bodyNamed reads the whole name, then what stands before its last dash, comma or
// bracket, and so on: a region's own name may have a dash.
func bodyNamed(name string) (string, bool) {
	for {
		folded := strings.TrimPrefix(fold(name), "la ")
		if code, ok := collectivities[folded]; ok {
			return code, true
		}
		region := ofRegion(folded)
		if code, ok := regionsByName[region]; ok {
			return code, true
		}
		if code, ok := serving(region); ok {
			return code, true
		}
		end := lastPart(name)
		if end < 0 {
			return "", false
		}
		name = name[:end]
	}
}

// lastPart is where the last part of a name begins. A dash parts only between spaces: one
// within a word joins « Auvergne-Rhône-Alpes », and « Sud-Est » is not the region Sud.
func lastPart(name string) int {
	end := strings.LastIndexAny(name, ",(/:")
	for _, dash := range []string{" - ", " – ", " — "} {
		end = max(end, strings.LastIndex(name, dash))
	}
	return end
}

// services are the words that begin the name of a part of a council.
var services = []string{"direction", "directions", "service", "services", "pole", "departement", "secretariat", "cellule", "bureau", "dga", "dgs"}

// serving is the region of « auvergne rhone alpes direction des achats »: the longest
// name that stands before the first such word, and nothing between them.
func serving(region string) (string, bool) {
	for at := 0; ; {
		space := strings.IndexByte(region[at:], ' ')
		if space < 0 {
			return "", false
		}
		before := region[:at+space]
		at += space + 1
		word, _, _ := strings.Cut(region[at:], " ")
		if slices.Contains(services, word) {
			code, ok := regionsByName[before]
			return code, ok
		}
	}
}

// ofRegion is the name of the region in that of its council, "" for anybody else's.
func ofRegion(folded string) string {
	for _, title := range []string{"region ", "conseil regional ", "conseil reg "} {
		rest, ok := strings.CutPrefix(folded, title)
		if !ok {
			continue
		}
		for _, article := range []string{"de la ", "des ", "du ", "de l ", "de ", "d ", "la ", "l "} {
			if after, ok := strings.CutPrefix(rest, article); ok {
				return after
			}
		}
		return rest
	}
	return ""
}
