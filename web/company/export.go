package company

import (
	"strconv"
	"strings"

	"parvis/procurement/person"
)

// fileFact is a line of the copy that people read; without a value it is left out.
type fileFact struct{ Label, Value string }

func fact(label, value string) fileFact { return fileFact{label, value} }

func watchFacts(w person.Watch) []fileFact {
	active := "non"
	if w.Active {
		active = "oui"
	}
	list := func(all []string) string { return strings.Join(all, ", ") }
	return []fileFact{
		{"Entreprise", w.Company}, {"Active", active}, {"Rythme", w.Rhythm},
		{"Mots clés", list(w.Keywords)}, {"Portée des mots clés", w.Mode}, {"Mots exclus", list(w.Exclude)},
		{"Organismes", strings.Join(w.Buyers, "\u00a0; ")}, {"Départements", list(w.Departments)}, {"Codes CPV", list(w.CPV)},
		{"Organismes exclus", strings.Join(w.OutBuyers, "\u00a0; ")}, {"Codes CPV exclus", list(w.OutCPV)}, {"Natures", list(w.Categories)},
		{"Webhooks", list(w.Webhooks)},
		{"Votre adresse", w.Own}, {"Autres destinataires", strconv.Itoa(w.Others)},
		{"Créée le", w.CreatedAt.String()}, {"Modifiée le", w.ChangedAt.String()}, {"Supprimée le", w.DeletedAt.String()},
	}
}
