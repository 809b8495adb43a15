package webhook

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"parvis/kit/fault"
)

const maxAddress = 500

// ParseAddress reads an address that somebody wants us to post to. What it is refused
// for here can be seen in the text; where the name leads is looked at each time that
// something is sent, see gateway/receiver.
func ParseAddress(typed, base string) (string, error) {
	refuse := func(text string) (string, error) { return "", fault.New(fault.Invalid, text).On(FieldAddress) }
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return refuse("Indiquez l'adresse à laquelle envoyer les marchés.")
	}
	if len(typed) > maxAddress {
		return refuse("Cette adresse est trop longue\u00a0: 500 caractères au plus.")
	}
	if !utf8.ValidString(typed) || strings.ContainsFunc(typed, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }) {
		return refuse("Cette adresse contient un espace ou un caractère invisible\u00a0: recopiez-la.")
	}
	u, err := url.Parse(typed)
	if err != nil || u.Scheme == "" || u.Opaque != "" || u.Hostname() == "" {
		return refuse("Cette adresse n'est pas comprise\u00a0: elle s'écrit comme «\u00a0https://outils.exemple.fr/parvis\u00a0».")
	}
	switch {
	case u.Scheme != "https":
		return refuse("L'adresse doit commencer par https://\u00a0: rien n'est envoyé sans protection.")
	case u.User != nil:
		return refuse("L'adresse ne doit contenir ni identifiant ni mot de passe\u00a0: la signature suffit à nous reconnaître.")
	case u.Fragment != "" || strings.HasSuffix(typed, "#"):
		return refuse("L'adresse ne doit pas contenir de «\u00a0#\u00a0».")
	case u.Port() != "" && u.Port() != "443" && u.Port() != "8443":
		return refuse("Seuls les ports 443 et 8443 sont possibles.")
	}
	host, why := publicName(u.Hostname())
	if why != "" {
		return refuse(why)
	}
	if own, err := url.Parse(base); err == nil && strings.EqualFold(own.Hostname(), host) {
		return refuse("C'est l'adresse de cette plateforme\u00a0: indiquez celle de votre outil.")
	}
	u.Host = host
	if p := portOf(typed); p != "" {
		u.Host += ":" + p
	}
	return u.String(), nil
}

// publicName reads the name of a host as the network writes it, or says why it is none
// that we post to.
func publicName(host string) (name, why string) {
	const unknown = "Ce nom de serveur n'est pas un nom public\u00a0: il s'écrit comme «\u00a0outils.exemple.fr\u00a0»."
	if _, err := netip.ParseAddr(host); err == nil || strings.ContainsAny(host, ":%") {
		return "", "Indiquez un nom de serveur, pas une adresse IP."
	}
	name, err := idna.Lookup.ToASCII(host)
	if err != nil {
		return "", unknown
	}
	labels := strings.Split(name, ".")
	last := labels[len(labels)-1]
	// A last label of figures is an IPv4 address in one of its many spellings.
	if len(labels) < 2 || slices.Contains(labels, "") || !strings.ContainsFunc(last, unicode.IsLetter) || strings.HasPrefix(last, "0x") {
		return "", unknown
	}
	switch last {
	case "localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "arpa", "onion", "test", "invalid":
		return "", unknown
	}
	return name, ""
}

func portOf(typed string) string {
	u, err := url.Parse(typed)
	if err != nil || u.Port() == "443" {
		return ""
	}
	return u.Port()
}
