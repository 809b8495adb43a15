package company

import (
	"net/http"
	"strings"

	"parvis/kit/fault"
	"parvis/procurement/org"
	"parvis/web/answer"
	"parvis/web/ui"
)

const hatsTitle = "Mes rattachements"

// hatsPage is « Mes rattachements »: what the person may act under.
type hatsPage struct {
	Rows    []hatRow
	OwnName bool   // they act under none of them
	Refusal string // why what was just asked was not done
}

// hatRow is one membership.
type hatRow struct {
	ID, Company, Number, Role, Since string
	Waiting, Current                 bool
}

// context tells an act from the same one of other rows.
func (r hatRow) context() string { return r.Company + ", " + r.Number }

func (r hatRow) url(act string) string { return hatsURL + "/" + r.ID + "/" + act }

func (p Pages) hats(v *answer.Visit) (answer.Answer, error) {
	page, err := p.hatsPage(v)
	return answer.Show(ui.Page{Title: hatsTitle}, hatsBody(page)), err
}

func (p Pages) hatsPage(v *answer.Visit) (hatsPage, error) {
	hats, err := p.Org.Memberships(v.Context(), v.Actor)
	page := hatsPage{OwnName: v.Actor.MembershipID == ""}
	for _, h := range hats {
		row := hatRow{ID: h.ID, Company: h.Establishment.CompanyName, Number: h.Establishment.Pretty(), Role: answer.RoleName(h.Membership),
			Since: frenchDate(h.ApprovedAt), Waiting: h.ApprovedAt.IsZero(), Current: h.ID == v.Actor.MembershipID}
		if row.Waiting {
			row.Since = frenchDate(h.CreatedAt)
		}
		page.Rows = append(page.Rows, row)
	}
	return page, err
}

// choose goes on under another membership, in a new session, on the page that wanted it.
func (p Pages) choose(v *answer.Visit) (answer.Answer, error) {
	h, err := p.hatOf(v)
	if err != nil {
		return answer.Answer{}, err
	}
	token, err := p.Accounts.Switch(v.Context(), v.Token(), h.ID)
	if err != nil {
		return answer.Answer{}, err
	}
	next := spaceURL
	if path := v.PostForm.Get(ui.NextField); answer.Here(path) && strings.HasPrefix(path, spaceURL) {
		next = path
	}
	return answer.SeeOther(next, "Vous agissez maintenant pour "+quoted(h.Establishment.CompanyName)+", "+h.Establishment.Pretty()+".").WithSession(token), nil
}

// hatOf finds the membership that the address names, among the person's own.
func (p Pages) hatOf(v *answer.Visit) (org.Hat, error) {
	hats, err := p.Org.Memberships(v.Context(), v.Actor)
	if err != nil {
		return org.Hat{}, err
	}
	for _, h := range hats {
		if h.ID == v.PathValue("id") {
			return h, nil
		}
	}
	return org.Hat{}, fault.New(fault.NotFound, "Ce rattachement n'est pas, ou n'est plus, l'un des vôtres.")
}

// askLeaveAs asks whoever ends one of their memberships, whichever they act under.
func (p Pages) askLeaveAs(v *answer.Visit) (answer.Answer, error) {
	as, err := p.Members.Under(v.Context(), v.Actor, v.PathValue("id"))
	if err != nil {
		return answer.Answer{}, err
	}
	c := leaving(as)
	c.Action, c.Cancel = hatsURL+"/"+as.MembershipID+"/quitter", ui.Link{Label: "Ne rien changer", URL: hatsURL}
	return answer.Show(ui.Page{Title: c.Title, Narrow: true}, ui.ConfirmDelete(c)), nil
}

func (p Pages) leaveAs(v *answer.Visit) (answer.Answer, error) {
	as, err := p.Members.Under(v.Context(), v.Actor, v.PathValue("id"))
	if err != nil {
		return answer.Answer{}, err
	}
	gone, err := p.Members.LeaveAs(v.Context(), v.Actor, as.MembershipID)
	if err == nil {
		return answer.SeeOther(hatsURL, left(as, gone)), nil
	}
	e, ok := fault.As(err)
	if !ok || e.Kind != fault.Conflict {
		return answer.Answer{}, err
	}
	page, err := p.hatsPage(v)
	page.Refusal = quoted(as.CompanyName) + "\u00a0: " + e.Text
	if as.MembershipID != v.Actor.MembershipID {
		page.Refusal += " Agissez d'abord pour cet établissement."
	}
	return answer.Refused(ui.Page{Title: hatsTitle}, hatsBody(page)).WithStatus(http.StatusConflict), err
}
