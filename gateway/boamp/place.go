package boamp

import (
	"slices"
	"strings"

	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/refdata"
)

// readBuyer takes what the record says of the buyer: its own extra fields, then
// the form. The SIRET is given as found: the field holds free text at times.
func (r *record) readBuyer() {
	b := &r.out.Buyer
	extra := tree.Unify(r.fields.Get("x_acheteur")) // in place
	b.Name = scrub.Line(r.field("nomacheteur"))
	b.SIRET, b.Postcode, b.City = scrub.Token(tree.First(extra, "siret")), scrub.Token(tree.First(extra, "cp")), scrub.Token(tree.First(extra, "ville"))
	fill := func(into *string, value string) {
		if *into == "" {
			*into = scrub.Token(value)
		}
	}
	if r.forms != nil {
		o := r.forms.Buyer()
		fill(&b.Name, o.Name)
		fill(&b.SIRET, o.Register)
		fill(&b.Postcode, o.Postcode)
		fill(&b.City, o.City)
		r.findPlace(o.NUTS)
		return
	}
	var identity any
	switch {
	case r.shape == "legacy":
		identity = tree.FirstOf(tree.At(r.donnees, "identite"))
	case r.root() != nil:
		identity = tree.FirstOf(tree.Each(r.root().Get("organisme")))
	}
	fill(&b.Name, tree.First(identity, "denomination", "acheteurpublic", "nomorganisme", "nom"))
	fill(&b.SIRET, tree.First(identity, "codeidentnational", "codeidentificationnational", "siret"))
	fill(&b.Postcode, tree.First(identity, "cp", "adr.cp", "codepostal", "adresse.cp"))
	fill(&b.City, tree.First(identity, "ville", "adr.ville", "adresse.ville"))
	r.findPlace(tree.First(identity, "adjudicateurnuts", "codenuts"))
}

// findPlace keeps the buyer's department by the code of its territory, when no
// postcode says it.
func (r *record) findPlace(nuts string) {
	if _, ok := refdata.DepartmentOfPostcode(r.out.Buyer.Postcode); !ok {
		r.place, _ = refdata.DepartmentOfNUTS(nuts)
	}
}

// readDepartments takes the departments in the source's order. A record without
// any says nothing about the place: that is not the whole country, and not the
// buyer's department either.
func (r *record) readDepartments() {
	codes := r.list("code_departement")
	if len(codes) == 0 {
		codes = r.list("code_departement_prestation")
	}
	if len(codes) == 0 {
		for _, v := range append(tree.At(r.gestion, "indexation", "deppublication"), tree.At(r.gestion, "indexation", "depprestation")...) {
			codes = append(codes, tree.Text(v))
		}
	}
	for _, raw := range codes {
		for part := range strings.FieldsFuncSeq(raw, func(c rune) bool { return c == ',' || c == ';' || c == '/' || c == '|' }) {
			found := refdata.DepartmentsOfPlace(part)
			if found == nil && strings.TrimSpace(part) != "" {
				r.unread("code_departement")
			}
			for _, code := range found {
				if !slices.Contains(r.out.Departments, code) {
					r.out.Departments = append(r.out.Departments, code)
				}
			}
		}
	}
}
