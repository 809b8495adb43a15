package company

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/kit/mail"
	"parvis/procurement/alert"
	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/ui"
)

// sentURL is the page of what was sent; fieldFrom chooses a part of it.
const (
	sentURL   = "/entreprise/envois"
	fieldFrom = "avant"
)

// sentSize is how many messages a page of the log shows, titlesShown how many titles of
// one of them are there before the rest is counted.
const (
	sentSize    = 50
	titlesShown = 3
)

// sentPage is « Journal des envois ».
type sentPage struct {
	Failing []failingAddress
	Lapsed  []failingAddress
	Rows    []sentRow
	Watches []ui.Option
	Chosen  string // id of the watch that the log is read for
	Older   string // address of what comes before
	From    bool   // this is not the beginning
}

// failingAddress is a recipient to look after.
type failingAddress struct {
	ID, Address, Watches, Since string
}

// sentRow is one message.
type sentRow struct {
	When, Address string
	What          string // « Récapitulatif », « Alerte », « Changement »
	Watches       string
	Notices       []sentNotice
	More          int
	State         ui.Badge
	Note          string // what comes next, or why
	Answer        string // as the server wrote it
}

type sentNotice struct {
	URL, Title string
	LeftOut    bool
}

// sent shows what was sent to whom, and what their server answered.
func (p Pages) sent(v *answer.Visit) (answer.Answer, error) {
	watches, err := p.Watches.List(v.Context(), v.Actor)
	if err != nil {
		return answer.Answer{}, err
	}
	chosen := v.Form.Get(fieldWatch)
	if chosen != "" && !watch.IsID(chosen) {
		return answer.Answer{}, fault.New(fault.NotFound, "Cette veille n'existe pas, ou plus.")
	}
	log, err := p.Alerts.Sent(v.Context(), v.Actor, chosen, v.Form.Get(fieldFrom), sentSize)
	if err != nil {
		return answer.Answer{}, err
	}
	if chosen != "" && !slices.ContainsFunc(log.Watches, func(w *watch.Watch) bool { return w.ID == chosen }) {
		return answer.Answer{}, fault.New(fault.NotFound, "Cette veille n'existe pas, ou plus.")
	}
	page := sentPage{Chosen: chosen, From: v.Form.Get(fieldFrom) != "", Watches: watchOptions(log.Watches, chosen)}
	for _, f := range watch.FailingOf(watches) {
		page.Failing = append(page.Failing, failingAddress{f.ID, f.Address, namesOf(f.Watches), f.FailedAt.Short(clock.Paris)})
	}
	for _, w := range watches {
		for _, r := range w.Recipients {
			if r.Lapsed(log.At) {
				page.Lapsed = append(page.Lapsed, failingAddress{r.ID, r.Address, quoted(w.Name), r.AskedAt.Short(clock.Paris)})
			}
		}
	}
	for _, s := range log.Lines {
		page.Rows = append(page.Rows, sentRowOf(s))
	}
	if log.Older != "" {
		q := url.Values{fieldFrom: {log.Older}}
		if chosen != "" {
			q.Set(fieldWatch, chosen)
		}
		page.Older = sentURL + "?" + q.Encode()
	}
	return answer.Show(ui.Page{Title: "Journal des envois"}, sentBody(page)), nil
}

// recall has an address mailed again that was refused, or asked again that did not answer.
func (p Pages) recall(v *answer.Visit) (answer.Answer, error) {
	r, asked, err := p.Watches.Recall(v.Context(), v.Actor, v.PathValue("id"))
	if err != nil {
		return answer.Answer{}, err
	}
	text := "L'adresse " + r.Address + " est remise en service\u00a0: elle recevra les prochaines alertes."
	if asked {
		text = "Une demande de confirmation est adressée à " + r.Address + "\u00a0: rien d'autre ne sera envoyé avant d'avoir reçu cet accord."
	}
	return answer.SeeOther(sentURL, text), nil
}

func watchOptions(watches []*watch.Watch, chosen string) []ui.Option {
	out := []ui.Option{{Value: "", Label: "Toutes les veilles", Chosen: chosen == ""}}
	for _, w := range watches {
		label := w.Name
		switch {
		case label == "":
			continue // its words were erased with whom it was
		case !w.DeletedAt.IsZero():
			label += " (supprimée)"
		}
		out = append(out, ui.Option{Value: w.ID, Label: label, Chosen: w.ID == chosen})
	}
	return out
}

func namesOf(watches []*watch.Watch) string {
	names := make([]string, len(watches))
	for i, w := range watches {
		names[i] = quoted(w.Name)
	}
	return strings.Join(names, ", ")
}

func sentRowOf(s alert.Sent) sentRow {
	row := sentRow{Address: s.Address, When: s.OwedAt.Short(clock.Paris), What: "Alerte"}
	switch {
	case s.Digest:
		row.What = "Récapitulatif"
	case s.Change:
		row.What = "Changement"
	}
	names := make([]string, len(s.Watches))
	for i, name := range s.Watches {
		names[i] = quoted(name)
	}
	row.Watches = strings.Join(names, ", ")
	for i, n := range s.Notices {
		if i == titlesShown && len(s.Notices) > titlesShown+1 {
			row.More = len(s.Notices) - titlesShown
			break
		}
		title := n.Title
		if strings.TrimSpace(title) == "" {
			title = "Avis sans titre"
		}
		row.Notices = append(row.Notices, sentNotice{"/annonces/" + n.ID, title, n.LeftOut})
	}
	row.State, row.Note = stateOf(s)
	if row.Answer = visible(s.Mail.Answer); s.Mail.State == mail.Cancelled {
		row.Answer = ""
	}
	return row
}

// stateOf says where a message stands, and what that means to its sender.
func stateOf(s alert.Sent) (ui.Badge, string) {
	if !s.Logged {
		return ui.Off("Non daté"), "Le détail de cet envoi n'est plus gardé."
	}
	r := s.Mail
	ended := ""
	if !r.EndedAt.IsZero() {
		ended = " le " + r.EndedAt.Short(clock.Paris)
	}
	switch r.State {
	case mail.Sent:
		return ui.OK("Envoyé"), "Accepté par le serveur" + ended + "."
	case mail.Pending:
		if r.Attempts > 0 {
			return ui.Soon("Nouvel essai prévu"), ui.Number(int(r.Attempts)) + ui.Plural(int(r.Attempts), " essai", " essais") + " sans succès pour l'instant. Prochain essai le " + r.DueAt.Short(clock.Paris) + "."
		}
		return ui.Soon("En attente"), "Partira dès que la messagerie sera disponible."
	case mail.Sending:
		return ui.Soon("En cours d'envoi"), ""
	case mail.Refused:
		return ui.Late("Adresse refusée"), "Le serveur ne connaît pas cette adresse" + ended + "\u00a0: elle est suspendue."
	case mail.Parked:
		return ui.Late("Mis de côté"), "Le serveur refuse ce message, pas l'adresse. L'exploitant de la plateforme peut le renvoyer."
	case mail.Expired:
		return ui.Late("Abandonné"), "Le message n'a pas pu partir à temps" + ended + "."
	case mail.Cancelled:
		return ui.Off("Annulé"), "Plus rien à dire au moment de partir\u00a0: marché clos, veille arrêtée ou adresse désabonnée."
	}
	return ui.Off(strconv.Quote(string(r.State))), ""
}

// fails says what is wrong with an address; its watches follow.
func fails(f watch.Failing) string {
	return "L'adresse " + f.Address + " refuse nos messages et ne reçoit plus d'alerte. Vérifiez-la dans " +
		ui.Plural(len(f.Watches), "la veille", "les veilles") + " "
}

// addresses names the first few addresses that fail.
func addresses(all []watch.Failing) string {
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = f.Address
	}
	return enumerated(names, 3)
}
