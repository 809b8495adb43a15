package org_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/org"
)

func TestTheFirstPersonAdministersAndTheNextAsksToJoin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, r := context.Background(), open(t, d)
		first, err := r.org.Register(ctx, r.link(t, d, form(seat, "odile@exemple.fr")), chosen("omuller"))
		if err != nil {
			t.Fatal(err)
		}
		second := form("732 829 320 00074", "olivier@exemple.fr")
		second.CompanyName = "Un autre nom"
		later, err := r.org.Register(ctx, r.link(t, d, second), chosen("opetit"))
		if err != nil {
			t.Fatal(err)
		}
		admin, err1 := r.org.ActorOf(ctx, first.Session)
		newcomer, err2 := r.org.ActorOf(ctx, later.Session)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		want := access.Actor{AccountID: admin.AccountID, Name: "Odile Muller", Address: "odile@exemple.fr",
			MembershipID: admin.MembershipID, EstablishmentID: admin.EstablishmentID, CompanyName: "Menuiserie Muller", SIRET: seat,
			Role: access.CompanyAdmin}
		if diff := cmp.Diff(want, admin); diff != "" || admin.MembershipID == "" {
			t.Error(diff)
		}
		if newcomer.Role != access.Newcomer || newcomer.EstablishmentID != admin.EstablishmentID || newcomer.CompanyName != "Menuiserie Muller" {
			t.Errorf("the second: %+v", newcomer)
		}
		if newcomer.Scope() == admin.Scope() {
			t.Error("a person whom nobody approved sees the company's data")
		}
		if n := number(t, d, "SELECT count(*) FROM event WHERE kind IN ($1, $2)", string(event.AccountCreated), string(event.MembershipCreated)); n != 4 {
			t.Errorf("%d events, want 4", n)
		}
		hats, err := r.org.Memberships(ctx, newcomer)
		if err != nil || len(hats) != 1 || hats[0].ActingRole() != access.Newcomer ||
			hats[0].Establishment.Status() != "Établissement déclaré, non vérifié" || hats[0].Establishment.SIRET().Pretty() != "732\u00a0829\u00a0320\u00a000074" {
			t.Errorf("%+v (%v)", hats, err)
		}
		if _, err := r.org.Memberships(ctx, access.Anybody()); !fault.Is(err, fault.SignIn) {
			t.Errorf("a visitor's memberships: %v", err)
		}
	})
}

func TestEstablishmentsOfOneCompanyHaveTheirOwnPeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, r := context.Background(), open(t, d)
		var seen []access.Actor
		for login, siret := range map[string]string{"siege": seat, "agence": branch} {
			in, err := r.org.Register(ctx, r.link(t, d, form(siret, login+"@exemple.fr")), chosen(login))
			if err != nil {
				t.Fatal(err)
			}
			a, err := r.org.ActorOf(ctx, in.Session)
			if err != nil || a.Role != access.CompanyAdmin || a.SIRET != siret {
				t.Errorf("%s: %+v (%v)", login, a, err)
			}
			seen = append(seen, a)
		}
		if seen[0].Scope() == seen[1].Scope() {
			t.Error("two establishments share their data")
		}
		if n := number(t, d, "SELECT count(*) FROM company"); n != 1 {
			t.Errorf("%d companies, want 1", n)
		}
	})
}

// Abuse 14: a bidder from abroad has no SIRET, and two countries may number alike.
func TestAForeignCompanyRegistersWithItsOwnNumber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, r := context.Background(), open(t, d)
		for login, c := range map[string][2]string{"arlon": {"BE", "732829320"}, "kehl": {"DE", "732829320"}, "arlon2": {"BE", "732.829.320"}} {
			f := form("", login+"@exemple.eu")
			f.Country, f.NationalID = c[0], c[1]
			in, err := r.org.Register(ctx, r.link(t, d, f), chosen(login))
			if err != nil {
				t.Fatal(err)
			}
			a, err := r.org.ActorOf(ctx, in.Session)
			if err != nil || a.SIRET != "" || a.CompanyName != "Menuiserie Muller" {
				t.Errorf("%s: %+v (%v)", login, a, err)
			}
		}
		if _, err := r.org.Register(ctx, r.link(t, d, form(seat, "odile@exemple.fr")), chosen("odile")); err != nil {
			t.Fatal(err)
		}
		if n := number(t, d, "SELECT count(*) FROM company"); n != 3 {
			t.Errorf("%d companies, want one in each country", n)
		}
		if n := number(t, d, "SELECT count(*) FROM membership WHERE approved_at IS NULL"); n != 1 {
			t.Errorf("%d wait for approval, want 1", n)
		}
	})
}

// Abuse 75, as far as registering goes: of several first persons one is the first.
func TestOfSeveralFirstPersonsOneAdministers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, r := context.Background(), open(t, d)
		var links []string
		for _, who := range []string{"a", "b", "c", "d"} {
			links = append(links, r.link(t, d, form(seat, who+"@exemple.fr")))
		}
		var all sync.WaitGroup
		for i, token := range links {
			all.Go(func() {
				if _, err := r.org.Register(ctx, token, chosen("personne"+string(rune('a'+i)))); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		admins := number(t, d, "SELECT count(*) FROM membership WHERE role = 'admin' AND approved_at IS NOT NULL")
		waiting := number(t, d, "SELECT count(*) FROM membership WHERE role = 'user' AND approved_at IS NULL")
		if admins != 1 || waiting != 3 || number(t, d, "SELECT count(*) FROM establishment") != 1 {
			t.Errorf("%d administrators, %d waiting", admins, waiting)
		}
	})
}

func TestARefusedRegistrationLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, r := context.Background(), open(t, d)
		if _, err := r.org.Register(ctx, r.link(t, d, form(seat, "odile@exemple.fr")), chosen("omuller")); err != nil {
			t.Fatal(err)
		}
		token := r.link(t, d, form("35600000012305", "olivier@exemple.fr"))
		for what, c := range map[string]struct {
			login, pass, confirm string
			want                 []string
		}{
			"a taken identifiant": {"OMULLER", password, password, []string{"identifiant"}},
			"a weak password":     {"opetit", "azertyuiop123", "azertyuiop123", []string{"mot_de_passe"}},
			"unequal":             {"opetit", password, "rabot", []string{"confirmation"}},
		} {
			in, err := r.org.Register(ctx, token, org.RegisterForm{Login: c.login, Password: c.pass, Confirm: c.confirm})
			var fields []string
			for _, f := range fault.All(err) {
				fields = append(fields, f.Field)
			}
			if !slices.Equal(fields, c.want) || in != (account.Entry{}) {
				t.Errorf("%s: %+v, %v", what, in, err)
			}
		}
		c.Move(25 * time.Hour)
		for what, link := range map[string]string{"expired": token, "garbage": "x"} {
			if in, err := r.org.Register(ctx, link, chosen("opetit")); !fault.Is(err, fault.NotFound) || in != (account.Entry{}) {
				t.Errorf("%s: %+v, %v", what, in, err)
			}
		}
		for table, want := range map[string]int{"account": 1, "company": 1, "establishment": 1, "membership": 1, "session": 1} {
			if n := number(t, d, "SELECT count(*) FROM "+table); n != want {
				t.Errorf("%d rows in %s, want %d", n, table, want)
			}
		}
	})
}

func TestWhoActsIsAVisitorWithoutAnOpenSession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, r := context.Background(), open(t, d)
		in, err := r.org.Register(ctx, r.link(t, d, form(seat, "odile@exemple.fr")), chosen("omuller"))
		if err != nil {
			t.Fatal(err)
		}
		for _, garbage := range []string{"", "x", strings.Repeat("A", 43)} {
			if a, err := r.org.ActorOf(ctx, garbage); err != nil || a != access.Anybody() {
				t.Errorf("%q: %+v (%v)", garbage, a, err)
			}
		}
		for range 3 { // ActorOf keeps the session alive
			c.Move(119 * time.Minute)
			if a, err := r.org.ActorOf(ctx, in.Session); err != nil || !a.SignedIn() {
				t.Fatalf("%+v (%v)", a, err)
			}
		}
		c.Move(121 * time.Minute)
		if a, err := r.org.ActorOf(ctx, in.Session); err != nil || a != access.Anybody() {
			t.Errorf("two idle hours later: %+v (%v)", a, err)
		}
	})
}

func TestAVerifiedEstablishmentSaysSo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, r := context.Background(), open(t, d)
		in, err := r.org.Register(ctx, r.link(t, d, form(seat, "odile@exemple.fr")), chosen("omuller"))
		if err != nil {
			t.Fatal(err)
		}
		err = d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE establishment SET verified_at = $1", tx.Now)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		a, err := r.org.ActorOf(ctx, in.Session)
		if err != nil || !a.Verified {
			t.Errorf("%+v (%v)", a, err)
		}
		err = d.Read(ctx, func(tx *db.Tx) error {
			e, err := org.EstablishmentByID(tx, a.EstablishmentID)
			if e.Status() != "Établissement vérifié" || e.CompanyName != "Menuiserie Muller" {
				t.Errorf("%+v", e)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
