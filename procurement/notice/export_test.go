package notice

import "slices"

// SetServices has an index without a database know which buyers are services of which.
func (x *Index) SetServices(of map[string][]string) { x.setServices(of) }

// Services tells which buyers it has for services of which, in the order of their ids.
func (x *Index) Services() map[string][]string {
	x.mu.Lock()
	defer x.mu.Unlock()
	of := map[string][]string{}
	for body, all := range x.services {
		of[body] = slices.Sorted(slices.Values(all))
	}
	return of
}
