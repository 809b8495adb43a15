package company

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/procurement/account"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/refine"
	"parvis/web/ui"
)

// formPage is the form of a watch, new or being edited.
type formPage struct {
	ID            string // empty for a new one
	Was           string // the name it has, when editing
	Typed         typed
	Buyers        []ui.Picked
	Main          string
	MainState     watch.RecipientState
	MayResume     bool // the main address is one's own
	States        map[string]ui.AddressState
	AskEverything bool
	Errors        ui.Errors
	Sharing       watch.Sharing
	Done          []string // what a link of a mail has filled in, to be said
	Preview       previewPage
}

// begin shows the form of a new watch, filled from a search when it comes from there.
func (p Pages) begin(v *answer.Visit) (answer.Answer, error) {
	t := readTyped(v.URL.Query())
	t.Active = true
	if id := v.Form.Get(fieldCopy); id != "" {
		var err error
		if t, err = p.copied(v, id); err != nil {
			return answer.Answer{}, err
		}
	}
	return p.show(v, nil, t, nil)
}

func (p Pages) edit(v *answer.Visit) (answer.Answer, error) {
	w, err := p.Watches.Find(v.Context(), v.Actor, v.PathValue("id"))
	if err != nil {
		return answer.Answer{}, err
	}
	t := typedOf(w, p.Watches.Now())
	if t.Base, err = p.baseOf(v, w); err != nil {
		return answer.Answer{}, err
	}
	if t.Done, err = p.leaveOut(v.Context(), &t, v.URL.Query()); err != nil {
		return answer.Answer{}, err
	}
	return p.show(v, w, t, nil)
}

// open leads to the form of a watch whoever asks its address, which a refused form had.
func (p Pages) open(v *answer.Visit) (answer.Answer, error) {
	w, err := p.Watches.Find(v.Context(), v.Actor, v.PathValue("id"))
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.SeeOther(watchesURL+"/"+w.ID+"/modifier", ""), nil
}

func (p Pages) create(v *answer.Visit) (answer.Answer, error) { return p.save(v, nil) }

func (p Pages) update(v *answer.Visit) (answer.Answer, error) {
	w, err := p.Watches.Find(v.Context(), v.Actor, v.PathValue("id"))
	if err != nil {
		return p.deleted(v, err)
	}
	return p.save(v, w)
}

// deleted gives back what was typed for a watch that is no more, as a new one: a
// colleague who deletes it meanwhile takes nothing of that away.
func (p Pages) deleted(v *answer.Visit, gone error) (answer.Answer, error) {
	t := readTyped(v.PostForm)
	if !fault.Is(gone, fault.NotFound) || t.Form.Name == "" {
		return answer.Answer{}, gone
	}
	t.Version, t.Base = 0, ""
	a, err := p.show(v, nil, t, ui.Errors{{Field: watch.FieldName,
		Text: "Cette veille n'existe plus\u00a0: elle a été supprimée entre-temps. Votre saisie est gardée\u00a0: la valider en fait une nouvelle veille."}})
	a.Page.Refused = true
	return a.WithStatus(http.StatusNotFound), err
}

// save makes or changes a watch; w is nil for a new one.
func (p Pages) save(v *answer.Visit, w *watch.Watch) (answer.Answer, error) {
	t := readTyped(v.PostForm)
	if w != nil {
		t.choose(v, typedOf(w, p.Watches.Now()))
	}
	changed := t.Refined.Changed // a button of « Affiner »
	if did, faults, err := p.rearrange(v.Context(), &t, v.PostForm); did || err != nil {
		if err != nil {
			return answer.Answer{}, err
		}
		return p.show(v, w, t, faults)
	}
	problem, err := p.readBuyer(v.Context(), &t)
	if err != nil {
		return answer.Answer{}, err
	}
	unclear, err := t.Refined.Resolve(v.Context(), p.registers(), v.Actor)
	switch {
	case err != nil:
		return answer.Answer{}, err
	case changed:
		return p.show(v, w, t, lookupFaults(t, unclear))
	case problem != "" || len(unclear) > 0:
		return p.refuseTyped(v, w, t, problem, unclear)
	}
	return p.store(v, w, t, false)
}

// store has the room keep what was typed; again tells that two versions have been
// compared already.
func (p Pages) store(v *answer.Visit, w *watch.Watch, t typed, again bool) (answer.Answer, error) {
	var saved watch.Saved
	var err error
	if w == nil {
		saved, err = p.Watches.Create(v.Context(), v.Actor, t.asked())
	} else {
		saved, err = p.Watches.Update(v.Context(), v.Actor, w.ID, t.asked())
	}
	switch {
	case w != nil && fault.Is(err, fault.NotFound):
		return p.deleted(v, err)
	case errors.Is(err, watch.ErrSaved):
		return p.conflict(v, w, t, again)
	case fault.Is(err, fault.Conflict): // who they act for, or their address, has changed
		faults, err := answer.Errors(err)
		if err != nil {
			return answer.Answer{}, err
		}
		a, err := p.refuse(v, w, t, faults)
		return a.WithStatus(http.StatusConflict), err
	case err != nil:
		faults, err := answer.Errors(err)
		if err != nil {
			return answer.Answer{}, err
		}
		return p.refuse(v, w, t, faults)
	}
	return answer.SeeOther(watchesURL, done(w == nil, t.Form, saved)), nil
}

// registers know what the fields of « Affiner » look for.
func (p Pages) registers() refine.Registers { return refine.Registers{CPV: p.CPV, Org: p.Org} }

// lookupFaults says that nothing is called so; where several are, the field asks which.
func lookupFaults(t typed, unclear fault.List) (out ui.Errors) {
	for _, e := range unclear {
		if !t.Refined.Asks(e.Field) {
			out = append(out, ui.FieldError{Field: e.Field, Text: visible(e.Text)})
		}
	}
	return out
}

// refuseTyped says what is wrong with the organisms or the codes that were typed, and with
// the rest of the form. One was wanted: that the watch has no criterion yet is no matter.
func (p Pages) refuseTyped(v *answer.Visit, w *watch.Watch, t typed, buyer string, looked fault.List) (answer.Answer, error) {
	main := v.Actor.Address
	if w != nil {
		main = mainOf(w).Address
	}
	var faults ui.Errors
	if err := p.Watches.Check(t.asked(), main); err != nil {
		if faults, err = answer.Errors(err); err != nil {
			return answer.Answer{}, err
		}
	}
	faults = slices.DeleteFunc(faults, func(e ui.FieldError) bool { return e.Field == watch.FieldEmpty })
	if buyer != "" {
		faults = append(faults, ui.FieldError{Field: notice.FieldBuyers, Text: buyer})
	}
	for _, e := range looked {
		faults = append(faults, ui.FieldError{Field: e.Field, Text: e.Text})
	}
	return p.refuse(v, w, t, faults)
}

// mainOf is the recipient whose account made the watch.
func mainOf(w *watch.Watch) watch.Recipient {
	for _, r := range w.Recipients {
		if r.Main {
			return r
		}
	}
	return watch.Recipient{}
}

// refuse shows the form again with its faults, where they are.
func (p Pages) refuse(v *answer.Visit, w *watch.Watch, t typed, faults ui.Errors) (answer.Answer, error) {
	for i, e := range faults {
		switch rank, ok := strings.CutPrefix(e.Field, watch.FieldRecipients+"."); {
		case ok:
			if n, err := strconv.Atoi(rank); err == nil {
				faults[i].Field = watch.FieldRecipients + "-" + strconv.Itoa(n+1)
			}
		case e.Field == watch.FieldEmpty:
			n, err := p.Watches.PerWeek(notice.Criteria{})
			if err != nil {
				return answer.Answer{}, err
			}
			faults[i].Text += " Cela ferait " + perWeek(n) + ". Ajoutez un critère, ou cochez la case pour tout recevoir."
		}
		faults[i].Field = refine.Shown(faults[i].Field)
		faults[i].Text = visible(faults[i].Text)
	}
	a, err := p.show(v, w, t, unique(faults))
	a.Page.Refused = true
	return a.WithStatus(http.StatusUnprocessableEntity), err
}

// show lays the form out; w is nil for a new watch.
func (p Pages) show(v *answer.Visit, w *watch.Watch, t typed, faults ui.Errors) (answer.Answer, error) {
	page := formPage{Typed: t, Main: v.Actor.Address, MainState: watch.Confirmed, States: map[string]ui.AddressState{}, Errors: faults}
	page.Done = t.Done
	page.AskEverything = t.AcceptEmpty || faults.On(watch.FieldEmpty) != ""
	title := "Créer une nouvelle veille"
	if w != nil {
		page.ID, page.Was, page.MayResume = w.ID, w.Name, w.AccountID == v.Actor.AccountID
		title = "Modifier la veille " + quoted(w.Name)
		for _, r := range w.Recipients {
			page.States[r.AddressKey] = addressState(r, p.Watches.Now())
		}
		main := mainOf(w)
		page.Main, page.MainState = main.Address, main.State()
	}
	var err error
	if page.Sharing, err = p.Watches.Sharing(v.Context(), v.Actor); err != nil {
		return answer.Answer{}, err
	}
	if page.Buyers, err = p.pickedBuyers(v.Context(), t.Buyers); err != nil {
		return answer.Answer{}, err
	}
	if err = page.Typed.Refined.Name(v.Context(), p.registers(), v.Actor); err != nil {
		return answer.Answer{}, err
	}
	if page.Preview, err = p.previewOf(v, t); err != nil {
		return answer.Answer{}, err
	}
	page.Preview.Action = page.action() + "#" + previewID
	return answer.Show(ui.Page{Title: title}, formBody(page)), nil
}

// pickedBuyers names the chosen organisms. One that the register does not have stays, so
// that whoever chose it sees it and takes it away.
func (p Pages) pickedBuyers(ctx context.Context, ids []string) ([]ui.Picked, error) {
	ids = ids[:min(len(ids), mostRows)]
	known, err := p.Org.BuyersNamed(ctx, slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !watch.IsID(id) }))
	if err != nil {
		return nil, err
	}
	var out []ui.Picked
	for _, id := range ids {
		one := ui.Picked{ID: visible(id), Label: "Organisme retiré du répertoire"}
		if b, ok := known[id]; ok { // the one that it was merged into, once
			one = ui.Picked{ID: b.ID, Label: b.Label()}
		}
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out, nil
}

// addressState is where a recipient stands: one who has not answered in time is mailed
// nothing, and waiting will not change that.
func addressState(r watch.Recipient, now clock.Instant) ui.AddressState {
	switch r.State() {
	case watch.Awaited:
		if r.Lapsed(now) {
			return ui.AddressLapsed
		}
		return ui.AddressUnconfirmed
	case watch.Stopped:
		return ui.AddressUnsubscribed
	case watch.Failed:
		return ui.AddressFailing
	}
	return ui.AddressConfirmed
}

// done says what saving did, function words and requests included. It travels in a
// cookie: lists are cut.
func done(created bool, f watch.Form, saved watch.Saved) string {
	name := quoted(strings.Join(strings.Fields(f.Name), " "))
	text := "Les modifications de la veille " + name + " sont enregistrées."
	if created {
		text = "La veille " + name + " est créée."
	}
	if created && f.Active && f.Pause == "" {
		text += " Vous serez averti des marchés à venir\u00a0; ceux déjà en ligne sont dans la liste ci-dessous."
	}
	if !f.Active {
		text += " Elle est inactive\u00a0: aucune alerte ne partira."
	}
	if words := unique(saved.Ignored); len(words) > 0 {
		for i := range words {
			words[i] = quoted(words[i])
		}
		text += " " + ui.Plural(len(words), "Mot trop courant, laissé de côté", "Mots trop courants, laissés de côté") + "\u00a0: " + enumerated(words, 10) + "."
	}
	if len(saved.Asked) > 0 {
		text += " Une demande de confirmation est adressée à " + enumerated(saved.Asked, 3) + "\u00a0: rien d'autre ne sera envoyé avant d'avoir reçu cet accord. Une adresse reçoit au plus cinq demandes par jour."
	}
	return text
}

func (f formPage) action() string {
	if f.ID == "" {
		return watchesURL
	}
	return watchesURL + "/" + f.ID
}

// beside is what is wrong with a field: a few sentences where there are several.
func (f formPage) beside(fields ...string) string {
	const most = 3
	var texts []string
	for _, e := range f.Errors {
		if slices.Contains(fields, e.Field) && !slices.Contains(texts, e.Text) && len(texts) < most {
			texts = append(texts, e.Text)
		}
	}
	return strings.Join(texts, " ")
}

// summary keeps a hostile form from filling the page with its own faults.
func (f formPage) summary() ui.Errors {
	const most = 12
	if len(f.Errors) <= most {
		return f.Errors
	}
	rest := len(f.Errors) - most
	return append(f.Errors[:most:most], ui.FieldError{Text: "Et " + ui.Number(rest) + ui.Plural(rest, " autre correction.", " autres corrections.")})
}

func (f formPage) modes() ui.Choice {
	return ui.Choice{Field: ui.Field{Name: notice.FieldMode, Label: "Portée des mots clés", Error: f.beside(notice.FieldMode)}, Options: []ui.Option{
		{Value: string(notice.All), Label: "Rechercher tous les termes", Chosen: f.Typed.Mode == string(notice.All)},
		{Value: string(notice.Any), Label: "Rechercher n'importe lequel de ces termes", Chosen: f.Typed.Mode == string(notice.Any)},
	}}
}

func (f formPage) buyers() ui.BuyerPickerModel {
	m := ui.BuyerPickerModel{
		Field: ui.Field{ID: notice.FieldBuyers, Error: f.beside(notice.FieldBuyers)}, Text: visible(f.Typed.BuyerText),
		SuggestURL: suggestURL, Chosen: f.Buyers, Max: notice.MaxBuyers,
	}
	for _, b := range f.Typed.Candidates {
		m.Candidates = append(m.Candidates, ui.Picked{ID: b.ID, Label: b.Label()})
	}
	return m
}

// departments ticks the chosen departments, and all those of a region ticked as a whole.
func (f formPage) departments() ui.PickerModel {
	m := ui.PickerModel{
		Field:         ui.Field{ID: notice.FieldDepartments, Label: "Département", Hint: "Sans choix, la veille couvre toute la France.", Error: f.beside(notice.FieldDepartments)},
		NothingPicked: "aucun département, donc toute la France",
	}
	for _, r := range refdata.Regions() {
		region := ui.PickerRegion{Code: r.Code, Name: r.Name}
		whole := slices.Contains(f.Typed.Regions, r.Code)
		for _, d := range r.Departments {
			region.Departments = append(region.Departments, ui.PickerDepartment{
				Code: d.Code, Name: d.Name, Checked: whole || slices.Contains(f.Typed.Departments, d.Code),
			})
		}
		m.Regions = append(m.Regions, region)
	}
	return m
}

func (f formPage) addresses() ui.AddressListModel {
	m := ui.AddressListModel{
		Field: ui.Field{ID: watch.FieldRecipients, Error: f.beside(watch.FieldRecipients),
			Hint: "Chaque nouvelle adresse reçoit d'abord une demande de confirmation, et rien d'autre avant d'avoir accepté."},
		Main: f.Main, Max: watch.MaxRecipients - 1,
	}
	for i, address := range f.Typed.Recipients {
		row := ui.AddressRow{Value: visible(address), Error: f.beside(watch.FieldRecipients + "-" + strconv.Itoa(i+1))}
		if a, err := account.ParseAddress(address); err == nil {
			row.State = f.States[a.Key]
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

// mainTrouble says why the main address is not mailed, "" when it is.
func (f formPage) mainTrouble() string {
	switch f.MainState {
	case watch.Stopped:
		return "L'adresse principale s'est désabonnée de cette veille\u00a0: elle n'est plus alertée."
	case watch.Failed:
		return "L'adresse principale refuse nos messages\u00a0: elle n'est plus alertée."
	}
	return ""
}
