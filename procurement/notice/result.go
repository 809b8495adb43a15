package notice

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"parvis/kit/db"
)

// What a result says became of a contract, beside Awarded. The buyer gives up
// (Discontinued, « sans suite ») or nobody gave a bid that could be taken
// (Unsuccessful, « infructueux »); some sources only say that it is one of the two.
const (
	PartlyAwarded   What = "partly_awarded"   // some lots were, others were not
	Unsuccessful    What = "unsuccessful"     // « infructueux »
	Discontinued    What = "discontinued"     // « sans suite »
	Unawarded       What = "unawarded"        // one of the two, the source does not tell which
	PartlyUnawarded What = "partly_unawarded" // some lots were not, nothing is known of the others
	Undecided       What = "undecided"        // the competition goes on: no result yet
)

// UnawardedLot is a part of a contract that a result says nobody was given.
type UnawardedLot struct {
	Lot string `json:"lot,omitempty"` // as people read it; "" for the whole contract
	Why What   `json:"why"`           // Unsuccessful, Discontinued, Unawarded or Undecided
}

// Result is what a result says of the contract, all its lines together. Where nothing
// says otherwise, somebody was given it.
func (d *Detail) Result() What {
	var why What
	undecided := false
	for _, u := range d.Unawarded {
		switch {
		case u.Why == Undecided:
			undecided = true
		case why == "" || why == u.Why:
			why = u.Why
		default:
			why = Unawarded
		}
	}
	switch {
	case len(d.Awards) > 0 && why != "":
		return PartlyAwarded
	case len(d.Awards) > 0 || why == "" && !undecided:
		return Awarded
	case why == "":
		return Undecided
	case undecided:
		return PartlyUnawarded
	}
	return why
}

// Failed tells whether nobody was given anything.
func (w What) Failed() bool { return w == Unsuccessful || w == Discontinued || w == Unawarded }

var resultLabels = map[What]string{
	Awarded: "Attribué", PartlyAwarded: "Attribué en partie", Unsuccessful: "Infructueux", Discontinued: "Sans suite",
	Unawarded: "Infructueux ou sans suite", PartlyUnawarded: "En partie infructueux ou sans suite", Undecided: "Pas encore attribué",
}

// Label names a result in French, of a contract or of a lot; "" for what is none.
func (w What) Label() string { return resultLabels[w] }

// verdict gathers what the results of one procedure say of its call.
type verdict struct {
	awarded, whole bool // something was; all of it was not
	why            What
	lots           map[string]bool // those that were not, by their keys
}

// hear adds one result of the call, which is not undecided.
func (v *verdict) hear(by, call *relative) {
	if by.result == Awarded && v.whole && call.lots <= 1 { // what had failed was given after all
		v.why, v.whole, v.lots = "", false, nil
	}
	if by.result == Awarded || by.result == PartlyAwarded {
		v.awarded = true
	}
	for _, u := range by.unawarded {
		switch {
		case u.Why == Undecided:
			continue
		case v.why == "" || v.why == u.Why:
			v.why = u.Why
		default:
			v.why = Unawarded
		}
		if u.Lot == "" {
			v.whole = true
			continue
		}
		if v.lots == nil {
			v.lots = map[string]bool{}
		}
		v.lots[lotKey(u.Lot)] = true
	}
}

// on gives what became of the call, "" when no result says anything.
func (v *verdict) on(call *relative) What {
	switch {
	case v.awarded && v.why != "":
		return PartlyAwarded
	case v.awarded:
		return Awarded
	case v.why != "" && !v.whole && !v.all(call):
		return PartlyUnawarded
	}
	return v.why
}

// all tells whether the lots that were not awarded are all those of the call. A call that
// lists none may have several: its lot 1 alone may be the whole.
func (v *verdict) all(call *relative) bool {
	if call.lots == 0 {
		return len(v.lots) == 1 && v.lots[onlyLot]
	}
	return len(v.lots) >= call.lots
}

// onlyLot is the key of the lot that a contract has which is not divided.
const onlyLot = "1"

var lotNumber = regexp.MustCompile(`(?i)^lot\s*(?:n\s?[°o]\s?)?0*([0-9]+[a-z]?)\b`)

// lotKey is the number of a lot as results name it: « Lot 1 » and « Lot 1 - Peinture » are
// one. A lot without a number is its name.
func lotKey(label string) string {
	if m := lotNumber.FindStringSubmatch(label); m != nil {
		return strings.ToLower(m[1])
	}
	return label
}

// resulted notes what a notice says of the contract, when it is a result.
func (r *relative) resulted(d *Detail) {
	if r.Kind != Award {
		return
	}
	r.result, r.unawarded = d.Result(), d.Unawarded
}

// lotless tells whether what became of a call depends on how many lots it has: results name
// lots that were not awarded, or one awards something of what another says failed wholly.
func lotless(all []*relative) bool {
	var whole, some bool
	for _, r := range all {
		some = some || r.result == Awarded
		for _, u := range r.unawarded {
			if u.Lot != "" && r.result != PartlyAwarded {
				return true
			}
			whole = whole || u.Lot == ""
		}
	}
	return whole && some
}

// countLots reads how many lots the calls among them have, where that matters: hardly
// ever.
func countLots(tx *db.Tx, all []*relative) error {
	if !lotless(all) {
		return nil
	}
	calls := map[string]*relative{}
	var ids []string
	for _, r := range all {
		if r.Kind == Contract || r.Kind == Prior {
			calls[r.ID] = r
			ids = append(ids, r.ID)
		}
	}
	for some := range slices.Chunk(ids, asked) {
		if err := tx.Each(func(scan func(...any) error) error {
			var id, text string
			var lots []Lot
			if err := scan(&id, &text); err != nil {
				return err
			}
			err := json.Unmarshal([]byte(text), &lots)
			calls[id].lots = len(lots)
			return err
		}, "SELECT id, lots FROM notice WHERE id "+tx.AnyOf(1), tx.List(some)); err != nil {
			return err
		}
	}
	return nil
}

// UnawardedOf lists what the results that follow a notice say nobody was given, as the
// mail that tells of it does: « Lot 3 - Peinture : infructueux ».
func UnawardedOf(tx *db.Tx, n *Notice) (lines []string, err error) {
	if n.Result == "" || n.Result == Awarded {
		return nil, nil
	}
	changes, err := changesOf(tx, n.ID)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, c := range changes {
		if c.What == PartlyAwarded || c.What == PartlyUnawarded || c.What.Failed() {
			ids = append(ids, c.ByID)
		}
	}
	results, err := ByIDs(tx, ids)
	if err != nil {
		return nil, err
	}
	for _, r := range results {
		for _, line := range r.Detail.UnawardedLots() {
			if !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	return lines, nil
}

// UnawardedLots lists the lots that nobody was given: « Lot 3 - Peinture : infructueux ».
func (d *Detail) UnawardedLots() (lines []string) {
	for _, u := range d.Unawarded {
		if u.Lot != "" {
			lines = append(lines, u.Lot+"\u00a0: "+strings.ToLower(u.Why.Label()))
		}
	}
	return lines
}
