package alert_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"parvis/procurement/alert"
)

func TestLinesAreBrokenBetweenWords(t *testing.T) {
	long := strings.Repeat("mot ", 30)
	link := "https://parvis.example/" + strings.Repeat("x", 100)
	cases := []struct{ in, want string }{
		{"court", "court"},
		{"", ""},
		{"un\n\ndeux\n", "un\n\ndeux\n"},
		{long + "fin", strings.TrimSuffix(strings.Repeat("mot ", 19), " ") + "\n" + strings.Repeat("mot ", 11) + "fin"},
		{"- " + long + "fin", "- " + strings.TrimSuffix(strings.Repeat("mot ", 18), " ") + "\n  " + strings.Repeat("mot ", 12) + "fin"},
		{link, link},
		{"Voir : " + link, "Voir :\n" + link},
		{strings.Repeat("a", 80), strings.Repeat("a", 76) + "\naaaa"},
	}
	for _, c := range cases {
		if got := alert.Wrap(c.in); got != c.want {
			t.Errorf("%q:\n%q, want\n%q", c.in, got, c.want)
		}
	}
}

// Whatever is wrapped fits, and says what it said.
func TestWhatIsWrappedFitsAndIsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := strings.Join(rapid.SliceOfN(rapid.StringMatching(`(- )?[a-zéœ]{1,90}[ \n]?`), 0, 40).Draw(t, "text"), " ")
		got := alert.Wrap(in)
		for line := range strings.SplitSeq(got, "\n") {
			if n := utf8.RuneCountInString(line); n > 78 {
				t.Fatalf("%d columns: %q", n, line)
			}
		}
		bare := func(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(s) }
		if bare(got) != bare(in) {
			t.Fatalf("%q became %q", in, got)
		}
	})
}
