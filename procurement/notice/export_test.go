package notice

// SetServices has an index without a database know which buyers are services of which.
func (x *Index) SetServices(of map[string][]string) { x.setServices(of) }
