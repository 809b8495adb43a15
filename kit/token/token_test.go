package token_test

import (
	"testing"

	"parvis/kit/token"
)

func TestSecretsDifferAndTheirHashTellsNothingOfThem(t *testing.T) {
	a, b := token.New(), token.New()
	if a == b || len(a) != 43 {
		t.Errorf("%q and %q", a, b)
	}
	if token.Hash(a) != token.Hash(a) || token.Hash(a) == token.Hash(b) || token.Hash(a) == a {
		t.Error("the hash does not tell secrets apart")
	}
}
