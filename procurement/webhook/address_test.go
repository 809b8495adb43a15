package webhook_test

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"parvis/kit/fault"
	"parvis/procurement/webhook"
)

const base = "https://parvis.example"

func TestAddresses(t *testing.T) {
	for typed, want := range map[string]string{
		" https://outils.exemple.fr/parvis?k=1 ": "https://outils.exemple.fr/parvis?k=1",
		"https://OUTILS.exemple.fr":              "https://outils.exemple.fr",
		"https://outils.exemple.fr:443/":         "https://outils.exemple.fr/",
		"https://outils.exemple.fr:8443/":        "https://outils.exemple.fr:8443/",
		"https://mairie-sélestat.fr/x":           "https://xn--mairie-slestat-ikb.fr/x",
	} {
		if got, err := webhook.ParseAddress(typed, base); err != nil || got != want {
			t.Errorf("%q: %q %v, want %q", typed, got, err, want)
		}
	}
	for typed, want := range map[string]string{
		"":                                               "Indiquez l'adresse",
		"outils.exemple.fr":                              "n'est pas comprise",
		"http://outils.exemple.fr/":                      "doit commencer par https://",
		"ftp://outils.exemple.fr/":                       "doit commencer par https://",
		"file:///etc/passwd":                             "n'est pas comprise",
		"javascript:alert(1)":                            "n'est pas comprise",
		"https://a:b@outils.exemple.fr/":                 "ni identifiant ni mot de passe",
		"https://outils.exemple.fr/#x":                   "«\u00a0#\u00a0»",
		"https://outils.exemple.fr:22/":                  "443 et 8443",
		"https://outils.exemple.fr:99999/":               "443 et 8443",
		"https://127.0.0.1/":                             "pas une adresse IP",
		"https://[::1]/":                                 "pas une adresse IP",
		"https://[::ffff:7f00:1]/":                       "pas une adresse IP",
		"https://[fe80::1%25eth0]/":                      "pas une adresse IP",
		"https://2130706433/":                            "pas un nom public",
		"https://0x7f.1/":                                "pas un nom public",
		"https://127.1/":                                 "pas un nom public",
		"https://0x7f000001/":                            "pas un nom public",
		"https://a.0x7f000001/":                          "pas un nom public",
		"https://localhost/":                             "pas un nom public",
		"https://x.localhost/":                           "pas un nom public",
		"https://imprimante.local/":                      "pas un nom public",
		"https://metadata.google.internal":               "pas un nom public",
		"https://exemple.fr./":                           "pas un nom public",
		"https://..fr/":                                  "pas un nom public",
		"https://parvis.example/x":                       "l'adresse de cette plateforme",
		"https://outils.exemple.fr/\r\nX:":               "caractère invisible",
		"https://outils\u202e.exemple.fr/":               "caractère invisible",
		"https://exemple.fr/" + strings.Repeat("x", 500): "trop longue",
	} {
		got, err := webhook.ParseAddress(typed, base)
		e, ok := fault.As(err)
		if !ok || e.Field != webhook.FieldAddress || !strings.Contains(e.Text, want) {
			t.Errorf("%q: %q %v, want %q", typed, got, err, want)
		}
	}
}

// What passes is an https address of a name, and passes again as it is.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"https://outils.exemple.fr/parvis?k=1", "https://[::1]/", "https://é.fr:8443", "https://a@b.fr", "https:\\\\x.fr", "https://x.fr:/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := webhook.ParseAddress(typed, base)
		if err != nil {
			if _, ok := fault.As(err); !ok {
				t.Fatal(err)
			}
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.Scheme != "https" || u.User != nil || u.Fragment != "" || !strings.Contains(u.Hostname(), ".") || strings.ContainsAny(got, "\r\n\t ") {
			t.Fatalf("%q passes as %q", typed, got)
		}
		if _, err := netip.ParseAddr(u.Hostname()); err == nil {
			t.Fatalf("%q is an address", got)
		}
		if again, err := webhook.ParseAddress(got, base); err != nil || again != got {
			t.Fatalf("%q becomes %q, then %q: %v", typed, got, again, err)
		}
	})
}
