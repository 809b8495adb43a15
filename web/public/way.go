package public

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"parvis/procurement/notice"
)

// way is an address by which one goes on: to the documents, to the buyer profile.
type way struct {
	Label, URL, Host string
	Main             bool // the one that one wants most
}

// ways are those addresses, in the order of the page.
type ways []way

// manyWays is how many addresses of lots stand before all else; when there are more, each
// stands with its lot.
const manyWays = 6

// use is what an address serves for: the whole contract, or some lots.
type use struct {
	topic notice.Topic
	whole bool
	lots  []string
}

// waysOf are the addresses of a notice that has so many lots, the documents first; one
// that serves for several things is there once, with all the lots that it is for.
func waysOf(facts []notice.Fact, lots int) ways {
	var order []string
	uses := map[string][]use{}
	for _, topic := range []notice.Topic{notice.Documents, notice.Answering, notice.Profile} {
		for _, f := range facts {
			address := ""
			if f.Topic == topic {
				address = followable(f.Text)
			}
			if address == "" {
				continue
			}
			if uses[address] == nil {
				order = append(order, address)
			}
			uses[address] = used(uses[address], topic, f.Lot)
		}
	}
	ofLots := 0
	for _, address := range order {
		if apart(uses[address], lots) {
			ofLots++
		}
	}
	var out ways
	for _, address := range order {
		if ofLots > manyWays && apart(uses[address], lots) {
			continue
		}
		var labels []string
		for _, u := range uses[address] {
			labels = append(labels, u.label(lots))
		}
		main := len(out) == 0 && uses[address][0].topic == notice.Documents
		out = append(out, way{strings.Join(labels, " · "), address, host(address), main})
	}
	return out
}

// used adds a use of an address to those known, in the order of the topics.
func used(known []use, topic notice.Topic, lot string) []use {
	if n := len(known); n == 0 || known[n-1].topic != topic {
		known = append(known, use{topic: topic})
	}
	last := &known[len(known)-1]
	if lot == "" {
		last.whole = true
	} else {
		last.lots = append(last.lots, lot)
	}
	return known
}

// apart tells an address that serves for some lots only.
func apart(uses []use, lots int) bool {
	return !slices.ContainsFunc(uses, func(u use) bool { return u.ofAll(lots) })
}

func (u use) ofAll(lots int) bool {
	return u.whole || lots > 1 && len(slices.Compact(slices.Sorted(slices.Values(u.lots)))) >= lots
}

func (u use) label(lots int) string {
	if u.ofAll(lots) {
		return u.topic.Label()
	}
	return u.topic.Label() + ", " + lotsNamed(u.lots)
}

// among tells whether an address stands there.
func (w ways) among(address string) bool {
	address = followable(address)
	return address != "" && slices.ContainsFunc(w, func(w way) bool { return w.URL == address })
}

// lotsNamed names lots by their numbers: « lot 1 », « lots 1, 2 », « lots 1 à 12, 14 ».
func lotsNamed(numbers []string) string {
	numbers = slices.SortedFunc(slices.Values(numbers), byNumber)
	numbers = slices.Compact(numbers)
	if len(numbers) == 1 {
		return "lot" + nbsp + numbers[0]
	}
	var parts []string
	for i := 0; i < len(numbers); {
		end := i
		for end+1 < len(numbers) && follows(numbers[end], numbers[end+1]) {
			end++
		}
		if end-i < 2 { // « 1, 2 » is as short as « 1 à 2 »
			end = i
			parts = append(parts, numbers[i])
		} else {
			parts = append(parts, numbers[i]+" à "+numbers[end])
		}
		i = end + 1
	}
	return "lots" + nbsp + strings.Join(parts, ", ")
}

// byNumber puts numbers in their order, and before what is no number.
func byNumber(a, b string) int {
	m, errA := strconv.Atoi(a)
	n, errB := strconv.Atoi(b)
	switch {
	case errA == nil && errB == nil && m != n:
		return cmp.Compare(m, n)
	case errA == nil && errB != nil:
		return -1
	case errA != nil && errB == nil:
		return 1
	}
	return cmp.Compare(a, b)
}

func follows(a, b string) bool {
	m, errA := strconv.Atoi(a)
	n, errB := strconv.Atoi(b)
	return errA == nil && errB == nil && n == m+1
}
