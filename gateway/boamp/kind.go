package boamp

import (
	"strings"

	folding "parvis/kit/text"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

// readKind decides what the notice announces. Neither nature nor etat tells alone:
// a national corrigendum keeps the nature of the call (APPEL_OFFRE) and has the
// state RECTIFICATIF, a European one has it as its nature.
func (r *record) readKind() {
	states := []string{r.field("etat"), choice(firstOf(at(r.gestion, "reference", "typeavis", "statut")))}
	natures := []string{
		r.field("nature"), r.field("nature_libelle"), r.field("nature_categorise"), r.field("x_nature_detail"),
		choice(firstOf(at(r.gestion, "reference", "typeavis", "nature"))),
	}
	if r.forms != nil {
		natures = append(natures, r.forms.nature())
	}
	for _, s := range states {
		if kind := kindOfState(plain(s)); kind != "" {
			r.out.Kind = kind
			return
		}
	}
	for _, n := range natures {
		if kind := kindOfNature(plain(n)); kind != "" {
			r.out.Kind = kind
			return
		}
	}
	r.out.Kind = notice.Other
}

func firstOf(values []any) any {
	if len(values) == 0 {
		return nil
	}
	return values[0]
}

// plain is a code or a label without case, accents and separators:
// « Pré-information » and PRE_INFORMATION are one.
func plain(s string) string {
	return separators.Replace(folding.Fold(s))
}

var separators = strings.NewReplacer("_", "", "-", "", " ", "", "'", "", "’", "")

// kindOfState reads the field etat. INITIAL says nothing.
func kindOfState(state string) notice.Kind {
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

func kindOfNature(nature string) notice.Kind {
	for _, n := range natureWords {
		if strings.Contains(nature, n.word) {
			return n.kind
		}
	}
	return ""
}

// readCategory takes the first category that the record names: a notice of works
// and supplies lists its main one first.
func (r *record) readCategory() {
	candidates := append(r.list("type_marche"), r.list("type_marche_facette")...)
	if r.forms != nil {
		candidates = append(candidates, r.forms.category())
	}
	for _, v := range find(r.body(), "typemarche") {
		candidates = append(candidates, choice(v))
	}
	for _, c := range candidates {
		if category, ok := refdata.ParseCategory(c); ok {
			r.out.Category = category
			return
		}
	}
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

// readProcedure takes the procedure type; the finer field goes first, because
// soustype_procedure tells contests apart.
func (r *record) readProcedure() {
	candidates := []string{r.field("soustype_procedure"), r.field("type_procedure"), r.field("procedure_libelle"), r.field("procedure_categorise")}
	if r.forms != nil {
		candidates = append(candidates, r.forms.procedure())
	}
	for _, v := range find(r.body(), "typeprocedure") {
		candidates = append(candidates, choice(v))
	}
	for _, c := range candidates {
		if kind, ok := procedureOf(c); ok {
			r.out.Procedure = kind
			return
		}
	}
}

func procedureOf(raw string) (refdata.ProcedureType, bool) {
	if kind, ok := refdata.ParseProcedureType(raw); ok {
		return kind, true
	}
	folded := plain(raw)
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
