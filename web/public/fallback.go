package public

import (
	"net/url"

	"parvis/kit/fault"
	"parvis/procurement/org"
	"parvis/web/answer"
	"parvis/web/ui"
)

// fallbackPage asks a mailbox whether it agrees to be a company's « adresse de
// secours », or says what it has answered.
type fallbackPage struct {
	org.FallbackRequest
	Action string
}

func (f fallbackPage) state() org.FallbackState { return f.State(f.At) }

// title says the state first: it is what a screen reader reads first.
func (f fallbackPage) title() string {
	switch f.state() {
	case org.FallbackConfirmed:
		return "Cette adresse est l'adresse de secours"
	case org.FallbackRefused:
		return "Cette adresse n'est pas l'adresse de secours"
	case org.FallbackFailed:
		return "Cette adresse ne répond plus"
	}
	return "Être l'adresse de secours d'un établissement" + nbsp + "?"
}

func (p Pages) fallbackShown(v *answer.Visit, r org.FallbackRequest) answer.Answer {
	page := fallbackPage{r, "/adresse-de-secours/" + url.PathEscape(v.PathValue("token"))}
	return answer.Show(ui.Page{Title: page.title(), Narrow: true}, fallbackView(page)).Kept()
}

// fallback shows what is asked; nothing is recorded.
func (p Pages) fallback(v *answer.Visit) (answer.Answer, error) {
	r, err := p.Profiles.FallbackRequestOf(v.Context(), v.PathValue("token"))
	if err != nil {
		return answer.Answer{}, err
	}
	return p.fallbackShown(v, r), nil
}

// answerFallback records one of the two answers, and nothing in their place.
func (p Pages) answerFallback(v *answer.Visit) (answer.Answer, error) {
	said := v.PostForm.Get(fieldAnswer)
	if said != answerYes && said != answerNo {
		return answer.Answer{}, fault.New(fault.Invalid, "Choisissez «\u00a0Accepter\u00a0» ou «\u00a0Refuser\u00a0».")
	}
	r, err := p.Profiles.AnswerFallback(v.Context(), v.PathValue("token"), said == answerYes)
	if err != nil {
		return answer.Answer{}, err
	}
	return p.fallbackShown(v, r), nil
}
