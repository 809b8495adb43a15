package account

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"

	"parvis/kit/fault"
)

// weakKey is « rabot » at a cost that is not ours.
const weakKey = "yjO4fUmdocfo4pl6ZnX+AA"

func TestPasswords(t *testing.T) {
	own := []string{"odile.muller@menuiserie.fr", "odile-muller", "Odile Müller-Schmitt"}
	for what, typed := range map[string]string{
		"a sentence":                    "le chêne de la cour",
		"twelve letters, no signs":      "rabotvarlope",
		"twelve accented letters":       "éééàààîîîœœœ",
		"spaces at both ends":           "  rabot varlope ",
		"200 characters":                strings.Repeat("éa", 100),
		"the address in a longer text":  "odile.muller@menuiserie.fr et le reste",
		"digits only, but not counting": "602314159265",
		"an emoji":                      "rabot varlope 🪚",
	} {
		if _, err := checkPassword(typed, own...); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, typed := range map[string]string{
		"nothing":                   "",
		"eleven characters":         "rabotvarlop",
		"eleven, decomposed":        "rabotvarlo" + "e\u0301",
		"201 characters":            strings.Repeat("a b", 67),
		"a megabyte":                strings.Repeat("rabot", 200_000),
		"invalid UTF-8":             "rabot varlope \xff",
		"the address":               "Odile.Muller@menuiserie.fr",
		"the identifiant":           "ODILE-MULLER",
		"the name, without accents": "odile muller-schmitt",
		"a common one":              "azertyuiop123",
		"a common one, in capitals": "MotDePasse123",
		"a common one, accented":    "Marchés Publics",
		"one letter":                strings.Repeat("z", 12),
		"one accented letter":       strings.Repeat("é", 20),
		"accents alone":             strings.Repeat("\u0301", 14),
	} {
		if _, err := checkPassword(typed, own...); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestEveryCommonPasswordWouldOtherwiseBeAccepted(t *testing.T) {
	if len(commonest) < 100 {
		t.Errorf("%d common passwords", len(commonest))
	}
	for w := range commonest {
		if len([]rune(w)) < 10 { // two entries fold shorter than they are typed, none by more
			t.Errorf("%q is refused for its length already", w)
		}
	}
}

func TestAPasswordIsProvedAndNothingElseIs(t *testing.T) {
	ctx, h := context.Background(), newHasher()
	stored, err := h.hash(ctx, "rabot varlope é")
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.hash(ctx, "rabot varlope é")
	if err != nil || again == stored {
		t.Errorf("two hashes of one password are equal (%v): no salt", err)
	}
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("stored as %q", stored)
	}
	for _, c := range []struct {
		what, phc, typed string
		want             bool
	}{
		{"right", stored, "rabot varlope é", true},
		{"right, decomposed by another keyboard", stored, "rabot varlope e\u0301", true},
		{"wrong", stored, "rabot varlope è", false},
		{"empty", stored, "", false},
		{"a megabyte", stored, strings.Repeat("x", 1<<20), false},
		{"nobody's account", "", "rabot varlope é", false},
		{"nobody's account, empty", "", "", false},
		{"nobody's account, too long to be read", "", strings.Repeat("x", 1<<20), false},
		{"an older cost", "$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$" + weakKey, "rabot", true},
	} {
		got, err := h.verify(ctx, c.phc, c.typed)
		if err != nil || got != c.want {
			t.Errorf("%s: %v (%v), want %v", c.what, got, err, c.want)
		}
	}
	for _, damaged := range []string{"x", "$2a$10$abc", stored[:len(stored)-30], strings.Replace(stored, "m=19456", "m=99999999", 1),
		strings.Replace(stored, "t=2", "t=0", 1), strings.Replace(stored, "v=19", "v=16", 1)} {
		if _, err := h.verify(ctx, damaged, "rabot"); !errors.Is(err, errHash) {
			t.Errorf("%q: %v, want errHash", damaged, err)
		}
	}
}

func TestHashesWaitTheirTurnAndThenAreRefused(t *testing.T) {
	h := &hasher{slots: make(chan struct{}, 1)}
	release, err := h.turn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var waiting sync.WaitGroup
	for range maxWaiting {
		waiting.Go(func() {
			if _, err := h.turn(ctx); !fault.Is(err, fault.Unavailable) {
				t.Errorf("one who gave up waiting: %v", err)
			}
		})
	}
	for h.waiting.Load() < maxWaiting {
		runtime.Gosched() // they all arrive: nobody leaves before the cancel below
	}
	if _, err := h.turn(context.Background()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("one too many: %v", err)
	}
	cancel()
	waiting.Wait()
	release()
	if again, err := h.turn(context.Background()); err != nil {
		t.Errorf("after all have left: %v", err)
	} else {
		again()
	}
}

func TestNobodysHashCostsWhatARealOneDoes(t *testing.T) {
	c, err := parsePHC(nobodysHash())
	if err != nil || c.memory != hashMemory || c.passes != hashPasses || c.threads != hashThreads || len(c.key) != keyBytes {
		t.Errorf("%+v (%v)", c, err)
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$" + weakKey)
	f.Add("$argon2id$v=19$m=0,t=0,p=0$$")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := parsePHC(s)
		if err == nil && (c.memory > 1<<20 || c.passes < 1 || c.threads < 1 || len(c.key) < 16) {
			t.Fatalf("%q: %+v", s, c)
		}
	})
}

func FuzzCheckPassword(f *testing.F) {
	f.Add("\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301")
	f.Add("rabot varlope")
	f.Fuzz(func(t *testing.T, typed string) {
		p, err := checkPassword(typed, "a@b.fr", "", "Odile")
		if err != nil {
			return
		}
		if again, err := checkPassword(p); err != nil || again != p {
			t.Fatalf("%q gave %q, which gives %q (%v)", typed, p, again, err)
		}
	})
}
