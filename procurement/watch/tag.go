package watch

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/notice"
)

// Choice is what an establishment decided about a contract: its tag (« étiquette »).
type Choice string

// The choices. Untagged is none.
const (
	Untagged Choice = ""
	Study    Choice = "a_etudier"
	Go       Choice = "on_y_va"
	Pass     Choice = "on_passe"
)

// Choices lists them in the order in which a bid goes.
func Choices() []Choice { return []Choice{Study, Go, Pass} }

// Label is what people read.
func (c Choice) Label() string {
	switch c {
	case Study:
		return "à étudier"
	case Go:
		return "on y va"
	case Pass:
		return "on passe"
	}
	return "sans étiquette"
}

// Names of the fields of a tag's form.
const (
	FieldTag  = "etiquette"
	FieldNote = "note"
)

// MaxNote is how long a note may be, in characters.
const MaxNote = 2000

// Tagged is what the people of a scope say of a contract. The choice is everybody's: who
// decides last is who counts. Notes are each person's own, so that two who write at once
// lose nothing of either.
type Tagged struct {
	Choice Choice
	By     string // who chose; empty: somebody who has erased their account
	At     clock.Instant
	Notes  []Note // the last written first
}

// Note is what one person wrote.
type Note struct {
	Text string
	By   string // as for Tagged
	Mine bool   // the actor's own
	At   clock.Instant
}

// None tells that nobody has said anything.
func (t Tagged) None() bool { return t.Choice == Untagged && len(t.Notes) == 0 }

// Mine is the note of the person who asks, empty for none.
func (t Tagged) Mine() string {
	for _, n := range t.Notes {
		if n.Mine {
			return n.Text
		}
	}
	return ""
}

// TagForm is what a person sends of a contract.
type TagForm struct {
	Choice string
	Note   *string // nil: it stays as it is
}

var errNoContract = fault.New(fault.NotFound, "Cette annonce n'existe pas, ou plus.")

// check reads the form.
func (f TagForm) check() (Choice, error) {
	var faults fault.List
	choice := Choice(f.Choice)
	if choice != Untagged && !slices.Contains(Choices(), choice) {
		faults = append(faults, fault.New(fault.Invalid, "Choisissez une étiquette\u00a0: à étudier, on y va, ou on passe.").On(FieldTag))
	}
	if f.Note != nil {
		if _, err := readNote(*f.Note); err != nil {
			_ = faults.Add(err)
		}
	}
	return choice, faults.Err()
}

// readNote keeps line breaks, and nothing else that cannot be seen.
func readNote(typed string) (string, error) {
	text := strings.TrimSpace(strings.ReplaceAll(typed, "\r\n", "\n"))
	unseen := func(r rune) bool {
		return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r))
	}
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unseen):
		return "", fault.New(fault.Invalid, "La note contient un caractère invisible\u00a0: saisissez-la au clavier plutôt que de la coller.").On(FieldNote)
	case tooLong(text, MaxNote):
		return "", fault.New(fault.Invalid, "La note est trop longue\u00a0: 2\u00a0000 caractères au plus.").On(FieldNote)
	}
	return text, nil
}

// tagBody is what the journal keeps of a tag; the subject is the notice.
type tagBody struct {
	EstablishmentID string `json:"establishment_id,omitempty"`
	Choice          Choice `json:"choice"`
	Noted           bool   `json:"noted,omitempty"` // the note changed too
}

// Tag writes what the actor decides about a contract, for all their establishment.
// Without a choice the tag goes. Faults are on etiquette and note.
func (s *Service) Tag(ctx context.Context, by access.Actor, noticeID string, f TagForm) error {
	if err := by.Must(access.EditWatches); err != nil {
		return err
	}
	choice, err := f.check()
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := account.Hold(tx, by); err != nil {
			return err
		}
		n, alike, err := contract(tx, noticeID)
		if err != nil {
			return err
		}
		noted, err := writeNote(tx, by, n.ID, f.Note)
		if err != nil {
			return err
		}
		if err := writeChoice(tx, by, n.ID, alike, choice); err != nil {
			return err
		}
		return s.journal.Record(tx, by, event.NoticeTagged, n.ID, tagBody{by.EstablishmentID, choice, noted})
	})
}

// contract reads a notice and the ids of those that are probably the same contract.
func contract(tx *db.Tx, id string) (*notice.Notice, []string, error) {
	if !IsID(id) {
		return nil, nil, errNoContract
	}
	found, err := notice.ByIDs(tx, []string{id})
	if err != nil {
		return nil, nil, err
	}
	if len(found) == 0 {
		return nil, nil, errNoContract
	}
	near, err := oneWith(tx, found)
	var alike []string
	for _, n := range near[id] {
		alike = append(alike, n.ID)
	}
	return found[0], alike, err
}

// Tagged reads what the actor's people say of some notices, by the id of each; what
// nobody has said anything of is not there. What was said of a probable duplicate is
// said of the contract.
func (s *Service) Tagged(ctx context.Context, by access.Actor, notices ...*notice.Notice) (map[string]Tagged, error) {
	if err := by.Must(access.SeeWatches); err != nil {
		return nil, err
	}
	var out map[string]Tagged
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		alike, err := oneWith(tx, notices)
		if err != nil {
			return err
		}
		out, err = taggedWith(tx, by, notices, alike)
		return err
	})
	return out, err
}

// oneWith gives the probable duplicates of some notices, but for those that may as well be
// another contract: when two of one source share a duplicate, what is said of it is said of
// neither. Whoever passes on one contract must go on hearing of the other.
func oneWith(tx *db.Tx, notices []*notice.Notice) (map[string][]*notice.Notice, error) {
	alike, err := notice.Alike(tx, notices)
	if err != nil || len(alike) == 0 {
		return alike, err
	}
	return oneOf(tx, notices, alike)
}

// oneOf is oneWith of notices whose probable duplicates are known.
func oneOf(tx *db.Tx, notices []*notice.Notice, alike map[string][]*notice.Notice) (map[string][]*notice.Notice, error) {
	var others []*notice.Notice
	for _, all := range alike {
		others = append(others, all...)
	}
	theirs, err := notice.Alike(tx, others)
	if err != nil {
		return nil, err
	}
	out := map[string][]*notice.Notice{}
	for _, n := range notices {
		for _, other := range alike[n.ID] {
			if !anotherOf(n, theirs[other.ID]) && !anotherOf(other, alike[n.ID]) {
				out[n.ID] = append(out[n.ID], other)
			}
		}
	}
	return out, nil
}

// anotherOf tells whether others have one more of a notice's own source.
func anotherOf(n *notice.Notice, others []*notice.Notice) bool {
	return slices.ContainsFunc(others, func(o *notice.Notice) bool { return o.Source == n.Source && o.ID != n.ID })
}

// taggedWith is Tagged of notices whose probable duplicates are known.
func taggedWith(tx *db.Tx, by access.Actor, notices []*notice.Notice, alike map[string][]*notice.Notice) (map[string]Tagged, error) {
	var ids []string
	for _, n := range notices {
		ids = append(ids, n.ID)
		for _, other := range alike[n.ID] {
			ids = append(ids, other.ID)
		}
	}
	each, err := tagsOf(tx, by, ids)
	if err != nil {
		return nil, err
	}
	out := map[string]Tagged{}
	for _, n := range notices {
		t := each[n.ID]
		for _, other := range alike[n.ID] {
			t = t.with(each[other.ID])
		}
		if !t.None() {
			out[n.ID] = t
		}
	}
	return out, nil
}

// with is what is said of two that are one: the last choice, all notes.
func (t Tagged) with(o Tagged) Tagged {
	notes := slices.Concat(t.Notes, o.Notes)
	if o.Choice != Untagged && o.At > t.At {
		t = o
	}
	slices.SortStableFunc(notes, func(a, b Note) int { return int(b.At - a.At) })
	t.Notes = notes
	return t
}

// Passes is what scopes have passed on.
type Passes map[string]map[string]bool // by notice, by scope

// Silence tells whether a watch is to say nothing of a notice: its people pass on it.
func (p Passes) Silence(w *Watch, noticeID string) bool { return p[noticeID][w.Scope] }

// Passed reads which of these notices those to whom the watches belong have passed on
// (« on passe »), in themselves or in a probable duplicate. Whoever mails anything about
// a notice asks it, and leaves out the watches that are silent.
func Passed(tx *db.Tx, watches []*Watch, notices []*notice.Notice) (Passes, error) {
	var scopes []string
	for _, w := range watches {
		if !slices.Contains(scopes, w.Scope) {
			scopes = append(scopes, w.Scope)
		}
	}
	if len(scopes) == 0 || len(notices) == 0 {
		return nil, nil
	}
	if any, err := passesAny(tx, scopes); err != nil || !any {
		return nil, err // nearly everybody: the duplicates need not be looked for
	}
	alike, err := oneWith(tx, notices)
	if err != nil {
		return nil, err
	}
	of := map[string][]string{} // the notices that one speaks for
	for _, n := range notices {
		of[n.ID] = append(of[n.ID], n.ID)
		for _, other := range alike[n.ID] {
			of[other.ID] = append(of[other.ID], n.ID)
		}
	}
	out := Passes{}
	return out, passedOn(tx, scopes, of, out)
}
