package company

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strings"

	"parvis/kit/clock"
	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/ui"
)

// conflictPage is a watch that somebody saved while another one was editing it: what both
// say, field by field. What was typed travels in hidden fields, so that nothing is lost.
type conflictPage struct {
	ID, Name string
	Saved    string // « Version enregistrée par Odile Muller le … »
	Version  int64
	Base     string
	Fields   []rivals
	Typed    [][2]string // all that was sent
}

// rivals is what two versions say of one thing.
type rivals struct {
	Key, Label  string
	Mine, Saved []string
	TakesSaved  bool
}

// keepPrefix begins the name of the choice between two versions of a field; keepSaved is
// the colleague's.
const (
	keepPrefix = "garder-"
	keepMine   = "ma_version"
	keepSaved  = "version_enregistree"
)

// part is a thing that two versions may say differently: what it is called, what a
// version says of it, and how the typed form takes it from the saved one.
type part struct {
	key, label string
	says       func(said) []string
	take       func(t *typed, saved typed)
}

// said is a version in words.
type said struct {
	w        *watch.Watch
	criteria []ui.Criterion
}

// What criteria gives first and last, whatever is asked: see told.
const beforeRefined = 3

var parts = []part{
	{"nom", "Nom associé à la veille", func(s said) []string { return []string{s.w.Name} }, func(t *typed, o typed) { t.Name = o.Name }},
	{"mots", "Mots clés", func(s said) []string { return texts(s.criteria[0]) }, func(t *typed, o typed) { t.Keywords, t.Mode = o.Keywords, o.Mode }},
	{"organismes", "Organismes", func(s said) []string { return texts(s.criteria[1]) }, func(t *typed, o typed) {
		t.Buyers, t.BuyerText, t.BuyerAsked, t.Candidates = o.Buyers, "", "", nil
	}},
	{"departements", "Départements", func(s said) []string { return texts(s.criteria[2]) }, func(t *typed, o typed) { t.Departments, t.Regions = o.Departments, nil }},
	{"affiner", "Affiner", saidRefined, func(t *typed, o typed) { t.Refined = o.Refined }},
	{"alerte", "Acceptation de l'alerte", func(s said) []string { return []string{activeText(s.w)} }, func(t *typed, o typed) { t.Active = o.Active }},
	{"rythme", "Rythme", func(s said) []string { return []string{rhythm(s.w)} }, func(t *typed, o typed) {
		t.Frequency, t.Hour, t.Weekday = o.Frequency, o.Hour, o.Weekday
	}},
	{"pause", "En pause jusqu'au", saidPause, func(t *typed, o typed) { t.Pause = o.Pause }},
	{"destinataires", "Destinataires", saidRecipients, func(t *typed, o typed) { t.Recipients = o.Recipients }},
	{"partage", "Partage", saidSharing, func(t *typed, o typed) { t.Shared = o.Shared }},
}

func texts(c ui.Criterion) (out []string) {
	for _, v := range c.Values {
		out = append(out, v.Text)
	}
	return out
}

func saidRefined(s said) (out []string) {
	for _, c := range s.criteria[beforeRefined : len(s.criteria)-1] {
		out = append(out, c.Label+"\u00a0: "+strings.Join(texts(c), ", "))
	}
	return out
}

func activeText(w *watch.Watch) string {
	if w.Active {
		return "Active"
	}
	return "Inactive"
}

func saidPause(s said) []string {
	if s.w.PausedUntil <= s.w.ChangedAt || s.w.PausedUntil.IsZero() {
		return nil
	}
	return []string{lastDay(s.w).Format("02/01/2006") + " inclus"}
}

func saidRecipients(s said) (out []string) {
	for _, r := range s.w.Recipients {
		if !r.Main {
			out = append(out, r.Address)
		}
	}
	slices.Sort(out)
	return out
}

func saidSharing(s said) []string {
	if s.w.SharedAt.IsZero() {
		return []string{"dans l'établissement seulement"}
	}
	return []string{"avec les autres établissements de l'entreprise"}
}

// choose takes from the saved version what the page of the conflict asked to.
func (t *typed) choose(v *answer.Visit, saved typed) {
	for _, one := range parts {
		if v.PostForm.Get(keepPrefix+one.key) == keepSaved {
			one.take(t, saved)
		}
	}
}

// fieldBase carries what each part of a watch said when its form was opened, as digests:
// enough to know which of two versions has changed it.
const fieldBase = "etat"

func base(s said) string {
	digests := make([]string, len(parts))
	for i, one := range parts {
		digests[i] = digest(one.says(s))
	}
	return strings.Join(digests, ".")
}

func digest(texts []string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	return hex.EncodeToString(sum[:6])
}

// baseOf is the base of a watch as it stands.
func (p Pages) baseOf(v *answer.Visit, w *watch.Watch) (string, error) {
	told, err := p.told(v, []*watch.Watch{w})
	if err != nil {
		return "", err
	}
	return base(said{w, told[0]}), nil
}

// conflict shows both versions of a watch that a colleague saved meanwhile. Versions that
// say the same need no choice: what was typed is saved.
func (p Pages) conflict(v *answer.Visit, w *watch.Watch, t typed, again bool) (answer.Answer, error) {
	now, err := p.Watches.Find(v.Context(), v.Actor, w.ID)
	if err != nil {
		return answer.Answer{}, err
	}
	mine, err := p.Watches.Would(now, v.Actor, t.asked())
	if err != nil {
		return answer.Answer{}, err
	}
	both, err := p.told(v, []*watch.Watch{mine, now})
	if err != nil {
		return answer.Answer{}, err
	}
	page := conflictPage{ID: now.ID, Name: now.Name, Version: now.Version, Base: base(said{now, both[1]}), Typed: typedPairs(v)}
	was := strings.Split(t.Base, ".")
	for i, one := range parts {
		field := rivals{Key: one.key, Label: one.label, Mine: one.says(said{mine, both[0]}), Saved: one.says(said{now, both[1]})}
		// What only the colleague has changed is theirs unless one says otherwise.
		field.TakesSaved = len(was) == len(parts) && was[i] == digest(field.Mine)
		if chosen := v.PostForm.Get(keepPrefix + one.key); chosen != "" {
			field.TakesSaved = chosen == keepSaved
		}
		if !slices.Equal(field.Mine, field.Saved) {
			page.Fields = append(page.Fields, field)
		}
	}
	if len(page.Fields) == 0 && !again {
		t.Version = now.Version
		return p.store(v, now, t, true)
	}
	editor, err := p.Watches.Editor(v.Context(), now)
	if err != nil {
		return answer.Answer{}, err
	}
	if editor == "" {
		editor = "quelqu'un qui n'a plus de compte"
	}
	if now.EditedBy == v.Actor.AccountID {
		editor = "vous, dans un autre onglet,"
	}
	page.Saved = "Version enregistrée par " + editor + " le " + now.ChangedAt.Long(clock.Paris)
	a := answer.Show(ui.Page{Title: "Deux versions de la veille " + quoted(now.Name), Refused: true}, conflictBody(page))
	return a.WithStatus(http.StatusConflict), nil
}

// typedPairs is all that was sent, but what the page itself adds.
func typedPairs(v *answer.Visit) (out [][2]string) {
	for _, name := range slices.Sorted(maps.Keys(v.PostForm)) {
		if name == "version" || name == fieldBase || name == ui.ActingField || strings.HasPrefix(name, keepPrefix) {
			continue
		}
		for _, value := range v.PostForm[name] {
			out = append(out, [2]string{name, value})
		}
	}
	return out
}

// options ask which version of a field is to stay.
func (c rivals) options() []version {
	return []version{
		{Value: keepMine, Title: "Votre version", Text: c.Mine, Chosen: !c.TakesSaved, ID: keepPrefix + c.Key},
		{Value: keepSaved, Title: "Version enregistrée", Text: c.Saved, Chosen: c.TakesSaved, ID: keepPrefix + c.Key + "-2"},
	}
}

// version is one of the two.
type version struct {
	ID, Value, Title string
	Text             []string
	Chosen           bool
}
