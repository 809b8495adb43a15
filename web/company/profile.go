package company

import (
	"net/http"
	"strconv"
	"strings"

	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/org"
	"parvis/procurement/refdata"
	"parvis/web/answer"
	"parvis/web/ui"
)

// profileURL is « Profil de l'entreprise ».
const (
	profileURL   = "/entreprise/profil"
	profileTitle = "Profil de l'entreprise"
)

// Fields of the form, as the room's faults name them.
const (
	fieldCompany  = "entreprise"
	fieldStreet   = "rue"
	fieldPostcode = "code_postal"
	fieldCity     = "ville"
	fieldPhone    = "telephone"
	fieldVersion  = "version"
	fieldFallback = "adresse_secours"
)

// fieldLabels is how a history names the fields that changed.
var fieldLabels = map[string]string{
	fieldCompany: "nom", fieldStreet: "rue", fieldPostcode: "code postal", fieldCity: "ville", fieldPhone: "téléphone",
}

// profilePage is « Profil de l'entreprise » as one person sees it.
type profilePage struct {
	org.Profile
	Edits    bool // the person administers the establishment
	Newcomer bool
	Locked   string // why the name cannot be typed
	Refresh  bool   // the directory can be asked again
	Form     org.ProfileForm
	Stale    bool   // the form was shown before what is saved now
	Mailbox  string // typed for « Adresse de secours »
	Errors   ui.Errors
	Refusal  string // why what was just asked was not done
}

var aroundProfile = ui.Page{Title: profileTitle}

func (p Pages) profile(v *answer.Visit) (answer.Answer, error) {
	if v.Actor.EstablishmentID == "" {
		return answer.Show(aroundProfile, nowhereBody()), nil
	}
	page, err := p.profilePage(v)
	return answer.Show(aroundProfile, profileBody(page)), err
}

// profilePage shows what is saved, in the form too.
func (p Pages) profilePage(v *answer.Visit) (profilePage, error) {
	profile, err := p.Profiles.Profile(v.Context(), v.Actor)
	if err != nil {
		return profilePage{}, err
	}
	return profilePage{
		Profile: profile, Edits: v.Actor.May(access.EditProfile), Newcomer: v.Actor.Role == access.Newcomer,
		Locked: p.Profiles.NameLocked(profile.Establishment), Refresh: p.Profiles.HasDirectory() && profile.SIRET() != "",
		Form: org.ProfileForm{Name: profile.CompanyName, Postal: profile.Postal(), Phone: profile.Phone, Version: profile.Version},
	}, nil
}

func (p Pages) saveProfile(v *answer.Visit) (answer.Answer, error) {
	form := org.ProfileForm{
		Name: v.PostForm.Get(fieldCompany), Phone: v.PostForm.Get(fieldPhone),
		Postal: account.PostalAddress{Street: v.PostForm.Get(fieldStreet), Postcode: v.PostForm.Get(fieldPostcode), City: v.PostForm.Get(fieldCity)},
	}
	form.Version, _ = strconv.ParseInt(v.PostForm.Get(fieldVersion), 10, 64) // none is no version: a conflict
	changed, err := p.Profiles.Save(v.Context(), v.Actor, form)
	if err == nil {
		said := "Le profil est enregistré."
		if changed == nil {
			said = "Rien n'a changé dans le profil."
		}
		return answer.SeeOther(profileURL, said), nil
	}
	return p.refuseProfile(v, err, func(page *profilePage) {
		if fault.Is(err, fault.Conflict) {
			page.Stale, form.Version = true, page.Version // sending it again saves it
		}
		page.Form = form
	})
}

// refuseProfile shows the page again with why what was asked was not done, beside its
// field or above all.
func (p Pages) refuseProfile(v *answer.Visit, cause error, typed func(*profilePage)) (answer.Answer, error) {
	faults, err := answer.Errors(cause)
	if err != nil {
		return answer.Answer{}, err
	}
	page, err := p.profilePage(v)
	if err != nil {
		return answer.Answer{}, err
	}
	if len(faults) == 1 && faults[0].Field == "" {
		page.Refusal = faults[0].Text
	} else {
		page.Errors = faults
	}
	typed(&page)
	status := http.StatusUnprocessableEntity
	switch {
	case fault.Is(cause, fault.Conflict):
		status = http.StatusConflict
	case fault.Is(cause, fault.Unavailable):
		status = http.StatusTooManyRequests
	}
	return answer.Refused(aroundProfile, profileBody(page)).WithStatus(status), nil
}

func (p Pages) refreshProfile(v *answer.Visit) (answer.Answer, error) {
	l, changed, err := p.Profiles.Refresh(v.Context(), v.Actor)
	nothing := func(*profilePage) {}
	switch {
	case err != nil:
		return p.refuseProfile(v, err, nothing)
	case !l.Found():
		return p.refuseProfile(v, notListed(l), nothing)
	}
	said := "Le profil dit déjà ce que dit l'annuaire des entreprises."
	if changed != nil {
		said = "Le profil est à jour d'après l'annuaire des entreprises\u00a0: " + fieldsChanged(changed) + "."
	}
	if l.Closed {
		said += " L'annuaire dit cet établissement fermé."
	}
	return answer.SeeOther(profileURL, said), nil
}

// notListed says why the directory changed nothing.
func notListed(l org.Listing) error {
	const kept = " Le profil n'a pas changé."
	switch l.Outcome {
	case org.Hidden:
		return fault.New(fault.Conflict, "L'annuaire des entreprises ne publie pas le nom de cette entreprise."+kept)
	case org.Unlisted:
		return fault.New(fault.Conflict, "L'annuaire des entreprises ne connaît pas ce SIRET."+kept)
	case org.TooMany:
		return fault.New(fault.Unavailable, "Vous venez d'interroger l'annuaire des entreprises plusieurs fois. Réessayez dans quelques minutes.")
	}
	return fault.New(fault.Unavailable, "L'annuaire des entreprises ne répond pas pour le moment."+kept+" Réessayez dans quelques minutes.")
}

func fieldsChanged(fields []string) string {
	var out []string
	for _, f := range fields {
		out = append(out, fieldLabels[f])
	}
	return strings.Join(out, ", ")
}

// badge is the proof of the establishment.
func (p profilePage) badge() ui.Badge {
	if p.VerifiedAt.IsZero() {
		return ui.Soon(p.Status())
	}
	return ui.OK(p.Status())
}

// proof says what the badge means.
func (p profilePage) proof() string {
	if p.VerifiedAt.IsZero() {
		return "Une personne s'est inscrite avec ce numéro, et rien d'autre ne prouve encore qu'elle représente l'entreprise. Vous pouvez tout faire\u00a0; l'exploitant de la plateforme vérifiera l'établissement, ou vous pouvez le lui demander."
	}
	return "L'exploitant de la plateforme a vérifié, le " + frenchDate(p.VerifiedAt) + ", que les personnes inscrites représentent cet établissement."
}

// origin says where the name comes from.
func (p profilePage) origin() string {
	if p.NameListedAt.IsZero() {
		return "déclaré par l'entreprise"
	}
	return "d'après l'annuaire des entreprises, le " + frenchDate(p.NameListedAt)
}

// identity is what everybody sees.
func (p profilePage) identity() []ui.Criterion {
	return []ui.Criterion{
		{Label: "Nom de l'entreprise", Values: ui.Values(p.CompanyName + " (" + p.origin() + ")")},
		{Label: "Numéro", Values: ui.Values(p.Pretty())},
	}
}

// contact is what a user reads and an administrator edits.
func (p profilePage) contact() []ui.Criterion {
	out := []ui.Criterion{{Label: "Adresse postale", Values: ui.Values(p.Postal().Lines()...)}, {Label: "Pays", Values: ui.Values(p.country())}, {Label: "Téléphone"}}
	if p.Phone != "" {
		out[2].Values = ui.Values(p.Phone)
	}
	return out
}

func (p profilePage) country() string { return refdata.CountryName(p.Country) }

// hint of a field, with what is saved when another one has saved it since.
func (p profilePage) hint(usual, typed, saved string) string {
	if !p.Stale || typed == saved {
		return usual
	}
	if saved == "" {
		return "Enregistré entre-temps\u00a0: rien."
	}
	return "Enregistré entre-temps\u00a0: «\u00a0" + saved + "\u00a0»."
}

// told is a line of the history.
func told(c org.Change) string {
	switch c.Kind {
	case event.EstablishmentVerified:
		return "Établissement vérifié"
	case event.EstablishmentUnverified:
		return "Établissement à nouveau non vérifié"
	case event.FallbackAsked:
		return "Adresse de secours\u00a0: demande"
	case event.FallbackConfirmed:
		return "Adresse de secours\u00a0: acceptée"
	case event.FallbackRefused:
		return "Adresse de secours\u00a0: refusée"
	case event.FallbackRemoved:
		return "Adresse de secours\u00a0: retirée"
	}
	if c.Directory {
		return "Modifié d'après l'annuaire\u00a0: " + fieldsChanged(c.Fields)
	}
	return "Modifié\u00a0: " + fieldsChanged(c.Fields)
}

// moment is a day and an hour on the clocks of Paris.
func moment(at clock.Instant) string { return at.In(clock.Paris).Format("02/01/2006 15:04") }

// fallbackLabel is the field's: another one, when there is one.
func (p profilePage) fallbackLabel() string {
	if p.Fallback != nil || p.Asked != nil {
		return "Autre adresse de secours"
	}
	return "Adresse de secours"
}

// cityOf tells where a sibling is, to whom its people have accepted.
func cityOf(h org.Hat) string {
	if h.ActingRole() == access.Newcomer || h.Establishment.City == "" {
		return "non renseignée"
	}
	return h.Establishment.City
}

func roleOf(h org.Hat) string {
	switch h.ActingRole() {
	case access.Newcomer:
		return "En attente d'approbation"
	case access.CompanyAdmin:
		return "Administrateur"
	}
	return "Utilisateur"
}
