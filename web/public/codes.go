package public

import (
	"parvis/web/answer"
)

// suggestCodes answers each letter typed in the field of CPV codes: from memory, and
// never null.
func (p Pages) suggestCodes(v *answer.Visit) (answer.Answer, error) {
	found, err := p.CPV.Suggest(v.Context(), v.Actor, start(printable(v.Form.Get("q"))), mostSuggested)
	if err != nil {
		return answer.Answer{}, err
	}
	out := make([]suggestion, len(found))
	for i, e := range found {
		out[i] = suggestion{e.Code, e.Name()}
	}
	return answer.JSON(out)
}
