package form

import (
	"slices"
	"strings"

	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice"
)

// whyCodes are the codes of the eForms list "non-award-justification" that tell which of
// the two it is: nobody gave a bid that could be taken, or the buyer gave up. That the
// winner refused to sign, or something else, tells neither.
var whyCodes = map[string]notice.What{
	"all-rej": notice.Unsuccessful, "no-rece": notice.Unsuccessful, "none-rej": notice.Unsuccessful,
	"chan-need": notice.Discontinued, "ins-fund": notice.Discontinued, "one-admis": notice.Discontinued, "rev-body": notice.Discontinued,
	"rev-buyer": notice.Discontinued, "tch-pr-error": notice.Discontinued,
}

// Unawarded gives the lots for which no winner was chosen, by the list
// "winner-selection-status". Beside them, a lot of which a winner was chosen that awards
// does not name is added to these without its holder.
func (e *EForms) Unawarded(awards []notice.AwardLine) ([]notice.AwardLine, []notice.UnawardedLot) {
	result := tree.FirstOf(tree.Find(e.root, "noticeresult"))
	var lots []notice.UnawardedLot
	var chosen []string
	for _, v := range tree.At(result, "lotresult") {
		lot := func() string { return e.lotName(scrub.Token(tree.First(v, "tenderlot.id"))) }
		switch scrub.Token(tree.First(v, "tenderresultcode")) {
		case "clos-nw":
			why := notice.Unawarded
			if known, ok := whyCodes[scrub.Token(tree.First(v, "decisionreason.decisionreasoncode"))]; ok {
				why = known
			}
			lots = append(lots, notice.UnawardedLot{Lot: lot(), Why: why})
		case "open-nw":
			lots = append(lots, notice.UnawardedLot{Lot: lot(), Why: notice.Undecided})
		case "selec-w":
			chosen = append(chosen, lot())
		}
	}
	if len(lots) == 0 {
		return awards, nil
	}
	return AddChosen(awards, chosen), lots
}

// OnlyResult takes the only line of a result, when it names no lot by a number, for one
// about the whole contract: forms repeat its title there.
func OnlyResult(lots []notice.UnawardedLot, awards []notice.AwardLine) []notice.UnawardedLot {
	if len(lots) == 1 && len(awards) == 0 && !strings.HasPrefix(lots[0].Lot, "Lot ") {
		lots[0].Lot = ""
	}
	return lots
}

// AddChosen adds to the awards the lots that were given to somebody who is not named: beside
// lots that nobody was given, their silence would be taken for another failure.
func AddChosen(awards []notice.AwardLine, lots []string) []notice.AwardLine {
	for _, lot := range lots {
		if !slices.ContainsFunc(awards, func(a notice.AwardLine) bool { return a.Lot == lot }) {
			awards = append(awards, notice.AwardLine{Lot: lot})
		}
	}
	return awards
}
