package boamp

import (
	"slices"
	"strings"

	"parvis/procurement/notice"
)

// eformsBid is a bid in the results: which lot, whose, for how much.
type eformsBid struct {
	lot, party string
	amount     any
}

// awards puts the results together: a lot's result points to a bid, the bid to
// a party, the party to one or several organisations. Only bids that a signed
// contract refers to have won; without contracts, those of the results.
func (e *eforms) awards() []notice.AwardLine {
	result := firstOf(find(e.root, "noticeresult"))
	if result == nil {
		return nil
	}
	parties := e.parties(result)
	bids := map[string]eformsBid{}
	for _, v := range at(result, "lottender") {
		bids[token(first(v, "id"))] = eformsBid{
			lot: first(v, "tenderlot.id"), party: token(first(v, "tenderingparty.id")),
			amount: firstOf(at(v, "legalmonetarytotal", "payableamount")),
		}
	}
	lotOf := map[string]string{}
	var inResults []string
	for _, v := range at(result, "lotresult") {
		for _, id := range at(v, "lottender", "id") {
			bid := token(text(id))
			inResults = append(inResults, bid)
			lotOf[bid] = first(v, "tenderlot.id")
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
		line := notice.AwardLine{Lot: e.lotName(token(bid.lot)), Holder: holder, On: on[id]}
		line.AmountCent, line.Currency = amountIn(bid.amount)
		if line.On == "" {
			line.On = on[anyBid]
		}
		if line.On == "" {
			line.On = day(first(e.root, "tenderresult.awarddate"))
		}
		lines = append(lines, line)
	}
	return lines
}

// parties gives the names behind each bidding party: several for a consortium.
func (e *eforms) parties(result any) map[string]string {
	parties := map[string]string{}
	for _, v := range at(result, "tenderingparty") {
		var names []string
		for _, org := range at(v, "tenderer", "id") {
			if name := e.orgs[token(text(org))].name; name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		if len(names) == 0 {
			names = append(names, title(first(v, "name")))
		}
		parties[token(first(v, "id"))] = strings.Join(names, " / ")
	}
	return parties
}

// anyBid stands for every bid in the days of signature.
const anyBid = "*"

// won gives the bids that a contract was signed for, with the day of signature. A
// contract that refers to no bid says the day for all when it is alone.
func (e *eforms) won(result any) (bids []string, on map[string]string) {
	on = map[string]string{}
	contracts := at(result, "settledcontract")
	for _, c := range contracts {
		signed := day(first(c, "issuedate"))
		if signed == "" {
			signed = day(first(c, "awarddate"))
		}
		refs := at(c, "lottender", "id")
		if len(refs) == 0 && len(contracts) == 1 {
			on[anyBid] = signed
		}
		for _, id := range refs {
			bid := token(text(id))
			if !slices.Contains(bids, bid) {
				bids = append(bids, bid)
			}
			on[bid] = signed
		}
	}
	return bids, on
}

// lotName is a lot as people read it, by its number in the form.
func (e *eforms) lotName(id string) string {
	_, number, _ := strings.Cut(id, "-")
	number = strings.TrimLeft(number, "0")
	if number == "" {
		return ""
	}
	for _, v := range at(e.root, "procurementprojectlot") {
		if token(first(v, "id")) == id {
			return lotLabel(number, first(v, "procurementproject.name"))
		}
	}
	return lotLabel(number, "")
}
