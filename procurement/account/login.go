package account

import (
	"strings"
	"unicode/utf8"
)

// Login is an identifiant that passed our grammar.
type Login struct {
	Text string // as typed
	Key  string // lower case: unique on the platform
}

// Limits of an identifiant, in characters.
const (
	minLogin = 3
	maxLogin = 40
)

// ParseLogin reads an identifiant: 3 to 40 letters without accent, digits, dots,
// hyphens and underscores, the first one a letter or a digit. It has no « @ », so
// that nobody's identifiant is somebody else's address. The fault has no field.
func ParseLogin(typed string) (Login, error) {
	text := strings.TrimSpace(typed)
	n := utf8.RuneCountInString(text)
	switch {
	case text == "":
		return Login{}, refuse("Choisissez un identifiant.")
	case strings.Contains(text, "@"):
		return Login{}, refuse("L'identifiant n'est pas une adresse\u00a0: choisissez-le sans «\u00a0@\u00a0». Vous pourrez vous connecter avec l'un ou l'autre.")
	case n < minLogin || n > maxLogin:
		return Login{}, refuse("L'identifiant compte de 3 à 40 caractères.")
	case !asciiLetterOrDigit(rune(text[0])):
		return Login{}, refuse("L'identifiant commence par une lettre sans accent ou un chiffre.")
	}
	for _, r := range text {
		if !asciiLetterOrDigit(r) && !strings.ContainsRune("._-", r) {
			return Login{}, refuse("L'identifiant s'écrit en lettres sans accent, chiffres, points, tirets et tirets bas.")
		}
	}
	return Login{Text: text, Key: strings.ToLower(text)}, nil
}
