package account_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

// together runs functions at once.
func together(do ...func() error) []error {
	errs := make([]error, len(do))
	var all sync.WaitGroup
	for i, f := range do {
		all.Go(func() { errs[i] = f() })
	}
	all.Wait()
	return errs
}

func TestOneLinkConfirmedTwiceAtOnceServesOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		s := telling(t, d)
		_, session := signedIn(t, d, s)
		token := addressLink(t, d, s, session, neuve)
		use := func() error { return confirm(d, s, token, session) }
		won := 0
		for _, err := range together(use, use, use, use) {
			switch {
			case err == nil:
				won++
			case !fault.Is(err, fault.NotFound):
				t.Error(err)
			}
		}
		if n := number(t, d, "SELECT count(*) FROM event WHERE kind = $1", string(event.AddressChanged)); won != 1 || n != 1 {
			t.Errorf("%d won, %d changes in the journal", won, n)
		}
		if n := number(t, d, "SELECT count(*) FROM former_address"); n != 1 {
			t.Errorf("%d addresses were left", n)
		}
	})
}

// Two accounts, and a sign-up, want one address at the same moment: one has it.
func TestOfSeveralWhoTakeAnAddressAtOnceOneHasIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		var sessions []string
		for i := range 2 {
			login := fmt.Sprintf("person%d", i)
			person(t, d, s, login, login+"@exemple.fr")
			session, err := opened(s.SignIn(ctx, login, password, account.Visitor{Remote: away}))
			if err != nil {
				t.Fatal(err)
			}
			sessions = append(sessions, session)
		}
		for round := range 4 {
			wanted := fmt.Sprintf("neuve%d@exemple.fr", round)
			signUp := link(t, d, s, wanted)
			links := []string{addressLink(t, d, s, sessions[0], wanted), addressLink(t, d, s, sessions[1], wanted)}
			chosen := func() error { _, err := create(d, s, signUp, fmt.Sprintf("new%d", round)); return err }
			errs := together(
				func() error { return confirm(d, s, links[0], sessions[0]) },
				func() error { return confirm(d, s, links[1], sessions[1]) },
				chosen,
			)
			won := 0
			for i, err := range errs {
				switch {
				case err == nil:
					won++
				case !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound):
					t.Errorf("round %d, %d: %v", round, i, err)
				}
			}
			if n := number(t, d, "SELECT count(*) FROM account WHERE address_key = $1", wanted); won != 1 || n != 1 {
				t.Errorf("round %d: %d won, %d accounts have it: %v", round, won, n, errs)
			}
		}
	})
}

// Somebody leaves an address while others take it: it is kept all the same.
func TestAnAddressThatIsBeingLeftIsNotTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		a, session := signedIn(t, d, s)
		person(t, d, s, "opetit", "olivier@exemple.fr")
		theirs, err := opened(s.SignIn(ctx, "opetit", password, account.Visitor{Remote: away}))
		if err != nil {
			t.Fatal(err)
		}
		at := "odile@exemple.fr"
		for round := range 4 {
			to := fmt.Sprintf("odile%d@exemple.fr", round)
			signUp, leaving, taking := linkAnyway(t, d, s, at), addressLink(t, d, s, session, to), addressLink(t, d, s, theirs, at)
			errs := together(
				func() error { return confirm(d, s, leaving, session) },
				func() error { return confirm(d, s, taking, theirs) },
				func() error { _, err := create(d, s, signUp, fmt.Sprintf("new%d", round)); return err },
			)
			if errs[0] != nil || !fault.Is(errs[1], fault.Conflict) || !fault.Is(errs[2], fault.NotFound) {
				t.Errorf("round %d: %v", round, errs)
			}
			if n := number(t, d, "SELECT count(*) FROM account WHERE address_key = $1", at); n != 0 || addressOf(t, d, a.ID) != to {
				t.Errorf("round %d: %d accounts have what was just left, its account has %s", round, n, addressOf(t, d, a.ID))
			}
			at = to
		}
	})
}

// Of a confirmation and a change of password at once, whoever comes second finds the
// other's work done: a link asked for with the old password never serves after it.
func TestAConfirmationWhileThePasswordChanges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		a, session := signedIn(t, d, s)
		old, now := password, other
		for round := range 4 {
			to := fmt.Sprintf("odile%d@exemple.fr", round)
			if err := s.AskAddress(ctx, session, account.AddressForm{Current: old, Address: to}, account.Visitor{Remote: office}); err != nil {
				t.Fatal(err)
			}
			var token string
			write(t, d, func(tx *db.Tx) error {
				var id string
				if err := tx.One(&id, "SELECT id FROM address_change WHERE closed_at IS NULL"); err != nil {
					return err
				}
				var err error
				token, _, err = account.MintAddressToken(tx, id)
				return err
			})
			errs := together(
				func() error { return confirm(d, s, token, session) },
				func() error {
					return s.ChangePassword(ctx, session, changing(old, now), account.Visitor{Remote: office})
				},
			)
			if errs[1] != nil || errs[0] != nil && !fault.Is(errs[0], fault.NotFound) {
				t.Fatalf("round %d: %v", round, errs)
			}
			if got := addressOf(t, d, a.ID); (got == to) != (errs[0] == nil) {
				t.Errorf("round %d: address %s, %v", round, got, errs[0])
			}
			if err := confirm(d, s, token, session); !fault.Is(err, fault.NotFound) {
				t.Errorf("round %d, after both: %v", round, err)
			}
			old, now = now, old
		}
	})
}

// Whoever took the account over uses all that they have while its owner takes the
// address back: nothing of it outlives that.
func TestNothingOfTheOtherOutlivesTheWayBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		a, _ := signedIn(t, d, s)
		for round := range 3 {
			session := again(t, s)
			pirate := fmt.Sprintf("pirate%d@exemple.fr", round)
			if err := confirm(d, s, addressLink(t, d, s, session, pirate), session); err != nil {
				t.Fatal(err)
			}
			token, reset := restoreLink(t, d, "odile@exemple.fr"), resetLink(t, d, s, "omuller")
			further := addressLink(t, d, s, session, "plus-loin-"+pirate)
			var back account.AddressRestored
			errs := together(
				func() (err error) { back, err = restore(d, s, token); return err },
				func() error {
					_, err := s.ResetPassword(ctx, reset, chosen(other), account.Visitor{Remote: away})
					return err
				},
				func() error {
					_, err := s.SignIn(ctx, "omuller", password, account.Visitor{Remote: away})
					return err
				},
				func() error { return confirm(d, s, further, session) },
				func() error {
					return s.ChangePassword(ctx, session, changing(password, other+" bis"), account.Visitor{Remote: office})
				},
				func() error {
					return s.AskAddress(ctx, session, wanting("encore-"+pirate), account.Visitor{Remote: office})
				},
			)
			for i, err := range errs {
				if _, ok := fault.As(err); err != nil && !ok {
					t.Errorf("round %d, %d: %v", round, i, err)
				}
			}
			if errs[0] != nil || addressOf(t, d, a.ID) != "odile@exemple.fr" {
				t.Fatalf("round %d: %s, %v", round, addressOf(t, d, a.ID), errs[0])
			}
			for what, n := range map[string]int{
				"sessions":  number(t, d, "SELECT count(*) FROM session"),
				"browsers":  number(t, d, "SELECT count(*) FROM device WHERE account_id = $1 AND forgotten_at IS NULL", a.ID),
				"passwords": number(t, d, "SELECT count(*) FROM account WHERE password_hash <> ''"),
				"changes":   number(t, d, "SELECT count(*) FROM address_change WHERE closed_at IS NULL"),
				"resets":    number(t, d, "SELECT count(*) FROM password_reset WHERE closed_at IS NULL") - 1, // the owner's
				"ways":      number(t, d, "SELECT count(*) FROM former_address WHERE closed_at IS NULL"),
			} {
				if n != 0 {
					t.Errorf("round %d: %d %s outlive the way back", round, n, what)
				}
			}
			if _, err := s.ResetPassword(ctx, back.Reset, chosen(password), account.Visitor{Remote: office}); err != nil {
				t.Fatal(err)
			}
			c.Move(25 * time.Hour)
		}
	})
}
