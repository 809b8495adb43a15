package notice

import (
	"strings"
	"time"

	"parvis/kit/clock"
	"parvis/procurement/refdata"
)

// Place is the departments as a line shows them: « 67, 68 »; "" when the
// notice gives none.
func (n *Notice) Place() string { return strings.Join(n.Departments, ", ") }

// Zone is the legal time of the buyer's place, as its source knew it; else that of
// the first department, and Paris when there is none.
func (n *Notice) Zone() *time.Location {
	name := n.TimeZone
	if name == "" && len(n.Departments) > 0 {
		d, _ := refdata.DepartmentByCode(n.Departments[0])
		name = d.TimeZone
	}
	if name != "" {
		if z, err := time.LoadLocation(name); err == nil {
			return z
		}
	}
	return clock.Paris
}

// SourceLabel names where the notice comes from.
func (n *Notice) SourceLabel() string {
	if n.Source == "boamp" {
		return "BOAMP n° " + n.SourceID
	}
	return n.SourceID
}

var kindLabels = map[Kind]string{
	Contract: "Avis de marché", Prior: "Avis de préinformation", Corrigendum: "Avis rectificatif", Cancellation: "Avis d'annulation",
	Award: "Résultat de marché", Amendment: "Avis de modification", VEA: "Intention de conclure", Other: "Autre avis",
}

// Label is the kind's French name.
func (k Kind) Label() string { return kindLabels[k] }
