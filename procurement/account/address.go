package account

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"parvis/kit/fault"
)

// Address is an electronic address that passed our grammar.
type Address struct {
	Text string // as typed, trimmed
	Key  string // lower case, domain in ASCII: two addresses with one key are one mailbox
}

// Limits of RFC 5321, section 4.5.3.1, less the angle brackets.
const (
	maxAddress = 254
	maxLocal   = 64
)

// localPunctuation is what a local part may hold besides letters, digits and
// dots: RFC 5322's atoms without « ! » and « % », which were routes, nor the
// characters that shells read.
const localPunctuation = "+-_'&=~#*/?^{}$"

// domainProfile checks a domain as it is looked up, after checkDomainText has
// refused everything that its mapping would silently change.
var domainProfile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(),
	idna.StrictDomainName(true), idna.CheckHyphens(true), idna.CheckJoiners(true), idna.VerifyDNSLength(true))

// ParseAddress reads an address as a person types it. The grammar is ours and
// narrower than the standards': a plain ASCII local part, a domain with a dot.
// net/mail accepts far more, and all of it is either a trap or a mistake. What it
// refuses is a *fault.Error without a field: the caller knows its form.
func ParseAddress(typed string) (Address, error) {
	text := norm.NFC.String(strings.TrimSpace(typed))
	local, domain, found := strings.Cut(text, "@")
	switch {
	case text == "":
		return Address{}, refuse("Indiquez une adresse électronique.")
	case !utf8.ValidString(text) || hidden(text):
		return Address{}, refuse("Cette adresse contient un caractère invisible\u00a0: saisissez-la au clavier plutôt que de la coller.")
	case len(text) > maxAddress:
		return Address{}, refuse("Cette adresse est trop longue\u00a0: 254 caractères au plus.")
	case strings.ContainsAny(text, "<>\"(),;: \t"):
		return Address{}, refuse("Indiquez l'adresse seule, comme «\u00a0nom@exemple.fr\u00a0», sans nom, espace ni guillemets.")
	case !found || local == "" || domain == "" || strings.Contains(domain, "@"):
		return Address{}, refuse("Une adresse s'écrit avec un seul «\u00a0@\u00a0», comme «\u00a0nom@exemple.fr\u00a0».")
	}
	if err := checkLocal(local); err != nil {
		return Address{}, err
	}
	ascii, err := asciiDomain(domain)
	if err != nil {
		return Address{}, err
	}
	if len(local)+1+len(ascii) > maxAddress {
		return Address{}, refuse("Cette adresse est trop longue\u00a0: 254 caractères au plus.")
	}
	return Address{Text: text, Key: strings.ToLower(local) + "@" + ascii}, nil
}

// Mailbox is the address as a mail server wants it: the local part as typed, the
// domain in ASCII.
func (a Address) Mailbox() string {
	local, _, _ := strings.Cut(a.Text, "@")
	_, domain, _ := strings.Cut(a.Key, "@")
	return local + "@" + domain
}

// checkLocal never needs quotes or comments, because it has no room for them.
func checkLocal(local string) error {
	if len(local) > maxLocal {
		return refuse("La partie de l'adresse avant «\u00a0@\u00a0» est trop longue\u00a0: 64 caractères au plus.")
	}
	if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return refuse("Avant «\u00a0@\u00a0», un point doit se trouver entre deux autres caractères.")
	}
	for _, r := range local {
		if !asciiLetterOrDigit(r) && r != '.' && !strings.ContainsRune(localPunctuation, r) {
			return refuse("Avant «\u00a0@\u00a0», une adresse s'écrit en lettres sans accent, chiffres, points, tirets ou «\u00a0+\u00a0».")
		}
	}
	return nil
}

// asciiDomain gives the domain as it is looked up: A-labels, lower case.
func asciiDomain(domain string) (string, error) {
	wrong := refuse("Ce qui suit «\u00a0@\u00a0» n'est pas un nom de domaine, comme «\u00a0exemple.fr\u00a0».")
	for _, r := range domain {
		if !asciiLetterOrDigit(r) && r != '.' && r != '-' && !frenchLetter(r) {
			return "", wrong
		}
	}
	ascii, err := domainProfile.ToASCII(domain)
	if err != nil {
		return "", wrong.Because(err)
	}
	last := ascii[strings.LastIndexByte(ascii, '.')+1:]
	// A last label without a letter is an address of the internet protocol, not a name.
	if len(last) == len(ascii) || len(last) < 2 || !strings.ContainsFunc(last, unicode.IsLetter) {
		return "", wrong
	}
	return ascii, nil
}

// frenchLetter is an accented letter of French and its Latin neighbours. Other
// scripts hold look-alikes of ours (а, ο, ı): their domains can be typed in ASCII,
// « xn--… », where nothing looks like anything else.
func frenchLetter(r rune) bool {
	return r >= 'À' && r <= 'ž' && unicode.IsLetter(r) && r != 'ı' && norm.NFKC.IsNormalString(string(r))
}

func asciiLetterOrDigit(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// hidden tells whether s has a character that a person cannot see: controls (and
// line breaks, which would add headers to a mail), directions, joiners, separators
// of lines.
func hidden(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs, unicode.Variation_Selector) ||
			r == '\u034f' || r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0' || r == utf8.RuneError
	})
}

func refuse(text string) *fault.Error { return fault.New(fault.Invalid, text) }
