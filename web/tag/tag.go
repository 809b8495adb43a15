package tag

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"parvis/kit/clock"
	"parvis/procurement/access"
	"parvis/procurement/watch"
	"parvis/web/ui"
)

// FieldBack says where to go once the tag is written: a path of this site.
const FieldBack = "retour"

// Contract is a contract and what its people say of it.
type Contract struct {
	ID    string // of the notice
	Title string
	Said  watch.Tagged
	Back  string // where to come back to; empty: the list
}

// Readers says who sees what the actor decides and notes.
func Readers(by access.Actor) string {
	if by.Role == access.Newcomer {
		return "Vous seul le voyez\u00a0: votre rattachement n'est pas accepté."
	}
	return "Vos collègues de l'établissement le voient, et personne d'autre."
}

// URL is the page of the tag and the notes of a contract, and where they are sent.
func URL(noticeID, back string) string {
	u := "/entreprise/etiquettes/" + noticeID
	if back != "" {
		u += "?" + url.Values{FieldBack: {back}}.Encode()
	}
	return u
}

// Read reads the form: the note is left as it is unless the form has one.
func Read(f url.Values) watch.TagForm {
	form := watch.TagForm{Choice: f.Get(watch.FieldTag)}
	if f.Has(watch.FieldNote) {
		note := f.Get(watch.FieldNote)
		form.Note = &note
	}
	return form
}

// Badge is a choice as a state.
func Badge(c watch.Choice) ui.Badge {
	switch c {
	case watch.Go:
		return ui.OK(c.Label())
	case watch.Study:
		return ui.Soon(c.Label())
	}
	return ui.Off(c.Label())
}

// button is one of the three.
type button struct {
	Label, Value string
	Pressed      string
}

func (c Contract) buttons() []button {
	var out []button
	for _, choice := range watch.Choices() {
		b := button{ui.Capital(choice.Label()), string(choice), "false"}
		if choice == c.Said.Choice {
			b.Value, b.Pressed = string(watch.Untagged), "true"
		}
		out = append(out, b)
	}
	return out
}

// noteLabel invites to write, or to read.
func (c Contract) noteLabel() string {
	if len(c.Said.Notes) == 0 {
		return "Ajouter une note"
	}
	return ui.Plural(len(c.Said.Notes), "Lire ou modifier la note", "Lire ou modifier les notes")
}

// who says who chose or wrote, and when.
func who(name string, at clock.Instant) string {
	if name == "" {
		name = "quelqu'un qui n'a plus de compte"
	}
	return "par " + name + ", le " + at.Day(clock.Paris)
}

// most of a note is shown in a list.
const most = 140

// brief is a note on one line, cut between words.
func brief(note string) string {
	line := strings.Join(strings.Fields(note), " ")
	if utf8.RuneCountInString(line) <= most {
		return line
	}
	cut := string([]rune(line)[:most])
	if i := strings.LastIndexByte(cut, ' '); i > most/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:.") + "…"
}

// radios asks for the choice.
func radios(chosen, fault string) ui.Choice {
	c := ui.Choice{Field: ui.Field{Name: watch.FieldTag, Label: "Votre décision", Error: fault}, Inline: true}
	for _, choice := range append(watch.Choices(), watch.Untagged) {
		c.Options = append(c.Options, ui.Option{Value: string(choice), Label: ui.Capital(choice.Label()), Chosen: string(choice) == chosen})
	}
	return c
}
