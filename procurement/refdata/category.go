package refdata

import (
	"slices"
	"sync"
)

// Category is what a contract buys (Directive 2014/24/EU, article 2): works,
// supplies or services. The values are those of eForms and are stored.
type Category string

// The categories, in the order in which forms show them.
const (
	Works    Category = "works"
	Supplies Category = "supplies"
	Services Category = "services"
)

var categoryLabels = map[Category]string{
	Works: "Travaux", Supplies: "Fournitures", Services: "Services",
}

// Categories gives the three categories. The slice is the caller's.
func Categories() []Category { return []Category{Works, Supplies, Services} }

// Label is the category's French name, "" for an unknown one.
func (c Category) Label() string { return categoryLabels[c] }

// ParseCategory reads a category as the gazette writes it ("TRAVAUX",
// « Travaux ») or as it is stored here ("works"). Case, accents and spaces around
// don't count. An empty one is no category: notices without any exist.
func ParseCategory(raw string) (Category, bool) {
	switch fold(raw) {
	case "travaux", "works":
		return Works, true
	case "fournitures", "fourniture", "supplies":
		return Supplies, true
	case "services", "service":
		return Services, true
	}
	return "", false
}

// ProcedureType is how a contract is awarded. The values are stored.
type ProcedureType string

// The procedure types: those that the gazette names, and Direct, which contract
// records add.
const (
	Open                  ProcedureType = "open"
	Restricted            ProcedureType = "restricted"
	Negotiated            ProcedureType = "negotiated"
	Adapted               ProcedureType = "adapted"
	CompetitiveDialogue   ProcedureType = "competitive_dialogue"
	InnovationPartnership ProcedureType = "innovation_partnership"
	OpenContest           ProcedureType = "design_contest_open"
	RestrictedContest     ProcedureType = "design_contest_restricted"
	Direct                ProcedureType = "direct"
	// AwardedWithoutCall and AwardedAfterCall only say whether a call had appeared
	// in the Official Journal of the Union: the gazette doesn't tell the procedure.
	AwardedWithoutCall ProcedureType = "awarded_without_call"
	AwardedAfterCall   ProcedureType = "awarded_after_call"
	OtherProcedure     ProcedureType = "other"
)

// procedureType ties a stored value to the gazette's code and to what is read.
type procedureType struct {
	value   ProcedureType
	gazette string // code in the field type_procedure, "" when it has none
	label   string
}

var procedureTypes = []procedureType{
	{Open, "OUVERT", "Procédure ouverte"},
	{Restricted, "RESTREINT", "Procédure restreinte"},
	{Negotiated, "NEGOCIE", "Procédure avec négociation"},
	{Adapted, "PROCEDURE_ADAPTE", "Procédure adaptée"},
	{CompetitiveDialogue, "DIALOGUE_COMPETITIF", "Dialogue compétitif"},
	{InnovationPartnership, "PARTENARIAT_INNOVATION", "Partenariat d'innovation"},
	{OpenContest, "CONCOURS_OUVERT", "Concours ouvert"},
	{RestrictedContest, "CONCOURS_RESTREINT", "Concours restreint"},
	{Direct, "", "Marché sans publicité ni mise en concurrence préalables"},
	{AwardedWithoutCall, "ATTRIBUE_SANS_PUB_JOUE", "Marché attribué sans avis préalable au JOUE"},
	{AwardedAfterCall, "ATTRIBUE_AVEC_PUB_JOUE", "Marché attribué après avis au JOUE"},
	{OtherProcedure, "AUTRE", "Autre procédure"},
}

// Label is the procedure's French name, "" for an unknown one.
func (p ProcedureType) Label() string {
	i := slices.IndexFunc(procedureTypes, func(t procedureType) bool { return t.value == p })
	if i < 0 {
		return ""
	}
	return procedureTypes[i].label
}

// ParseProcedureType reads the gazette's code ("PROCEDURE_ADAPTE"), a label given
// here or a stored value ("adapted"), without care for case, accents, hyphens and
// underscores. The gazette leaves the field empty on many notices (awards, corrigenda):
// that is no procedure type, and not OtherProcedure either.
func ParseProcedureType(raw string) (ProcedureType, bool) {
	value, ok := procedureNames()[fold(raw)]
	return value, ok
}

// procedureNames are the codes, values and labels, folded: a gazette asks millions of times.
var procedureNames = sync.OnceValue(func() map[string]ProcedureType {
	names := map[string]ProcedureType{}
	for _, p := range slices.Backward(procedureTypes) { // of one name, the first counts
		names[fold(p.label)], names[fold(string(p.value))], names[fold(p.gazette)] = p.value, p.value, p.value
	}
	delete(names, "") // of those that have no code
	return names
})
