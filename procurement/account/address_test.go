package account_test

import (
	"strings"
	"testing"
	"unicode"

	"parvis/kit/fault"
	"parvis/procurement/account"
)

func TestAddressesThatPeopleHave(t *testing.T) {
	for typed, key := range map[string]string{
		"odile.muller@menuiserie-muller.fr":          "odile.muller@menuiserie-muller.fr",
		"  Odile.Muller@Menuiserie-Muller.FR\n":      "odile.muller@menuiserie-muller.fr",
		"o'brien@exemple.fr":                         "o'brien@exemple.fr",
		"marches+boamp@exemple.fr":                   "marches+boamp@exemple.fr", // never stripped
		"m.a.r@gmail.com":                            "m.a.r@gmail.com",
		"contact@café-du-marché.fr":                  "contact@xn--caf-du-march-debj.fr",
		"contact@cafe\u0301-du-marche\u0301.fr":      "contact@xn--caf-du-march-debj.fr", // the same, decomposed
		"contact@XN--CAF-DU-MARCH-DEBJ.fr":           "contact@xn--caf-du-march-debj.fr",
		"a@b.museum":                                 "a@b.museum",
		"x@sous.domaine.gouv.fr":                     "x@sous.domaine.gouv.fr",
		strings.Repeat("a", 64) + "@exemple.fr":      strings.Repeat("a", 64) + "@exemple.fr",
		"service_achats-2026@communaute-communes.eu": "service_achats-2026@communaute-communes.eu",
	} {
		a, err := account.ParseAddress(typed)
		if err != nil {
			t.Errorf("%q: %v", typed, err)
			continue
		}
		if a.Key != key {
			t.Errorf("%q: key %q, want %q", typed, a.Key, key)
		}
		if again, err := account.ParseAddress(a.Text); err != nil || again != a {
			t.Errorf("%q: read again %+v (%v)", typed, again, err)
		}
		if mailbox, err := account.ParseAddress(a.Mailbox()); err != nil || mailbox.Key != a.Key {
			t.Errorf("%q: mailbox %q is another address (%v)", typed, a.Mailbox(), err)
		}
	}
}

// Abuses 15 and 17, and what the standard library's parser lets through.
func TestAddressesThatAreTrapsAreRefused(t *testing.T) {
	for what, typed := range map[string]string{
		"nothing":                        "   ",
		"another header":                 "a@b.fr\r\nBcc: x@y.fr",
		"a line break in the local part": "a\nb@exemple.fr",
		"a NUL":                          "a\x00@exemple.fr",
		"quotes":                         `"a b"@x.fr`,
		"quotes without space":           `"a"@x.fr`,
		"an IP literal":                  "a@[127.0.0.1]",
		"an IPv6 literal":                "a@[IPv6:::1]",
		"a bare IP":                      "a@127.0.0.1",
		"a display name":                 "Nom <a@b.fr>",
		"angle brackets":                 "<a@b.fr>",
		"a comment":                      "a(mairie)@b.fr",
		"a local part of 65":             strings.Repeat("a", 65) + "@b.fr",
		"a local part of 300":            strings.Repeat("a", 300) + "@b.fr",
		"255 bytes":                      strings.Repeat("a", 60) + "@" + strings.Repeat("b.", 96) + "fr",
		"a domain of 254 in ASCII only":  "a@" + strings.Repeat("é.", 60) + "fr",
		"no dot in the domain":           "root@localhost",
		"a final dot":                    "a@exemple.fr.",
		"a route":                        "a%b@c.fr",
		"an old route":                   "b!a@c.fr",
		"two at signs":                   "a@b@c.fr",
		"no local part":                  "@exemple.fr",
		"no domain":                      "a@",
		"a leading dot":                  ".a@exemple.fr",
		"a trailing dot":                 "a.@exemple.fr",
		"two dots":                       "a..b@exemple.fr",
		"two dots in the domain":         "a@exemple..fr",
		"a Cyrillic а":                   "\u0430@b.fr",
		"a Cyrillic domain look-alike":   "a@\u0430\u0440\u0440\u04cf\u0435.fr",
		"a mixed domain":                 "a@p\u0430ypal.fr",
		"a dotless i":                    "a@ma\u0131rie.fr",
		"a full-width letter":            "a@\uff45xemple.fr",
		"an ideographic dot":             "a@exemple\u3002fr",
		"a zero-width space":             "a@exem\u200bple.fr",
		"a soft hyphen":                  "a@exem\u00adple.fr",
		"a text that turns around":       "a\u202e@exemple.fr",
		"a no-break space":               "a\u00a0b@exemple.fr",
		"an accent before the at sign":   "é@exemple.fr",
		"an underscore in the domain":    "a@ex_emple.fr",
		"a label that begins with -":     "a@-exemple.fr",
		"a broken A-label":               "a@xn--zzzzzzz-.fr",
		"a semicolon list":               "a@b.fr;c@d.fr",
		"a comma list":                   "a@b.fr,c@d.fr",
		"a pipe":                         "a|sh@exemple.fr",
		"invalid UTF-8":                  "a\xff@exemple.fr",
		"markup":                         "<script>@exemple.fr",
	} {
		a, err := account.ParseAddress(typed)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %q gave %+v, %v", what, typed, a, err)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"a@b.fr", "Nom <a@b.fr>", "é@é.fr", "a@xn--caf-dma.fr", "a@[::1]", "a@b.fr\r\nBcc: c@d.fr", "\u200da@b.fr"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		a, err := account.ParseAddress(typed)
		if err != nil {
			if _, ok := fault.As(err); !ok {
				t.Fatalf("%q: an internal error: %v", typed, err)
			}
			return
		}
		if len(a.Key) > 254 || strings.Count(a.Key, "@") != 1 || !strings.Contains(a.Key, ".") {
			t.Fatalf("%q: key %q", typed, a.Key)
		}
		for _, r := range a.Key {
			if r > unicode.MaxASCII || r <= ' ' || unicode.IsUpper(r) || strings.ContainsRune("<>\"(),;:\\[]%!", r) {
				t.Fatalf("%q: key %q holds %q", typed, a.Key, r)
			}
		}
		if b, err := account.ParseAddress(a.Key); err != nil || b.Key != a.Key {
			t.Fatalf("%q: the key %q reads as %+v (%v)", typed, a.Key, b, err)
		}
	})
}
