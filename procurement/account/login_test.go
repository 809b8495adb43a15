package account_test

import (
	"strings"
	"testing"

	"parvis/kit/fault"
	"parvis/procurement/account"
)

func TestIdentifiants(t *testing.T) {
	for typed, key := range map[string]string{
		"omuller": "omuller", " O.Muller_67 ": "o.muller_67", "3d-menuiserie": "3d-menuiserie",
		"abc": "abc", strings.Repeat("a", 40): strings.Repeat("a", 40),
	} {
		if l, err := account.ParseLogin(typed); err != nil || l.Key != key {
			t.Errorf("%q: %+v (%v), want %q", typed, l, err, key)
		}
	}
	for what, typed := range map[string]string{
		"nothing": " ", "two characters": "ab", "41 characters": strings.Repeat("a", 41),
		"an address": "odile@exemple.fr", "an accent": "amélie", "a space": "odile muller", "a leading dot": ".odile",
		"a Cyrillic o": "\u043edile", "a zero-width space": "odi\u200ble", "a line break": "odi\nle", "markup": "<b>odile",
		"a quote": "o' OR 1=1--",
	} {
		if l, err := account.ParseLogin(typed); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %q gave %+v, %v", what, typed, l, err)
		}
	}
}

func FuzzParseLogin(f *testing.F) {
	for _, s := range []string{"omuller", "a@b.fr", "\u043edile", "..."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		l, err := account.ParseLogin(typed)
		if err != nil {
			return
		}
		if strings.Contains(l.Key, "@") || len(l.Key) < 3 || len(l.Key) > 40 || l.Key != strings.ToLower(l.Key) {
			t.Fatalf("%q: %+v", typed, l)
		}
		if _, err := account.ParseAddress(l.Text); err == nil {
			t.Fatalf("%q is an identifiant and an address", typed)
		}
	})
}
