package company

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/procurement/notice"
	"parvis/procurement/org"
	"parvis/procurement/refdata"
	"parvis/procurement/watch"
	"parvis/web/refine"
	"parvis/web/ui"
)

// Names of what the form sends besides the fields of watch.Form: the text left in the
// organism's field, the text for which candidates were shown, and the buttons that come
// back with one line more or less.
const (
	fieldBuyerText  = "organisme-saisi"
	fieldBuyerAsked = "organisme-demande"
	buttonAction    = "action"
	buttonDropBuyer = "retirer-organisme"
	buttonDropRow   = "retirer-destinataire"
)

// mostRows is how many recipients or organisms of a hostile form are shown again.
const mostRows = 100

// typed is the form as it was sent.
type typed struct {
	watch.Form
	Refined    refine.Form
	BuyerText  string
	BuyerAsked string
	Candidates []org.Buyer
	Base       string   // what the watch said when its form was opened, see fieldBase
	Done       []string // what has just been filled in for them
}

// readTyped reads a form that was sent, or the address of a new one.
func readTyped(f url.Values) typed {
	t := typed{
		Form: watch.Form{
			Name: f.Get(watch.FieldName), Keywords: f.Get(notice.FieldKeywords), Mode: f.Get(notice.FieldMode),
			Departments: official(f[notice.FieldDepartments]), Regions: f["region"], Buyers: unique(f[notice.FieldBuyers]),
			Active: f.Has("alerte"), Frequency: f.Get(watch.FieldFrequency), Hour: watch.DefaultHour, Pause: f.Get(watch.FieldPause),
			Recipients:  slices.Clone(f[watch.FieldRecipients]),
			AcceptEmpty: f.Has(watch.FieldEmpty), Resume: f.Has("reprendre"), Shared: f.Has(watch.FieldShared),
		},
		BuyerText: strings.TrimSpace(f.Get(fieldBuyerText)), BuyerAsked: f.Get(fieldBuyerAsked), Refined: refine.Read(f), Base: f.Get(fieldBase),
	}
	if t.Mode == "" {
		t.Mode = string(notice.Any)
	}
	if t.Frequency == "" {
		t.Frequency = string(watch.Daily)
	}
	if h := f.Get(watch.FieldHour); h != "" {
		var err error
		if t.Hour, err = strconv.Atoi(h); err != nil {
			t.Hour = -1 // refused, and said, by the room
		}
	}
	if d := f.Get(watch.FieldWeekday); d != "" {
		var err error
		if t.Weekday, err = strconv.Atoi(d); err != nil || t.Weekday < 1 {
			t.Weekday = 8 // refused, and said, by the room
		}
	}
	t.Version, _ = strconv.ParseInt(f.Get("version"), 10, 64) // none is no version: a conflict
	if len(t.Recipients) > mostRows {
		t.Recipients = t.Recipients[:mostRows]
	}
	return t
}

// typedOf is the form that a watch would have been made by.
func typedOf(w *watch.Watch, now clock.Instant) typed {
	t := typed{Form: watch.Form{
		Name: w.Name, Keywords: strings.Join(w.Criteria.Keywords, " "), Mode: string(w.Criteria.Mode),
		Departments: w.Criteria.Departments, Buyers: w.Criteria.Buyers, Active: w.Active, Frequency: string(w.Frequency), Hour: w.Hour,
		Weekday: w.Weekday, Pause: pausedOn(w, now),
		AcceptEmpty: w.Criteria.Empty(), Version: w.Version, Shared: !w.SharedAt.IsZero(),
	}, Refined: refine.Of(w.Criteria)}
	if t.Mode == "" {
		t.Mode = string(notice.Any)
	}
	for _, r := range w.Recipients {
		if !r.Main {
			t.Recipients = append(t.Recipients, r.Address)
		}
	}
	return t
}

// asked is the form as the room reads it.
func (t typed) asked() watch.Form {
	t.Refine = t.Refined.Refinement
	return t.Form
}

// unique keeps the first of each.
func unique[T comparable](all []T) []T {
	seen := map[T]bool{}
	var out []T
	for _, one := range all {
		if !seen[one] {
			seen[one] = true
			out = append(out, one)
		}
	}
	return out
}

// rearrange obeys a button that adds or removes a line; did is false when the form was
// sent by another one. What cannot be found is a fault, to be shown.
func (p Pages) rearrange(ctx context.Context, t *typed, f url.Values) (did bool, faults ui.Errors, err error) {
	switch {
	case f.Has(buttonDropBuyer):
		t.Buyers = slices.DeleteFunc(t.Buyers, func(id string) bool { return id == f.Get(buttonDropBuyer) })
		return true, nil, nil
	case f.Has(buttonDropRow):
		if i, err := strconv.Atoi(f.Get(buttonDropRow)); err == nil && i >= 0 && i < len(t.Recipients) {
			t.Recipients = slices.Delete(t.Recipients, i, i+1)
		}
		return true, nil, nil
	case f.Get(buttonAction) == buttonPreview:
		return true, nil, nil
	case p.offered(t, f):
		return true, nil, nil
	case f.Get(buttonAction) == "ajouter-destinataire":
		t.Recipients = append(t.Recipients, "")
		return true, nil, nil
	case f.Get(buttonAction) == "ajouter-organisme":
		problem, err := p.readBuyer(ctx, t)
		if problem != "" && len(t.Candidates) == 0 {
			faults = ui.Errors{{Field: notice.FieldBuyers, Text: visible(problem)}}
		}
		return true, faults, err
	}
	return false, nil, nil
}

// readBuyer turns the text left in the organism's field into an organism. It says what
// keeps it from that: nobody has this name, or several have and somebody must choose.
func (p Pages) readBuyer(ctx context.Context, t *typed) (problem string, err error) {
	if t.BuyerText == "" {
		return "", nil
	}
	if e, ok := fault.As(notice.Clean(notice.FieldBuyers, t.BuyerText)); ok {
		return e.Text, nil
	}
	found, exact, err := p.Org.FindByName(ctx, t.BuyerText)
	if err != nil {
		return "", err
	}
	chosen := func(b org.Buyer) bool { return slices.Contains(t.Buyers, b.ID) }
	switch {
	case exact:
		if !chosen(found[0]) {
			t.Buyers = append(t.Buyers, found[0].ID)
		}
	case len(found) == 0:
		return "Aucun organisme du répertoire ne porte le nom " + quoted(t.BuyerText) + "\u00a0: essayez un seul mot de ce nom, ou videz ce champ.", nil
	case t.BuyerAsked == t.BuyerText && slices.ContainsFunc(found, chosen):
		// They were shown the candidates and have ticked some.
	default:
		t.Candidates = slices.DeleteFunc(found, chosen)
		return quoted(t.BuyerText) + " peut désigner plusieurs organismes\u00a0: cochez ceux que vous cherchez, ou videz ce champ.", nil
	}
	t.BuyerText = ""
	return "", nil
}

// official writes departments by their official codes, so that a form shows them ticked;
// what is none stays as it was typed, to be refused by its name.
func official(codes []string) (out []string) {
	for _, code := range codes {
		if found := refdata.DepartmentsAsked(code); found != nil {
			out = append(out, found...)
		} else {
			out = append(out, code)
		}
	}
	return out
}
