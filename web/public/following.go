package public

import (
	"net/url"

	"parvis/kit/fault"
	"parvis/procurement/alert"
	"parvis/procurement/notice"
	"parvis/web/answer"
	"parvis/web/ui"
)

// Fields of the page where the notices of a mail are followed.
const (
	fieldNotice  = "avis"
	actionFollow = "suivre"
	actionLeave  = "ne-plus-suivre"
)

// followingPage is where the link « Suivre cette consultation » of a mail leads, and the
// list of all that a long mail told.
type followingPage struct {
	alert.Telling
	Action string
	Only   string // the notice that the link is about; empty: all of the mail
	Said   string // what was just done
}

// shown are the notices that the page is about.
func (f followingPage) shown() []alert.ToldNotice {
	if one, ok := f.Of(f.Only); ok {
		return []alert.ToldNotice{one}
	}
	return f.Notices
}

// all leads to the whole list.
func (f followingPage) all() string { return f.Action }

var followingTitle = ui.Page{Title: "Suivre une consultation", Narrow: true}

// followingURL is the address of a mail's page.
func followingURL(token string) string { return "/suivi/" + url.PathEscape(token) }

// following shows what a mail told; nothing is followed by looking.
func (p Pages) following(v *answer.Visit) (answer.Answer, error) {
	token := v.PathValue("token")
	t, err := p.Alerts.Telling(v.Context(), token)
	if err != nil {
		return answer.Answer{}, err
	}
	page := followingPage{Telling: t, Action: followingURL(token), Only: v.Form.Get(fieldNotice)}
	return answer.Show(followingTitle, followingView(page)).Kept(), nil
}

// follow follows one notice of the mail, or no more.
func (p Pages) follow(v *answer.Visit) (answer.Answer, error) {
	token, id, action := v.PathValue("token"), v.PostForm.Get(fieldNotice), v.PostForm.Get(fieldAction)
	before, err := p.Alerts.Telling(v.Context(), token)
	if err != nil {
		return answer.Answer{}, err
	}
	one, ok := before.Of(id)
	if !ok || action != actionFollow && action != actionLeave {
		return answer.Answer{}, fault.New(fault.Invalid, "Choisissez une consultation de ce message.")
	}
	page := followingPage{Action: followingURL(token), Only: id}
	if page.Telling, err = p.Alerts.FollowNotice(v.Context(), token, id, action == actionFollow); err != nil {
		return answer.Answer{}, err
	}
	page.Said = "Vous suivez la consultation «" + nbsp + title(one.Notice) + nbsp + "»."
	if action == actionLeave {
		page.Said = "Vous ne suivez plus la consultation «" + nbsp + title(one.Notice) + nbsp + "»."
	}
	return answer.Show(followingTitle, followingView(page)).Kept(), nil
}

// placeOf is who buys and where, in one line.
func placeOf(n *notice.Notice) string { return buyerName(n) + " · " + placeLine(n) }
