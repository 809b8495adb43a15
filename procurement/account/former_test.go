package account_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

func TestAConfirmedAddressKeepsThisSessionAndEndsTheOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		a, here := signedIn(t, d, s)
		elsewhere := again(t, s)
		person(t, d, s, "opetit", "olivier@exemple.fr")
		somebodyElse, err := opened(s.SignIn(ctx, "opetit", password, account.Visitor{Remote: away}))
		if err != nil {
			t.Fatal(err)
		}
		reset, signUp := resetLink(t, d, s, "omuller"), link(t, d, s, neuve)
		if err := confirm(d, s, addressLink(t, d, s, here, neuve), here); err != nil {
			t.Fatal(err)
		}
		if !actor(t, d, here).SignedIn() || actor(t, d, elsewhere).SignedIn() || !actor(t, d, somebodyElse).SignedIn() {
			t.Errorf("here %v, elsewhere %v, somebody else %v", actor(t, d, here).SignedIn(), actor(t, d, elsewhere).SignedIn(), actor(t, d, somebodyElse).SignedIn())
		}
		if got := actor(t, d, here).Address; got != neuve {
			t.Errorf("the session is that of %s", got)
		}
		if _, err := s.ResetOf(ctx, reset); !fault.Is(err, fault.NotFound) {
			t.Errorf("a forgotten password of the old address: %v", err)
		}
		if _, err := s.SignUpOf(ctx, signUp); !fault.Is(err, fault.NotFound) {
			t.Errorf("a sign-up of the new address: %v", err)
		}
		// The link is opened where nobody is signed in, or somebody else is.
		if err := confirm(d, s, addressLink(t, d, s, here, "odile@autre.example"), somebodyElse); err != nil {
			t.Fatal(err)
		}
		if actor(t, d, here).SignedIn() || !actor(t, d, somebodyElse).SignedIn() {
			t.Error("another's session was taken for the person's")
		}
		if n := number(t, d, "SELECT count(*) FROM event WHERE kind = $1 AND subject = $2 AND actor_id = $2 AND body NOT LIKE '%@%'", string(event.AddressChanged), a.ID); n != 2 {
			t.Errorf("%d changes in the journal", n)
		}
	})
}

// Whoever changed the address knew the password, held a session and waits for links:
// nothing of it is worth anything once the old mailbox has spoken.
func TestAnAddressTakenBackShutsOutWhoeverChangedIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		a, session := signedIn(t, d, s)
		if err := confirm(d, s, addressLink(t, d, s, session, "pirate@ailleurs.example"), session); err != nil {
			t.Fatal(err)
		}
		token := restoreLink(t, d, "odile@exemple.fr")
		if n := number(t, d, "SELECT count(*) FROM former_address WHERE token_hash = $1 OR id = $1", token); n != 0 {
			t.Error("the token itself is stored")
		}
		reset, next := resetLink(t, d, s, "omuller"), addressLink(t, d, s, session, "pirate@plus-loin.example")
		c.Move(time.Hour)
		for range 2 { // scanners read it before its owner does
			f, err := s.FormerAddressOf(ctx, token)
			if err != nil || f.Address != "odile@exemple.fr" || f.Account.ID != a.ID || f.Until.Sub(f.LeftAt).Round(time.Minute) != 72*time.Hour {
				t.Fatalf("%+v: %v", f, err)
			}
		}
		if got := addressOf(t, d, a.ID); got != "pirate@ailleurs.example" {
			t.Fatalf("reading the link changed the address to %s", got)
		}
		back, err := restore(d, s, token)
		if err != nil || back.To.Text != "odile@exemple.fr" || back.From.Text != "pirate@ailleurs.example" {
			t.Fatalf("%+v: %v", back, err)
		}
		if got := addressOf(t, d, a.ID); got != "odile@exemple.fr" || actor(t, d, session).SignedIn() {
			t.Errorf("address %s, or the session goes on", got)
		}
		if _, err := s.ResetOf(ctx, reset); !fault.Is(err, fault.NotFound) {
			t.Errorf("the other's forgotten password: %v", err)
		}
		if err := confirm(d, s, next, ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("the other's next address: %v", err)
		}
		if opens(t, s, password) || opens(t, s, "") {
			t.Error("the password that the other knew still opens")
		}
		if _, err := s.ResetPassword(ctx, back.Reset, chosen(other), account.Visitor{Remote: office}); err != nil {
			t.Fatalf("the link to choose another: %v", err)
		}
		if !opens(t, s, other) {
			t.Error("the password that was chosen does not open")
		}
		if _, err := restore(d, s, token); !fault.Is(err, fault.NotFound) {
			t.Errorf("used again: %v", err)
		}
		if _, err := create(d, s, link(t, d, s, "pirate@ailleurs.example"), "pirate"); err != nil { // it is nobody's again
			t.Error(err)
		}
	})
}

// A second factor that whoever changed the address added would keep them inside and
// its owner out; the one that the owner had stays theirs, without the codes that the
// other has read.
func TestAFactorAddedSinceDoesNotOutliveTheWayBack(t *testing.T) {
	for _, c := range []struct {
		name   string
		before bool // the owner had the application before the address changed
	}{{"added by the other", false}, {"the owner's", true}} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB, clk *clock.Movable) {
				s := telling(t, d)
				h := member(t, d, s, clk)
				if c.before {
					h.withApplication()
				}
				if err := confirm(d, s, addressLink(t, d, s, h.session, "pirate@ailleurs.example"), h.session); err != nil {
					t.Fatal(err)
				}
				if !c.before {
					clk.Move(time.Minute)
					h.withApplication()
				}
				back, err := restore(d, s, restoreLink(t, d, "odile@exemple.fr"))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := s.ResetPassword(t.Context(), back.Reset, chosen(other), account.Visitor{Remote: office}); err != nil {
					t.Fatal(err)
				}
				in, err := s.SignIn(t.Context(), h.Login, other, atOffice)
				if err != nil {
					t.Fatal(err)
				}
				if (in.Pending != "") != c.before || (in.Session != "") == c.before {
					t.Errorf("the new password opens %+v", in)
				}
				f := h.factors()
				if !f.Application.IsZero() != c.before || f.CodesLeft != 0 {
					t.Errorf("%+v", f)
				}
			})
		})
	}
}

// A→B→C: each old address takes the account back to itself within its own time, and
// the oldest one wins over those that came after it.
func TestTheOldestAddressWins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		s := telling(t, d)
		a, _ := signedIn(t, d, s)
		links := map[string]string{}
		goTo := func(from, to string) {
			t.Helper()
			session := again(t, s)
			if err := confirm(d, s, addressLink(t, d, s, session, to), session); err != nil {
				t.Fatal(err)
			}
			links[from] = restoreLink(t, d, from)
		}
		const first, second, third = "odile@exemple.fr", "b@exemple.fr", "c@exemple.fr"
		goTo(first, second)
		c.Move(48 * time.Hour)
		goTo(second, third)
		// While they may be taken back, both are for nobody else.
		for i, kept := range []string{first, second} {
			if _, err := create(d, s, linkAnyway(t, d, s, kept), fmt.Sprintf("other%d", i)); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s has another account: %v", kept, err)
			}
		}
		if _, err := restore(d, s, links[second]); err != nil || addressOf(t, d, a.ID) != second {
			t.Fatalf("the second: %s, %v", addressOf(t, d, a.ID), err)
		}
		back, err := restore(d, s, links[first])
		if err != nil || addressOf(t, d, a.ID) != first {
			t.Fatalf("the first, 48 hours later: %s, %v", addressOf(t, d, a.ID), err)
		}
		slices.Sort(back.Others)
		if !slices.Equal(back.Others, []string{second, third}) {
			t.Errorf("had meanwhile %v", back.Others)
		}
		if _, err := s.ResetPassword(context.Background(), back.Reset, chosen(password), account.Visitor{Remote: office}); err != nil {
			t.Fatal(err)
		}
		goTo(first, second)
		goTo(second, third)
		if _, err := restore(d, s, links[first]); err != nil {
			t.Fatal(err)
		}
		// The way back of who changed it first is closed: they held the second mailbox.
		if _, err := restore(d, s, links[second]); !fault.Is(err, fault.NotFound) || addressOf(t, d, a.ID) != first {
			t.Errorf("the second undoes the first: %s, %v", addressOf(t, d, a.ID), err)
		}
		if n := number(t, d, "SELECT count(*) FROM former_address WHERE closed_at IS NULL"); n != 0 {
			t.Errorf("%d ways back are open", n)
		}
	})
}

// linkAnyway writes the row of a sign-up that was asked for before the address was left.
func linkAnyway(t *testing.T, d *db.DB, s *account.Service, address string) (token string) {
	t.Helper()
	if err := s.AskSignUp(context.Background(), form(address), account.Visitor{}); err != nil {
		t.Fatal(err)
	}
	write(t, d, func(tx *db.Tx) error {
		var id string
		if err := tx.One(&id, "SELECT id FROM sign_up WHERE address_key = $1 ORDER BY asked_at DESC LIMIT 1", address); err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE sign_up SET used_at = NULL WHERE id = $1", id); err != nil {
			return err
		}
		var err error
		token, _, err = account.MintSignUpToken(tx, id)
		return err
	})
	return token
}

// Abuse 69: a sign-up with an address that was just left is taken like any other, and
// its mailbox is told why there is no link.
func TestASignUpWithAnAddressJustLeftIsMailedToItAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		a, session := signedIn(t, d, s)
		if err := confirm(d, s, addressLink(t, d, s, session, neuve), session); err != nil {
			t.Fatal(err)
		}
		if err := s.AskSignUp(ctx, form("odile@exemple.fr"), account.Visitor{}); err != nil {
			t.Fatal(err)
		}
		if n := number(t, d, "SELECT count(*) FROM event WHERE kind = $1 AND subject = $2", string(event.SignUpRepeated), a.ID); n != 1 {
			t.Errorf("%d attempts in the journal", n)
		}
		read(t, d, func(tx *db.Tx) error {
			for address, want := range map[string]bool{"odile@exemple.fr": true, neuve: false} {
				holder, kept, err := account.HolderOf(tx, account.Address{Text: address, Key: address})
				if err != nil || holder.ID != a.ID || kept.IsZero() == want {
					t.Errorf("%s: held by %s, kept until %v: %v", address, holder.ID, kept, err)
				}
			}
			_, _, err := account.HolderOf(tx, account.Address{Text: "x@y.fr", Key: "x@y.fr"})
			if !errors.Is(err, db.ErrNone) {
				t.Errorf("a free address: %v", err)
			}
			return nil
		})
		// Its own account may have it again before anybody else.
		if err := confirm(d, s, addressLink(t, d, s, session, "odile@exemple.fr"), session); err != nil {
			t.Error(err)
		}
		c.Move(9 * 24 * time.Hour)
		if err := s.ForgetStale(ctx); err != nil {
			t.Fatal(err)
		}
		if n := number(t, d, "SELECT count(*) FROM former_address"); n != 0 {
			t.Errorf("%d addresses are kept for nothing", n)
		}
	})
}

// Abuse 70: guessed, expired, of a mail that was written again. The three days run from
// when the mail is written: a relay that is down costs its reader nothing.
func TestALinkBackDies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		_, session := signedIn(t, d, s)
		if err := confirm(d, s, addressLink(t, d, s, session, neuve), session); err != nil {
			t.Fatal(err)
		}
		dead := func(what, token string) {
			t.Helper()
			_, err1 := s.FormerAddressOf(ctx, token)
			_, err2 := restore(d, s, token)
			if !fault.Is(err1, fault.NotFound) || !fault.Is(err2, fault.NotFound) || err1.Error() != err2.Error() {
				t.Errorf("%s: %v and %v", what, err1, err2)
			}
		}
		for _, guess := range []string{"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "' OR '1'='1", "\x00"} {
			dead(fmt.Sprintf("%q", guess), guess)
		}
		c.Move(4 * 24 * time.Hour) // the relay was down
		first := restoreLink(t, d, "odile@exemple.fr")
		second := restoreLink(t, d, "odile@exemple.fr")
		dead("of a mail that is written again", first)
		c.Move(71 * time.Hour)
		if _, err := s.FormerAddressOf(ctx, second); err != nil {
			t.Errorf("after 71 hours: %v", err)
		}
		c.Move(time.Hour)
		dead("after 72 hours", second)
	})
}
