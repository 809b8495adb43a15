package ui_test

import (
	"testing"

	"github.com/go-rod/rod/lib/input"

	"parvis/kit/browsertest"
)

// TestTheMapIsWalkedByTheArrows goes from a department to its neighbours, overseas
// included, and ticks by the space bar: one stop of the Tab key for the whole map.
func TestTheMapIsWalkedByTheArrows(t *testing.T) {
	p := browsertest.New(t).Page(site(t) + "/galerie")
	p.Until(`document.querySelectorAll(".map path").length > 96`)
	const stops = `document.querySelectorAll(".map [tabindex='0']").length`
	if got := value(p, stops); got != "1" {
		t.Fatalf("%s stops on the map", got)
	}
	at := func() string { return value(p, `document.activeElement.getAttribute("aria-label")`) }
	p.MustEval(`() => { document.querySelector('.map-land > svg [data-code="67"]').focus() }`)
	for _, c := range []struct {
		key  input.Key
		want string
	}{
		{input.ArrowDown, "(68) Haut-Rhin"}, {input.ArrowUp, "(67) Bas-Rhin"}, {input.ArrowLeft, "(57) Moselle"}, {input.ArrowRight, "(67) Bas-Rhin"}, {input.ArrowRight, "(67) Bas-Rhin"},
	} {
		p.Keyboard.MustType(c.key)
		if at() != c.want {
			t.Errorf("%v leads to %q, want %q", c.key, at(), c.want)
		}
	}
	was := value(p, `document.getElementById("departement-67").checked`)
	p.Keyboard.MustType(input.Space)
	if now := value(p, `document.getElementById("departement-67").checked`); now == was || value(p, `document.activeElement.getAttribute("aria-checked")`) != now {
		t.Errorf("the space bar leaves the box %s", now)
	}
	if got := value(p, stops); got != "1" {
		t.Errorf("%s stops on the map after a walk", got)
	}
	for range 30 {
		p.Keyboard.MustType(input.ArrowDown)
	}
	if got := value(p, `document.activeElement.className.includes("map-tile")`); got != "true" {
		t.Errorf("the way down ends at %q, not overseas", at())
	}
	browsertest.Axe(t, p)
}
