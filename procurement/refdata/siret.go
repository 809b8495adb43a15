package refdata

import (
	"fmt"
	"strings"
	"unicode"

	"parvis/kit/fault"
)

// SIREN is the nine-digit number of a legal unit (a company, an association, a
// public body) in the national register. A value that ParseSIREN gave is valid.
type SIREN string

// SIRET is the fourteen-digit number of an establishment: the SIREN of its legal
// unit and a five-digit number within it. A value that ParseSIRET gave is valid.
type SIRET string

// La Poste has more establishments than its numbers with a check digit allow, so
// that INSEE gives them numbers whose digits add up to a multiple of five. Its
// seat keeps the number it had, which follows the ordinary rule.
const (
	laPoste     SIREN = "356000000"
	laPosteSeat SIRET = "35600000000048"
)

const (
	sirenLength = 9
	siretLength = 14
)

// ParseSIREN reads a SIREN as people type or paste it: spaces of any kind,
// invisible characters and dots are ignored. What it refuses is a *fault.Error on
// the field "siren" that says what is wrong: length, a letter, the check digit.
func ParseSIREN(typed string) (SIREN, error) {
	digits, err := registerDigits(typed, "SIREN", sirenLength)
	if err != nil {
		return "", err.On("siren")
	}
	if !luhn(digits) || strings.Trim(digits, "0") == "" {
		return "", fault.New(fault.Invalid,
			"Ce numéro SIREN est inexact\u00a0: son dernier chiffre ne correspond pas aux autres. Vérifiez chaque chiffre.").On("siren")
	}
	return SIREN(digits), nil
}

// ParseSIRET reads a SIRET as people type or paste it, like ParseSIREN, with
// faults on the field "siret". Both the SIREN in it and the whole number must
// pass the check; La Poste's establishments have their own rule. A SIREN completed
// with five zeros passes the arithmetic and is refused all the same: numbering
// begins at 0001, so that these zeros only stand for a number nobody looked up.
func ParseSIRET(typed string) (SIRET, error) {
	digits, err := registerDigits(typed, "SIRET", siretLength)
	if err != nil {
		return "", err.On("siret")
	}
	siren, order := digits[:sirenLength], digits[sirenLength:]
	text := ""
	switch {
	case !luhn(siren) || strings.Trim(siren, "0") == "":
		text = "Ce numéro SIRET est inexact\u00a0: ses 9 premiers chiffres ne forment pas un SIREN valable. Vérifiez chaque chiffre."
	case order == "00000":
		text = "Ce numéro SIRET est incomplet\u00a0: ses 5 derniers chiffres, ceux de l'établissement, ne peuvent pas être tous des zéros."
	case !establishmentChecks(digits):
		text = "Ce numéro SIRET est inexact\u00a0: ses 5 derniers chiffres ne correspondent pas aux 9 premiers. Vérifiez chaque chiffre."
	}
	if text != "" {
		return "", fault.New(fault.Invalid, text).On("siret")
	}
	return SIRET(digits), nil
}

// establishmentChecks applies the rule of the whole SIRET.
func establishmentChecks(digits string) bool {
	if SIREN(digits[:sirenLength]) == laPoste && SIRET(digits) != laPosteSeat {
		return digitSum(digits)%5 == 0
	}
	return luhn(digits)
}

// SIREN is the legal unit that the establishment belongs to.
func (s SIRET) SIREN() SIREN {
	if len(s) != siretLength {
		return ""
	}
	return SIREN(s[:sirenLength])
}

// String is the number without spaces, as registers exchange it.
func (s SIRET) String() string { return string(s) }

// Pretty groups the digits as people read them, « 123 456 789 00012 », with
// no-break spaces.
func (s SIRET) Pretty() string {
	if len(s) != siretLength {
		return string(s)
	}
	return s.SIREN().Pretty() + "\u00a0" + string(s[sirenLength:])
}

// String is the number without spaces, as registers exchange it.
func (s SIREN) String() string { return string(s) }

// Pretty groups the digits as people read them, « 123 456 789 », with no-break
// spaces.
func (s SIREN) Pretty() string {
	if len(s) != sirenLength {
		return string(s)
	}
	return string(s[:3]) + "\u00a0" + string(s[3:6]) + "\u00a0" + string(s[6:])
}

// registerDigits takes the digits out of what was typed, or says in French what
// prevents it. name is the number's name, length how many digits it has.
func registerDigits(typed, name string, length int) (string, *fault.Error) {
	digits := strings.ReplaceAll(compact(typed), ".", "")
	for _, r := range digits {
		if r < '0' || r > '9' {
			return "", fault.New(fault.Invalid, fmt.Sprintf(
				"Un numéro %s ne contient que des chiffres, et non %s.", name, quoteRune(r)))
		}
	}
	switch {
	case digits == "":
		return "", fault.New(fault.Invalid, fmt.Sprintf(
			"Indiquez un numéro %s\u00a0: il compte %d chiffres.", name, length))
	case length == siretLength && len(digits) == sirenLength:
		return "", fault.New(fault.Invalid,
			"Ce numéro de 9 chiffres est un SIREN\u00a0: ajoutez-y les 5 chiffres de l'établissement pour former le SIRET.")
	case length == sirenLength && len(digits) == siretLength:
		return "", fault.New(fault.Invalid,
			"Ce numéro de 14 chiffres est un SIRET\u00a0: n'en gardez que les 9 premiers chiffres pour le SIREN.")
	case len(digits) != length:
		return "", fault.New(fault.Invalid, fmt.Sprintf(
			"Un numéro %s compte %d chiffres\u00a0: celui-ci en compte %d.", name, length, len(digits)))
	}
	return digits, nil
}

// quoteRune names a character in a sentence, without printing what can't be seen.
func quoteRune(r rune) string {
	if !unicode.IsGraphic(r) || unicode.Is(unicode.M, r) || r == unicode.ReplacementChar {
		return "un caractère invisible ou illisible"
	}
	return "«\u00a0" + string(r) + "\u00a0»"
}

// luhn is the check of ISO/IEC 7812-1, annex B: from the right, every second
// digit is doubled and its own digits added; the total is a multiple of ten.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

func digitSum(digits string) int {
	sum := 0
	for i := range len(digits) {
		sum += int(digits[i] - '0')
	}
	return sum
}
