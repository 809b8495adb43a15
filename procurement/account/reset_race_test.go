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

func TestOfTwoWhoUseALinkAtOnceOneDoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		s := telling(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		token := resetLink(t, d, s, "omuller")
		errs := make([]error, 6)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				errs[i] = reset(s, token, chosen(fmt.Sprintf("%s %d", other, i)), account.Visitor{Remote: office})
			})
		}
		all.Wait()
		winner := -1
		for i, err := range errs {
			switch {
			case err == nil && winner < 0:
				winner = i
			case !fault.Is(err, fault.NotFound):
				t.Errorf("%d: %v", i, err)
			}
		}
		if winner < 0 || !opens(t, s, fmt.Sprintf("%s %d", other, winner)) {
			t.Errorf("the password is not the winner's, %d", winner)
		}
		if n := number(t, d, "SELECT count(*) FROM event WHERE kind = $1", string(event.PasswordChanged)); n != 1 {
			t.Errorf("%d changes in the journal", n)
		}
	})
}

// A sign-in with the old password, verified a moment too early, must not outlive
// the change.
func TestNoSessionOfTheOldPasswordOutlivesAChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		person(t, d, s, "omuller", "odile@exemple.fr")
		for round, now := range []string{other, password, other} {
			old := map[string]string{other: password, password: other}[now]
			c.Move(time.Hour) // the errors of the last round have no delay any more
			token := resetLink(t, d, s, "omuller")
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					for range 3 {
						_, err := s.SignIn(ctx, "omuller", old, account.Visitor{Remote: fmt.Sprintf("198.51.%d.1", round)})
						if err != nil && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Unavailable) {
							t.Error(err)
						}
					}
				})
			}
			all.Go(func() {
				if err := reset(s, token, chosen(now), account.Visitor{Remote: office}); err != nil {
					t.Error(err)
				}
			})
			all.Wait()
			if n := number(t, d, "SELECT count(*) FROM session"); n != 0 {
				t.Fatalf("round %d: %d sessions of the old password go on", round, n)
			}
		}
	})
}
