package form

import (
	"slices"
	"strings"

	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

// Join adds departments to a list that has each once, and gives the list.
func Join(list []string, more ...string) []string {
	for _, code := range more {
		if !slices.Contains(list, code) {
			list = append(list, code)
		}
	}
	return list
}

// Territory gives the departments that a notice has because of who its buyer is. The
// Collectivité européenne d'Alsace's are of both of its own, whatever is listed. A
// region's are of all of its own, unless the notice says where within it the works are:
// by its places of performance (the departments of each), or by listing a department that
// is not the seat's. The gazette lists the seat of whoever names no place.
func Territory(buyer notice.BuyerRecord, seat string, listed []string, performed ...[]string) []string {
	body, ok := refdata.BodyOf(buyer.SIRET, buyer.Name)
	if !ok || body.Whole {
		return body.Departments
	}
	for _, place := range performed {
		if len(place) > 0 && len(place) < len(body.Departments) {
			return nil
		}
	}
	if code, known := refdata.DepartmentOfPostcode(buyer.Postcode); known {
		seat = code
	}
	for _, code := range listed {
		if seat == "" && len(listed) == 1 {
			seat = code // nothing tells it from the place of the works
		}
		if code != seat {
			return nil
		}
	}
	return body.Departments
}

// Places are where the contract is performed: of each place, its departments. A whole
// country, or anywhere in Europe or in the world, is all of them; nothing is said of a
// place elsewhere.
func (e *EForms) Places() (places [][]string) {
	for _, project := range append(tree.At(e.root, "procurementproject"), tree.At(e.root, "procurementprojectlot", "procurementproject")...) {
		for _, address := range tree.At(project, "realizedlocation", "address") {
			if found := placeOf(address); found != nil {
				places = append(places, found)
			}
		}
	}
	return places
}

// placeOf reads the code of the territory; else that the place is anywhere; else the
// postcode, or an overseas part that has a country's code and no territory's.
func placeOf(address any) []string {
	territory := scrub.Token(tree.First(address, "countrysubentitycode"))
	if strings.EqualFold(territory, "FRA") { // the country's other code
		territory = "FR"
	}
	if found := refdata.DepartmentsOfNUTS(territory); found != nil {
		return found
	}
	country := scrub.Token(tree.First(address, "country.identificationcode"))
	inCountry := refdata.DepartmentsOfCountry(country)
	switch tree.First(address, "region") {
	case "anyw", "anyw-eea":
		return refdata.DepartmentsOfCountry("FRA")
	case "anyw-cou":
		return inCountry
	}
	if country == "" || inCountry != nil {
		if code, ok := refdata.DepartmentOfPostcode(scrub.Token(tree.First(address, "postalzone"))); ok {
			return []string{code}
		}
	}
	if len(inCountry) == 1 {
		return inCountry
	}
	return nil
}
