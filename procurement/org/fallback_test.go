package org_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/org"
)

// mint gives the link of a request, as its mail would; empty when none may leave.
func mint(t *testing.T, h *house, f *org.Fallback) (secret string) {
	t.Helper()
	if f == nil {
		t.Fatal("no mailbox")
	}
	h.Write(func(tx *db.Tx) (err error) {
		secret, _, _, err = org.MintFallbackToken(tx, f.ID)
		return err
	})
	return secret
}

// inUse is the mailbox that would be written to.
func inUse(t *testing.T, h *house, by access.Actor) (address string) {
	t.Helper()
	h.Read(func(tx *db.Tx) error {
		f, found, err := org.FallbackOf(tx, by.EstablishmentID)
		if found {
			address = f.Address
		}
		return err
	})
	return address
}

func TestAMailboxServesOnceItHasAgreed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := profiles(h, nil)
		odile := h.Join(seat, "odile", "odile@muller.example")
		ask := func(address string) string {
			return strings.Join(faults(p.AskFallback(t.Context(), odile, address)), ", ")
		}
		state := func(when, current, asked string) {
			t.Helper()
			now := read(t, p, odile)
			say := func(f *org.Fallback) string {
				if f == nil {
					return ""
				}
				return strings.TrimSuffix(f.Address, "@muller.example") + " " + string(f.State(now.At))
			}
			if got := [2]string{say(now.Fallback), say(now.Asked)}; got != [2]string{current, asked} {
				t.Errorf("%s: %q, want %q %q", when, got, current, asked)
			}
		}
		answer := func(secret string, yes bool) {
			t.Helper()
			if _, err := p.AnswerFallback(t.Context(), secret, yes); err != nil {
				t.Fatal(err)
			}
		}
		for _, wrong := range []string{"", "contact", "contact@muller.example,x@y.fr", "ODILE@muller.example"} {
			if got := ask(wrong); got != "adresse_secours invalid" {
				t.Errorf("%q: %s", wrong, got)
			}
		}
		state("at first", "", "")
		if ask("contact@muller.example") != "" || inUse(t, h, odile) != "" {
			t.Error("it is in use before it has agreed")
		}
		state("asked", "", "contact awaited")
		link := mint(t, h, read(t, p, odile).Asked)
		if r, err := p.FallbackRequestOf(t.Context(), link); err != nil || r.Establishment.CompanyName != "Menuiserie Muller" || r.State(r.At) != org.FallbackAwaited {
			t.Errorf("%+v, %v", r, err)
		}
		state("looked at", "", "contact awaited")
		for range 2 {
			answer(link, true)
		}
		state("agreed", "contact confirmed", "")
		if inUse(t, h, odile) != "contact@muller.example" {
			t.Error("it is not in use")
		}
		if got := ask("Contact@muller.example"); got != "adresse_secours conflict" {
			t.Errorf("the same again: %s", got)
		}
		// Another one is asked; the first stays in use until then.
		ask("accueil@muller.example")
		ask("bureau@muller.example") // and the second thought replaces the first
		state("another", "contact confirmed", "bureau awaited")
		next := mint(t, h, read(t, p, odile).Asked)
		answer(next, true)
		state("replaced", "bureau confirmed", "")
		if _, err := p.FallbackRequestOf(t.Context(), link); !fault.Is(err, fault.NotFound) {
			t.Errorf("the link of the one replaced: %v", err)
		}
		answer(next, false)
		state("it has had enough", "bureau refused", "")
		answer(next, true)
		state("and stays so", "bureau refused", "")
		if inUse(t, h, odile) != "" {
			t.Error("it is in use though it stopped")
		}
		if got := ask("bureau@muller.example"); got != "adresse_secours conflict" {
			t.Errorf("who has refused is asked again: %s", got)
		}
		if err := p.RemoveFallback(t.Context(), odile, read(t, p, odile).Fallback.ID); err != nil {
			t.Fatal(err)
		}
		state("removed", "", "")
		if got := ask("bureau@muller.example"); got != "adresse_secours conflict" {
			t.Errorf("who has refused is asked again after all: %s", got)
		}
		h.Clock.Move(366 * 24 * time.Hour)
		if err := p.ForgetFallbacks(t.Context()); err != nil || h.Count("SELECT count(*) FROM fallback_address") != 0 {
			t.Errorf("what was removed a year ago is still there (%v)", err)
		}
	})
}

func TestARequestWaitsSevenDaysAndItsLinkIsReplaced(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := profiles(h, nil)
		odile := h.Join(seat, "odile", "odile@muller.example")
		if err := p.AskFallback(t.Context(), odile, "contact@muller.example"); err != nil {
			t.Fatal(err)
		}
		first := read(t, p, odile).Asked
		old := mint(t, h, first)
		if err := p.ResendFallback(t.Context(), odile, first.ID); err != nil {
			t.Fatal(err)
		}
		again := read(t, p, odile).Asked
		link := mint(t, h, again)
		for what, secret := range map[string]string{"replaced": old, "garbage": "x", "nobody's": strings.Repeat("A", 43), "none": ""} {
			if _, err := p.AnswerFallback(t.Context(), secret, true); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := p.ResendFallback(t.Context(), odile, first.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("the one before: %v", err)
		}
		h.Clock.Move(7*24*time.Hour + time.Minute)
		if _, err := p.AnswerFallback(t.Context(), link, true); !fault.Is(err, fault.NotFound) {
			t.Errorf("after seven days: %v", err)
		}
		if now := read(t, p, odile); now.Asked.State(now.At) != org.FallbackExpired || mint(t, h, now.Asked) != "" {
			t.Errorf("%+v", now.Asked)
		}
		if err := p.ResendFallback(t.Context(), odile, again.ID); err != nil {
			t.Errorf("asked again: %v", err)
		}
		if now := read(t, p, odile); now.Asked.State(now.At) != org.FallbackAwaited {
			t.Errorf("%+v", now.Asked)
		}
	})
}

// Nobody's mailbox is flooded through the form, and its answer tells nothing.
func TestRequestsAreCounted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := profiles(h, nil)
		odile := h.Join(seat, "odile", "odile@muller.example")
		for range 4 { // as any other form would make it receive
			h.Write(func(tx *db.Tx) error {
				_, err := account.Solicit(tx, "victime@exemple.fr")
				return err
			})
		}
		for range 3 {
			if err := p.AskFallback(t.Context(), odile, "victime@exemple.fr"); err != nil {
				t.Error(err)
			}
		}
		if n := h.Count(`SELECT count(*) FROM event WHERE kind = 'establishment.fallback_asked' AND body LIKE '%"mail":true%'`); n != 1 {
			t.Errorf("%d mails, want the fifth of the day only", n)
		}
		for i := range 7 {
			if err := p.AskFallback(t.Context(), odile, fmt.Sprintf("victime%d@exemple.fr", i)); err != nil {
				t.Error(err)
			}
		}
		if err := p.AskFallback(t.Context(), odile, "encore@exemple.fr"); !slices.Equal(faults(err), []string{"adresse_secours unavailable"}) {
			t.Errorf("the eleventh of the day: %v", err)
		}
		h.Clock.Move(25 * time.Hour)
		if err := p.AskFallback(t.Context(), odile, "encore@exemple.fr"); err != nil {
			t.Errorf("the next day: %v", err)
		}
	})
}

// The mailbox agrees while an administrator takes it off, or asks another: one mailbox
// is in use at most, and none that was taken off.
func TestAnswersAndAdministratorsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := profiles(h, nil)
		odile := h.Join(seat, "odile", "odile@muller.example")
		for round := range 8 {
			h.Clock.Move(25 * time.Hour)
			address := fmt.Sprintf("contact%d@muller.example", round)
			if err := p.AskFallback(t.Context(), odile, address); err != nil {
				t.Fatal(err)
			}
			asked := read(t, p, odile).Asked
			link := mint(t, h, asked)
			var all sync.WaitGroup
			var answered, other error
			all.Go(func() { _, answered = p.AnswerFallback(t.Context(), link, true) })
			all.Go(func() {
				if round%2 == 0 {
					other = p.RemoveFallback(t.Context(), odile, asked.ID)
				} else {
					other = p.AskFallback(t.Context(), odile, "autre"+address)
				}
			})
			all.Wait()
			for _, err := range []error{answered, other} {
				if err != nil && !fault.Is(err, fault.NotFound) {
					t.Errorf("round %d: %v", round, err)
				}
			}
			if round%2 == 0 && inUse(t, h, odile) == address {
				t.Errorf("round %d: what was taken off is in use (%v, %v)", round, answered, other)
			}
			if round%2 == 1 && answered == nil && inUse(t, h, odile) != address {
				t.Errorf("round %d: who agreed is not in use", round)
			}
		}
	})
}

func TestAMailboxThatFailsIsNotWrittenTo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := profiles(h, nil)
		odile := h.Join(seat, "odile", "odile@muller.example")
		if err := p.AskFallback(t.Context(), odile, "Contact@muller.example"); err != nil {
			t.Fatal(err)
		}
		if _, err := p.AnswerFallback(t.Context(), mint(t, h, read(t, p, odile).Asked), true); err != nil {
			t.Fatal(err)
		}
		h.Write(func(tx *db.Tx) error {
			a, err := account.ParseAddress("contact@muller.example")
			return errors.Join(err, org.FailFallback(tx, a.Key))
		})
		now := read(t, p, odile)
		if now.Fallback.State(now.At) != org.FallbackFailed || inUse(t, h, odile) != "" || mint(t, h, now.Fallback) != "" {
			t.Errorf("%+v", now.Fallback)
		}
		if err := p.AskFallback(t.Context(), odile, "contact@muller.example"); err != nil {
			t.Errorf("it was mended, and is asked again: %v", err)
		}
		if _, err := p.AnswerFallback(t.Context(), mint(t, h, read(t, p, odile).Asked), true); err != nil || inUse(t, h, odile) == "" {
			t.Errorf("mended: %v", err)
		}
	})
}
