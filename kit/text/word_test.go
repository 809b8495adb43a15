package text

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// pair is one line of testdata/pairs.txt against its first word.
type pair struct {
	a, b string
	same bool
	line int

	inflection bool // in one of the first two sections: one line, one class
}

func readPairs(t testing.TB) []pair {
	t.Helper()
	b, err := os.ReadFile("testdata/pairs.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []pair
	inflection := true
	for i, line := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(line, "## case") {
			inflection = false
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Fields(line)
		if len(f) < 3 || f[1] != "=" && f[1] != "≠" {
			t.Fatalf("testdata/pairs.txt:%d: %q is no pair", i+1, line)
		}
		for _, other := range f[2:] {
			out = append(out, pair{f[0], other, f[1] == "=", i + 1, inflection})
		}
	}
	return out
}

// sameWord is the rule in its simplest form: some way of writing a, as a
// keyword, is found in b as a text.
func sameWord(a, b string) bool {
	return Keyword{Sequences: sequences(Word(a))}.In(Analyse(b))
}

func TestWordPairs(t *testing.T) {
	same, apart := 0, 0
	for _, p := range readPairs(t) {
		if p.same {
			same++
		} else {
			apart++
		}
		if got := sameWord(p.a, p.b); got != p.same {
			t.Errorf("pairs.txt:%d: %s and %s match: %v, want %v", p.line, p.a, p.b, got, p.same)
		}
	}
	if same < 160 || apart < 160 {
		t.Errorf("the table holds %d pairs that match and %d that do not: too few", same, apart)
	}
	t.Logf("%d pairs match, %d do not", same, apart)
}

// No word of the table may match the words of two classes of inflection: that
// would be a class grown by accident.
func TestNoWordInTwoClasses(t *testing.T) {
	var inflected []pair
	for _, p := range readPairs(t) {
		if p.same && p.inflection {
			inflected = append(inflected, p)
		}
	}
	for _, p := range inflected {
		for _, q := range inflected {
			if p.line != q.line && sameWord(p.b, q.b) {
				t.Errorf("%s (line %d) matches %s (line %d)", p.b, p.line, q.b, q.line)
			}
		}
	}
}

// Between plain words, matching goes both ways.
func TestWordPairsSymmetric(t *testing.T) {
	for _, p := range readPairs(t) {
		if len(Word(p.a)) != 1 || len(Word(p.b)) != 1 {
			continue // a part finds its compound, not the other way round
		}
		if sameWord(p.a, p.b) != sameWord(p.b, p.a) {
			t.Errorf("pairs.txt:%d: %s finds %s: %v, the other way %v", p.line, p.a, p.b, sameWord(p.a, p.b), sameWord(p.b, p.a))
		}
	}
}

// show writes pieces as « form@At+Span[Start:End] », f for function words, so
// that tables stay readable; form is the written part.
func show(w string, pieces []Piece) string {
	var out []string
	for _, p := range pieces {
		s := fmt.Sprintf("%s@%d+%d", w[p.Start:p.End], p.At, p.Span)
		if p.Function {
			s += "f"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestWordPieces(t *testing.T) {
	for _, c := range []struct{ word, want string }{
		{"voirie", "voirie@0+1"},
		{"l’école", "école@0+1"},
		{"d", ""},
		{"7", "7@0+1"},
		{"à", ""},
		{"jusqu", ""},
		{"jusqu'à", ""},
		{"qu’aujourd’hui", "aujourd’hui@0+1f"},
		{"la", "la@0+1f"},
		{"accord-cadre", "accord-cadre@0+2 accord@0+1 cadre@1+1"},
		{"l'accord-cadre", "accord-cadre@0+2 accord@0+1 cadre@1+1"},
		{"rez-de-chaussée", "rez-de-chaussée@0+3 rez@0+1 de@1+1f chaussée@2+1"},
		{"prêt-à-porter", "prêt-à-porter@0+2 prêt@0+1 porter@1+1"},
		{"main-d’œuvre", "main-d’œuvre@0+2 main@0+1 œuvre@1+1"},
		{"e-learning", "e-learning@0+1 learning@0+1"},
		{"V.R.D.", "V.R.D.@0+1"},
		{"l'A.M.O", "A.M.O@0+1"},
		{"presqu'île", "presqu'île@0+1 île@0+1"},
		{"prud’hommes", "prud’hommes@0+1 hommes@0+1"},
		{"quelqu'un", "quelqu'un@0+1f"},
		{"entr'aide", "entr'aide@0+1 aide@0+1"},
		{"select'om", "select'om@0+2 select@0+1 om@1+1"},
		{"roc'h", "roc'h@0+1 roc@0+1"},
		{"a-b", "a-b@0+1"},
		{"4x4", "4x4@0+1"},
		{"e\u0301cole", "e\u0301cole@0+1"},
	} {
		if got := show(c.word, Word(c.word)); got != c.want {
			t.Errorf("Word(%q) = %q, want %q", c.word, got, c.want)
		}
	}
}

// A form of several lemmas keeps them all, and they are not merged: cours is
// the plural of cour too, which does not make cour match the singular cours.
func TestHomographsNotMerged(t *testing.T) {
	if got := len(Word("cours")[0].Terms); got != 2 {
		t.Fatalf("cours has %d lemmas, want 2", got)
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"cours", "cour", true}, {"cours", "cours", true},
		{"crues", "cru", true}, {"crues", "crue", true},
		{"fonds", "fond", true}, {"cru", "crue", true},
		{"tours", "tour", true}, {"cour", "course", false},
	} {
		if got := sameWord(c.a, c.b); got != c.want {
			t.Errorf("%s and %s match: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestLongWords(t *testing.T) {
	long := strings.Repeat("anticonstitutionnellement", 40_000)
	if got := len(Word(long)); got != 1 {
		t.Errorf("a word of a million letters gives %d pieces, want 1", got)
	}
	chain := strings.TrimSuffix(strings.Repeat("ab-", 100_000), "-")
	if got := len(Word(chain)); got != 100_000 {
		t.Errorf("a chain of 100,000 parts gives %d pieces, want as many, and no joined form", got)
	}
	if !sameWord(long[:80], long[:80]) || sameWord(long[:80], long[:81]) {
		t.Error("words over 60 letters must still be told apart")
	}
}

func TestNextWord(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Travaux d'urbanisme.Par lots", "Travaux|d'urbanisme|Par|lots"},
		{"fin.Début", "fin|Début"},
		{"V.R.D., A.M.O.; S.S.I.", "V.R.D.|A.M.O.|S.S.I."},
		{"V.R.D.Lot 2", "V.R.D.|Lot|2"},
		{"M.Dupont", "M|Dupont"},
		{"art. L.2124-1", "art|L|2124-1"},
		{"R.T.2012", "R.T.|2012"},
		{"« l’école » -- 'neuve'", "l’école|neuve"},
		{"d' entretien", "d|entretien"},
		{"lot-- voirie -gaz-", "lot|voirie|gaz"},
		{"eau/gaz&bois(feu)", "eau|gaz|bois|feu"},
		{"n°3 nº4 m²", "n|3|n|4|m²"},
		{"vidéo‑protection", "vidéo‑protection"},
		{"assai\u00adnissement\u00ad", "assai\u00adnissement"},
		{"E\u0301TUDES e\u0301", "E\u0301TUDES|e\u0301"},
		{"a_b\xffc×d", "a|b|c|d"},
		{" \u0301 … ", ""},
		{"P.L.U.i", "P.L.U.i"},
	} {
		var got []string
		for start, end := NextWord(c.text, 0); start < end; start, end = NextWord(c.text, end) {
			got = append(got, c.text[start:end])
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("the words of %q are %q, want %q", c.text, s, c.want)
		}
	}
}
