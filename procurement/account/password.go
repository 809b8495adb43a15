package account

import (
	_ "embed"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"parvis/kit/text"
)

// Limits of a password, in characters. The length is what protects: no rule asks
// for capitals or signs (NIST SP 800-63B, 3.1.1.2, and the CNIL's recommendation
// of 2022 both count guesses, which a dozen characters and our delays make
// hopeless).
const (
	minPassword = 12
	maxPassword = 200
)

//go:embed commonest.txt
var commonestText string

// commonest are passwords long enough for our rule that every guesser tries
// first, folded.
var commonest = func() map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(commonestText) {
		if w := strings.TrimSpace(line); w != "" && !strings.HasPrefix(w, "#") {
			all[text.Fold(w)] = true
		}
	}
	return all
}()

// normalPassword composes accents, so that two keyboards give one password, and
// bounds what is hashed; ok is false for what no password of ours can be.
func normalPassword(typed string) (password string, ok bool) {
	if len(typed) > 3*utf8.UTFMax*maxPassword || !utf8.ValidString(typed) {
		return "", false
	}
	password = norm.NFC.String(typed)
	return password, utf8.RuneCountInString(password) <= maxPassword
}

// checkPassword applies the rule; own is what the person is known by, which a
// guesser knows too. The fault has no field.
func checkPassword(typed string, own ...string) (string, error) {
	password, ok := normalPassword(typed)
	switch {
	case typed == "":
		return "", refuse("Choisissez un mot de passe.")
	case !ok:
		return "", refuse("Le mot de passe est trop long\u00a0: 200 caractères au plus.")
	case utf8.RuneCountInString(password) < minPassword:
		return "", refuse("Le mot de passe compte au moins 12 caractères. Plusieurs mots qui se suivent font un bon mot de passe.")
	}
	folded := text.Fold(password)
	for _, o := range own {
		if folded == text.Fold(o) {
			return "", refuse("Le mot de passe ne peut pas être votre adresse, votre identifiant ou votre nom.")
		}
	}
	if commonest[folded] || oneCharacter(folded) {
		return "", refuse("Ce mot de passe est l'un des plus courants\u00a0: il serait essayé en premier. Choisissez-en un autre.")
	}
	return password, nil
}

// oneCharacter tells that a text is the same character over and over, or nothing
// that can be told apart.
func oneCharacter(s string) bool {
	first, size := utf8.DecodeRuneInString(s)
	return strings.Trim(s[size:], string(first)) == ""
}
