package boamp

import (
	"slices"
	"strings"

	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice/form"
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

// readDepartments takes the departments in the source's order, then what the record's
// form and the buyer's own territory add. A record without any says nothing about the
// place: that is not the whole country, and not the buyer's department either.
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
			r.out.Departments = form.Join(r.out.Departments, found...)
		}
	}
	r.widen()
}

// widen adds the places of performance of a European form, which may be a region or the
// country, where the gazette lists nine departments at most, and the territory of a
// buyer that is a region.
func (r *record) widen() {
	r.listed = r.out.Departments
	var performed [][]string
	if r.forms != nil {
		performed = r.forms.Places()
	} else if _, region := refdata.BodyOf(r.out.Buyer.SIRET, r.out.Buyer.Name); region {
		performed = r.worksites()
	}
	territory := form.Territory(r.out.Buyer, r.place, r.listed, performed...)
	if len(performed)+len(territory) == 0 {
		return
	}
	r.out.Departments = slices.Clone(r.listed)
	if r.forms != nil {
		for _, place := range performed {
			r.out.Departments = form.Join(r.out.Departments, place...)
		}
	}
	r.out.Departments = form.Join(r.out.Departments, territory...)
}

// worksites are the places that the gazette's own forms name, for the notices of a
// region: their departments are among those listed, but which of these is the buyer's is
// not said otherwise.
func (r *record) worksites() (places [][]string) {
	add := func(found []string) {
		if found != nil {
			places = append(places, found)
		}
	}
	body := r.body()
	for _, site := range tree.At(body, "objet", "lieuexeclivr") {
		if code, ok := refdata.DepartmentOfPostcode(tree.First(site, "cp")); ok {
			add([]string{code})
		} else {
			add(refdata.DepartmentsOfNUTS(scrub.Token(tree.First(site, "codenuts"))))
		}
	}
	for _, site := range tree.At(body, "naturemarche", "lieuexecution") {
		for word := range strings.FieldsFuncSeq(tree.Text(site), func(c rune) bool { return c < '0' || c > '9' }) {
			if code, ok := refdata.DepartmentOfPostcode(word); ok && len(word) == 5 {
				add([]string{code})
			}
		}
	}
	for _, raw := range r.list("code_departement_prestation") {
		add(refdata.DepartmentsOfPlace(raw))
	}
	return places
}
