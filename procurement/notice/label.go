package notice

import (
	"slices"
	"strings"
	"time"

	"parvis/kit/clock"
	"parvis/procurement/refdata"
)

// Place names where a notice is in few words: the country or regions, then departments by
// their numbers; "" when it does not say.
func (n *Notice) Place() string {
	areas, rest := refdata.WholeAreas(n.Departments)
	return strings.Join(slices.Concat(areas, rest), ", ")
}

// NoDeadline is what stands where a deadline would that is not known: as the source wrote
// one that is impossible or cannot be read, or that it gives none; "" when it is known.
func (n *Notice) NoDeadline() string {
	const enough = 60 // of what a source may write there
	switch raw := []rune(n.DeadlineWords()); {
	case !n.Deadline.IsZero():
		return ""
	case !n.DeadlineDoubtful:
		return "non communiquée"
	case len(raw) == 0:
		return "à vérifier dans l'avis"
	case len(raw) > enough:
		return "à vérifier dans l'avis, qui écrit «\u00a0" + string(raw[:enough]) + "…\u00a0»"
	default:
		return "à vérifier dans l'avis, qui écrit «\u00a0" + string(raw) + "\u00a0»"
	}
}

// DeadlineWords are the deadline in the notice's own words, "" when there are none. A
// corrigendum that was not read keeps the number of its section instead: « rubrique IV.2.2 ».
func (n *Notice) DeadlineWords() string {
	raw := strings.Join(strings.Fields(n.DeadlineRaw), " ")
	if n.DeadlineDoubtful && (raw == "rubrique" || strings.HasPrefix(raw, "rubrique ")) {
		return ""
	}
	return raw
}

// Zone is the legal time of the buyer's place, as its source knew it; else that of
// the first department, and Paris when there is none.
func (n *Notice) Zone() *time.Location { return zoneOf(n.TimeZone, n.Departments) }

// Clock names the place whose legal time Zone is: « La Réunion ». It is the notice's
// first department with that time, else the first of all.
func (n *Notice) Clock() string {
	zone := n.Zone().String()
	for _, code := range n.Departments {
		if d, _ := refdata.DepartmentByCode(code); d.TimeZone == zone {
			return d.Name
		}
	}
	for _, d := range refdata.Departments() {
		if d.TimeZone == zone {
			return d.Name
		}
	}
	return zone
}

func zoneOf(name string, departments []string) *time.Location {
	if name == "" && len(departments) > 0 {
		d, _ := refdata.DepartmentByCode(departments[0])
		name = d.TimeZone
	}
	if name != "" && name != clock.Paris.String() {
		if z, err := time.LoadLocation(name); err == nil {
			return z
		}
	}
	return clock.Paris
}

// SourceLabel names where the notice comes from.
func (n *Notice) SourceLabel() string {
	switch n.Source {
	case "boamp":
		return "BOAMP n° " + n.SourceID
	case "ted":
		return "JOUE n° " + n.SourceID
	}
	return n.SourceID
}

var kindLabels = map[Kind]string{
	Contract: "Avis de marché", Prior: "Avis de préinformation", Corrigendum: "Avis rectificatif", Cancellation: "Avis d'annulation",
	Award: "Résultat de marché", Amendment: "Avis de modification", VEA: "Intention de conclure", Other: "Autre avis",
}

// Label is the kind's French name.
func (k Kind) Label() string { return kindLabels[k] }

// Kinds lists the kinds in the order in which a form offers them.
func Kinds() []Kind {
	return []Kind{Contract, Prior, Corrigendum, Cancellation, Award, Amendment, VEA, Other}
}

// Sources lists where notices come from, in the order in which a form offers them.
func Sources() []string { return []string{SourceHere, SourceBOAMP, SourceTED} }

// SourceLabel names a source, "" when it is none.
func SourceLabel(source string) string { return sourceLabels[source] }

var sourceLabels = map[string]string{SourceHere: "Cette plateforme", SourceBOAMP: "BOAMP", SourceTED: "JOUE (TED)"}
