package refdata

import (
	_ "embed"
	"fmt"
	"strings"

	"parvis/kit/fault"
)

//go:embed data/cpv-digits.csv
var cpvDigitsCSV string

// cpvDigits are the check digits of the 532 codes in force that the rule of
// CPVCheckDigit does not give.
var cpvDigits = mustReadDigits(cpvDigitsCSV)

func mustReadDigits(table string) map[string]byte {
	all := map[string]byte{}
	for i, line := range strings.Fields(table) {
		code, digit, _ := strings.Cut(line, ",")
		if i == 0 {
			continue // the heads
		}
		if len(code) != cpvLength || !allDigits(code) || len(digit) != 1 || !allDigits(digit) {
			panic(fmt.Sprintf("refdata: cpv-digits.csv: %q", line))
		}
		all[code] = digit[0]
	}
	return all
}

// CPVCheckDigit gives the ninth digit of a code of eight, as Regulation (EC) No 213/2008
// prints it for the codes in force. It gives no rule; nearly all agree with this one: the
// digits weighted 3, 7 and 1 in turn, modulo ten. The others, which seem to have kept the
// digit of a number they had before, are listed. So a wrong digit tells that a code was
// mistyped, never that it does not exist: only the nomenclature knows that.
func CPVCheckDigit(code string) (digit byte, ok bool) {
	if len(code) != cpvLength || !allDigits(code) {
		return 0, false
	}
	if printed, ok := cpvDigits[code]; ok {
		return printed, true
	}
	sum := 0
	for i, weight := range [cpvLength]int{3, 7, 1, 3, 7, 1, 3, 7} {
		sum += weight * int(code[i]-'0')
	}
	return byte('0' + sum%10), true
}

// CPVKeyFault refuses a whole code whose check digit (« clé ») is not its own: one of its
// digits is mistyped, and which one nobody can tell. It is nil for whatever else is typed.
// Only what a person types goes through it: notices carry wrong digits, and are read.
func CPVKeyFault(typed string) *fault.Error {
	code, ok := NormaliseCPV(typed)
	_, key, has := strings.Cut(compact(typed), "-")
	if !ok || !has {
		return nil
	}
	digit, _ := CPVCheckDigit(code)
	if key == string(digit) {
		return nil
	}
	return fault.New(fault.Invalid, fmt.Sprintf(
		"La clé de «\u00a0%s-%s\u00a0» ne correspond pas au code\u00a0: celle de %s est %c. Vérifiez chaque chiffre, ou écrivez le code sans sa clé.", code, key, code, digit))
}
