package company

import (
	"net/http"

	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/member"
	"parvis/web/answer"
	"parvis/web/ui"
)

const peopleTitle = "Liste des utilisateurs"

// peoplePage is « Liste des utilisateurs ».
type peoplePage struct {
	Company, Number string
	Manages         bool // requests and the others' rows have acts
	Newcomer        bool // sees their own request only
	Asked           string
	Requests        []personRow
	Members         []personRow
	Former          []formerRow
	Invitations     []invitationRow
	Contested       string // since when the reader contests the administrator
	Refusal         string // why what was just asked was not done
}

// aloneHint says how an establishment of one person gets a second one.
func (p peoplePage) aloneHint() string {
	if p.Manages {
		return "Invitez vos collègues\u00a0; ceux qui s'inscrivent avec le même SIRET vous demanderont de les laisser entrer."
	}
	return "Un collègue qui s'inscrit avec le même SIRET demandera à un administrateur de le laisser entrer."
}

// personRow is a line of the tables of people.
type personRow struct {
	ID, Name, Address string
	Role              string
	Since             string
	Mine, Admin       bool
}

// formerRow is an establishment that may be asked again.
type formerRow struct{ ID, Company, Number string }

func (r personRow) url(act string) string { return peopleURL + "/" + r.ID + "/" + act }

func (p Pages) people(v *answer.Visit) (answer.Answer, error) {
	page, err := p.peoplePage(v)
	return answer.Show(ui.Page{Title: peopleTitle}, peopleBody(page)), err
}

func (p Pages) peoplePage(v *answer.Visit) (peoplePage, error) {
	people, err := p.Members.List(v.Context(), v.Actor)
	if err != nil {
		return peoplePage{}, err
	}
	page := peoplePage{Manages: v.Actor.May(access.ManageUsers), Newcomer: v.Actor.Role == access.Newcomer}
	if e := people.Establishment; e.ID != "" {
		page.Company, page.Number = e.CompanyName, e.Pretty()
	}
	if people.Mine != nil {
		page.Asked = frenchDate(people.Mine.CreatedAt)
	}
	for _, m := range people.Requests {
		page.Requests = append(page.Requests, rowOf(m, v.Actor))
	}
	for _, m := range people.Members {
		page.Members = append(page.Members, rowOf(m, v.Actor))
	}
	for _, i := range people.Invitations {
		page.Invitations = append(page.Invitations, invitationRowOf(i))
	}
	if !people.Contested.IsZero() {
		page.Contested = frenchDate(people.Contested)
	}
	for _, e := range people.Former {
		page.Former = append(page.Former, formerRow{e.ID, e.CompanyName, e.Pretty()})
	}
	return page, nil
}

func rowOf(m member.Person, by access.Actor) personRow {
	row := personRow{ID: m.ID, Name: m.Name, Address: m.Address, Role: "Utilisateur", Since: frenchDate(m.ApprovedAt), Mine: m.ID == by.MembershipID}
	if m.ApprovedAt.IsZero() {
		row.Since = frenchDate(m.CreatedAt)
	}
	if m.Role == access.CompanyAdmin {
		row.Role, row.Admin = "Administrateur", true
	}
	return row
}

// frenchDate is the day on the clocks of Paris.
func frenchDate(at clock.Instant) string { return at.In(clock.Paris).Format("02/01/2006") }

// done leads back to the list, with what was done; or shows the list again with why it
// was not, when the rules or a colleague stood in between.
func (p Pages) done(v *answer.Visit, said string, err error) (answer.Answer, error) {
	if err == nil {
		return answer.SeeOther(peopleURL, said), nil
	}
	e, ok := fault.As(err)
	status := map[fault.Kind]int{fault.Conflict: http.StatusConflict, fault.Unavailable: http.StatusTooManyRequests}
	if !ok || status[e.Kind] == 0 {
		return answer.Answer{}, err
	}
	page, listed := p.peoplePage(v)
	if listed != nil {
		return answer.Answer{}, listed
	}
	page.Refusal = e.Text
	return answer.Refused(ui.Page{Title: peopleTitle}, peopleBody(page)).WithStatus(status[e.Kind]), nil
}

func (p Pages) accept(v *answer.Visit) (answer.Answer, error) {
	name, err := p.Members.Accept(v.Context(), v.Actor, v.PathValue("id"))
	return p.done(v, name+" fait maintenant partie de l'établissement. Un message le lui dit.", err)
}

func (p Pages) makeAdmin(v *answer.Visit) (answer.Answer, error) {
	name, err := p.Members.ChangeRole(v.Context(), v.Actor, v.PathValue("id"), access.CompanyAdmin)
	return p.done(v, name+" est maintenant administrateur.", err)
}

func (p Pages) makeUser(v *answer.Visit) (answer.Answer, error) {
	name, err := p.Members.ChangeRole(v.Context(), v.Actor, v.PathValue("id"), access.CompanyUser)
	return p.done(v, name+" est maintenant utilisateur.", err)
}

func (p Pages) turnDown(v *answer.Visit) (answer.Answer, error) {
	name, err := p.Members.Refuse(v.Context(), v.Actor, v.PathValue("id"))
	return p.done(v, "La demande de "+name+" est refusée. Un message le lui dit.", err)
}

func (p Pages) removePerson(v *answer.Visit) (answer.Answer, error) {
	gone, err := p.Members.Remove(v.Context(), v.Actor, v.PathValue("id"))
	return p.done(v, gone.Name+" ne fait plus partie de l'établissement."+passed(gone), err)
}

func (p Pages) leave(v *answer.Visit) (answer.Answer, error) {
	gone, err := p.Members.Leave(v.Context(), v.Actor)
	return p.done(v, left(v.Actor, gone), err)
}

// left says what somebody has done who left an establishment.
func left(by access.Actor, gone member.Gone) string {
	if by.Role == access.Newcomer {
		return "Votre demande est retirée."
	}
	return "Vous avez quitté l'établissement." + passed(gone)
}

// passed says to whom watches went.
func passed(gone member.Gone) string {
	if gone.Passed == 0 {
		return ""
	}
	return " " + ui.Number(gone.Passed) + "\u00a0" + ui.Plural(gone.Passed, "veille est passée", "veilles sont passées") + " à " + gone.Heir + "."
}

// join asks again an establishment that refused the person or that they left, and goes
// on under the request.
func (p Pages) join(v *answer.Visit) (answer.Answer, error) {
	id, err := p.Members.AskAgain(v.Context(), v.Actor, v.Form.Get("etablissement"))
	if err != nil {
		return p.done(v, "", err)
	}
	token, err := p.Accounts.Switch(v.Context(), v.Token(), id)
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.SeeOther(peopleURL, "Votre demande est envoyée aux administrateurs de l'établissement.").WithSession(token), nil
}
