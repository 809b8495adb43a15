package form

import (
	"strings"

	folding "parvis/kit/text"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

// Plain is a code or a label without case, accents and separators:
// « Pré-information » and PRE_INFORMATION are one.
func Plain(s string) string {
	return separators.Replace(folding.Fold(s))
}

var separators = strings.NewReplacer("_", "", "-", "", " ", "", "'", "", "’", "")

// KindOfState reads the field etat. INITIAL says nothing.
func KindOfState(state string) notice.Kind {
	switch state {
	case "annulation", "rectifannul", "avisannule":
		return notice.Cancellation
	case "rectificatif":
		return notice.Corrigendum
	case "modification":
		return notice.Amendment
	}
	return ""
}

// natureWords are looked for in this order: a corrigendum of an award is a
// corrigendum, « avis d'attribution de marché » is no call. The calls to which a
// company can answer by a bid or an application are one kind, a call for
// subcontractors included.
var natureWords = []struct {
	word string
	kind notice.Kind
}{
	{"annulation", notice.Cancellation},
	{"rectif", notice.Corrigendum},
	{"modification", notice.Amendment},
	{"intention", notice.VEA},
	{"exante", notice.VEA},
	{"attribution", notice.Award},
	{"resultat", notice.Award},
	{"preinformation", notice.Prior},
	{"profil", notice.Other},
	{"appeloffre", notice.Contract},
	{"avisdemarche", notice.Contract},
	{"avisdeconcession", notice.Contract},
	{"avisdeconcours", notice.Contract},
	{"qualification", notice.Contract},
	{"soustraitance", notice.Contract},
	{"periodique", notice.Prior},
}

// KindOfNature reads the word by which a source names what a notice announces, as
// Plain gives it; "" when it is none that we know.
func KindOfNature(nature string) notice.Kind {
	for _, n := range natureWords {
		if strings.Contains(nature, n.word) {
			return n.kind
		}
	}
	return ""
}

// Awaits tells whether companies may be awaited by a notice of a kind: only then a limit
// to answer, to visit or to ask means anything. What gives a contract, changes it or gives
// it up repeats when its call was open.
func Awaits(k notice.Kind) bool {
	switch k {
	case notice.Award, notice.Cancellation, notice.Amendment, notice.VEA:
		return false
	}
	return true
}

// eFormsProcedures are the codes of the eForms list "procurement-procedure-type".
var eFormsProcedures = map[string]refdata.ProcedureType{
	"open": refdata.Open, "restricted": refdata.Restricted, "negwcall": refdata.Negotiated,
	"negwocall": refdata.Direct, "compdial": refdata.CompetitiveDialogue, "innovation": refdata.InnovationPartnership,
	"othsingle": refdata.OtherProcedure, "othmult": refdata.OtherProcedure, "comptend": refdata.OtherProcedure,
	"exprrail": refdata.OtherProcedure,
}

// procedureWords read the gazette's labels (« Procédure Négociée ») and the keys
// of its forms (TYPE_PROCEDURE: {"PROCEDURE_ADAPTE": ""}). « NC » is none.
var procedureWords = []struct {
	word string
	kind refdata.ProcedureType
}{
	{"concoursouvert", refdata.OpenContest}, {"concoursrestreint", refdata.RestrictedContest},
	{"dialoguecompetitif", refdata.CompetitiveDialogue}, {"partenariatinnovation", refdata.InnovationPartnership},
	{"sanspub", refdata.AwardedWithoutCall}, {"avecpub", refdata.AwardedAfterCall},
	{"adapte", refdata.Adapted}, {"negoci", refdata.Negotiated},
	{"restreint", refdata.Restricted}, {"ouvert", refdata.Open},
}

// ProcedureOf reads a code or a label of a procedure type.
func ProcedureOf(raw string) (refdata.ProcedureType, bool) {
	if kind, ok := refdata.ParseProcedureType(raw); ok {
		return kind, true
	}
	folded := Plain(raw)
	if kind, ok := eFormsProcedures[folded]; ok {
		return kind, true
	}
	for _, p := range procedureWords {
		if strings.Contains(folded, p.word) {
			return p.kind, true
		}
	}
	return "", false
}
