package public

import (
	"parvis/procurement/person"
	"parvis/web/answer"
	"parvis/web/ui"
)

// legalPage is « Mentions légales et données personnelles ».
type legalPage struct {
	Operator string
	Kept     []person.Purpose
}

// legal says what is true of every platform that runs this program, and who runs
// this one.
func (p Pages) legal(*answer.Visit) (answer.Answer, error) {
	return answer.Show(ui.Page{Title: "Mentions légales et données personnelles"}, legalView(legalPage{p.Operator, person.Purposes()})), nil
}
