package form

import (
	"slices"
	"strings"
	"unicode/utf8"

	"parvis/kit/scrub"
	"parvis/procurement/notice"
)

// Facts gathers what a form says of its contract, of how to answer and of its buyer.
// What is said twice stands once; what is said of every lot is said of the whole.
type Facts struct {
	found []notice.Fact
	size  int // bytes of text so far
}

// A notice with more than that is shown at its source.
const (
	maxFacts    = 600
	maxFactText = 20_000  // characters of one text
	maxAllTexts = 400_000 // bytes
)

var nothings = []string{"", "-", "--", "/", "néant", "neant", "sans objet", "non", "aucun", "aucune", "n/a", "non renseigné"}

// Add takes a fact; one without any content is none.
func (f *Facts) Add(fact notice.Fact) {
	if fact.Text == "" && fact.Cents == 0 && fact.UpTo == 0 && fact.From == "" && fact.Until == "" {
		return
	}
	if f.size += len(fact.Text); len(f.found) < maxFacts && f.size <= maxAllTexts {
		if f.found == nil {
			f.found = make([]notice.Fact, 0, 8)
		}
		f.found = append(f.found, fact)
	}
}

// Say takes a text of several lines.
func (f *Facts) Say(topic notice.Topic, lot string, raw ...string) {
	text := ""
	for _, r := range raw {
		if r == "" {
			continue
		}
		switch r = scrub.Paragraphs(r); {
		case nothing(r):
		case text == "":
			text = r
		default:
			text += "\n" + r
		}
	}
	if len(text) > maxFactText && utf8.RuneCountInString(text) > maxFactText {
		text = string([]rune(text)[:maxFactText]) + "…"
	}
	if text != "" {
		f.Add(notice.Fact{Topic: topic, Lot: lot, Text: text})
	}
}

// nothing tells the ways in which a form is filled in when there is nothing to say.
func nothing(text string) bool {
	const longest = 16 // bytes, of all of them
	return len(text) < longest && (text == "" || slices.Contains(nothings, strings.ToLower(strings.TrimRight(text, " ."))))
}

// Link takes an address of the web, to which a form may have lost the beginning; what
// is no address is kept as the text that it is.
func (f *Facts) Link(topic notice.Topic, lot, raw string) {
	if address := WebAddress(raw); address != "" {
		f.Add(notice.Fact{Topic: topic, Lot: lot, Text: address})
		return
	}
	f.Say(topic, lot, raw)
}

// Money takes an amount, or two between which it is.
func (f *Facts) Money(topic notice.Topic, lot string, least, most any) {
	fact := notice.Fact{Topic: topic, Lot: lot}
	fact.Cents, fact.Currency = AmountIn(least)
	upTo, currency := AmountIn(most)
	if upTo > 0 && upTo != fact.Cents {
		fact.UpTo, fact.Currency = upTo, currency
	}
	f.Add(fact)
}

// Last takes a length of time: a number and a unit of one of the forms.
func (f *Facts) Last(topic notice.Topic, lot, number, unit string) {
	number = scrub.Token(number)
	if number == "" || number == "0" {
		return
	}
	word, known := units[strings.ToLower(scrub.Token(unit))]
	if !known || strings.Trim(number, "0123456789.,") != "" {
		f.Say(topic, lot, strings.TrimSpace(number+" "+word))
		return
	}
	if word != "mois" && number != "1" {
		word += "s"
	}
	f.Add(notice.Fact{Topic: topic, Lot: lot, Text: number + " " + word})
}

var units = map[string]string{"mois": "mois", "month": "mois", "jour": "jour", "day": "jour", "week": "semaine", "year": "an", "an": "an"}

// Run takes the days between which something lasts, either of which may be missing.
func (f *Facts) Run(topic notice.Topic, lot, from, until string) {
	fact := notice.Fact{Topic: topic, Lot: lot, From: Day(from), Until: Day(until)}
	f.Add(fact)
	for _, raw := range []string{from, until} {
		if _, date := ReadMoment(raw); !date {
			f.Say(topic, lot, raw) // written otherwise than as a date
		}
	}
}

// Weigh takes an award criterion.
func (f *Facts) Weigh(lot, text, weight string) {
	text = scrub.Paragraphs(text)
	if weight = scrub.Token(weight); text == "" || slices.Contains(nothings, weight) {
		weight = ""
	}
	if text == "" || weight == "" {
		f.Say(notice.Criterion, lot, text)
		return
	}
	f.Add(notice.Fact{Topic: notice.Criterion, Lot: lot, Text: text, Weight: weight})
}

// WebAddress is an address of the web as one can follow it, "" for anything else. Forms
// often leave out how it begins.
func WebAddress(raw string) string {
	raw = scrub.Line(raw)
	rest, ok := after(raw, "https://")
	if !ok {
		rest, ok = after(raw, "http://")
	}
	if !ok {
		if _, ok = after(raw, "www."); ok {
			rest, raw = raw, "https://"+raw
		}
	}
	if !ok || len(raw) > 2000 || strings.ContainsAny(raw, " \"<>\\") {
		return ""
	}
	host := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		host = rest[:end]
	}
	if dot := strings.IndexByte(host, '.'); dot <= 0 || dot == len(host)-1 || strings.ContainsAny(host, "@%[]") {
		return ""
	}
	return raw
}

// after is what follows the beginning of a text, in whatever case that is.
func after(text, beginning string) (string, bool) {
	if len(text) < len(beginning) || !strings.EqualFold(text[:len(beginning)], beginning) {
		return "", false
	}
	return text[len(beginning):], true
}

// For gives the facts of a notice that has these lots. What is said of a lot that it
// does not have is said of the whole: the only lot of a contract that is not divided.
func (f *Facts) For(lots []notice.Lot) []notice.Fact {
	of := 0 // facts of lots
	for i := range f.found {
		fact := &f.found[i]
		if fact.Lot != "" && !slices.ContainsFunc(lots, func(l notice.Lot) bool { return l.Number == fact.Lot }) {
			fact.Lot = ""
		}
		if fact.Lot != "" {
			of++
		}
	}
	if of > 0 {
		f.share(lots)
	}
	const few = 60 // which are faster compared with each other than looked up
	out := make([]notice.Fact, 0, len(f.found))
	known := map[notice.Fact]bool{}
	for i := range f.found {
		fact := f.found[i]
		if f.repeated(&fact) || len(f.found) <= few && slices.Contains(out, fact) || known[fact] {
			continue
		}
		if out = append(out, fact); len(f.found) > few {
			known[fact] = true
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// share says of the whole what is said of every lot. The criteria of a lot are only told
// together: one that all lots have stays with the others of each.
func (f *Facts) share(lots []notice.Lot) {
	said := make(map[notice.Fact]bool, len(f.found)) // by lot
	in := make(map[notice.Fact]int, len(f.found))    // in how many lots, more than there are for the whole
	common := func(fact notice.Fact) notice.Fact {
		fact.Lot = ""
		return fact
	}
	for _, fact := range f.found {
		switch {
		case said[fact]:
		case fact.Lot == "":
			in[fact] += len(lots) + 1
		default:
			in[common(fact)]++
		}
		said[fact] = true
	}
	shared := func(fact notice.Fact) bool {
		return len(lots) > 1 && in[common(fact)] >= len(lots) || in[common(fact)] > len(lots)
	}
	apart := slices.ContainsFunc(f.found, func(fact notice.Fact) bool { return fact.Topic == notice.Criterion && fact.Lot != "" && !shared(fact) })
	for i, fact := range f.found {
		if shared(fact) && (!apart || fact.Topic != notice.Criterion) {
			f.found[i].Lot = ""
		}
	}
}

// repeated tells that another fact says as much as this one: a criterion whose weight
// another states, those who inform on recourse when they are the same court.
func (f *Facts) repeated(fact *notice.Fact) bool {
	if fact.Topic != notice.RecourseInfo && (fact.Topic != notice.Criterion || fact.Weight != "") {
		return false
	}
	for i := range f.found {
		other := &f.found[i]
		if other.Text == fact.Text && (other.Topic == notice.Criterion && other.Weight != "" || other.Topic == notice.Recourse) {
			return true
		}
	}
	return false
}
