package form

import (
	"strings"

	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice"
)

// Words is a text of a form, whichever way it is made: alone, in paragraphs, in lists.
func Words(v any) string {
	switch v := v.(type) {
	case []any:
		var lines []string
		for _, e := range v {
			if text := Words(e); text != "" {
				lines = append(lines, text)
			}
		}
		return strings.Join(lines, "\n")
	case tree.Object:
		if text := tree.Text(v); strings.TrimSpace(text) != "" {
			return text
		}
		return Words(v.Get("p"))
	}
	return strings.TrimSpace(tree.Text(v))
}

// languages are those in which one answers in France, by the codes of the forms.
var languages = map[string]string{
	"fr": "français", "fra": "français", "fre": "français", "de": "allemand", "deu": "allemand", "ger": "allemand", "en": "anglais", "eng": "anglais",
	"es": "espagnol", "spa": "espagnol", "it": "italien", "ita": "italien", "nl": "néerlandais", "nld": "néerlandais", "pt": "portugais", "por": "portugais",
}

// Language is a language in words; one that we do not know stays as it is written.
func Language(code string) string {
	code = scrub.Token(code)
	if name, known := languages[strings.ToLower(code)]; known {
		return name
	}
	return code
}

// Rule reads what stands under one key of a form; parent is the object that has the key.
type Rule func(w *Walk, parent tree.Object, v any)

// Walk goes through a form once and hands what stands under each key to its rule. What
// has no rule is gone through; what a rule has read is not.
type Walk struct {
	*Facts
	Rules map[string]Rule
	Lot   string // where it is
}

// Through goes through a value.
func (w *Walk) Through(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			w.Through(e)
		}
	case tree.Object:
		for _, field := range v {
			if rule, ok := w.Rules[field.Name]; ok {
				if rule != nil {
					rule(w, v, field.Value)
				}
				continue
			}
			switch field.Value.(type) {
			case tree.Object, []any:
				w.Through(field.Value)
			}
		}
	}
}

// In goes through what is said of one lot.
func (w *Walk) In(lot string, v any) {
	before := w.Lot
	w.Lot = lot
	w.Through(v)
	w.Lot = before
}

// Saying is the rule of a text.
func Saying(topic notice.Topic) Rule {
	return func(w *Walk, _ tree.Object, v any) { w.Say(topic, w.Lot, Words(v)) }
}

// Linking is the rule of addresses of the web.
func Linking(topic notice.Topic) Rule {
	return func(w *Walk, _ tree.Object, v any) {
		for _, e := range tree.Each(v) {
			w.Link(topic, w.Lot, tree.Text(e))
		}
	}
}

// Ticking is the rule of a box that is ticked or not, with words beside it at times.
// Yes and no are what the page says then; "" says nothing.
func Ticking(topic notice.Topic, yes, no string) Rule {
	return func(w *Walk, _ tree.Object, v any) {
		for _, e := range tree.Each(v) {
			text := Words(e)
			if o, ok := e.(tree.Object); ok && tree.Has(o, "oui", "non") {
				if !tree.Has(o, "oui") {
					w.Add(notice.Fact{Topic: topic, Lot: w.Lot, Text: no})
					continue
				}
				text = Words(o.Get("oui"))
			}
			if o, ok := e.(tree.Object); ok && text == "" && !tree.Has(o, "oui", "non") && len(o) > 0 {
				for _, f := range o {
					w.Say(topic, w.Lot, Words(f.Value)) // words under keys that we do not know
				}
				w.Through(o)
				continue
			}
			switch strings.ToLower(strings.TrimSpace(text)) {
			case "", "oui", "true", "1":
				w.Add(notice.Fact{Topic: topic, Lot: w.Lot, Text: yes})
			case "non", "false", "0":
				w.Add(notice.Fact{Topic: topic, Lot: w.Lot, Text: no})
			default:
				w.Say(topic, w.Lot, text)
			}
		}
		if tree.Each(v) == nil { // an empty element is a tick
			w.Add(notice.Fact{Topic: topic, Lot: w.Lot, Text: yes})
		}
	}
}

// Stating is the rule of a key that says all by being there.
func Stating(topic notice.Topic, text string) Rule {
	return func(w *Walk, _ tree.Object, _ any) { w.Add(notice.Fact{Topic: topic, Lot: w.Lot, Text: text}) }
}

// Lasting is the rule of a length of time in one unit.
func Lasting(topic notice.Topic, unit string) Rule {
	return func(w *Walk, _ tree.Object, v any) { w.Last(topic, w.Lot, tree.Text(v), unit) }
}

// Running is the rule of the first day of something; last are the keys beside it that
// have the last day.
func Running(topic notice.Topic, last ...string) Rule {
	return func(w *Walk, parent tree.Object, v any) {
		w.Run(topic, w.Lot, tree.Text(v), tree.First(parent, last...))
	}
}

// Ending is the rule of the last day of something whose first day, under one of these
// keys, is not said.
func Ending(topic notice.Topic, first ...string) Rule {
	return func(w *Walk, parent tree.Object, v any) {
		if tree.First(parent, first...) == "" {
			w.Run(topic, w.Lot, "", tree.Text(v))
		}
	}
}
