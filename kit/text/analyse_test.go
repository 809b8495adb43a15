package text

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// words of the trade and of all the difficult shapes, for generated texts.
var hard = strings.Fields(`voirie VOIRIES travaux travail l'école L’ÉCOLE d entretien accord-cadre
	vidéo-protection vidéoprotection V.R.D. VRD A.M.O prud'hommes presqu’île aujourd'hui select'om
	roc'h 3D RT2012 4x4 m² œuvre OEUVRE cœurs rénovée rénovés agréées cours crues fils gaz de la
	qu'une rez-de-chaussée e-learning main-d'œuvre urbanisme.Par fin... « » — 24/24 n°3 élève
	chevaux yeux œil anticonstitutionnellement ﬁbre`)

func sentences() *rapid.Generator[string] {
	word := rapid.OneOf(rapid.SampledFrom(hard), rapid.StringMatching(`[a-zéèÀœ'’.\-]{1,9}`), rapid.String())
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(word, 0, 12).Draw(t, "words"), rapid.SampledFrom([]string{" ", "\n", ", "}).Draw(t, "between"))
	})
}

func TestAnalyserAgrees(t *testing.T) {
	var a Analyser // one for all, so that its memo is full of other texts
	rapid.Check(t, func(t *rapid.T) {
		s := sentences().Draw(t, "text")
		if d := cmp.Diff(Analyse(s), a.Append(nil, s)); d != "" {
			t.Fatalf("Analyser differs on %q (-Analyse +Append):\n%s", s, d)
		}
	})
}

// Words are analysed without context: white space cuts a text anywhere.
func TestAnalyseByChunks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := sentences().Draw(t, "text")
		var chunked []Token
		pos, at := 0, 0
		for _, chunk := range strings.SplitAfter(s, " ") {
			next := pos
			for _, token := range Analyse(chunk) {
				token.Pos += pos
				token.Start += at
				token.End += at
				next = max(next, token.Pos+token.Span)
				chunked = append(chunked, token)
			}
			pos, at = next, at+len(chunk)
		}
		if d := cmp.Diff(Analyse(s), chunked); d != "" {
			t.Fatalf("by chunks %q differs (-whole +chunks):\n%s", s, d)
		}
	})
}

// checkTokens fails unless the tokens of s keep the promises of the package.
func checkTokens(t testing.TB, s string, tokens []Token) {
	t.Helper()
	pos, next := 0, 0
	for _, k := range tokens {
		switch {
		case len(k.Terms) == 0:
			t.Fatalf("%q: a token without terms: %+v", s, k)
		case k.Start < 0 || k.Start >= k.End || k.End > len(s):
			t.Fatalf("%q: a token outside the text: %+v", s, k)
		case k.Pos < pos || k.Pos > next || k.Span < 1:
			t.Fatalf("%q: positions do not follow one another: %+v", s, k)
		case utf8.ValidString(s) && !utf8.ValidString(s[k.Start:k.End]):
			t.Fatalf("%q: a token cuts a character: %+v", s, k)
		}
		pos = k.Pos
		if k.Span == 1 {
			next = max(next, k.Pos+1)
		}
	}
}

// Case, accents and the way accents are composed never change a match.
func TestShapeNeverMatters(t *testing.T) {
	terms := func(s string) (out [][]Term) {
		for _, k := range Analyse(s) {
			out = append(out, k.Terms)
		}
		return out
	}
	bare := strings.NewReplacer("é", "e", "è", "e", "ê", "e", "É", "E", "î", "i", "œ", "oe", "Œ", "OE", "’", "'")
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(hard), 0, 12).Draw(t, "words"), " ")
		want := terms(s)
		for name, other := range map[string]string{
			"upper": strings.ToUpper(s), "lower": strings.ToLower(s),
			"decomposed": norm.NFD.String(s), "bare": bare.Replace(s),
		} {
			if d := cmp.Diff(want, terms(other)); d != "" {
				t.Fatalf("%s: %q and %q differ:\n%s", name, s, other, d)
			}
		}
	})
}

// Two words match whichever is the keyword, when both are plain.
func TestMatchingSymmetric(t *testing.T) {
	word := rapid.OneOf(rapid.SampledFrom(hard), rapid.StringMatching(`[a-z]{2,8}(s|x|ee|ees|aux|eaux|e)?`))
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		for _, w := range []string{a, b} {
			if _, end := NextWord(w, 0); end < len(w) || len(Word(w)) != 1 {
				return // several words, or a compound
			}
		}
		if sameWord(a, b) != sameWord(b, a) || !sameWord(a, a) {
			t.Fatalf("%s and %s: %v and %v", a, b, sameWord(a, b), sameWord(b, a))
		}
	})
}

func FuzzAnalyse(f *testing.F) {
	for _, w := range hard {
		f.Add(w)
	}
	f.Add("\xff\xfe'\x00-\xc3")
	f.Add("a'-\u00ad'b.c.\u0301d\ufeff")
	f.Add(strings.Repeat("a.", 200) + strings.Repeat("-b", 200))
	f.Fuzz(func(t *testing.T, s string) {
		tokens := Analyse(s)
		checkTokens(t, s, tokens)
		var a Analyser
		if !cmp.Equal(tokens, a.Append(nil, s)) {
			t.Fatalf("Analyser differs on %q", s)
		}
		if once := Fold(s); Fold(once) != once {
			t.Fatalf("Fold(%q) = %q, and again %q", s, once, Fold(once))
		}
		Word(s)
		isKnown(s)
	})
}

func FuzzParseKeywords(f *testing.F) {
	for _, s := range []string{`gaz "gros œuvre" bx`, "« a » “b", `"""`, "vidéo-protection, 3D;TP", "\xff\"\xfe", `"l'd'-x`} {
		f.Add(s, "le gros œuvre et le gaz")
	}
	f.Fuzz(func(t *testing.T, typed, text string) {
		p := ParseKeywords(typed)
		for _, k := range p.Keywords {
			if len(k.Sequences) == 0 || len(k.Sequences) > maxSequences {
				t.Fatalf("%q: keyword %q has %d sequences", typed, k.Typed, len(k.Sequences))
			}
			if !strings.Contains(typed, k.Typed) {
				t.Fatalf("%q: keyword %q was not typed", typed, k.Typed)
			}
			if tokens := Analyse(k.Typed); !k.In(tokens) {
				t.Fatalf("%q: keyword %q is not found in itself", typed, k.Typed)
			}
		}
		end := 0
		for _, m := range Marks(text, p.Keywords) {
			if m[0] < end || m[0] >= m[1] || m[1] > len(text) {
				t.Fatalf("%q marks %v in %q", typed, m, text)
			}
			end = m[1]
		}
	})
}

// realTitles are the subjects of the gazette's notices, when the test data is there.
func realTitles(t testing.TB) []string {
	dir := os.Getenv("PARVIS_TEST_DATA")
	if dir == "" {
		t.Skip("PARVIS_TEST_DATA names no folder of real notices")
	}
	f, err := os.Open(filepath.Join(dir, "boamp", "boamp_2019_2021.jsonl"))
	if err != nil {
		t.Skip("no real notices there: ", err)
	}
	defer f.Close()
	var out []string
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var notice struct{ Objet string }
		if err := json.Unmarshal(lines.Bytes(), &notice); err != nil {
			t.Fatal(err)
		}
		out = append(out, notice.Objet)
	}
	return out
}

func TestRealTitles(t *testing.T) {
	var a Analyser
	for _, title := range realTitles(t) {
		tokens := a.Append(nil, title)
		checkTokens(t, title, tokens)
		if !cmp.Equal(Analyse(title), tokens) {
			t.Fatalf("Analyser differs on %q", title)
		}
		for _, w := range strings.Fields(title) {
			for _, k := range ParseKeywords(strings.Trim(w, `"«»“”`)).Keywords {
				if !k.In(tokens) {
					t.Errorf("the word %q is not found in its own title %q", w, title)
				}
			}
		}
	}
}

var benchTexts = []string{
	"Travaux de rénovation énergétique du groupe scolaire Jean-Moulin : gros œuvre, menuiseries extérieures, chauffage et V.R.D.",
	"ACCORD-CADRE A BONS DE COMMANDE POUR L'ENTRETIEN DES ESPACES VERTS ET LE NETTOYAGE DE LA VOIRIE COMMUNALE",
	"Fourniture et livraison de denrées alimentaires pour la cuisine centrale de l’hôpital – lot n°3 : viandes fraîches",
	"Marché public d'assurances : dommages aux biens, responsabilité civile, flotte automobile et protection juridique",
}

func countWords(s string) (n int) {
	for start, end := NextWord(s, 0); start < end; start, end = NextWord(s, end) {
		n++
	}
	return n
}

func benchmarkTexts(b *testing.B, texts []string, analyse func(dst []Token, s string) []Token) {
	words := 0
	for _, s := range texts {
		words += countWords(s)
	}
	var dst []Token
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range texts {
			dst = analyse(dst[:0], s)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(words), "ns/word")
}

func BenchmarkAnalyserMemo(b *testing.B) {
	var a Analyser
	benchmarkTexts(b, benchTexts, a.Append)
}

func BenchmarkAnalyseNoMemo(b *testing.B) {
	benchmarkTexts(b, benchTexts, func(_ []Token, s string) []Token { return Analyse(s) })
}

func BenchmarkAnalyserRealTitles(b *testing.B) {
	var a Analyser
	benchmarkTexts(b, realTitles(b), a.Append)
}
