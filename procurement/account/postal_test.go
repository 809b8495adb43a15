package account_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parvis/kit/fault"
	"parvis/procurement/account"
)

func fieldsOf(err error) string {
	var out []string
	for _, e := range fault.All(err) {
		out = append(out, e.Field)
	}
	return strings.Join(out, " ")
}

func TestAPostalAddressAsItIsTyped(t *testing.T) {
	type address = account.PostalAddress
	for _, c := range []struct {
		country     string
		typed, want address
		wrong       string
	}{
		{"FR", address{}, address{}, ""},
		{"FR", address{" ", "\u00a0", ""}, address{}, ""},
		{"FR", address{" 12  rue\u00a0Haute ", "67 100", " Strasbourg "}, address{"12 rue Haute", "67100", "Strasbourg"}, ""},
		{"FR", address{"", "97400", "Saint-Denis"}, address{"", "97400", "Saint-Denis"}, ""},
		{"FR", address{"", "98000", "Monaco"}, address{"", "98000", "Monaco"}, ""},
		{"FR", address{"12 rue Haute", "", ""}, address{}, "code_postal ville"},
		{"FR", address{"", "6710", "Strasbourg"}, address{}, "code_postal"},
		{"FR", address{"", "٦٧١٠٠", "Strasbourg"}, address{}, "code_postal"},
		{"FR", address{"", "00100", "Strasbourg"}, address{}, "code_postal"},
		{"FR", address{"", strings.Repeat("6", 1000), "Strasbourg"}, address{}, "code_postal"},
		{"FR", address{"a\nb", "67100", "b\u202ec"}, address{}, "rue ville"},
		{"FR", address{strings.Repeat("a", 201), "67100", strings.Repeat("b", 101)}, address{}, "rue ville"},
		{"GB", address{"10 Downing Street", "SW1A 2AA", "London"}, address{"10 Downing Street", "SW1A 2AA", "London"}, ""},
		{"IE", address{"1 Main Street", "", "Kenmare"}, address{"1 Main Street", "", "Kenmare"}, ""},
		{"BE", address{"", "B-6700", "Arlon"}, address{"", "B-6700", "Arlon"}, ""},
		{"BE", address{"", "67<00", "Arlon"}, address{}, "code_postal"},
		{"BE", address{"rue Haute", "6700", ""}, address{}, "ville"},
	} {
		got, err := account.ParsePostal(c.country, c.typed)
		if fieldsOf(err) != c.wrong || err == nil && got != c.want {
			t.Errorf("%s %q: %q, %v; want %q, %q", c.country, c.typed, got, err, c.want, c.wrong)
		}
	}
}

func TestATelephoneAsItIsTyped(t *testing.T) {
	for typed, want := range map[string]string{
		"": "", "  ": "", "03 88 00 00 00": "03 88 00 00 00", " +33 (0)3.88-00/00 00 ": "+33 (0)3.88-00/00 00", "3949": "!", "112": "!", "0388": "!",
		"1234567890123456": "!", "03 88 00 00 00 poste 12": "!", "33+388000000": "!", "٠٣٨٨٠٠٠٠٠٠": "!", "03\x0088000000": "!", "+": "!", "------": "!",
	} {
		got, err := account.ParsePhone(typed)
		if want == "!" && fieldsOf(err) != "telephone" || want != "!" && (err != nil || got != want) {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
}

// What is accepted is accepted again as it is kept, and fits on a line.
func TestWhatIsKeptOfAnAddressStaysAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := account.PostalAddress{Street: rapid.String().Draw(t, "street"), Postcode: rapid.StringMatching(`[ 0-9]{4,7}`).Draw(t, "postcode"), City: rapid.String().Draw(t, "city")}
		country := rapid.SampledFrom([]string{"FR", "BE"}).Draw(t, "country")
		once, err := account.ParsePostal(country, typed)
		if err != nil {
			return
		}
		again, err := account.ParsePostal(country, once)
		if err != nil || again != once || strings.ContainsAny(strings.Join(once.Lines(), ""), "\r\n\x00\u2028") {
			t.Fatalf("%q then %q, %v", once, again, err)
		}
	})
}

func TestANameOfADirectoryIsTakenAsItIs(t *testing.T) {
	for given, want := range map[string]string{
		"M@TECH : CONSEIL": "M@TECH : CONSEIL", " DEUX  ESPACES ": "DEUX ESPACES", "": "", " ": "", "---": "", "A\nB": "", strings.Repeat("A", 201): "",
	} {
		if got := account.ListedName(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}
