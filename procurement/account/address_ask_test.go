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
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

const neuve = "odile@neuve.example"

func wanting(address string) account.AddressForm {
	return account.AddressForm{Current: password, Address: address}
}

// self is the person of an account as the web floor knows them.
func self(a account.Account) access.Actor {
	return access.Actor{AccountID: a.ID, Name: a.Name, Address: a.Address, Role: access.CompanyUser}
}

// asked asks for an address and gives the id of the change.
func asked(t *testing.T, d *db.DB, s *account.Service, session, address string) string {
	t.Helper()
	if err := s.AskAddress(context.Background(), session, wanting(address), account.Visitor{Remote: office}); err != nil {
		t.Fatal(err)
	}
	var e event.Event
	read(t, d, func(tx *db.Tx) error {
		return tx.One(&e, "SELECT id, at, kind, actor_id, actor_name, subject, body FROM event WHERE kind = $1 ORDER BY id DESC LIMIT 1", string(event.AddressAsked))
	})
	var body account.AddressAskedBody
	if err := e.Decode(&body); err != nil {
		t.Fatal(err)
	}
	return body.ChangeID
}

// addressLink asks for an address and gives the token that the mail would carry.
func addressLink(t *testing.T, d *db.DB, s *account.Service, session, address string) (token string) {
	t.Helper()
	id := asked(t, d, s, session, address)
	write(t, d, func(tx *db.Tx) (err error) { token, _, err = account.MintAddressToken(tx, id); return err })
	return token
}

// confirm uses a link as the room person does, which moves the rest besides.
func confirm(d *db.DB, s *account.Service, token, session string) error {
	for n := 0; ; n++ {
		err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := s.ChangeAddress(tx, token, session); return err })
		if !db.IsUnique(err) || n == 3 {
			return err
		}
	}
}

func restore(d *db.DB, s *account.Service, token string) (back account.AddressRestored, err error) {
	err = d.Write(context.Background(), func(tx *db.Tx) (err error) { back, err = s.RestoreAddress(tx, token); return err })
	return back, err
}

// restoreLink is the token that the mail to an address that was left would carry.
func restoreLink(t *testing.T, d *db.DB, address string) (token string) {
	t.Helper()
	write(t, d, func(tx *db.Tx) error {
		var id string
		if err := tx.One(&id, "SELECT id FROM former_address WHERE address_key = $1 AND closed_at IS NULL ORDER BY left_at DESC LIMIT 1", address); err != nil {
			return err
		}
		var err error
		token, _, err = account.MintRestoreToken(tx, id)
		return err
	})
	return token
}

func addressOf(t *testing.T, d *db.DB, id string) (address string) {
	t.Helper()
	read(t, d, func(tx *db.Tx) error { a, err := account.Find(tx, id); address = a.Address; return err })
	return address
}

func TestNothingChangesBeforeTheNewAddressAnswers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		a, session := signedIn(t, d, s)
		token := addressLink(t, d, s, session, "Odile@NEUVE.example")
		for range 2 { // scanners read it before its owner does
			c, err := s.AddressChangeOf(ctx, token)
			if err != nil || c.Address != "Odile@NEUVE.example" || c.Account.ID != a.ID || c.ExpiresAt.Sub(c.AskedAt) != 24*time.Hour {
				t.Fatalf("%+v: %v", c, err)
			}
		}
		if n := number(t, d, "SELECT count(*) FROM address_change WHERE token_hash = $1 OR id = $1", token); n != 0 {
			t.Error("the token itself is stored")
		}
		_, wanted, waits, err := s.Self(ctx, self(a))
		if err != nil || !waits || wanted.Address != "Odile@NEUVE.example" {
			t.Errorf("waits %v for %+v: %v", waits, wanted, err)
		}
		if got := addressOf(t, d, a.ID); got != "odile@exemple.fr" || !actor(t, d, session).SignedIn() {
			t.Errorf("asking changed the address to %s", got)
		}
		if _, err := s.SignIn(ctx, neuve, password, account.Visitor{Remote: office}); !fault.Is(err, fault.Invalid) {
			t.Errorf("the new address opens the account already: %v", err)
		}
		if err := confirm(d, s, token, session); err != nil {
			t.Fatal(err)
		}
		if got := addressOf(t, d, a.ID); got != "Odile@NEUVE.example" {
			t.Errorf("address %s", got)
		}
		if _, _, waits, err = s.Self(ctx, self(a)); waits || err != nil {
			t.Errorf("something waits still: %v", err)
		}
		for who, want := range map[string]bool{neuve: true, "omuller": true, "odile@exemple.fr": false} {
			if _, err := s.SignIn(ctx, who, password, account.Visitor{Remote: office}); (err == nil) != want {
				t.Errorf("signing in as %s: %v", who, err)
			}
		}
		if err := confirm(d, s, token, session); !fault.Is(err, fault.NotFound) {
			t.Errorf("used again: %v", err)
		}
	})
}

// Abuses 15 and 17: what is no address is refused here too.
func TestAChangeOfAddressIsRefusedWhole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		a, session := signedIn(t, d, s)
		for what, c := range map[string]struct {
			form account.AddressForm
			want []string
		}{
			"nothing":                 {account.AddressForm{}, []string{"adresse", "mot_de_passe_actuel"}},
			"no password":             {account.AddressForm{Address: neuve}, []string{"mot_de_passe_actuel"}},
			"a wrong password":        {account.AddressForm{Address: neuve, Current: "rabot varlopf"}, []string{"mot_de_passe_actuel"}},
			"one's own":               {wanting("ODILE@exemple.fr"), []string{"adresse"}},
			"one's password":          {account.AddressForm{Address: "rabot@varlope.example", Current: "Rabot@Varlope.example"}, []string{"adresse"}},
			"another header":          {wanting("a@b.fr\r\nBcc: x@y.fr"), []string{"adresse"}},
			"quotes":                  {wanting(`"a b"@x.fr`), []string{"adresse"}},
			"an IP literal":           {wanting("a@[127.0.0.1]"), []string{"adresse"}},
			"a display name":          {wanting("Nom <a@b.fr>"), []string{"adresse"}},
			"no dot in the domain":    {wanting("root@localhost"), []string{"adresse"}},
			"a route":                 {wanting("a%b@c.fr"), []string{"adresse"}},
			"wrong, without password": {account.AddressForm{Address: "a@b"}, []string{"adresse", "mot_de_passe_actuel"}},
		} {
			if err := s.AskAddress(ctx, session, c.form, account.Visitor{Remote: office}); !slices.Equal(fields(err), c.want) || !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v, want faults on %v", what, err, c.want)
			}
		}
		for _, out := range []string{"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"} {
			if err := s.AskAddress(ctx, out, wanting(neuve), account.Visitor{Remote: office}); !fault.Is(err, fault.SignIn) {
				t.Errorf("without a session: %v", err)
			}
		}
		if n := number(t, d, "SELECT count(*) FROM address_change"); n != 0 {
			t.Errorf("%d changes wait", n)
		}
		for _, by := range []access.Actor{access.Anybody(), access.Platform("test")} {
			if _, _, _, err := s.Self(ctx, by); err == nil {
				t.Errorf("%s reads an account", by.Role)
			}
			if _, err := s.DropAddress(ctx, by); err == nil {
				t.Errorf("%s drops a change", by.Role)
			}
			if err := s.ChangeName(ctx, by, "Odile"); err == nil {
				t.Errorf("%s changes a name", by.Role)
			}
		}
		if got := addressOf(t, d, a.ID); got != "odile@exemple.fr" {
			t.Errorf("address %s", got)
		}
	})
}

// Abuse 68, from a session left open: guessing here is guessing at the door.
func TestAWrongPasswordForAnAddressCounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		_, session := signedIn(t, d, s)
		for range 5 {
			if err := s.AskAddress(ctx, session, account.AddressForm{Current: "rabot varlopf", Address: neuve}, account.Visitor{Remote: office}); !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
		}
		if err := s.AskAddress(ctx, session, wanting(neuve), account.Visitor{Remote: office}); !fault.Is(err, fault.Unavailable) {
			t.Errorf("right after five errors: %v", err)
		}
		if _, err := s.SignIn(ctx, "omuller", password, account.Visitor{Remote: office}); !fault.Is(err, fault.Unavailable) {
			t.Errorf("the door has a counter of its own: %v", err)
		}
	})
}

// Abuse 69: an address that somebody has, or has just left, leaves the same rows and
// the same answer as a free one.
func TestAskingForATakenAddressLooksLikeAskingForAFreeOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		a, session := signedIn(t, d, s)
		person(t, d, s, "opetit", "olivier@exemple.fr")
		leaver := person(t, d, s, "lbrun", "lea@exemple.fr")
		theirs, err := opened(s.SignIn(ctx, leaver.Login, password, account.Visitor{Remote: away}))
		if err != nil {
			t.Fatal(err)
		}
		if err := confirm(d, s, addressLink(t, d, s, theirs, "lea@neuve.example"), theirs); err != nil {
			t.Fatal(err)
		}
		rows := func() string {
			text := ""
			for _, table := range []string{"address_change", "attempt", "solicitation", "password_reset", "sign_up", "session"} {
				text += fmt.Sprintf("%s %d, ", table, number(t, d, "SELECT count(*) FROM "+table))
			}
			return text
		}
		added := func(address string) string {
			write(t, d, func(tx *db.Tx) error { // as before any of them
				for _, table := range []string{"address_change", "attempt", "solicitation"} {
					if _, err := tx.Exec("DELETE FROM " + table); err != nil {
						return err
					}
				}
				return nil
			})
			events := number(t, d, "SELECT count(*) FROM event")
			if err := s.AskAddress(ctx, session, wanting(address), account.Visitor{Remote: office}); err != nil {
				t.Fatal(err)
			}
			_, wanted, waits, err := s.Self(ctx, self(a))
			if err != nil || !waits || wanted.Address != address {
				t.Errorf("%s: waits %v, %v", address, waits, err)
			}
			return fmt.Sprint(rows(), "events ", number(t, d, "SELECT count(*) FROM event")-events)
		}
		free := added("nobody@exemple.fr")
		for what, address := range map[string]string{"taken": "olivier@exemple.fr", "left": "lea@exemple.fr", "taken since": "lea@neuve.example"} {
			if got := added(address); got != free {
				t.Errorf("%s: %s, a free one: %s", what, got, free)
			}
		}
	})
}

// The link of an address that is taken by the time it is used tells so to its mailbox
// only, and changes nothing.
func TestATakenAddressIsNotGivenTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		a, session := signedIn(t, d, s)
		leaver := person(t, d, s, "lbrun", "lea@exemple.fr")
		theirs, err := opened(s.SignIn(ctx, leaver.Login, password, account.Visitor{Remote: away}))
		if err != nil {
			t.Fatal(err)
		}
		refused := func(what, token string) {
			t.Helper()
			_, err := s.AddressChangeOf(ctx, token)
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("%s, its page: %v", what, err)
			}
			if err := confirm(d, s, token, session); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: %v", what, err)
			}
			if got := addressOf(t, d, a.ID); got != "odile@exemple.fr" || !actor(t, d, session).SignedIn() {
				t.Errorf("%s: the address became %s, or the session ended", what, got)
			}
		}
		refused("taken all along", addressLink(t, d, s, session, "lea@exemple.fr"))
		mine := addressLink(t, d, s, session, "lea@neuve.example")
		if err := confirm(d, s, addressLink(t, d, s, theirs, "lea@neuve.example"), theirs); err != nil {
			t.Fatal(err)
		}
		refused("taken meanwhile", mine)
		left := addressLink(t, d, s, session, "lea@exemple.fr")
		refused("just left", left)
		token := restoreLink(t, d, "lea@exemple.fr")
		c.Move(71 * time.Hour)
		session = again(t, s)
		refused("left for 71 hours", addressLink(t, d, s, session, "lea@exemple.fr"))
		c.Move(2 * time.Hour)
		session = again(t, s)
		if err := confirm(d, s, addressLink(t, d, s, session, "lea@exemple.fr"), session); err != nil {
			t.Errorf("free again: %v", err)
		}
		if _, err := restore(d, s, token); !fault.Is(err, fault.NotFound) {
			t.Errorf("taken back after its time: %v", err)
		}
	})
}

// again signs in anew: sessions do not last as long as these tests' clocks run.
func again(t *testing.T, s *account.Service) string {
	t.Helper()
	session, err := opened(s.SignIn(context.Background(), "omuller", password, account.Visitor{Remote: office}))
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// Abuse 70: guessed, expired, replaced, dropped, after a change of password.
func TestALinkToANewAddressDies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		a, session := signedIn(t, d, s)
		dead := func(what, token string) {
			t.Helper()
			_, err1 := s.AddressChangeOf(ctx, token)
			err2 := confirm(d, s, token, session)
			if !fault.Is(err1, fault.NotFound) || !fault.Is(err2, fault.NotFound) || err1.Error() != err2.Error() {
				t.Errorf("%s: %v and %v", what, err1, err2)
			}
		}
		for _, guess := range []string{"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "' OR '1'='1", "\x00"} {
			dead(fmt.Sprintf("%q", guess), guess)
		}
		id := asked(t, d, s, session, neuve)
		minted := func() (token string, err error) {
			err = d.Write(ctx, func(tx *db.Tx) (err error) { token, _, err = account.MintAddressToken(tx, id); return err })
			return token, err
		}
		first, _ := minted()
		second, err := minted() // the relay was down: the mail is composed again
		if err != nil {
			t.Fatal(err)
		}
		dead("of a mail that is written again", first)
		third := addressLink(t, d, s, session, "odile@autre.example")
		dead("replaced", second)
		if _, err := minted(); !errors.Is(err, account.ErrStale) {
			t.Errorf("composed though replaced: %v", err)
		}
		if waited, err := s.DropAddress(ctx, self(a)); !waited || err != nil {
			t.Errorf("dropped: %v, %v", waited, err)
		}
		dead("dropped", third)
		if waited, err := s.DropAddress(ctx, self(a)); waited || err != nil {
			t.Errorf("dropped twice: %v, %v", waited, err)
		}
		fourth := addressLink(t, d, s, session, neuve)
		if err := s.ChangePassword(ctx, session, changing(password, other), account.Visitor{Remote: office}); err != nil {
			t.Fatal(err)
		}
		dead("the password has changed", fourth)
		if err := s.AskAddress(ctx, session, account.AddressForm{Current: other, Address: neuve}, account.Visitor{Remote: office}); err != nil {
			t.Fatal(err)
		}
		write(t, d, func(tx *db.Tx) (err error) {
			if err := tx.One(&id, "SELECT id FROM address_change WHERE closed_at IS NULL"); err != nil {
				return err
			}
			fourth, _, err = account.MintAddressToken(tx, id)
			return err
		})
		c.Move(24 * time.Hour)
		dead("after a day", fourth)
		if err := s.ForgetStale(ctx); err != nil {
			t.Fatal(err)
		}
		if n := number(t, d, "SELECT count(*) FROM address_change"); n != 0 {
			t.Errorf("%d changes are kept for nothing", n)
		}
	})
}

// Abuse 20: neither one account nor all of them together write to somebody as often as
// they like, and the page does not tell.
// Somebody who makes a mailbox receive its mails of the day does not undo the link that
// it has: no other would come that day.
func TestAskingAgainInVainKeepsTheLinkThatWasMailed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		s := telling(t, d)
		a, session := signedIn(t, d, s)
		mailed := addressLink(t, d, s, session, neuve)
		write(t, d, func(tx *db.Tx) error {
			for range 4 {
				if _, err := account.Solicit(tx, neuve); err != nil {
					return err
				}
			}
			return nil
		})
		asked(t, d, s, session, neuve) // the sixth mail: it does not leave
		c.Move(time.Minute)
		if err := confirm(d, s, mailed, session); err != nil {
			t.Fatal(err)
		}
		if got := addressOf(t, d, a.ID); got != neuve {
			t.Errorf("the address is %s", got)
		}
	})
}

func TestAskingForAddressesIsCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), telling(t, d)
		_, session := signedIn(t, d, s)
		write(t, d, func(tx *db.Tx) error {
			for range 4 { // sign-ups, watches, invitations
				if _, err := account.Solicit(tx, neuve); err != nil {
					return err
				}
			}
			return nil
		})
		for i, address := range []string{neuve, neuve, "a@neuve.example", "b@neuve.example", "c@neuve.example"} {
			if err := s.AskAddress(ctx, session, wanting(address), account.Visitor{Remote: office}); err != nil {
				t.Fatalf("%d: %v", i, err)
			}
		}
		if n := number(t, d, "SELECT count(*) FROM event WHERE kind = $1 AND body LIKE '%withheld%'", string(event.AddressAsked)); n != 1 {
			t.Errorf("%d withheld, want the second to the same address", n)
		}
		if err := s.AskAddress(ctx, session, wanting("d@neuve.example"), account.Visitor{Remote: office}); !fault.Is(err, fault.Unavailable) {
			t.Errorf("the sixth of a day: %v", err)
		}
		if n := number(t, d, "SELECT count(*) FROM address_change"); n != 5 {
			t.Errorf("%d changes", n)
		}
		c.Move(24*time.Hour + time.Second)
		session = again(t, s) // and the right password was not counted as wrong
		if err := s.AskAddress(ctx, session, wanting(neuve), account.Visitor{Remote: office}); err != nil {
			t.Errorf("the day after: %v", err)
		}
	})
}
