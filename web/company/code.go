package company

import (
	"strings"

	"parvis/procurement/notice"
	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/refine"
	"parvis/web/ui"
)

// mostCodes is how many of its codes a row names.
const mostCodes = 3

// codesFound names the codes by which a watch found a notice: « le code CPV 45421000
// (Travaux de menuiserie) »; empty when it asks for none of them.
func (p Pages) codesFound(v *answer.Visit, w *watch.Watch, n *notice.Notice) (string, error) {
	codes := watch.MatchedCodes(w, n)
	if len(codes) == 0 {
		return "", nil
	}
	named, err := refine.Name(v.Context(), p.CPV, v.Actor, codes)
	if err != nil {
		return "", err
	}
	all := make([]string, len(named))
	for i, c := range named {
		all[i] = c.ID
		if label := strings.TrimPrefix(c.Label, c.ID+" — "); label != c.ID {
			all[i] += " (" + label + ")"
		}
	}
	return ui.Plural(len(all), "le code CPV ", "les codes CPV ") + enumerated(all, mostCodes), nil
}

// nameCodes adds to the reasons of a row the codes by which each watch found it, as mails
// do.
func (p Pages) nameCodes(v *answer.Visit, m *match, hit watch.Hit, watches map[string]*watch.Watch) error {
	for i, r := range hit.Reasons {
		w := watches[r.WatchID]
		if w == nil || i >= len(m.Reasons) {
			continue
		}
		found, err := p.codesFound(v, w, hit.Notice)
		switch {
		case err != nil:
			return err
		case found != "" && len(r.Words) > 0:
			m.Reasons[i] += ", et " + found
		case found != "":
			m.Reasons[i] += ", sur " + found
		}
	}
	return nil
}
