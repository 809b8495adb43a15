package company

import (
	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/procurement/org"
	"parvis/web/answer"
	"parvis/web/ui"
)

func (p Pages) askFallback(v *answer.Visit) (answer.Answer, error) {
	typed := v.PostForm.Get(fieldFallback)
	if err := p.Profiles.AskFallback(v.Context(), v.Actor, typed); err != nil {
		return p.refuseProfile(v, err, func(page *profilePage) { page.Mailbox = typed })
	}
	return answer.SeeOther(profileURL, asked), nil
}

// asked says the same whether a mail leaves or the mailbox has had enough for today.
const asked = "La demande est enregistrée. Cette adresse servira quand elle aura accepté, par le lien du message qu'elle reçoit."

func (p Pages) resendFallback(v *answer.Visit) (answer.Answer, error) {
	if err := p.Profiles.ResendFallback(v.Context(), v.Actor, v.PathValue("id")); err != nil {
		return p.refuseProfile(v, err, func(*profilePage) {})
	}
	return answer.SeeOther(profileURL, asked+" Le lien précédent ne vaut plus."), nil
}

func (p Pages) askRemoveFallback(v *answer.Visit) (answer.Answer, error) {
	profile, err := p.Profiles.Profile(v.Context(), v.Actor)
	if err != nil {
		return answer.Answer{}, err
	}
	for _, f := range []*org.Fallback{profile.Fallback, profile.Asked} {
		if f == nil || f.ID != v.PathValue("id") {
			continue
		}
		c := ui.Confirm{
			Title:  "Retirer l'adresse de secours " + f.Address + "\u00a0?",
			Losses: []string{"cette adresse, qui ne sera plus prévenue quand celle d'un collègue ne répond plus"},
			Kept:   []string{"les veilles et leurs destinataires"},
			Undo:   "Un message le lui dira. Pour la remettre, il faudra lui demander à nouveau son accord.",
			Action: fallbackURL(*f, "retirer"), Label: "Retirer l'adresse de secours", Cancel: ui.Link{Label: "Ne rien changer", URL: profileURL},
		}
		if f.State(profile.At) != org.FallbackConfirmed {
			c.Losses, c.Undo = []string{"la demande faite à cette adresse"}, "Vous pourrez demander à nouveau, à cette adresse ou à une autre."
		}
		return answer.Show(ui.Page{Title: c.Title, Narrow: true}, ui.ConfirmDelete(c)), nil
	}
	return answer.Answer{}, fault.New(fault.NotFound, "Cette adresse n'est pas, ou n'est plus, celle de votre établissement.")
}

func (p Pages) removeFallback(v *answer.Visit) (answer.Answer, error) {
	if err := p.Profiles.RemoveFallback(v.Context(), v.Actor, v.PathValue("id")); err != nil {
		return p.refuseProfile(v, err, func(*profilePage) {})
	}
	return answer.SeeOther(profileURL, "L'adresse de secours est retirée."), nil
}

func fallbackURL(f org.Fallback, act string) string {
	return profileURL + "/secours/" + f.ID + "/" + act
}

// fallbackRow is a mailbox as the page shows it.
type fallbackRow struct {
	org.Fallback
	Badge  ui.Badge
	Note   string
	Resend bool // asking again makes sense
}

// fallbacks lists the mailbox in use, then the one that is asked to take its place.
func (p profilePage) fallbacks() []fallbackRow {
	var out []fallbackRow
	for _, f := range []*org.Fallback{p.Fallback, p.Asked} {
		if f != nil {
			out = append(out, rowOfFallback(*f, p.At))
		}
	}
	return out
}

func rowOfFallback(f org.Fallback, at clock.Instant) fallbackRow {
	row := fallbackRow{Fallback: f}
	switch f.State(at) {
	case org.FallbackConfirmed:
		row.Badge = ui.OK("confirmée le " + frenchDate(f.ConfirmedAt))
	case org.FallbackAwaited:
		row.Badge, row.Resend = ui.Soon("à confirmer"), true
		row.Note = "Demande du " + frenchDate(f.AskedAt) + ", valable jusqu'au " + frenchDate(f.ExpiresAt()) + ". Une adresse reçoit au plus cinq messages de demande par jour."
	case org.FallbackExpired:
		row.Badge, row.Resend, row.Note = ui.Late("sans réponse"), true, "La demande du "+frenchDate(f.AskedAt)+" a expiré."
	case org.FallbackRefused:
		row.Badge, row.Note = ui.Off("refusée le "+frenchDate(f.RefusedAt)), "Cette adresse ne veut pas, ou ne veut plus, secourir l'établissement\u00a0: indiquez-en une autre."
	case org.FallbackFailed:
		row.Badge, row.Note = ui.Late("en échec depuis le "+frenchDate(f.FailedAt)), "Son serveur refuse nos messages\u00a0: vérifiez-la, ou indiquez-en une autre."
		row.Resend = f.ConfirmedAt.IsZero()
	}
	return row
}
