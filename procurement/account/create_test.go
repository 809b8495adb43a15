package account_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

func TestCredentialsAreRefusedTogether(t *testing.T) {
	d, _ := dbtest.Open(t, dbtest.URL(t, db.SQLite))
	s := room(t, d)
	by := account.SignUp{Name: "Odile Muller-Schmitt", Address: "odile.muller@exemple.fr", AddressKey: "odile.muller@exemple.fr"}
	for what, c := range map[string]struct {
		login, password, confirm string
		want                     []string
	}{
		"good":                     {"omuller", password, password, nil},
		"nothing":                  {"", "", "", []string{"identifiant", "mot_de_passe"}},
		"another confirmation":     {"omuller", password, password + " ", []string{"confirmation"}},
		"short, and an address":    {"o@b.fr", "court", "court", []string{"identifiant", "mot_de_passe"}},
		"the identifiant again":    {"omuller-schmitt", "OMuller-Schmitt", "OMuller-Schmitt", []string{"mot_de_passe"}},
		"the name again":           {"omuller", "odile muller-schmitt", "odile muller-schmitt", []string{"mot_de_passe"}},
		"the address again":        {"omuller", "odile.muller@exemple.fr", "odile.muller@exemple.fr", []string{"mot_de_passe"}},
		"a bad one, twice unequal": {"omuller", "court", "autre", []string{"mot_de_passe"}},
	} {
		_, err := s.Choose(context.Background(), by, account.CredentialsForm{Login: c.login, Password: c.password, Confirm: c.confirm})
		if got := fields(err); !slices.Equal(got, c.want) {
			t.Errorf("%s: faults on %v (%v), want %v", what, got, err, c.want)
		}
	}
}

func TestAnIdentifiantIsTakenOnceWhateverItsCase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		s := room(t, d)
		person(t, d, s, "OMuller", "odile@exemple.fr")
		token := link(t, d, s, "olivier@exemple.fr")
		_, err := create(d, s, token, "omuller")
		if got := fields(err); !slices.Equal(got, []string{"identifiant"}) {
			t.Errorf("%v", err)
		}
		// Nothing was consumed: another choice works.
		if a, err := create(d, s, token, "omuller2"); err != nil || a.Name != "Odile Muller" {
			t.Errorf("%+v (%v)", a, err)
		}
	})
}

func TestARolledBackAccountLeavesItsLinkGood(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		token := link(t, d, s, "odile@exemple.fr")
		from, err := s.SignUpOf(ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		chosen, err := s.Choose(ctx, from, account.CredentialsForm{Login: "omuller", Password: password, Confirm: password})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Write(ctx, func(tx *db.Tx) error {
			_, _, err := s.CreateAccount(tx, token, chosen)
			return errors.Join(err, errRollback)
		})
		if !errors.Is(err, errRollback) || fault.All(err) != nil {
			t.Fatal(err)
		}
		if _, err := create(d, s, token, "omuller"); err != nil {
			t.Error(err)
		}
	})
}

// Whoever signed up first, the mailbox decides: a link of the same address, mailed
// for somebody else's sign-up, dies when its owner has used theirs.
func TestTwoSignUpsOfOneAddressMakeOneAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		s := room(t, d)
		for range 4 {
			before := number(t, d, "SELECT count(*) FROM account")
			address := db.NewID()[:8] + db.NewID()[28:] + "@exemple.fr"
			tokens := []string{link(t, d, s, address), link(t, d, s, address), link(t, d, s, address)}
			errs := make([]error, len(tokens))
			var all sync.WaitGroup
			for i, token := range tokens {
				all.Go(func() { _, errs[i] = create(d, s, token, "p"+db.NewID()[24:]) })
			}
			all.Wait()
			won := 0
			for _, err := range errs {
				switch {
				case err == nil:
					won++
				case !fault.Is(err, fault.NotFound) || fields(err)[0] != "":
					t.Errorf("the loser: %v", err)
				}
			}
			if made := number(t, d, "SELECT count(*) FROM account") - before; won != 1 || made != 1 {
				t.Errorf("%d won, %d accounts", won, made)
			}
		}
	})
}

func TestAnAccountIsInTheJournalWithoutItsSecrets(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		s := room(t, d)
		a := person(t, d, s, "omuller", "odile@exemple.fr")
		read(t, d, func(tx *db.Tx) error {
			lines, err := event.About(tx, a.ID)
			if len(lines) != 1 || lines[0].Kind != event.AccountCreated || *lines[0].ActorID != a.ID || lines[0].ActorName != "Odile Muller" {
				t.Errorf("%+v", lines)
			}
			mine, err2 := account.MembershipsOf(tx, a.ID)
			if len(mine) != 1 {
				t.Fatalf("%+v", mine)
			}
			joined, err3 := event.About(tx, mine[0].ID)
			if len(joined) != 1 || joined[0].Kind != event.MembershipCreated {
				t.Errorf("%+v", joined)
			}
			found, err4 := account.FindByAddress(tx, account.Address{Key: "odile@exemple.fr"})
			if found.ID != a.ID {
				t.Errorf("%+v", found)
			}
			return errors.Join(err, err2, err3, err4)
		})
		if n := number(t, d, "SELECT count(*) FROM event WHERE body LIKE '%argon%' OR body LIKE '%rabot%'"); n != 0 {
			t.Error("a secret is in the journal")
		}
		if n := number(t, d, "SELECT count(*) FROM account WHERE password_hash LIKE '$argon2id$%'"); n != 1 {
			t.Error("the password is not hashed")
		}
	})
}
