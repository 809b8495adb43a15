package account

import "strings"

// readName reads a person's name, wherever they type it: it must not become a link in
// somebody's mail. The fault has no field.
func readName(typed string) (string, error) {
	name, err := oneLine(typed, "votre nom", maxName)
	if err == nil && strings.ContainsAny(name, "@/:") {
		return "", refuse("Indiquez votre nom, sans adresse ni lien.")
	}
	return name, err
}
