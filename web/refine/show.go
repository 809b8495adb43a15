package refine

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/a-h/templ"

	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/web/ui"
)

// Fields are the section's own, to know whether one of them is at fault.
var Fields = []string{
	notice.FieldExclude, notice.FieldTitleOnly, notice.FieldServices, notice.FieldNational, notice.FieldCPV, FieldCodeText, notice.FieldCombine,
	notice.FieldBroader, notice.FieldCategories, notice.FieldKinds, notice.FieldSources, notice.FieldMinDays,
	notice.FieldExcludeBuyers, notice.FieldExcludeCPV, FieldOutBuyerText, FieldOutCodeText,
}

// Shown gives faults the fields that can mend them: a list of codes or of organisms by the
// field that looks them up.
func Shown(field string) string {
	switch field {
	case notice.FieldCPV:
		return FieldCodeText
	case notice.FieldExcludeBuyers:
		return FieldOutBuyerText
	case notice.FieldExcludeCPV:
		return FieldOutCodeText
	}
	return field
}

// section is the form with what is wrong with it.
type section struct {
	Form
	errors ui.Errors
}

func (s section) on(field string) string { return s.errors.On(field) }

// open shows what is at fault or under way, and what is asked when one is keen to see it;
// the rest stays folded.
func (s section) open(keen bool) bool {
	for _, field := range Fields {
		if s.on(field) != "" {
			return true
		}
	}
	return keen && !s.Empty() || s.Changed || len(s.Left()) > 0
}

// outOpen shows what is left out, when something is or is about to be.
func (s section) outOpen() bool {
	return s.on(FieldOutBuyerText) != "" || s.on(FieldOutCodeText) != "" || len(s.ExcludeBuyers)+len(s.ExcludeCPV) > 0 ||
		s.OutBuyers.Text != "" || s.OutCodes.Text != ""
}

// note says, on the folded section, how much is inside.
func (s section) note() string {
	n := 0
	for _, asked := range []bool{
		s.Exclude != "", s.TitleOnly, s.Services, s.NoNational, len(s.CPV) > 0, len(s.Categories) > 0, len(s.Kinds) > 0, len(s.Sources) > 0, s.MinDays != "",
		len(s.ExcludeBuyers) > 0, len(s.ExcludeCPV) > 0,
	} {
		if asked {
			n++
		}
	}
	if n == 0 {
		return "CPV, nature, source…"
	}
	return ui.Number(n) + "\u00a0" + ui.Plural(n, "critère", "critères")
}

func (s section) codes() ui.LookupModel {
	return ui.CodePicker(s.picker(s.Codes, FieldCodeText, SuggestURL, notice.MaxCPV))
}

func (s section) outBuyers() ui.LookupModel {
	return ui.OutBuyerPicker(s.picker(s.OutBuyers, FieldOutBuyerText, organismURL, notice.MaxExcluded))
}

func (s section) outCodes() ui.LookupModel {
	return ui.OutCodePicker(s.picker(s.OutCodes, FieldOutCodeText, SuggestURL, notice.MaxExcluded))
}

func (s section) picker(l Looked, field, suggest string, most int) ui.BuyerPickerModel {
	return ui.BuyerPickerModel{
		Field: ui.Field{Name: field, Error: s.on(field)}, Text: printable(l.Text), SuggestURL: suggest, Chosen: l.Chosen, Candidates: l.Candidates, Max: most,
	}
}

func (s section) combine() ui.Choice {
	and := s.Combine == string(notice.And)
	return ui.Choice{Field: ui.Field{Name: notice.FieldCombine, Label: "Avec des mots clés et des codes CPV", Error: s.on(notice.FieldCombine)}, Options: []ui.Option{
		{Value: string(notice.Or), Label: "Mots clés ou code CPV", Hint: "Conseillé\u00a0: beaucoup d'avis n'ont qu'un code général, ou aucun.", Chosen: !and},
		{Value: string(notice.And), Label: "Mots clés et code CPV", Chosen: and},
	}}
}

func (s section) categories() ui.Choice {
	c := ui.Choice{Field: ui.Field{Name: notice.FieldCategories, Label: "Nature du marché", Error: s.on(notice.FieldCategories)}}
	for _, k := range refdata.Categories() {
		c.Options = append(c.Options, ui.Option{Value: string(k), Label: k.Label(), Chosen: has(s.Categories, string(k))})
	}
	return c
}

func (s section) kinds() ui.Choice {
	c := ui.Choice{Field: ui.Field{Name: notice.FieldKinds, Label: "Type d'avis", Error: s.on(notice.FieldKinds)}}
	for _, k := range notice.Kinds() {
		c.Options = append(c.Options, ui.Option{Value: string(k), Label: k.Label(), Chosen: has(s.Kinds, string(k))})
	}
	return c
}

func (s section) sources() ui.Choice {
	c := ui.Choice{Field: ui.Field{Name: notice.FieldSources, Label: "Source", Error: s.on(notice.FieldSources)}}
	for _, source := range notice.Sources() {
		c.Options = append(c.Options, ui.Option{Value: source, Label: notice.SourceLabel(source), Chosen: has(s.Sources, source)})
	}
	return c
}

func (s section) minDays() ui.Input {
	return ui.Input{
		Field: ui.Field{Name: notice.FieldMinDays, Label: "Jours restants, au moins", Error: s.on(notice.FieldMinDays), Hint: "Pour avoir le temps de répondre."},
		Value: printable(s.MinDays), InputMode: "numeric", Autocomplete: "off", Width: ui.Short,
	}
}

func has(all []string, one string) bool {
	for _, v := range all {
		if v == one {
			return true
		}
	}
	return false
}

// Told are the criteria of the section in words, one line each; what is not asked is not
// told. Codes are named by the caller, who has the vocabulary.
func Told(c notice.Criteria, codes []ui.Picked) []ui.Criterion {
	var out []ui.Criterion
	add := func(one, many string, values ...string) {
		if len(values) > 0 {
			out = append(out, ui.Criterion{Label: ui.Plural(len(values), one, many), Values: ui.Values(values...)})
		}
	}
	add("Mot exclu", "Mots exclus", c.Exclude...)
	if c.TitleOnly {
		add("Recherche", "", "dans l'objet et les lots seulement")
	}
	if len(codes) > 0 {
		labels := make([]string, len(codes))
		for i, p := range codes {
			labels[i] = p.Label
		}
		add("Code CPV", "Codes CPV", labels...)
		if len(c.Keywords) > 0 {
			add("Mots clés et codes", "", combined(c.Combine))
		}
		if c.Broader {
			add("Codes plus généraux", "", "inclus")
		}
	}
	add("Nature", "Natures", labels(c.Categories)...)
	add("Type d'avis", "Types d'avis", labels(c.Kinds)...)
	var sources []string
	for _, s := range c.Sources {
		sources = append(sources, notice.SourceLabel(s))
	}
	add("Source", "Sources", sources...)
	if c.Services {
		add("Services de l'organisme", "", "inclus")
	}
	if c.NoNational {
		add("Marchés France entière", "", "exclus")
	}
	if c.MinDays > 0 {
		add("Jours restants", "", strconv.Itoa(c.MinDays)+" au moins")
	}
	return out
}

// ToldOut are the organisms and the codes that are left out, as Told tells the rest.
func ToldOut(buyers, codes []ui.Picked) []ui.Criterion {
	var out []ui.Criterion
	for _, of := range []struct {
		one, many string
		all       []ui.Picked
	}{{"Organisme exclu", "Organismes exclus", buyers}, {"Code CPV exclu", "Codes CPV exclus", codes}} {
		var labels []string
		for _, p := range of.all {
			labels = append(labels, p.Label)
		}
		if len(labels) > 0 {
			out = append(out, ui.Criterion{Label: ui.Plural(len(labels), of.one, of.many), Values: ui.Values(labels...)})
		}
	}
	return out
}

func combined(c notice.Combine) string {
	if c == notice.And {
		return "les deux"
	}
	return "l'un ou l'autre"
}

func labels[T interface{ Label() string }](all []T) []string {
	out := make([]string, len(all))
	for i, one := range all {
		out[i] = one.Label()
	}
	return out
}

// printable is a text that may be shown again, without what no page may hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u202d' || r == '\u202e' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// described ties a box to its hint.
func described(name, hint string) templ.Attributes {
	if hint == "" {
		return nil
	}
	return templ.Attributes{"aria-describedby": name + "-aide"}
}
