package public

import (
	"mime"
	"net/url"
	"slices"

	"parvis/kit/fault"
	"parvis/procurement/alert"
	"parvis/web/answer"
	"parvis/web/ui"
)

// Fields of the page that stops mails.
const (
	fieldWatch  = "veille"
	actionAgain = "reprendre"

	// What a mail provider posts for its user (RFC 8058, section 3.1).
	oneClickField = "List-Unsubscribe"
	oneClickValue = "One-Click"
)

// stoppingPage is where the link « ne plus recevoir » of a mail leads.
type stoppingPage struct {
	alert.Stopping
	Action string
	Errors ui.Errors
	Done   []string // ids of the watches that were stopped, or taken back, just now
	Again  bool     // they were taken back
	Left   int      // consultations that are followed no more, just now
}

// heading names what there is to stop: watches, or what is followed without one.
func (s stoppingPage) heading() string {
	if len(s.Watches) == 0 && len(s.Followed)+s.Left > 0 {
		return "Ne plus suivre une consultation"
	}
	return stoppingTitle.Title
}

// page is what surrounds the list.
func (s stoppingPage) page() ui.Page {
	p := stoppingTitle
	p.Title = s.heading()
	return p
}

// going are the watches that still mail this address.
func (s stoppingPage) going() []alert.StoppingWatch { return s.those(false) }

// stopped are those that do not any more.
func (s stoppingPage) stopped() []alert.StoppingWatch { return s.those(true) }

// those keeps the watches that stand so.
func (s stoppingPage) those(stopped bool) []alert.StoppingWatch {
	var out []alert.StoppingWatch
	for _, w := range s.Watches {
		if w.Stopped == stopped {
			out = append(out, w)
		}
	}
	return out
}

// done names what the last act was about.
func (s stoppingPage) done() []string {
	var out []string
	for _, w := range s.Watches {
		if slices.Contains(s.Done, w.ID) && w.Stopped != s.Again {
			out = append(out, w.Name)
		}
	}
	return out
}

// boxes are the check-boxes of the watches that still mail, all ticked: the
// person came here to stop.
func (s stoppingPage) boxes() []ui.Option {
	var out []ui.Option
	for _, w := range s.going() {
		out = append(out, ui.Option{Value: w.ID, Label: w.Name, Chosen: len(s.Errors) == 0 && len(s.Done) == 0})
	}
	return out
}

// stoppingTitle is what surrounds the list, before and after.
var stoppingTitle = ui.Page{Title: "Ne plus recevoir une veille", Narrow: true}

// stoppingURL is the address of a link's page: every form of it is sent there.
func stoppingURL(token string) string { return "/desabonnement/" + url.PathEscape(token) }

// stopping lists the watches of the mail; nothing is stopped by looking.
func (p Pages) stopping(v *answer.Visit) (answer.Answer, error) {
	token := v.PathValue("token")
	s, err := p.Alerts.Stopping(v.Context(), token)
	if err != nil {
		return answer.Answer{}, err
	}
	page := stoppingPage{Stopping: s, Action: stoppingURL(token)}
	return answer.Show(page.page(), stoppingView(page)).Kept(), nil
}

// stop stops the watches that were ticked, or takes them back. None ticked is
// never all: Alerts.Stop takes nil for all, which only one click means.
func (p Pages) stop(v *answer.Visit) (answer.Answer, error) {
	token := v.PathValue("token")
	if err := readMultipart(v); err != nil {
		return answer.Answer{}, err
	}
	if v.PostForm.Get(oneClickField) == oneClickValue {
		return p.stopAll(v, token)
	}
	page := stoppingPage{Action: stoppingURL(token), Again: v.PostForm.Get(fieldAction) == actionAgain, Done: v.PostForm[fieldWatch]}
	var err error
	if v.PostForm.Get(fieldAction) == actionLeave {
		return p.stopFollowing(v, token)
	}
	if len(page.Done) == 0 {
		if page.Stopping, err = p.Alerts.Stopping(v.Context(), token); err != nil {
			return answer.Answer{}, err
		}
		page.Errors = ui.Errors{{Field: fieldWatch, Text: "Cochez au moins une veille, ou fermez cette page pour continuer à les recevoir toutes."}}
		return answer.Refused(page.page(), stoppingView(page)).Kept(), nil
	}
	if page.Stopping, err = p.Alerts.Stop(v.Context(), token, page.Done, page.Again); err != nil {
		return answer.Answer{}, err
	}
	return answer.Show(page.page(), stoppingView(page)).Kept(), nil
}

// stopFollowing ends what is followed of the mail from the pages of notices.
func (p Pages) stopFollowing(v *answer.Visit, token string) (answer.Answer, error) {
	before, err := p.Alerts.Stopping(v.Context(), token)
	if err != nil {
		return answer.Answer{}, err
	}
	page := stoppingPage{Action: stoppingURL(token), Left: len(before.Followed)}
	if page.Stopping, err = p.Alerts.StopFollowing(v.Context(), token); err != nil {
		return answer.Answer{}, err
	}
	return answer.Show(page.page(), stoppingView(page)).Kept(), nil
}

// stopAll answers a mail provider: all that the mail named stops at once, and the
// page is short because a program reads it.
func (p Pages) stopAll(v *answer.Visit, token string) (answer.Answer, error) {
	if _, err := p.Alerts.Stop(v.Context(), token, nil, false); err != nil {
		return answer.Answer{}, err
	}
	return answer.Text("Vous ne recevrez plus les veilles de ce message. Vous n'en suivez plus les consultations.\n").Kept(), nil
}

// maxParts is how much of a form in parts is kept in memory, in bytes.
const maxParts = 64 << 10

// readMultipart reads a form in parts, which is how RFC 8058 would rather have
// providers post.
func readMultipart(v *answer.Visit) error {
	kind, _, err := mime.ParseMediaType(v.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return nil
	}
	if err := v.ParseMultipartForm(maxParts); err != nil {
		return fault.New(fault.Invalid, "Ce formulaire n'a pas pu être lu"+nbsp+": revenez en arrière et envoyez-le à nouveau.").Because(err)
	}
	return nil
}
