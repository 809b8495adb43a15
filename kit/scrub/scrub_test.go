package scrub

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestTitlesWithTheirDirt(t *testing.T) {
	for raw, want := range map[string]string{
		"  Réfection   de la\ttoiture ":               "Réfection de la toiture",
		"Entretien d&apos;espaces verts":              "Entretien d'espaces verts",
		"Entretien d&amp;apos;espaces &amp;amp; bois": "Entretien d'espaces & bois",
		"conduite à l&apos":                           "conduite à l",
		"conduite à l&a":                              "conduite à l",
		"conduite à l&amp;apo":                        "conduite à l",
		"conduite à l&":                               "conduite à l",
		"prix en &eur":                                "prix en",
		"lot &#82":                                    "lot",
		"voir ?a=1&param=2&section=3":                 "voir ?a=1&param=2&section=3",
		"n&#176; 4 et n&#xB0; 5":                      "n° 4 et n° 5",
		"Service R&D":                                 "Service R&D",
		"Société Dupont &fils":                        "Société Dupont &fils",
		"Eau & gaz":                                   "Eau & gaz",
		"Refuge (commune)<br />":                      "Refuge (commune)",
		"Refuge (commune)<br /":                       "Refuge (commune)",
		"<p>École</p><p>Mairie</p>":                   "École Mairie",
		"&lt;b&gt;École&lt;/b&gt;":                    "École",
		`<span style="color:red">École</span>`:        "École",
		"débit < 5 et pression > 3":                   "débit < 5 et pression > 3",
		"Marché <90 k€":                               "Marché <90 k€",
		"travaux d\u0092égouts \u0096 lot 1":          "travaux d’égouts – lot 1",
		"l¿eau et l¿École":                            "l’eau et l’École",
		"¿Les Lilas":                                  "¿Les Lilas",
		"a\u0000b\u0007c\u200bd\ufeff":                "abcd",
		"TRAVAUX DE VOIRIE":                           "TRAVAUX DE VOIRIE",
		"travaux de voirie":                           "travaux de voirie",
		"E\u0301cole":                                 "École",
		"espace\u00a0insécable\u202f!":                "espace insécable !",
		"&nbsp;":                                      "",
		"<br/>":                                       "",
	} {
		if got := Line(raw); got != want {
			t.Errorf("Line(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestDescriptionsKeepTheirLines(t *testing.T) {
	for raw, want := range map[string]string{
		"un\r\ndeux":                 "un\ndeux",
		"un\n\n\n\ndeux":             "un\n\ndeux",
		"un<br>deux<br/>trois":       "un\ndeux\ntrois",
		"<ul><li>un</li></ul>":       "un",
		"\n\n un \n":                 "un",
		"un\u2028deux":               "un\ndeux",
		"l&amp;apos;un\u0007\ndeux ": "l'un\ndeux",
	} {
		if got := Paragraphs(raw); got != want {
			t.Errorf("Paragraphs(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestATitleMadeOfADescriptionIsShort(t *testing.T) {
	got := Short(strings.Repeat("assainissement ", 100))
	if n := len([]rune(got)); n > maxTitle+1 || !strings.HasSuffix(got, "assainissement…") {
		t.Errorf("%d characters, ends with %q", n, got[len(got)-20:])
	}
	if got := Short(strings.Repeat("é", 700)); len([]rune(got)) != maxTitle+1 {
		t.Errorf("a text without spaces has %d characters", len([]rune(got)))
	}
}

func TestNoTextKeepsWhatCannotBeSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.String().Draw(t, "raw")
		one, several := Line(raw), Paragraphs(raw)
		for _, c := range one {
			if unicode.IsControl(c) || unicode.Is(unicode.Cf, c) {
				t.Fatalf("Line(%q) = %q", raw, one)
			}
		}
		for _, c := range several {
			if c != '\n' && unicode.IsControl(c) {
				t.Fatalf("Paragraphs(%q) = %q", raw, several)
			}
		}
		if strings.Contains(one, "  ") || one != strings.TrimSpace(one) || strings.Contains(several, "\n\n\n") {
			t.Fatalf("spaces: %q, %q", one, several)
		}
	})
}

// Most texts are found clean at a glance: the glance must see all that the long way does.
func TestACleanTextIsWhatTheLongWayLeavesAsItIs(t *testing.T) {
	alphabet := []string{"a", "É", "é", " ", "  ", "&", "amp;", "<", "br>", ">", "\n", "\t", "\x7f", "\x00", "\u00a0", "\u0085", "¿", "œ", "’", "\u0301", "×", "÷", "\xc3", "\xa9", "ÿ", "À", "\u200b", "\ufeff", "…"}
	rapid.Check(t, func(rt *rapid.T) {
		s := strings.Join(rapid.SliceOf(rapid.SampledFrom(alphabet)).Draw(rt, "text"), "")
		if !clean(s) {
			return
		}
		if long := line(s); long != s {
			rt.Errorf("%q is clean, and the long way gives %q", s, long)
		}
		if long := paragraphs(s); long != s {
			rt.Errorf("%q is clean, and the long way gives the paragraphs %q", s, long)
		}
	})
	for s, want := range map[string]bool{"": true, "Été à Sélestat, lot 2": true, " a": false, "a ": false, "a  b": false, "a&b": false, "a\nb": false, "l’œuvre": true, "e\u0301": false, "œ\u0301": false} {
		if got := clean(s); got != want {
			t.Errorf("%q: clean %v", s, got)
		}
	}
}
