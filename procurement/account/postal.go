package account

import (
	"strings"
	"unicode"

	"parvis/kit/fault"
)

// PostalAddress is where a company receives its post; empty while nobody has said.
type PostalAddress struct {
	Street   string // number and street, or a hamlet; may be empty
	Postcode string // five digits in France
	City     string
}

// IsZero tells that nothing is known.
func (p PostalAddress) IsZero() bool { return p == PostalAddress{} }

// Lines is the address as an envelope bears it, without the company's name.
func (p PostalAddress) Lines() []string {
	var out []string
	for _, line := range []string{p.Street, strings.TrimSpace(p.Postcode + " " + p.City)} {
		if line != "" {
			out = append(out, line)
		}
	}
	return out
}

// Fields of an address and of a telephone, as faults name them.
const (
	fieldStreet   = "rue"
	fieldPostcode = "code_postal"
	fieldCity     = "ville"
	fieldPhone    = "telephone"
)

// limits of a postal address, in characters, and of a telephone number, in digits:
// ITU-T E.164 has fifteen at most.
const (
	maxStreet   = 200
	maxPostcode = 12
	maxCity     = 100
	minPhone    = 6
	maxPhone    = 15
)

// ParsePostal reads an address as it is typed. Nothing at all is an address not given;
// with a part of it, the postcode (in France) and the city are wanted. Faults are on
// rue, code_postal and ville.
func ParsePostal(country string, typed PostalAddress) (PostalAddress, error) {
	var out PostalAddress
	if typed.isBlank() {
		return out, nil
	}
	var faults fault.List
	on := func(field string, err error) {
		if e, ok := fault.As(err); ok {
			faults = append(faults, e.On(field))
		}
	}
	var err error
	out.Street, err = optionalLine(typed.Street, "la rue", maxStreet)
	on(fieldStreet, err)
	out.Postcode, err = parsePostcode(country, typed.Postcode)
	on(fieldPostcode, err)
	out.City, err = optionalLine(typed.City, "la ville", maxCity)
	if err == nil && out.City == "" {
		err = refuse("Complétez l'adresse\u00a0: indiquez la ville.")
	}
	on(fieldCity, err)
	return out, faults.Err()
}

// isBlank tells that nothing was typed but spaces.
func (p PostalAddress) isBlank() bool {
	return strings.TrimSpace(p.Street+p.Postcode+p.City) == ""
}

// parsePostcode reads a postcode. Outside France there may be none, and forms differ:
// letters, digits, spaces and hyphens.
func parsePostcode(country, typed string) (string, error) {
	code, err := optionalLine(typed, "le code postal", maxPostcode)
	if country != France {
		if err == nil && strings.ContainsFunc(code, func(r rune) bool { return !asciiLetterOrDigit(r) && r != ' ' && r != '-' }) {
			err = refuse("Un code postal s'écrit en lettres sans accent et en chiffres.")
		}
		return code, err
	}
	code = strings.ReplaceAll(code, " ", "")
	digits := !strings.ContainsFunc(code, func(r rune) bool { return r < '0' || r > '9' })
	if err != nil || len(code) != 5 || !digits || strings.HasPrefix(code, "00") {
		return "", refuse("Un code postal compte 5 chiffres en France, comme «\u00a067100\u00a0».")
	}
	return code, nil
}

// ParsePhone reads a telephone number, which may be empty: digits, with the signs that
// people put between them. The fault is on telephone.
func ParsePhone(typed string) (string, error) {
	line, err := optionalLine(typed, "le téléphone", 3*maxPhone)
	if e, ok := fault.As(err); ok {
		return "", e.On(fieldPhone)
	}
	digits := 0
	for i, r := range line {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case strings.ContainsRune(" .-()/", r), r == '+' && i == 0:
		default:
			return "", refuse("Un numéro de téléphone s'écrit avec des chiffres, comme «\u00a003\u00a088\u00a000\u00a000\u00a000\u00a0» ou «\u00a0+33\u00a03\u00a088\u00a000\u00a000\u00a000\u00a0».").On(fieldPhone)
		}
	}
	if line != "" && (digits < minPhone || digits > maxPhone) {
		return "", refuse("Vérifiez ce numéro de téléphone\u00a0: il compte entre 6 et 15 chiffres.").On(fieldPhone)
	}
	return line, nil
}

// optionalLine is oneLine where nothing may be said.
func optionalLine(typed, what string, limit int) (string, error) {
	if strings.TrimFunc(typed, unicode.IsSpace) == "" {
		return "", nil
	}
	return oneLine(typed, what, limit)
}

// ParseCompanyName reads the name of a company as one of its people types it. It
// stands in mails to others: nothing in it may become a link. The fault is on
// entreprise.
func ParseCompanyName(typed string) (string, error) {
	name, err := oneLine(typed, "le nom de l'entreprise", maxCompanyName)
	if err == nil && (strings.ContainsAny(name, "@:") || strings.Contains(name, "//") || strings.Contains(strings.ToLower(name), "www.")) {
		err = refuse("Indiquez le nom de l'entreprise, sans adresse ni lien.")
	}
	if e, ok := fault.As(err); ok {
		return "", e.On("entreprise")
	}
	return name, err
}

// ListedName makes a line of a name that a public register gives, empty when nothing
// can be made of it. Nobody can correct it, so that nothing in it is refused.
func ListedName(given string) string {
	line, err := oneLine(given, "le nom", maxCompanyName)
	if err != nil {
		return ""
	}
	return line
}
