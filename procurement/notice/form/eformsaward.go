package form

import (
	"slices"
	"strings"

	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice"
)

// eformsBid is a bid in the results: which lot, whose, for how much.
type eformsBid struct {
	lot, party string
	amount     any
}

// Awards puts the results together: a lot's result points to a bid, the bid to
// a party, the party to one or several organisations. Only bids that a signed
// contract refers to have won; without contracts, those of the results.
func (e *EForms) Awards() []notice.AwardLine {
	result := tree.FirstOf(tree.Find(e.root, "noticeresult"))
	if result == nil {
		return nil
	}
	parties := e.parties(result)
	bids := map[string]eformsBid{}
	for _, v := range tree.At(result, "lottender") {
		bids[scrub.Token(tree.First(v, "id"))] = eformsBid{
			lot: tree.First(v, "tenderlot.id"), party: scrub.Token(tree.First(v, "tenderingparty.id")),
			amount: tree.FirstOf(tree.At(v, "legalmonetarytotal", "payableamount")),
		}
	}
	lotOf := map[string]string{}
	var inResults []string
	for _, v := range tree.At(result, "lotresult") {
		for _, id := range tree.At(v, "lottender", "id") {
			bid := scrub.Token(tree.Text(id))
			inResults = append(inResults, bid)
			lotOf[bid] = tree.First(v, "tenderlot.id")
		}
	}
	won, on := e.won(result)
	if len(won) == 0 {
		won = inResults
	}
	var lines []notice.AwardLine
	for _, id := range won {
		bid := bids[id]
		holder := parties[bid.party]
		if holder == "" && len(parties) == 1 && bid.party == "" {
			for _, only := range parties {
				holder = only
			}
		}
		if holder == "" {
			continue
		}
		if bid.lot == "" {
			bid.lot = lotOf[id]
		}
		line := notice.AwardLine{Lot: e.lotName(scrub.Token(bid.lot)), Holder: holder, On: on[id]}
		line.AmountCent, line.Currency = AmountIn(bid.amount)
		if line.On == "" {
			line.On = on[anyBid]
		}
		if line.On == "" {
			line.On = Day(tree.First(e.root, "tenderresult.awarddate"))
		}
		lines = append(lines, line)
	}
	return lines
}

// parties gives the names behind each bidding party: several for a consortium.
func (e *EForms) parties(result any) map[string]string {
	parties := map[string]string{}
	for _, v := range tree.At(result, "tenderingparty") {
		var names []string
		for _, org := range tree.At(v, "tenderer", "id") {
			if name := e.orgs[scrub.Token(tree.Text(org))].Name; name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		if len(names) == 0 {
			names = append(names, scrub.Line(tree.First(v, "name")))
		}
		parties[scrub.Token(tree.First(v, "id"))] = strings.Join(names, " / ")
	}
	return parties
}

// anyBid stands for every bid in the days of signature.
const anyBid = "*"

// won gives the bids that a contract was signed for, with the day of signature. A
// contract that refers to no bid says the day for all when it is alone.
func (e *EForms) won(result any) (bids []string, on map[string]string) {
	on = map[string]string{}
	contracts := tree.At(result, "settledcontract")
	for _, c := range contracts {
		signed := Day(tree.First(c, "issuedate"))
		if signed == "" {
			signed = Day(tree.First(c, "awarddate"))
		}
		refs := tree.At(c, "lottender", "id")
		if len(refs) == 0 && len(contracts) == 1 {
			on[anyBid] = signed
		}
		for _, id := range refs {
			bid := scrub.Token(tree.Text(id))
			if !slices.Contains(bids, bid) {
				bids = append(bids, bid)
			}
			on[bid] = signed
		}
	}
	return bids, on
}

// lotName is a lot as people read it, by its number in the form.
func (e *EForms) lotName(id string) string {
	_, number, _ := strings.Cut(id, "-")
	number = strings.TrimLeft(number, "0")
	if number == "" {
		return ""
	}
	for _, v := range tree.At(e.root, "procurementprojectlot") {
		if scrub.Token(tree.First(v, "id")) == id {
			return LotLabel(number, tree.First(v, "procurementproject.name"))
		}
	}
	return LotLabel(number, "")
}
