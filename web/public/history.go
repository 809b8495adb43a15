package public

import "parvis/procurement/notice"

// history says what other notices, or its own later state, have done to a notice.
func (p noticePage) history() (lines []string) {
	zone := p.Zone()
	for _, c := range p.Changes {
		by := " n°\u00a0" + c.BySource
		if c.On != "" {
			by += " du " + day(c.On)
		}
		moved := "\u00a0: "
		if !c.Before.IsZero() {
			moved += "au lieu du " + c.Before.Short(zone) + ", "
		}
		if c.After.IsZero() {
			moved += "plus de date communiquée"
		} else {
			moved += "lire " + c.After.Short(zone)
		}
		if c.Doubtful {
			moved += " (heure à vérifier dans l'avis)"
		}
		switch c.What {
		case notice.Moved:
			lines = append(lines, "Date limite modifiée par l'avis rectificatif"+by+moved)
		case notice.Restated:
			lines = append(lines, "Date limite modifiée dans l'avis lui-même"+moved)
		case notice.Cancelled:
			lines = append(lines, "Procédure annulée par l'avis"+by)
		case notice.Reopened:
			lines = append(lines, "Annulation retirée par l'avis"+by)
		case notice.Awarded:
			lines = append(lines, "Marché attribué, d'après l'avis"+by)
		}
	}
	return lines
}
