package notice

import (
	"slices"

	"parvis/kit/db"
)

// « Inclure ses services »: the establishments of one SIREN are one buyer of the register
// already. What is left are bodies that no notice gave a number, named after another:
// « Ville de Sélestat - Service des sports » beside « Ville de Sélestat ». They are
// services of it when they have its postcode and their name is its own followed by
// more; a name of one word (« Mairie ») names no body. It is never taken for granted:
// only watches and searches that ask for services see it.
const serviceOf = `FROM buyer a JOIN buyer b ON b.postcode = a.postcode
	WHERE a.postcode <> '' AND b.siren IS NULL AND a.folded LIKE '% %' AND length(b.folded) > length(a.folded)
		AND substr(b.folded, 1, length(a.folded)) = a.folded AND substr(b.folded, length(a.folded) + 1, 1) IN (' ', ',', '/', '(')`

// service is one buyer that is a service of another.
type service struct{ Body, Service string }

// allServices reads them all, by organism.
func allServices(tx *db.Tx) (map[string][]string, error) {
	var all []service
	err := tx.All(&all, "SELECT a.id AS body, b.id AS service "+serviceOf)
	of := map[string][]string{}
	for _, s := range all {
		of[s.Body] = append(of[s.Body], s.Service)
	}
	return of, err
}

// servicesAmong reads those in which one of these buyers is the body or the service.
func servicesAmong(tx *db.Tx, buyers []string) (all []service, err error) {
	for some := range slices.Chunk(buyers, asked) {
		var found []service
		among := tx.AnyOf(1)
		if err := tx.All(&found, "SELECT a.id AS body, b.id AS service "+serviceOf+" AND a.id "+among+
			" UNION SELECT a.id AS body, b.id AS service "+serviceOf+" AND b.id "+among, tx.List(some)); err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// nameBodies tells the notices of which organisms their buyers are services.
func nameBodies(tx *db.Tx, notices []*Notice) error {
	args, seen := []any{}, map[string]bool{}
	for _, n := range notices {
		if !seen[n.BuyerID] {
			seen[n.BuyerID] = true
			args = append(args, n.BuyerID)
		}
	}
	if len(args) == 0 {
		return nil
	}
	var all []service
	if err := tx.All(&all, "SELECT a.id AS body, b.id AS service "+serviceOf+" AND b.id IN ("+db.Placeholders(1, len(args))+")", args...); err != nil || len(all) == 0 {
		return err
	}
	bodies := map[string][]string{}
	for _, s := range all {
		bodies[s.Service] = append(bodies[s.Service], s.Body)
	}
	for _, n := range notices {
		n.Bodies = bodies[n.BuyerID]
	}
	return nil
}

// setServices has the index know which buyers are services of which.
func (x *Index) setServices(of map[string][]string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.services = of
}

// resetServices has it know that of these buyers, which are not what they were, these
// alone are services or have some.
func (x *Index) resetServices(buyers []string, now []service) {
	changed := make(map[string]bool, len(buyers))
	for _, id := range buyers {
		changed[id] = true
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	of := make(map[string][]string, len(x.services))
	for body, all := range x.services {
		if changed[body] {
			continue
		}
		if all = slices.DeleteFunc(slices.Clone(all), func(id string) bool { return changed[id] }); len(all) > 0 {
			of[body] = all
		}
	}
	for _, s := range now {
		if !slices.Contains(of[s.Body], s.Service) { // two parts of a long list may both have it
			of[s.Body] = append(of[s.Body], s.Service)
		}
	}
	x.services = of
}
