package account

import "strings"

// What people type of themselves and of their company is read by the rules below,
// wherever they type it. None of it may become a link in somebody's mail.

// readCompanyName reads the name of a company. The fault has no field.
func readCompanyName(typed string) (string, error) {
	name, err := oneLine(typed, "le nom de l'entreprise", maxCompanyName)
	if err == nil && (strings.ContainsAny(name, "@:") || strings.Contains(name, "//") || strings.Contains(strings.ToLower(name), "www.")) {
		return "", refuse("Indiquez le nom de l'entreprise, sans adresse ni lien.")
	}
	return name, err
}

// readName reads a person's name. The fault has no field.
func readName(typed string) (string, error) {
	name, err := oneLine(typed, "votre nom", maxName)
	if err == nil && strings.ContainsAny(name, "@/:") {
		return "", refuse("Indiquez votre nom, sans adresse ni lien.")
	}
	return name, err
}
