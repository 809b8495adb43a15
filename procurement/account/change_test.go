package account_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

func changing(current, next string) account.ChangeForm {
	return account.ChangeForm{Current: current, NewPassword: chosen(next)}
}

func TestAChangedPasswordKeepsThisSessionAndEndsTheOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		a, here := signedIn(t, d, s)
		elsewhere, err := opened(s.SignIn(ctx, "omuller", password, account.Visitor{Remote: away}))
		if err != nil {
			t.Fatal(err)
		}
		person(t, d, s, "opetit", "olivier@exemple.fr")
		somebodyElse, err := opened(s.SignIn(ctx, "opetit", password, account.Visitor{Remote: away}))
		if err != nil {
			t.Fatal(err)
		}
		link := resetLink(t, d, s, "omuller")
		if err := s.ChangePassword(ctx, here, changing(password, other), account.Visitor{Remote: office}); err != nil {
			t.Fatal(err)
		}
		if !actor(t, d, here).SignedIn() || actor(t, d, elsewhere).SignedIn() || !actor(t, d, somebodyElse).SignedIn() {
			t.Errorf("here %v, elsewhere %v, somebody else %v", actor(t, d, here).SignedIn(), actor(t, d, elsewhere).SignedIn(), actor(t, d, somebodyElse).SignedIn())
		}
		if opens(t, s, password) || !opens(t, s, other) {
			t.Error("the old password opens, or the new one does not")
		}
		if _, err := s.ResetOf(ctx, link); !fault.Is(err, fault.NotFound) {
			t.Errorf("a link sent before: %v", err)
		}
		if n := number(t, d, "SELECT count(*) FROM event WHERE kind = $1 AND subject = $2 AND actor_id = $2 AND body = '{\"by_link\":false}'", string(event.PasswordChanged), a.ID); n != 1 {
			t.Errorf("%d changes in the journal", n)
		}
	})
}

func TestAChangeIsRefusedWhole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		_, token := signedIn(t, d, s)
		for what, c := range map[string]struct {
			form account.ChangeForm
			want []string
		}{
			"nothing":            {account.ChangeForm{}, []string{"mot_de_passe_actuel", "mot_de_passe"}},
			"no current one":     {changing("", other), []string{"mot_de_passe_actuel"}},
			"a short one":        {changing(password, "rabot"), []string{"mot_de_passe"}},
			"one's identifiant":  {changing(password, "omuller"), []string{"mot_de_passe"}},
			"the same again":     {changing(password, password), []string{"mot_de_passe"}},
			"confirmed badly":    {account.ChangeForm{Current: password, NewPassword: account.NewPassword{Password: other, Confirm: "x"}}, []string{"confirmation"}},
			"the current, wrong": {changing("rabot varlopf", other), []string{"mot_de_passe_actuel"}},
		} {
			err := s.ChangePassword(ctx, token, c.form, account.Visitor{Remote: office})
			if got := fields(err); !slices.Equal(got, c.want) || !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v, want faults on %v", what, err, c.want)
			}
		}
		if !actor(t, d, token).SignedIn() || !opens(t, s, password) {
			t.Error("a refused form changed something")
		}
		for _, out := range []string{"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"} {
			if err := s.ChangePassword(ctx, out, changing(password, other), account.Visitor{Remote: office}); !fault.Is(err, fault.SignIn) {
				t.Errorf("without a session: %v", err)
			}
		}
		if n := number(t, d, "SELECT count(*) FROM event WHERE kind = $1", string(event.PasswordChanged)); n != 0 {
			t.Errorf("%d changes in the journal", n)
		}
	})
}

// Abuse 68, from a session left open: guessing at the form is guessing at the door.
func TestAWrongCurrentPasswordCounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		_, token := signedIn(t, d, s)
		for i := range 10 {
			if err := s.ChangePassword(ctx, token, changing("rabot varlopf", other), account.Visitor{Remote: office}); !fault.Is(err, fault.Invalid) {
				t.Fatalf("error %d: %v", i+1, err)
			}
			if i >= 4 && i < 9 {
				c.Move(time.Second << (i - 4))
			}
		}
		if err := s.ChangePassword(ctx, token, changing(password, other), account.Visitor{Remote: office}); !fault.Is(err, fault.Unavailable) {
			t.Errorf("right after the tenth: %v", err)
		}
		if _, err := s.SignIn(ctx, "omuller", password, account.Visitor{Remote: office}); !fault.Is(err, fault.Unavailable) {
			t.Errorf("the door has a counter of its own: %v", err)
		}
		// What cannot be right costs nothing, nor is it counted.
		if err := s.ChangePassword(ctx, token, changing("", other), account.Visitor{Remote: office}); !fault.Is(err, fault.Invalid) {
			t.Errorf("without the current one: %v", err)
		}
		c.Move(33 * time.Second)
		if err := s.ChangePassword(ctx, token, changing(password, other), account.Visitor{Remote: office}); err != nil {
			t.Errorf("when the delay is over: %v", err)
		}
		if err := s.ChangePassword(ctx, token, changing(password, password+"x"), account.Visitor{Remote: office}); !fault.Is(err, fault.Invalid) {
			t.Errorf("after a success all is forgiven: %v", err)
		}
	})
}

func TestOfTwoChangesAtOnceOneIsMade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		_, here := signedIn(t, d, s)
		there, err := opened(s.SignIn(ctx, "omuller", password, account.Visitor{Remote: away}))
		if err != nil {
			t.Fatal(err)
		}
		var errs [2]error
		var all sync.WaitGroup
		all.Go(func() {
			errs[0] = s.ChangePassword(ctx, here, changing(password, other), account.Visitor{Remote: office})
		})
		all.Go(func() {
			errs[1] = s.ChangePassword(ctx, there, changing(password, other+" bis"), account.Visitor{Remote: away})
		})
		all.Wait()
		won, lost := 0, errs[1]
		if errs[0] != nil {
			won, lost = 1, errs[0]
		}
		// The later one meets the new password, or the end of its session.
		if errs[won] != nil || !fault.Is(lost, fault.Conflict) && !fault.Is(lost, fault.SignIn) && !fault.Is(lost, fault.Invalid) {
			t.Errorf("%v", errs)
		}
		if n := number(t, d, "SELECT count(*) FROM session"); n != 1 {
			t.Errorf("%d sessions go on", n)
		}
		if opens(t, s, password) || !opens(t, s, []string{other, other + " bis"}[won]) {
			t.Error("the password is not the winner's")
		}
	})
}

func TestASessionThatSwitchesWhileThePasswordChangesEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		a, here := signedIn(t, d, s)
		for _, passwords := range [][2]string{{password, other}, {other, password}, {password, other}} {
			there, err := opened(s.SignIn(ctx, "omuller", passwords[0], account.Visitor{Remote: away}))
			if err != nil {
				t.Fatal(err)
			}
			membership := actor(t, d, there).MembershipID
			var renewed string
			var changed atomic.Bool
			var all sync.WaitGroup
			all.Go(func() {
				for token, last := there, false; token != "" && !last; {
					renewed, last = token, changed.Load()
					if token, err = s.Switch(ctx, token, membership); err != nil && !fault.Is(err, fault.SignIn) {
						t.Error(err)
					}
				}
			})
			all.Go(func() {
				if err := s.ChangePassword(ctx, here, changing(passwords[0], passwords[1]), account.Visitor{Remote: office}); err != nil {
					t.Error(err)
				}
				changed.Store(true)
			})
			all.Wait()
			if n := number(t, d, "SELECT count(*) FROM session WHERE account_id = $1", a.ID); n != 1 || actor(t, d, renewed).SignedIn() || !actor(t, d, here).SignedIn() {
				t.Fatalf("%d sessions go on", n)
			}
		}
	})
}
