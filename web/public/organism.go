package public

import (
	"parvis/web/answer"
)

// mostSuggested is how many organisms the field proposes at once.
const mostSuggested = 20

// suggestion is an organism as the field's script reads it.
type suggestion struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// suggestBuyers answers each letter typed: from memory, and never null, which the
// field's script would have to know.
func (p Pages) suggestBuyers(v *answer.Visit) (answer.Answer, error) {
	found, err := p.Orgs.Suggest(v.Context(), start(printable(v.Form.Get("q"))), mostSuggested)
	if err != nil {
		return answer.Answer{}, err
	}
	out := make([]suggestion, len(found))
	for i, b := range found {
		out[i] = suggestion{b.ID, b.Label()}
	}
	return answer.JSON(out)
}
