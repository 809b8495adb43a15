package refdata

import (
	"slices"
	"strings"
)

// CPVDivision is one of the 45 divisions, the first level of the Common
// Procurement Vocabulary.
type CPVDivision struct {
	Code  string // the two digits that its codes begin with: "45"
	Label string // French
}

// cpvDivisions are those of Commission Regulation (EC) No 213/2008, annex I.
// Codes of the earlier vocabularies may begin with other numbers, unknown here.
var cpvDivisions = []CPVDivision{
	{"03", "Produits agricoles, de l'élevage, de la pêche, de la sylviculture et produits connexes"},
	{"09", "Produits pétroliers, combustibles, électricité et autres sources d'énergie"},
	{"14", "Produits d'exploitation des mines, métaux de base et produits connexes"},
	{"15", "Produits alimentaires, boissons, tabac et produits connexes"},
	{"16", "Machines agricoles"},
	{"18", "Vêtements, articles chaussants, bagages et accessoires"},
	{"19", "Produits en cuir et textiles, matériaux en plastique et en caoutchouc"},
	{"22", "Imprimés et produits connexes"},
	{"24", "Produits chimiques"},
	{"30", "Machines, matériel et fourniture informatique et de bureau, excepté les meubles et logiciels"},
	{"31", "Machines, appareils, équipements et consommables électriques\u202f; éclairage"},
	{"32", "Équipements et appareils de radio, de télévision, de communication, de télécommunication et équipements connexes"},
	{"33", "Matériels médicaux, pharmaceutiques et produits de soins personnels"},
	{"34", "Équipement de transport et produits auxiliaires pour le transport"},
	{"35", "Équipement de sécurité, de lutte contre l'incendie, de police et de défense"},
	{"37", "Instruments de musique, articles de sport, jeux, jouets, articles pour artisanat, articles pour travaux artistiques et accessoires"},
	{"38", "Équipements de laboratoire, d'optique et de précision (excepté les lunettes)"},
	{"39", "Meubles (y compris les meubles de bureau), aménagements, appareils électroménagers (à l'exclusion de l'éclairage) et produits de nettoyage"},
	{"41", "Eau collectée et purifiée"},
	{"42", "Machines industrielles"},
	{"43", "Équipement minier, équipement pour l'exploitation de carrières, matériel de construction"},
	{"44", "Matériaux et structures de construction\u202f; produits auxiliaires pour la construction (à l'exception des appareils électriques)"},
	{"45", "Travaux de construction"},
	{"48", "Logiciels et systèmes d'information"},
	{"50", "Services de réparation et d'entretien"},
	{"51", "Services d'installation (à l'exception des logiciels)"},
	{"55", "Services d'hôtellerie, de restauration et de commerce au détail"},
	{"60", "Services de transport (à l'exclusion du transport des déchets)"},
	{"63", "Services d'appui et services auxiliaires dans le domaine des transports, services des agences de voyages"},
	{"64", "Services des postes et télécommunications"},
	{"65", "Services publics"},
	{"66", "Services financiers et d'assurance"},
	{"70", "Services immobiliers"},
	{"71", "Services d'architecture, services de construction, services d'ingénierie et services d'inspection"},
	{"72", "Services de technologies de l'information, conseil, développement de logiciels, internet et appui"},
	{"73", "Services de recherche et développement et services de conseil connexes"},
	{"75", "Services de l'administration publique, de la défense et de la sécurité sociale"},
	{"76", "Services relatifs à l'industrie du pétrole et du gaz"},
	{"77", "Services agricoles, sylvicoles, horticoles, d'aquaculture et d'apiculture"},
	{"79", "Services aux entreprises\u00a0: droit, marketing, conseil, recrutement, impression et sécurité"},
	{"80", "Services d'enseignement et de formation"},
	{"85", "Services de santé et services sociaux"},
	{"90", "Services d'évacuation des eaux usées et d'élimination des déchets, services d'hygiénisation et services relatifs à l'environnement"},
	{"92", "Services récréatifs, culturels et sportifs"},
	{"98", "Autres services communautaires, sociaux et personnels"},
}

// CPVDivisions gives the 45 divisions in the order of their codes. The slice is
// the caller's.
func CPVDivisions() []CPVDivision { return slices.Clone(cpvDivisions) }

// DivisionOfCPV is the division that a code, or the beginning of one, belongs to.
func DivisionOfCPV(code string) (CPVDivision, bool) {
	if len(code) < 2 {
		return CPVDivision{}, false
	}
	i, found := slices.BinarySearchFunc(cpvDivisions, code[:2], func(d CPVDivision, prefix string) int {
		return strings.Compare(d.Code, prefix)
	})
	if !found {
		return CPVDivision{}, false
	}
	return cpvDivisions[i], true
}

const cpvLength = 8 // digits, without the check digit

// NormaliseCPV reads a whole CPV code and gives its eight digits. It accepts the
// check digit after a hyphen, which is dropped unverified: sources get it wrong. What a
// person types goes through CPVKeyFault first. Seven digits are a code of
// division 03 or 09 whose zero a spreadsheet ate. Spaces don't count. A code whose
// division doesn't exist is refused, which stops most text and numbers that are no
// CPV; whether the rest of the code exists is for the whole nomenclature to say.
func NormaliseCPV(raw string) (code string, ok bool) {
	digits, check, hasCheck := strings.Cut(compact(raw), "-")
	if hasCheck && (len(check) != 1 || !allDigits(check)) {
		return "", false
	}
	if len(digits) == cpvLength-1 {
		digits = "0" + digits
	}
	if len(digits) != cpvLength || !allDigits(digits) {
		return "", false
	}
	if _, ok := DivisionOfCPV(digits); !ok {
		return "", false
	}
	return digits, true
}

// CPVPrefix is what every code in the subtree of a code begins with: its digits
// without the zeros at the end, two at least ("45000000" gives "45", "45421000-4"
// gives "45421", "30000000" gives "30"). The beginning of a code, as one types it
// or as this function gave it ("45", "454"), is accepted like the code itself.
// Seven digits alone are such a beginning: a code that may have lost its zero goes
// through NormaliseCPV first. It is "" for what is neither.
func CPVPrefix(code string) string {
	digits := compact(code)
	if len(digits) >= cpvLength || !allDigits(digits) {
		digits, _ = NormaliseCPV(code)
	}
	if _, ok := DivisionOfCPV(digits); !ok {
		return ""
	}
	return digits[:2] + strings.TrimRight(digits[2:], "0")
}
