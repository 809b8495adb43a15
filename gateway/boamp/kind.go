package boamp

import (
	"parvis/kit/tree"
	"parvis/procurement/notice"
	"parvis/procurement/notice/form"
	"parvis/procurement/refdata"
)

// readKind decides what the notice announces. Neither nature nor etat tells alone:
// a national corrigendum keeps the nature of the call (APPEL_OFFRE) and has the
// state RECTIFICATIF, a European one has it as its nature.
func (r *record) readKind() {
	states := []string{r.field("etat"), tree.Choice(tree.FirstOf(tree.At(r.gestion, "reference", "typeavis", "statut")))}
	natures := []string{
		r.field("nature"), r.field("nature_libelle"), r.field("nature_categorise"), r.field("x_nature_detail"),
		tree.Choice(tree.FirstOf(tree.At(r.gestion, "reference", "typeavis", "nature"))),
	}
	if r.forms != nil {
		natures = append(natures, r.forms.Nature())
	}
	for _, s := range states {
		if kind := form.KindOfState(form.Plain(s)); kind != "" {
			r.out.Kind = kind
			return
		}
	}
	for _, n := range natures {
		if kind := form.KindOfNature(form.Plain(n)); kind != "" {
			r.out.Kind = kind
			return
		}
	}
	r.out.Kind = notice.Other
}

// readCategory takes the first category that the record names: a notice of works
// and supplies lists its main one first.
func (r *record) readCategory() {
	candidates := append(r.list("type_marche"), r.list("type_marche_facette")...)
	if r.forms != nil {
		candidates = append(candidates, r.forms.Category())
	}
	for _, v := range tree.Find(r.body(), "typemarche") {
		candidates = append(candidates, tree.Choice(v))
	}
	for _, c := range candidates {
		if category, ok := refdata.ParseCategory(c); ok {
			r.out.Category = category
			return
		}
	}
}

// readProcedure takes the procedure type; the finer field goes first, because
// soustype_procedure tells contests apart.
func (r *record) readProcedure() {
	candidates := []string{r.field("soustype_procedure"), r.field("type_procedure"), r.field("procedure_libelle"), r.field("procedure_categorise")}
	if r.forms != nil {
		candidates = append(candidates, r.forms.Procedure())
	}
	for _, v := range tree.Find(r.body(), "typeprocedure") {
		candidates = append(candidates, tree.Choice(v))
	}
	for _, c := range candidates {
		if kind, ok := form.ProcedureOf(c); ok {
			r.out.Procedure = kind
			return
		}
	}
}
