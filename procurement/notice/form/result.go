package form

import (
	"strings"

	folding "parvis/kit/text"
	"parvis/kit/tree"
	"parvis/procurement/notice"
)

// WhyIn reads in a code or a short label of a source why nobody was given a contract:
// STANDARD_INFRUCTUEUX_SANS_SUITE does not tell which of the two. It is "" where the text
// says neither.
func WhyIn(label string) notice.What {
	plain := Plain(label)
	unsuccessful, discontinued := strings.Contains(plain, "infructueu"), strings.Contains(plain, "sanssuite")
	switch {
	case unsuccessful && discontinued:
		return notice.Unawarded
	case unsuccessful:
		return notice.Unsuccessful
	case discontinued:
		return notice.Discontinued
	}
	return ""
}

// GivenUp reads the box by which a form says that nobody was given a contract or a lot:
// the gazette's SANS_SUITE and INFRUCTUEUX, the Journal's NO_AWARDED_CONTRACT with its
// reason. It is "" where no such box is ticked.
func GivenUp(v any) notice.What {
	for _, box := range []string{"noawardedcontract", "noawardedprize"} {
		if !tree.Has(v, box) {
			continue
		}
		switch reason := tree.FirstOf(tree.At(v, box)); {
		case tree.Has(reason, "procurementunsuccessful"):
			return notice.Unsuccessful
		case tree.Has(reason, "procurementdiscontinued"):
			return notice.Discontinued
		}
		return notice.Unawarded
	}
	unsuccessful, discontinued := ticked(v, "infructueux"), ticked(v, "sanssuite")
	switch {
	case unsuccessful && discontinued:
		return notice.Unawarded
	case unsuccessful:
		return notice.Unsuccessful
	case discontinued:
		return notice.Discontinued
	}
	return ""
}

// ticked tells whether an element is there: empty, or with anything but a no.
func ticked(v any, name string) bool {
	if !tree.Has(v, name) {
		return false
	}
	o, _ := v.(tree.Object)
	if said, isBool := o.Get(name).(bool); isBool {
		return said
	}
	switch Plain(tree.First(v, name)) {
	case "non", "false", "0":
		return false
	}
	return true
}

// announcing are the words that may stand before « sans suite » in a text that says it of
// the whole contract, and of nothing that came before it.
var announcing = map[string]bool{
	"le": true, "la": true, "les": true, "l": true, "ce": true, "cette": true, "present": true, "presente": true, "d": true, "de": true, "du": true, "pour": true, "a": true, "ete": true, "est": true,
	"marche": true, "marches": true, "contrat": true, "accord": true, "cadre": true, "procedure": true, "consultation": true, "appel": true, "offres": true, "avis": true, "public": true, "publics": true,
	"declare": true, "declaree": true, "declaration": true, "classe": true, "classee": true, "classement": true, "passation": true, "resultat": true,
}

// WhyInText reads the same in a free text, when it says nothing else: « La présente
// consultation est déclarée sans suite pour motif d'intérêt général. ». A text that speaks
// of lots, or of whom the contract went to, says more than can be read surely.
func WhyInText(s string) notice.What {
	const longest = 400 // bytes
	if len(s) > longest {
		return ""
	}
	words := strings.FieldsFunc(folding.Fold(s), func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') })
	var why notice.What
	for i, w := range words {
		switch {
		case w == "lot" || w == "lots" || strings.HasPrefix(w, "attribu") || strings.HasPrefix(w, "titulaire"):
			return ""
		case why != "":
		case strings.HasPrefix(w, "infructueu"):
			why = notice.Unsuccessful
		case w == "sans" && i+1 < len(words) && words[i+1] == "suite":
			why = notice.Discontinued
		case !announcing[w]:
			return ""
		}
	}
	return why
}
