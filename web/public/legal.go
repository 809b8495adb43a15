package public

import (
	"parvis/web/answer"
	"parvis/web/ui"
)

// legalPage is « Mentions légales et données personnelles ».
type legalPage struct {
	Operator string
}

func (p Pages) legal(*answer.Visit) (answer.Answer, error) {
	return answer.Show(ui.Page{Title: "Mentions légales et données personnelles"}, legalView(legalPage{p.Operator})), nil
}
