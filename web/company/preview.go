package company

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/kit/clock"
	"parvis/kit/text"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/ui"
)

// The region that says, while the form is filled, what the watch would do.
const (
	previewID  = "apercu"
	previewURL = watchesURL + "/apercu"
	formID     = "veille"

	buttonPreview = "apercu" // the value of the button that asks for the region without scripts

	// What the region offers, each a button that changes the form and saves nothing.
	offerWord       = "ajouter-mot"
	offerInstead    = "remplacer-mot" // « faux=juste »
	offerCode       = "proposer-cpv"
	offerAsCode     = "mot-en-cpv"
	offerAsPlace    = "mot-en-departement"
	offerLeaveBuyer = "exclure-organisme"
)

// previewPage is the region.
type previewPage struct {
	watch.Preview
	Action   string   // where its buttons send the form, when the page is whole
	Problems []string // what is wrong with the form: nothing else can be said
	Unread   []string // what was typed in a field and is not chosen yet
	Matches  []match
}

// preview answers the form's script with the region alone.
func (p Pages) preview(v *answer.Visit) (answer.Answer, error) {
	page, err := p.previewOf(v, readTyped(v.PostForm))
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.Part(previewBody(page)), nil
}

// previewOf asks the room what the form would do.
func (p Pages) previewOf(v *answer.Visit, t typed) (previewPage, error) {
	var page previewPage
	preview, err := p.Watches.Preview(v.Context(), v.Actor, t.asked(), p.CPV)
	if err != nil {
		faults, err := answer.Errors(err)
		for _, e := range faults {
			const most = 3
			if text := visible(e.Text); len(page.Problems) < most && !slices.Contains(page.Problems, text) {
				page.Problems = append(page.Problems, text)
			}
		}
		return page, err
	}
	page.Preview = preview
	for _, unread := range append([]string{t.BuyerText}, t.Refined.Left()...) {
		if unread != "" {
			page.Unread = append(page.Unread, quoted(visible(cut(unread))))
		}
	}
	as := map[string]*watch.Watch{"": preview.As}
	for _, hit := range preview.Examples {
		m, err := matchOf(hit, as, preview.At)
		if err != nil {
			return page, err
		}
		for _, r := range hit.Reasons {
			if len(r.Words) > 0 {
				m.Found = append(m.Found, "Trouvé dans le texte\u00a0: "+quotedAll(r.Words))
			}
		}
		found, err := p.codesFound(v, preview.As, hit.Notice)
		if err != nil {
			return page, err
		}
		if found != "" {
			m.Found = append(m.Found, "Trouvé par "+found)
		}
		page.Matches = append(page.Matches, m)
	}
	return page, nil
}

// contrary says what is asked for and left out at once.
func (p previewPage) contrary() string {
	c := p.Contrary
	var what []string
	for _, w := range c.Words {
		what = append(what, quoted(visible(cut(w))))
	}
	what = append(what, c.CPV...)
	switch {
	case c.Buyers == 1:
		what = append(what, "un organisme")
	case c.Buyers > 1:
		what = append(what, strconv.Itoa(c.Buyers)+" organismes")
	}
	return "À la fois recherché et exclu, donc jamais trouvé\u00a0: " + enumerated(what, len(what)) + "."
}

// cut is the beginning of a long text.
func cut(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// offered obeys a button of the region; false when the form was sent by another one.
func (p Pages) offered(t *typed, f url.Values) bool {
	switch {
	case f.Has(offerWord):
		t.Keywords = strings.TrimSpace(t.Keywords + " " + f.Get(offerWord))
	case f.Has(offerInstead):
		if old, word, ok := strings.Cut(f.Get(offerInstead), "="); ok {
			t.Keywords = replaced(t.Keywords, old, word)
		}
	case f.Has(offerCode):
		t.Refined.CPV = append(t.Refined.CPV, f.Get(offerCode))
	case f.Has(offerAsCode):
		word := f.Get(offerAsCode)
		if code, ok := refdata.NormaliseCPV(word); ok {
			t.Keywords, t.Refined.CPV = replaced(t.Keywords, word, ""), append(t.Refined.CPV, code)
		}
	case f.Has(offerAsPlace):
		word := f.Get(offerAsPlace)
		if d, ok := watch.DepartmentOf(word); ok {
			t.Keywords, t.Departments = replaced(t.Keywords, word, ""), append(t.Departments, d.Code)
		}
	case f.Has(offerLeaveBuyer):
		t.Refined.ExcludeBuyers = append(t.Refined.ExcludeBuyers, f.Get(offerLeaveBuyer))
	default:
		return false
	}
	t.Refined.CPV, t.Departments, t.Refined.ExcludeBuyers = unique(t.Refined.CPV), unique(t.Departments), unique(t.Refined.ExcludeBuyers)
	return true
}

// replaced is what was typed with a word in the place of another, or without it.
func replaced(typed, old, word string) string {
	separates := func(r rune) bool { return strings.ContainsRune(" \t\r\n,;", r) }
	var out []string
	done := false
	for _, w := range strings.FieldsFunc(typed, separates) {
		if w == old && !done {
			done = true
			if w = word; w == "" {
				continue
			}
		}
		out = append(out, w)
	}
	if !done && word != "" {
		out = append(out, word)
	}
	return strings.Join(out, " ")
}

// leaveOut fills in what the link of a mail asks to leave out, and says it. What the watch
// looks for is not looked for any more; what it does not is excluded.
func (p Pages) leaveOut(ctx context.Context, t *typed, q url.Values) ([]string, error) {
	const most = 10 // of an address that anybody may write
	var done []string
	for _, word := range few(q[leaveWord], most) {
		if text, ok := t.leaveWord(visible(word)); ok {
			done = append(done, text)
		}
	}
	for _, typed := range few(q[leaveCode], most) {
		code, ok := refdata.NormaliseCPV(typed)
		if !ok {
			continue
		}
		t.Refined.CPV, t.Refined.ExcludeCPV, ok = without(t.Refined.CPV, t.Refined.ExcludeCPV, code)
		done = append(done, "Le code CPV "+code+leftOut(ok, "codes CPV"))
	}
	for _, id := range slices.DeleteFunc(slices.Clone(few(q[leaveBuyer], most)), func(id string) bool { return !watch.IsID(id) }) {
		named, err := p.Org.BuyersNamed(ctx, []string{id})
		if b, known := named[id]; err == nil && known {
			var wanted bool
			t.Buyers, t.Refined.ExcludeBuyers, wanted = without(t.Buyers, t.Refined.ExcludeBuyers, b.ID)
			done = append(done, "L'organisme "+quoted(b.Title())+leftOut(wanted, "organismes"))
		} else if err != nil {
			return nil, err
		}
	}
	return done, nil
}

// leaveWord takes a word from the keywords, in whatever inflection it was found, or adds it
// to the words excluded; false when it cannot be one.
func (t *typed) leaveWord(word string) (done string, ok bool) {
	one := func() bool {
		words, _, err := notice.ReadKeywords(notice.FieldExclude, word)
		return err == nil && len(words) == 1
	}
	if !one() {
		word = `"` + strings.ReplaceAll(word, `"`, "") + `"` // several words, or a short one
		if !one() {
			return "", false
		}
	}
	tokens := text.Analyse(word)
	wanted := false
	var kept []string
	for _, k := range text.ParseKeywords(t.Keywords).Keywords {
		if k.In(tokens) {
			wanted = true
		} else {
			kept = append(kept, k.Typed)
		}
	}
	shown := quoted(strings.Trim(word, `"`))
	if wanted {
		t.Keywords = strings.Join(kept, " ")
		return "Le mot " + shown + leftOut(true, "mots clés"), true
	}
	if !strings.Contains(" "+t.Refined.Exclude+" ", " "+word+" ") {
		t.Refined.Exclude = strings.TrimSpace(t.Refined.Exclude + " " + word)
	}
	return "Le mot " + shown + leftOut(false, "mots exclus"), true
}

// without takes one from those wanted, or else adds it to those left out.
func without(wanted, out []string, one string) (w, o []string, was bool) {
	if slices.Contains(wanted, one) {
		return slices.DeleteFunc(slices.Clone(wanted), func(v string) bool { return v == one }), out, true
	}
	return wanted, unique(append(out, one)), false
}

func leftOut(wanted bool, from string) string {
	if wanted {
		return " est retiré des " + from + " ci-dessous."
	}
	if from == "mots exclus" {
		return " est ajouté aux mots exclus ci-dessous."
	}
	return " est ajouté aux " + from + " exclus ci-dessous."
}

// few keeps the first of what an address says.
func few(all []string, most int) []string { return all[:min(len(all), most)] }

// sentence is what the region says to whoever listens, in one sentence.
func (p previewPage) sentence() string {
	if len(p.Problems) > 0 {
		return strings.Join(p.Problems, " ")
	}
	return p.count() + " " + p.matching() + "\u00a0; " + p.mailsText(p.Mails90) + " en 90 jours."
}

func (p previewPage) count() string {
	if p.Now == 0 {
		return "Aucun marché"
	}
	return ui.Number(p.Now) + "\u00a0" + ui.Plural(p.Now, "marché", "marchés")
}

func (p previewPage) matching() string {
	return ui.Plural(p.Now, "en ligne correspond à ces critères", "en ligne correspondent à ces critères")
}

func (previewPage) mailsText(n int) string {
	if n == 0 {
		return "aucun message"
	}
	return ui.Number(n) + "\u00a0" + ui.Plural(n, "message", "messages")
}

// rhythmText says when its mails leave.
func (p previewPage) rhythmText() string {
	return rhythm(&watch.Watch{Frequency: p.Rhythm.Frequency, Hour: p.Rhythm.Hour, Weekday: p.Rhythm.Weekday})
}

func (p previewPage) chart() ui.BarChart {
	c := ui.BarChart{Title: "Messages par semaine, depuis 90 jours", Unit: "Messages"}
	for _, w := range p.Weeks {
		c.Bars = append(c.Bars, ui.Bar{Label: "semaine du " + w.From.Day(clock.Paris), Value: w.Mails})
	}
	return c
}

// everything warns of a watch that asks nothing.
func (p previewPage) everything() string {
	calls := (p.Calls90 + 6) / 13
	mails := (p.Mails90 + 6) / 13
	return "Sans critère, cette veille retiendrait tout ce qui paraît\u00a0: " + p.mailsText(mails) + " par semaine, pour environ " + ui.Number(calls) + "\u00a0" +
		ui.Plural(calls, "marché", "marchés") + ". Ajoutez au moins un critère, ou acceptez de tout recevoir au moment de valider."
}

// uncoded says how many calls no code can find.
func (p previewPage) uncoded() string {
	return ui.Number(p.Uncoded.Uncoded) + " des " + ui.Number(p.Uncoded.Calls) + "\u00a0" + ui.Plural(p.Uncoded.Calls, "marché paru", "marchés parus") +
		" depuis 90 jours n'ont pas de code CPV\u00a0: une veille sans mot clé ne les trouve pas."
}

// notes says what there is to say of a word, without its offers.
func notesOf(n watch.WordNote) string {
	switch {
	case n.WrongKey != "":
		return n.WrongKey
	case n.Unseen && len(n.Nearest) > 0:
		return "Aucun avis depuis un an ne contient " + quoted(visible(n.Word)) + ". Vouliez-vous dire\u00a0:"
	case n.Unseen:
		return "Aucun avis depuis un an ne contient " + quoted(visible(n.Word)) + "\u00a0: vérifiez son orthographe."
	case n.Share > 0:
		return quoted(visible(n.Word)) + " est dans " + ui.Number(n.Share) + "\u00a0% des avis\u00a0: précisez-le, par une expression entre guillemets par exemple, ou cherchez tous les termes."
	case n.Code.Code != "":
		return quoted(visible(n.Word)) + " est un code CPV. Peu d'avis l'écrivent dans leur texte\u00a0:"
	case n.Department.Code != "":
		return quoted(visible(n.Word)) + " désigne aussi un département\u00a0:"
	}
	return ""
}

// offer is a button of the region. Words go into their field without leaving the page,
// where scripts run.
func (p previewPage) offer(label, context, name, value string) ui.Button {
	return ui.Button{Label: label, Context: context, Kind: ui.Small, Icon: "plus", Name: name, Value: value, Action: p.Action, NoCheck: true, Form: formID}
}

func (p previewPage) examplesTitle() string {
	if p.Past {
		return "Par exemple, clos depuis"
	}
	return "Par exemple"
}

// short is the same in a line of a narrow window.
func (p previewPage) short() string {
	if len(p.Problems) > 0 {
		return "Aperçu\u00a0: une correction à faire"
	}
	return p.count() + " en ligne, " + p.mailsText(p.Mails90) + " en 90 jours"
}
