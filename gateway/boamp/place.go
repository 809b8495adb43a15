package boamp

import (
	"slices"
	"strings"
	"sync"
	"time"

	"parvis/kit/clock"
	"parvis/procurement/refdata"
)

// readBuyer takes what the record says of the buyer: its own extra fields, then
// the form. The SIRET is given as found: the field holds free text at times.
func (r *record) readBuyer() {
	b := &r.out.Buyer
	extra := unify(r.fields["x_acheteur"])
	b.Name = title(r.field("nomacheteur"))
	b.SIRET, b.Postcode, b.City = token(first(extra, "siret")), token(first(extra, "cp")), token(first(extra, "ville"))
	fill := func(into *string, value string) {
		if *into == "" {
			*into = token(value)
		}
	}
	if r.forms != nil {
		o := r.forms.buyer()
		fill(&b.Name, o.name)
		fill(&b.SIRET, o.register)
		fill(&b.Postcode, o.postcode)
		fill(&b.City, o.city)
		return
	}
	var form any
	switch {
	case r.shape == "legacy":
		form = firstOf(at(r.donnees, "identite"))
	case r.root() != nil:
		form = firstOf(each(r.root()["organisme"]))
	}
	fill(&b.Name, first(form, "denomination", "acheteurpublic", "nomorganisme", "nom"))
	fill(&b.SIRET, first(form, "codeidentnational", "codeidentificationnational", "siret"))
	fill(&b.Postcode, first(form, "cp", "adr.cp", "codepostal", "adresse.cp"))
	fill(&b.City, first(form, "ville", "adr.ville", "adresse.ville"))
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
		for _, v := range append(at(r.gestion, "indexation", "deppublication"), at(r.gestion, "indexation", "depprestation")...) {
			codes = append(codes, text(v))
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

// zones are the clocks of the departments.
var zones = sync.OnceValue(func() map[string]*time.Location {
	all := map[string]*time.Location{refdata.Abroad: clock.Paris}
	for _, d := range refdata.Departments() {
		zone, err := time.LoadLocation(d.TimeZone)
		if err != nil {
			panic(err) // clock embeds the whole database: a fault of the build
		}
		all[d.Code] = zone
	}
	return all
})

// zone is the clock on the buyer's wall, by its postcode, else by the notice's
// departments. It is Paris and not certain when these disagree, because they mix
// the buyer's department with those of the works.
func (r *record) zone() (zone *time.Location, certain bool) {
	if code, ok := refdata.DepartmentOfPostcode(r.out.Buyer.Postcode); ok {
		return zones()[code], true
	}
	for _, code := range r.out.Departments {
		next := zones()[code]
		if zone != nil && zone.String() != next.String() {
			return clock.Paris, false
		}
		zone = next
	}
	if zone == nil {
		return clock.Paris, true
	}
	return zone, true
}
