package company

import (
	"parvis/procurement/watch"
	"parvis/web/ui"
)

// fieldCopy names, in the address of the form of a new watch, the shared one that it is
// filled from.
const fieldCopy = "copier"

// sharing is the box by which the other establishments of the company see a watch.
func (f formPage) sharing() ui.Check {
	hint := "Ils pourront lire ses critères et la copier, jamais la modifier ni voir à qui elle est envoyée. "
	switch n := len(f.Sharing.With); {
	case !f.Sharing.Verified:
		hint += "Le partage prendra effet quand votre établissement sera vérifié."
	case n == 0:
		hint += "Aucun autre établissement vérifié de l'entreprise n'est inscrit aujourd'hui."
	default:
		hint += "Aujourd'hui\u00a0: " + ui.Number(n) + ui.Plural(n, "\u00a0autre établissement vérifié.", "\u00a0autres établissements vérifiés.")
	}
	return ui.Check{
		Field:   ui.Field{Name: watch.FieldShared, Label: "Partager avec les autres établissements de l'entreprise", Hint: hint},
		Checked: f.Typed.Shared,
	}
}
