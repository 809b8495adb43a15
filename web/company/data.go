package company

import (
	"bytes"
	"encoding/json"

	"parvis/kit/clock"
	"parvis/procurement/person"
	"parvis/web/answer"
	"parvis/web/ui"
)

// dataURL is « Mes données personnelles ».
const dataURL = "/entreprise/mes-donnees"

const dataTitle = "Mes données personnelles"

// dataPage says what is kept of one person, why and for how long.
type dataPage struct {
	Kept []person.Kept
}

func (p Pages) data(v *answer.Visit) (answer.Answer, error) {
	kept, err := p.Persons.Kept(v.Context(), v.Actor)
	return answer.Show(ui.Page{Title: dataTitle, Wide: true}, dataBody(dataPage{kept})), err
}

// exportJSON is the copy that a program reads.
func (p Pages) exportJSON(v *answer.Visit) (answer.Answer, error) {
	e, err := p.Persons.Export(v.Context(), v.Actor)
	if err != nil {
		return answer.Answer{}, err
	}
	var file bytes.Buffer
	w := json.NewEncoder(&file)
	w.SetIndent("", "  ")
	w.SetEscapeHTML(false) // nothing shows this file as a page
	if err := w.Encode(e); err != nil {
		return answer.Answer{}, err
	}
	return answer.File(exportName(e)+".json", "application/json", file.Bytes()), nil
}

// exportHTML is the same for people: one file, which needs nothing else.
func (p Pages) exportHTML(v *answer.Visit) (answer.Answer, error) {
	e, err := p.Persons.Export(v.Context(), v.Actor)
	if err != nil {
		return answer.Answer{}, err
	}
	var file bytes.Buffer
	if err := exportFile(e).Render(v.Context(), &file); err != nil {
		return answer.Answer{}, err
	}
	return answer.File(exportName(e)+".html", "text/html; charset=utf-8", file.Bytes()), nil
}

// exportName tells one copy from another in a folder of downloads.
func exportName(e person.Export) string {
	return "parvis-mes-donnees-" + clock.Instant(e.MadeAt).In(clock.Paris).Format("2006-01-02")
}
