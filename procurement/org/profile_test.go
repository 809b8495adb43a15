package org_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/org"
	"parvis/procurement/refdata"
)

// listed is a directory whose answers are written down; a nil one fails.
type listed map[refdata.SIRET]org.Entry

func (l listed) Find(_ context.Context, siret refdata.SIRET, _ time.Duration) (org.Entry, error) {
	e, ok := l[siret]
	switch {
	case l == nil:
		return e, errors.New("connection refused")
	case !ok:
		return e, org.ErrUnlisted
	}
	return e, nil
}

var tilleuls = account.PostalAddress{Street: "12 rue des Tilleuls", Postcode: "67600", City: "Sélestat"}

// muller is what the directory knows.
func muller(at clock.Instant) listed {
	return listed{
		seat:   {Name: "MENUISERIE MULLER ET FILS", Postal: tilleuls, At: at},
		branch: {Name: "MENUISERIE MULLER ET FILS", Closed: true, At: at},
		other:  {At: at}, // its people keep it from the public
	}
}

func profiles(h *house, d org.Directory) *org.Profiles {
	return org.NewProfiles(h.DB, h.Journal, d, silent)
}

func form1(name, street, postcode, city, phone string, version int64) org.ProfileForm {
	return org.ProfileForm{Name: name, Postal: account.PostalAddress{Street: street, Postcode: postcode, City: city}, Phone: phone, Version: version}
}

func read(t *testing.T, p *org.Profiles, by access.Actor) org.Profile {
	t.Helper()
	out, err := p.Profile(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// faults are those of a refusal: « field kind ».
func faults(err error) []string {
	var out []string
	for _, e := range fault.All(err) {
		out = append(out, strings.TrimSpace(e.Field+" "+string(e.Kind)))
	}
	if err != nil && out == nil {
		out = []string{"internal: " + err.Error()}
	}
	return out
}

func TestAnAdministratorWritesTheProfile(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := profiles(h, nil)
		odile := h.Join(seat, "odile", "odile@muller.example")
		for _, c := range []struct {
			form    org.ProfileForm
			changed []string
			wrong   []string
		}{
			{form: form1("Menuiserie Muller", "", "", "", "", 1)},
			{form1("Muller & Fils", "12  rue des Tilleuls ", " 67 600", "Sélestat", "03.88.00 00-00", 1), []string{"entreprise", "rue", "code_postal", "ville", "telephone"}, nil},
			{form: form1("Muller & Fils", "12 rue des Tilleuls", "67600", "Sélestat", "03.88.00 00-00", 2)},
			{form1("Muller & Fils", "", "", "", "+33 (0)3 88 00 00 00", 2), []string{"rue", "code_postal", "ville", "telephone"}, nil},
			{form1("", "", "6760", "", "appelez-moi", 3), nil, []string{"entreprise invalid", "code_postal invalid", "ville invalid", "telephone invalid"}},
			{form1("Voir https://pirate.example", "a\u202eb", "00100", "V", "123", 3), nil, []string{"entreprise invalid", "rue invalid", "code_postal invalid", "telephone invalid"}},
			{form1(strings.Repeat("a", 201), "", "00100", "V", "1234567890123456", 3), nil, []string{"entreprise invalid", "code_postal invalid", "telephone invalid"}},
			{form1("M\nX", strings.Repeat("a", 201), "6760A", strings.Repeat("b", 101), "06\x00", 3), nil, []string{"entreprise invalid", "rue invalid", "code_postal invalid", "ville invalid", "telephone invalid"}},
			{form1("M", "", "6760A", "Sélestat", "", 3), nil, []string{"code_postal invalid"}},
			{form1("M", "rue", "67600", "", "", 3), nil, []string{"ville invalid"}},
			{form1("Trop tard", "", "", "", "", 2), nil, []string{"conflict"}},
		} {
			changed, err := p.Save(t.Context(), odile, c.form)
			if !slices.Equal(changed, c.changed) || !slices.Equal(faults(err), c.wrong) {
				t.Errorf("%+v: %q %q, want %q %q", c.form, changed, faults(err), c.changed, c.wrong)
			}
		}
		got := read(t, p, odile)
		if got.CompanyName != "Muller & Fils" || got.Phone != "+33 (0)3 88 00 00 00" || !got.Postal().IsZero() || got.Version != 3 {
			t.Errorf("%+v", got.Establishment)
		}
		if len(got.History) != 2 || got.History[0].ActorName != "Odile Muller" || !slices.Equal(got.History[0].Fields, []string{"rue", "code_postal", "ville", "telephone"}) {
			t.Errorf("history: %+v", got.History)
		}
		if n := h.Count("SELECT count(*) FROM event WHERE body LIKE '%Tilleuls%' OR body LIKE '%Muller & Fils%' OR body LIKE '%88 00%'"); n != 0 {
			t.Errorf("%d events say what the profile says", n)
		}
	})
}

// Two administrators who began from the same page do not overwrite each other unseen.
func TestOfTwoAdministratorsAtOnceOneIsAskedAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := profiles(h, nil)
		odile := h.Join(seat, "odile", "odile@muller.example")
		for round := int64(1); round <= 5; round++ {
			var all sync.WaitGroup
			var errs [2]error
			for i := range errs {
				all.Go(func() {
					_, errs[i] = p.Save(t.Context(), odile, form1("Muller", fmt.Sprintf("%d rue %d", i, round), "67600", "Sélestat", "", round))
				})
			}
			all.Wait()
			got := []string{strings.Join(faults(errs[0]), ""), strings.Join(faults(errs[1]), "")}
			if slices.Sort(got); !slices.Equal(got, []string{"", "conflict"}) {
				t.Fatalf("%q", got)
			}
		}
	})
}

func TestOnlyWhoAdministersTheEstablishmentNowWrites(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := profiles(h, muller(h.Clock.Now()))
		odile := h.Join(seat, "odile", "odile@muller.example")
		newcomer := h.Join(seat, "karim", "karim@muller.example")
		stranger := h.Join(other, "claire", "claire@vosges.example")
		if _, err := p.Save(t.Context(), odile, form1("Muller", "12 rue des Tilleuls", "67600", "Sélestat", "0388000000", 1)); err != nil {
			t.Fatal(err)
		}
		if err := p.AskFallback(t.Context(), odile, "contact@muller.example"); err != nil {
			t.Fatal(err)
		}
		user := odile
		user.Role = access.CompanyUser
		lowered := odile // an administrator when the page was asked for, and no longer
		h.Write(func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE membership SET role = 'user' WHERE id = $1", odile.MembershipID)
			return err
		})
		forged := stranger // another establishment's administrator, who names this one
		forged.EstablishmentID = odile.EstablishmentID
		asked := read(t, p, user).Asked
		for who, by := range map[string]access.Actor{"visitor": access.Anybody(), "newcomer": newcomer, "user": user, "lowered": lowered, "forged": forged} {
			_, err := p.Save(t.Context(), by, form1("Volé", "", "", "", "", 2))
			_, _, refreshed := p.Refresh(t.Context(), by)
			for act, err := range map[string]error{
				"save": err, "refresh": refreshed, "ask": p.AskFallback(t.Context(), by, "pirate@exemple.fr"),
				"resend": p.ResendFallback(t.Context(), by, asked.ID), "remove": p.RemoveFallback(t.Context(), by, asked.ID),
			} {
				if !fault.Is(err, fault.Forbidden) && !(who == "visitor" && fault.Is(err, fault.SignIn)) {
					t.Errorf("%s: %s: %v", who, act, err)
				}
			}
		}
		for what, err := range map[string]error{
			"resend": p.ResendFallback(t.Context(), stranger, asked.ID), "remove": p.RemoveFallback(t.Context(), stranger, asked.ID),
		} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("another establishment's mailbox: %s: %v", what, err)
			}
		}
		if _, _, err := p.Verify(t.Context(), odile, "FR", seat, true); !fault.Is(err, fault.Forbidden) {
			t.Errorf("an administrator verifies themselves: %v", err)
		}
		got := read(t, p, user)
		if got.CompanyName != "Muller" || got.Asked == nil || got.Asked.Address != "contact@muller.example" {
			t.Errorf("%+v", got)
		}
		seen := read(t, p, newcomer)
		if seen.CompanyName != "Muller" || seen.Street+seen.Postcode+seen.City+seen.Phone != "" || seen.Asked != nil || seen.History != nil {
			t.Errorf("a newcomer sees %+v", seen)
		}
		if theirs := read(t, p, stranger); theirs.Asked != nil || len(theirs.History) != 0 || theirs.CompanyName == "Muller" {
			t.Errorf("a stranger sees %+v", theirs)
		}
		if _, err := p.Profile(t.Context(), access.Actor{AccountID: odile.AccountID, Role: access.Newcomer}); !fault.Is(err, fault.NotFound) {
			t.Errorf("somebody of no establishment: %v", err)
		}
	})
}

// An establishment of the same company is another one's: its name, its address, and
// that it is here at all are for its own people.
func TestAnotherEstablishmentOfTheCompanyIsNotShownToStrangers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := profiles(h, nil)
		odile := h.Join(seat, "odile", "odile@muller.example")
		if _, err := p.Save(t.Context(), odile, form1("Muller", "12 rue des Tilleuls", "67600", "Sélestat", "", 1)); err != nil {
			t.Fatal(err)
		}
		paul := h.Join(branch, "paul", "paul@muller.example")
		if got := read(t, p, paul); got.CompanyName != "Menuiserie Muller" || got.Siblings != nil || got.CompanyID != read(t, p, odile).CompanyID {
			t.Errorf("%+v", got)
		}
		if _, err := p.Save(t.Context(), paul, form1("Usurpateur", "", "", "", "", 1)); err != nil {
			t.Fatal(err)
		}
		if got := read(t, p, odile); got.CompanyName != "Muller" || got.Siblings != nil {
			t.Errorf("the other one has renamed it: %+v", got)
		}
		// Once Odile belongs to both, she sees both, and the one she waits for as such.
		h.Write(func(tx *db.Tx) error {
			a, err := account.Find(tx, odile.AccountID)
			if err != nil {
				return err
			}
			_, err = h.org.Admit(tx, a, paul.EstablishmentID)
			return err
		})
		got := read(t, p, odile)
		if len(got.Siblings) != 1 || got.Siblings[0].Establishment.Number != branch || got.Siblings[0].ActingRole() != access.Newcomer {
			t.Errorf("%+v", got.Siblings)
		}
	})
}

func TestWhatComesOfALookUp(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := profiles(h, muller(h.Clock.Now()))
		for siret, want := range map[refdata.SIRET]org.Outcome{seat: org.Found, branch: org.Found, other: org.Hidden, "44306184100047": org.Unlisted} {
			l := p.LookUp(t.Context(), siret, org.ForSignUp, "192.0.2.1:1")
			filled := l.Fill(account.SignUpForm{SIRET: siret.String(), CompanyName: "Typed", ListedAt: 12})
			if l.Outcome != want || l.Found() != (want == org.Found) {
				t.Errorf("%s: %+v", siret, l)
			}
			if l.Found() && (filled.CompanyName != "MENUISERIE MULLER ET FILS" || filled.ListedAt != l.At) {
				t.Errorf("%s: %+v", siret, filled)
			}
			if want != org.Found && (filled.CompanyName != "Typed" || filled.ListedAt != 0) {
				t.Errorf("%s: what was typed is lost, or passes for listed: %+v", siret, filled)
			}
			if (l.Text() == "") != (siret == seat) {
				t.Errorf("%s: says %q", siret, l.Text())
			}
		}
		if l := profiles(h, listed(nil)).LookUp(t.Context(), seat, org.ForSignUp, ""); l.Outcome != org.Silent {
			t.Errorf("a dead directory: %+v", l)
		}
		if l := profiles(h, nil).LookUp(t.Context(), seat, org.ForSignUp, ""); l.Outcome != org.Silent {
			t.Errorf("no directory: %+v", l)
		}
	})
}

// The platform is no open door to the directory: a network looks up so much, and can
// still sign up; another network is not bothered.
func TestANetworkLooksUpSoMuch(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := profiles(h, muller(h.Clock.Now()))
		ask := func(why org.Purpose, remote string) org.Outcome {
			return p.LookUp(t.Context(), seat, why, remote).Outcome
		}
		passed := 0
		for i := range 60 {
			if ask(org.ForTheEye, fmt.Sprintf("203.0.113.%d:4000", i)) == org.Found { // one network
				passed++
			}
		}
		if passed < 20 || passed > 22 {
			t.Errorf("%d look-ups passed, want 20", passed)
		}
		if got := ask(org.ForSignUp, "203.0.113.9:1"); got != org.Found {
			t.Errorf("who has looked up too much signs up: %s", got)
		}
		if got := ask(org.ForTheEye, "198.51.100.1:1"); got != org.Found {
			t.Errorf("another network: %s", got)
		}
	})
}

func TestTheNameOfTheDirectoryIsTakenAndLocked(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.Clock.Move(time.Hour)
		at := h.Clock.Now()
		with, without := profiles(h, muller(at)), profiles(h, nil)
		odile := h.Join(seat, "odile", "odile@muller.example")
		if locked := with.NameLocked(read(t, with, odile).Establishment); locked != "" {
			t.Errorf("a declared name is locked: %s", locked)
		}
		l, changed, err := with.Refresh(t.Context(), odile)
		if err != nil || !l.Found() || !slices.Equal(changed, []string{"entreprise", "rue", "code_postal", "ville"}) {
			t.Fatalf("%+v, %q, %v", l, changed, err)
		}
		got := read(t, with, odile)
		if got.CompanyName != "MENUISERIE MULLER ET FILS" || got.NameListedAt != at || got.Postal() != tilleuls || !got.History[0].Directory {
			t.Errorf("%+v", got)
		}
		if _, changed, err := with.Refresh(t.Context(), odile); err != nil || changed != nil {
			t.Errorf("again: %q, %v", changed, err)
		}
		// The rest is still theirs to write; the name is not.
		if changed, err := with.Save(t.Context(), odile, form1("Autre nom", "1 rue Basse", "67000", "Strasbourg", "", 2)); err != nil || !slices.Equal(changed, []string{"rue", "code_postal", "ville"}) {
			t.Errorf("%q, %v", changed, err)
		}
		// An operator who has taken the directory away does not leave companies stuck.
		if changed, err := without.Save(t.Context(), odile, form1("Autre nom", "1 rue Basse", "67000", "Strasbourg", "", 3)); err != nil || !slices.Equal(changed, []string{"entreprise"}) {
			t.Errorf("%q, %v", changed, err)
		}
		if got := read(t, with, odile); !got.NameListedAt.IsZero() {
			t.Error("a typed name passes for the directory's")
		}
		if _, _, err := without.Refresh(t.Context(), odile); !fault.Is(err, fault.NotFound) {
			t.Errorf("no directory: %v", err)
		}
		for what, d := range map[string]org.Directory{"silent": listed(nil), "unlisted": listed{}, "hidden": listed{seat: {}}} {
			l, changed, err := profiles(h, d).Refresh(t.Context(), odile)
			if err != nil || string(l.Outcome) != what || changed != nil || read(t, with, odile).CompanyName != "Autre nom" {
				t.Errorf("%s: %+v %q %v", what, l, changed, err)
			}
		}
	})
}

// Somebody signs up with what the directory said; who signs up later renames nobody.
func TestASignUpCarriesWhatTheDirectorySaid(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		at := h.Clock.Now()
		r := h.rooms
		f := form(seat, "odile@exemple.fr")
		f.Postal = account.PostalAddress{Postcode: "faux"}
		p := profiles(h, muller(at))
		in, err := h.org.Register(t.Context(), r.link(t, h.DB, p.LookUp(t.Context(), seat, org.ForSignUp, "").Fill(f)), chosen("omuller"))
		if err != nil {
			t.Fatal(err)
		}
		odile, err := h.org.ActorOf(t.Context(), in.Session)
		if err != nil {
			t.Fatal(err)
		}
		want := org.Establishment{CompanyName: "MENUISERIE MULLER ET FILS", Country: "FR", Number: seat, NameListedAt: at,
			Street: tilleuls.Street, Postcode: tilleuls.Postcode, City: tilleuls.City, Version: 1}
		got := read(t, p, odile).Establishment
		got.ID, got.CompanyID, got.DeclaredAt = "", "", 0
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		later := form(seat, "karim@exemple.fr")
		later.CompanyName, later.Postal = "Autre", account.PostalAddress{Street: "Ailleurs", Postcode: "75001", City: "Paris"}
		if _, err := h.org.Register(t.Context(), r.link(t, h.DB, later), chosen("karim")); err != nil {
			t.Fatal(err)
		}
		again := read(t, p, odile).Establishment
		again.ID, again.CompanyID, again.DeclaredAt = "", "", 0
		if diff := cmp.Diff(want, again); diff != "" {
			t.Errorf("a later sign-up has changed the establishment: %s", diff)
		}
		typed := form("35600000012305", "claire@exemple.fr")
		typed.Postal = account.PostalAddress{Postcode: "75A", City: "Paris"}
		if err := h.accounts.AskSignUp(t.Context(), typed, account.Visitor{}); !slices.Equal(faults(err), []string{"code_postal invalid"}) {
			t.Errorf("%v", err)
		}
	})
}

func TestTheOperatorVerifiesAnEstablishment(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := profiles(h, nil)
		odile := h.Join(seat, "odile", "odile@muller.example")
		operator := access.Platform("exploitant")
		step := func(verified, wantChange bool, events int) {
			t.Helper()
			e, changed, err := p.Verify(t.Context(), operator, "FR", seat, verified)
			if err != nil || changed != wantChange || e.VerifiedAt.IsZero() == verified {
				t.Errorf("%+v, %v, %v", e, changed, err)
			}
			if got := read(t, p, odile); got.VerifiedAt.IsZero() == verified {
				t.Errorf("%+v", got.Establishment)
			}
			if n := h.Count("SELECT count(*) FROM event WHERE kind IN ($1, $2)", string(event.EstablishmentVerified), string(event.EstablishmentUnverified)); n != events {
				t.Errorf("%d events, want %d", n, events)
			}
		}
		step(false, false, 0)
		step(true, true, 1)
		step(true, false, 1)
		if p.NameLocked(read(t, p, odile).Establishment) == "" {
			t.Error("a verified name can be typed over")
		}
		if changed, err := p.Save(t.Context(), odile, form1("Usurpateur", "", "", "", "0388000000", 1)); err != nil || !slices.Equal(changed, []string{"telephone"}) {
			t.Errorf("%q, %v", changed, err)
		}
		step(false, true, 2)
		for _, c := range [][2]string{{"FR", branch}, {"BE", seat}, {"FR", ""}} {
			if _, _, err := p.Verify(t.Context(), operator, c[0], c[1], true); !fault.Is(err, fault.NotFound) {
				t.Errorf("%v: %v", c, err)
			}
		}
	})
}
