package pack

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEveryTextComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOf(rapid.String()).Draw(t, "texts")
		body, at := Texts(all)
		for i := range all {
			if got, err := Text(body, at[i]); err != nil || got != all[i] {
				t.Fatalf("%q is %q (%v)", all[i], got, err)
			}
		}
	})
}

func TestRecordsOfOneSourceTakeLittleRoom(t *testing.T) {
	all := slices.Repeat([]string{strings.Repeat(`{"famille":"JOUE","nature":"Appel d'offres"}`, 20)}, 100)
	if body, _ := Texts(all); len(body)*20 > 100*len(all[0]) {
		t.Errorf("%d bytes of %d", len(body), 100*len(all[0]))
	}
}

// What a disk spoiled, or a wrong row, is an error and never another text.
func TestASpoiledBodyIsAnError(t *testing.T) {
	body, at := Texts([]string{"voirie", "toiture"})
	spoiled := slices.Clone(body)
	spoiled[len(spoiled)-1] ^= 1
	for name, c := range map[string]struct {
		body []byte
		at   Place
	}{
		"a bit":           {spoiled, at[0]},
		"cut":             {body[:len(body)-2], at[0]},
		"nothing":         {nil, at[0]},
		"beyond its end":  {body, Place{at[1].At, at[1].Size + 1}},
		"before its head": {body, Place{-1, 3}},
		"of another age":  {body, Place{math.MaxInt64, math.MaxInt64}},
	} {
		if got, err := Text(c.body, c.at); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}
