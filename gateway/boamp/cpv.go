package boamp

import (
	"slices"

	"parvis/procurement/notice/form"
	"parvis/procurement/refdata"
)

// readCPV gathers the codes wherever the forms put them. Many readers of this
// source miss the path of eForms, and with it half of the codes since 2024.
func (r *record) readCPV() {
	codes := form.CPV(r.donnees)
	add := func(code string) {
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	for _, raw := range r.list("x_cpv") {
		if code, ok := refdata.NormaliseCPV(raw); ok {
			add(code)
		}
	}
	for _, lot := range r.out.Lots {
		for _, code := range lot.CPV {
			add(code)
		}
	}
	r.out.CPV = codes
}
