package text

import (
	"strings"
	"testing"
)

// isKnown says whether the lexicon holds w, one written word in any of its
// forms: the noun or adjective inflections of French, the invariable words, the
// infinitives, and some names. A compound is known by its joined form or when
// all its parts are.
func isKnown(w string) bool {
	var c cutter
	c.cut(w)
	if joined, _ := c.compound(); joined != nil && findForm(joined) >= 0 {
		return true
	}
	known := false
	for _, p := range c.parts {
		if p.dropped {
			continue
		}
		form := c.folded[p.from:p.to]
		if !functionWords[string(form)] && findForm(form) < 0 {
			return false
		}
		known = true
	}
	return known
}

func TestKnown(t *testing.T) {
	for _, c := range []struct {
		word string
		want bool
	}{
		{"voirie", true}, {"VOIRIES", true}, {"l’école", true}, {"chevaux", true}, {"œil", true},
		{"nettoyer", true}, {"toujours", true}, {"pour", true}, {"Strasbourg", true},
		{"porte-fenêtre", true}, {"accord-cadre", true}, {"prud'homme", true},
		{"voiirie", false}, {"assainisement", false}, {"accord-cadrre", false},
		{"", false}, {"x", false}, {"3D", false}, {"rénovée", false},
		{strings.Repeat("a", 500), false},
	} {
		if got := isKnown(c.word); got != c.want {
			t.Errorf("isKnown(%q) = %v, want %v", c.word, got, c.want)
		}
	}
}

// Every offset and rule of the embedded file stays inside it, and entries are
// sorted: what look-ups take for granted.
func TestLexiconIsSound(t *testing.T) {
	if !strings.HasPrefix(lexicon, "PVLEX001") {
		t.Fatal("lexicon.bin is not a lexicon: run go generate")
	}
	if len(lexicon) > 2<<20 {
		t.Errorf("the lexicon weighs %d bytes, want at most 2 MB", len(lexicon))
	}
	forms, lists, rules := int(le32(8)), int(le32(12)), int(le32(16))
	if forms < 140_000 {
		t.Errorf("%d forms, want the whole dictionary", forms)
	}
	for b := 0; b < lexiconBuckets; b++ {
		if from, to := le32(lexiconHeader+4*b), le32(lexiconHeader+4*b+4); from > to || int(to) > forms {
			t.Fatalf("bucket %d runs from %d to %d", b, from, to)
		}
	}
	for i := 0; i < forms; i++ {
		if list := int(le16(entriesAt + entrySize*i + 5)); list >= lists {
			t.Fatalf("form %d has list %d of %d", i, list, lists)
		}
	}
	for l := 0; l < lists; l++ {
		from, to := le16(listsAt+2*l), le16(listsAt+2*l+2)
		if from >= to {
			t.Fatalf("list %d is empty", l)
		}
		for i := from; i < to; i++ {
			if rule := int(le16(listRulesAt + 2*int(i))); rule >= rules {
				t.Fatalf("list %d names rule %d of %d", l, rule, rules)
			}
		}
	}
	for r := 0; r < rules; r++ {
		from, to := int(le16(rulesAt+2*r)), int(le16(rulesAt+2*r+2))
		if from >= to || to-from > maxLookup || ruleBytesAt+to > len(lexicon) {
			t.Fatalf("rule %d runs from %d to %d", r, from, to)
		}
	}
}

func TestNormalForm(t *testing.T) {
	for _, c := range []struct{ word, want string }{
		{"kubotas", "kubota"}, {"epis", "epis"}, {"pmrs", "pmrs"}, {"stress", "stress"}, {"zairbus", "zairbus"},
		{"troubleaux", "troubleau"}, {"zonaux", "zonaux"}, {"frizonaux", "frizonal"}, {"clairvaux", "clairvaux"},
		{"renovees", "renove"}, {"renovee", "renove"}, {"plantee", "plantee"},
		{"agreee", "agre"}, {"agrees", "agre"}, {"agree", "agre"}, {"eeeee", "e"}, {"", ""},
	} {
		if got := string(normalForm([]byte(c.word))); got != c.want {
			t.Errorf("the normal form of %q is %q, want %q", c.word, got, c.want)
		}
	}
}

func TestLookUpDoesNotAllocate(t *testing.T) {
	dst := make([]Term, 0, 16)
	words := [][]byte{[]byte("travaux"), []byte("yeux"), []byte("renovees"), []byte("cours"), []byte("xyzzyaux")}
	if n := testing.AllocsPerRun(100, func() {
		for _, w := range words {
			dst = appendTerms(dst[:0], w)
		}
	}); n != 0 {
		t.Errorf("looking words up allocates %v times", n)
	}
}

func TestAnalyserDoesNotAllocate(t *testing.T) {
	var a Analyser
	dst := a.Append(nil, benchTexts[0])
	if n := testing.AllocsPerRun(100, func() { dst = a.Append(dst[:0], benchTexts[0]) }); n != 0 {
		t.Errorf("analysing known words allocates %v times", n)
	}
}

// The hash may be stored: it must never change, and it must spread.
func TestTermOf(t *testing.T) {
	for s, want := range map[string]Term{
		"": 0x338f6737aafb5f85, "voirie": 0xd0db12f625f23537, "anticonstitutionnellement": 0x50e670110395bf06,
	} {
		if got := TermOf(s); got != want {
			t.Errorf("TermOf(%q) = %#x, want %#x: stored terms would be lost", s, got, want)
		}
	}
	low, high := map[Term]int{}, map[Term]int{}
	for i := range 1 << 16 {
		h := TermOf(string([]byte{'a' + byte(i&15), 'a' + byte(i>>4&15), 'a' + byte(i>>8&15), 'a' + byte(i>>12)}))
		low[h&255]++
		high[h>>56]++
	}
	for b := range Term(256) {
		// 256 are expected in each, with a standard deviation of 16.
		if low[b] < 160 || low[b] > 352 || high[b] < 160 || high[b] > 352 {
			t.Errorf("byte %d holds %d terms by its low bits, %d by its high ones, want about 256", b, low[b], high[b])
		}
	}
}

func TestFold(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"  Commune de  L’Haÿ-les-Roses\n", "commune de l'hay-les-roses"},
		{"CŒUR D`ALSACE", "coeur d'alsace"},
		{"E\u0301cole\u00a0Nationale", "ecole nationale"},
		{"Straße, Ærø, Łódź", "strasse, aero, lodz"},
		{"ﬁbre\u00adoptique", "fibreoptique"},
		{"Saint\u2011Dié", "saint-die"},
		{"ΣΙΓΜΑΣ", "σιγμασ"}, {"σιγμας", "σιγμασ"},
		{"m² (n° 3)", "m2 (n° 3)"},
		{"", ""}, {"\u00a0 ", ""},
		{"a\xffb", "a\ufffdb"},
	} {
		if got := Fold(c.in); got != c.want {
			t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
