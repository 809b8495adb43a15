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
	size  int               // bytes of text so far, those of distinct texts once they are known
	texts map[string]string // the distinct texts, when there is much text
	cut   bool              // something was left out
}

// What is gathered, before it is known what all lots share. What a page shows is less.
const (
	maxFound    = 20_000
	maxGathered = 8_000_000 // bytes of distinct texts
	spare       = 100       // facts that are not lost when there are too many others
	maxFactText = 20_000    // characters of one text
)

var nothings = []string{"", "-", "--", "/", "néant", "neant", "sans objet", "non", "aucun", "aucune", "n/a", "non renseigné"}

// Add takes a fact; one without any content is none.
func (f *Facts) Add(fact notice.Fact) {
	if fact.Text == "" && fact.Cents == 0 && fact.UpTo == 0 && fact.From == "" && fact.Until == "" {
		return
	}
	room := maxFound
	if rank(&fact) <= rankAddress {
		room += spare
	}
	if len(f.found) >= room || !f.keep(&fact) {
		f.cut = true
		return
	}
	if f.found == nil {
		f.found = make([]notice.Fact, 0, 8)
	}
	f.found = append(f.found, fact)
}

// keep counts the bytes of a text, once however many lots say it: only one copy of it
// stays in memory. It answers false when there are too many.
func (f *Facts) keep(fact *notice.Fact) bool {
	if f.texts == nil {
		if f.size += len(fact.Text); f.size <= maxAllTexts {
			return true
		}
		f.texts, f.size = make(map[string]string, len(f.found)), 0
		for i := range f.found {
			f.keep(&f.found[i])
		}
	}
	if same, known := f.texts[fact.Text]; known {
		fact.Text = same
		return true
	}
	if f.size+len(fact.Text) > maxGathered && rank(fact) != rankGazette {
		return false
	}
	f.size += len(fact.Text)
	f.texts[fact.Text] = fact.Text
	return true
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
		text, f.cut = string([]rune(text)[:maxFactText])+"…", true
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
	f.Add(notice.Fact{Topic: notice.Criterion, Lot: lot, Text: text, Weight: frenchWeight(weight)})
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
