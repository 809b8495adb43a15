package public

import (
	"slices"
	"strings"

	"parvis/kit/clock"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/procurement/watch"
	"parvis/web/ui"
)

// why tells which lots match by themselves and, when the title shows none of
// them, which words were found. It asks as a watch with these criteria would.
func why(n *notice.Notice, c notice.Criteria, at clock.Instant, words bool) (lots, found string, err error) {
	as := []*watch.Watch{{Criteria: c}}
	var numbers []string
	for _, lot := range watch.MatchingLots(as, n, at) {
		numbers = append(numbers, either(lot.Number, "sans numéro"))
	}
	if len(numbers) > 0 {
		lots = ui.Plural(len(numbers), "Lot qui correspond", "Lots qui correspondent") + nbsp + ": " + strings.Join(numbers, ", ")
	}
	if !words {
		return lots, "", nil
	}
	reasons, err := watch.Reasons(as, n, at)
	if err != nil || len(reasons) == 0 || len(reasons[0].Words) == 0 {
		return lots, "", err
	}
	return lots, "Trouvé dans le texte de l'avis" + nbsp + ": " + quoted(reasons[0].Words), nil
}

// codesFound says which of its codes make a notice a result, "" for none.
func codesFound(n *notice.Notice, c notice.Criteria) string {
	codes := slices.Clone(n.CPV)
	for _, l := range n.Lots {
		codes = append(codes, l.CPV...)
	}
	var found []string
	for _, code := range codes {
		asked := slices.ContainsFunc(c.CPV, func(one string) bool {
			return strings.HasPrefix(code, refdata.CPVPrefix(one)) || c.Broader && strings.HasPrefix(one, refdata.CPVPrefix(code))
		})
		if asked && !slices.Contains(found, code) {
			found = append(found, code)
		}
	}
	if len(found) == 0 {
		return ""
	}
	return ui.Plural(len(found), "Code CPV qui correspond", "Codes CPV qui correspondent") + nbsp + ": " + strings.Join(found, ", ")
}

// quoted writes words in French quotes.
func quoted(words []string) string {
	return "«\u00a0" + strings.Join(words, "\u00a0», «\u00a0") + "\u00a0»"
}
