package account_test

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
	"parvis/kit/db/dbtest"
	"parvis/kit/fault"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

func fields(err error) (names []string) {
	for _, f := range fault.All(err) {
		names = append(names, f.Field)
	}
	return names
}

// Abuses 11, 14 and 15.
func TestASignUpFormIsReadWhole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		s := room(t, d)
		for what, c := range map[string]struct {
			change func(*account.SignUpForm)
			want   []string
		}{
			"as it should be":          {func(*account.SignUpForm) {}, nil},
			"a SIRET with spaces":      {func(f *account.SignUpForm) { f.SIRET = "732 829 320 00074" }, nil},
			"an office of La Poste":    {func(f *account.SignUpForm) { f.SIRET = "35600000012305" }, nil},
			"a wrong check digit":      {func(f *account.SignUpForm) { f.SIRET = "73282932000075" }, []string{"siret"}},
			"a SIREN only":             {func(f *account.SignUpForm) { f.SIRET = "732829320" }, []string{"siret"}},
			"everything empty":         {func(f *account.SignUpForm) { *f = account.SignUpForm{} }, []string{"siret", "entreprise", "nom", "adresse"}},
			"a Belgian company":        {func(f *account.SignUpForm) { f.SIRET, f.Country, f.NationalID = "", "be", "0403.170.701" }, nil},
			"an unknown country":       {func(f *account.SignUpForm) { f.Country, f.NationalID = "ZZ", "0403170701" }, []string{"pays"}},
			"a foreign one, no number": {func(f *account.SignUpForm) { f.Country = "BE" }, []string{"identifiant_national"}},
			"a foreign number in Greek": {func(f *account.SignUpForm) { f.Country, f.NationalID = "GR", "\u0391\u03a6\u039c 12" },
				[]string{"identifiant_national"}},
			"another header in the name":    {func(f *account.SignUpForm) { f.Name = "Odile\r\nBcc: x@y.fr" }, []string{"nom"}},
			"another header in the company": {func(f *account.SignUpForm) { f.CompanyName = "Menuiserie\nBcc: x" }, []string{"entreprise"}},
			"a link in place of a name":     {func(f *account.SignUpForm) { f.Name = "http://exemple.fr" }, []string{"nom"}},
			"a text that turns around":      {func(f *account.SignUpForm) { f.CompanyName = "Menui\u202eserie" }, []string{"entreprise"}},
			"a tower of accents":            {func(f *account.SignUpForm) { f.Name = "O" + strings.Repeat("\u0301", 20) + "dile" }, []string{"nom"}},
			"a megabyte":                    {func(f *account.SignUpForm) { f.Name = strings.Repeat("é", 1<<20) }, []string{"nom"}},
			"101 characters":                {func(f *account.SignUpForm) { f.Name = strings.Repeat("é", 101) }, []string{"nom"}},
			"markup is text":                {func(f *account.SignUpForm) { f.CompanyName = `<script>alert("{{7*7}}")</script>` }, nil},
			"signs without a letter":        {func(f *account.SignUpForm) { f.CompanyName = "—…!" }, []string{"entreprise"}},
			"a trap of an address":          {func(f *account.SignUpForm) { f.Address = "Nom <a@b.fr>" }, []string{"adresse"}},
		} {
			before := number(t, d, "SELECT count(*) FROM sign_up")
			f := form(fmt.Sprintf("p%d@exemple.fr", before))
			c.change(&f)
			err := s.AskSignUp(context.Background(), f, account.Visitor{})
			if got := fields(err); !slices.Equal(got, c.want) {
				t.Errorf("%s: faults on %v (%v), want %v", what, got, err, c.want)
			}
			wrote := number(t, d, "SELECT count(*) FROM sign_up") - before
			if want := map[bool]int{true: 1, false: 0}[c.want == nil]; wrote != want {
				t.Errorf("%s: %d rows, want %d", what, wrote, want)
			}
		}
	})
}

func TestWhatWasTypedIsKeptTidy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		s := room(t, d)
		f := account.SignUpForm{Country: " be", NationalID: "BE 0403.170-701", CompanyName: "  Menuiserie   d'Arlon ",
			Name: "Ame\u0301lie  Peeters", Address: " Amelie@Exemple.BE "}
		if err := s.AskSignUp(context.Background(), f, account.Visitor{}); err != nil {
			t.Fatal(err)
		}
		var got account.SignUp
		write(t, d, func(tx *db.Tx) (err error) {
			_, got, err = account.MintSignUpToken(tx, lastSignUp(t, d, event.SignUpAsked))
			return err
		})
		want := account.SignUp{ID: got.ID, Address: "Amelie@Exemple.BE", AddressKey: "amelie@exemple.be", Name: "Amélie Peeters", Country: "BE",
			Number: "BE0403170701", CompanyName: "Menuiserie d'Arlon", AskedAt: got.AskedAt, ExpiresAt: got.AskedAt.Add(24 * time.Hour)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if c.Now().Sub(got.AskedAt) > time.Minute {
			t.Errorf("asked at %v", got.AskedAt.Time())
		}
	})
}

// Abuse 69: nothing but the mail, which only its owner reads, tells whether an
// address has an account.
func TestAnAddressWithAnAccountAnswersLikeAnyOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		known := person(t, d, s, "omuller", "odile@exemple.fr")
		rows := func() map[string]int {
			out := map[string]int{}
			for _, table := range []string{"account", "sign_up", "attempt", "solicitation", "event", "river_job", "session", "change"} {
				out[table] = number(t, d, "SELECT count(*) FROM "+table)
			}
			return out
		}
		grown := func(address string) (map[string]int, error) {
			before := rows()
			err := s.AskSignUp(ctx, form(address), account.Visitor{})
			after := rows()
			for table := range after {
				after[table] -= before[table]
			}
			return after, err
		}
		// One more each first: the row that serialises an address is made once.
		for _, a := range []string{"odile@exemple.fr", "inconnue@exemple.fr"} {
			if _, err := grown(a); err != nil {
				t.Fatal(err)
			}
		}
		of, err1 := grown("ODILE@exemple.fr")
		free, err2 := grown("INCONNUE@exemple.fr")
		if err1 != nil || err2 != nil {
			t.Errorf("%v, %v", err1, err2)
		}
		if diff := cmp.Diff(free, of); diff != "" {
			t.Errorf("an address with an account writes otherwise (-free +taken):\n%s", diff)
		}
		if of["sign_up"] != 1 || of["solicitation"] != 1 || of["event"] != 1 || of["river_job"] != 1 {
			t.Errorf("written: %v", of)
		}
		id := lastSignUp(t, d, event.SignUpRepeated)
		err := d.Write(ctx, func(tx *db.Tx) error {
			lines, err := event.About(tx, known.ID)
			if err != nil || lines[len(lines)-1].Kind != event.SignUpRepeated || lines[len(lines)-1].ActorID != nil {
				t.Errorf("journal: %+v (%v)", lines, err)
			}
			_, _, err = account.MintSignUpToken(tx, id)
			return err
		})
		if !errors.Is(err, account.ErrStale) {
			t.Errorf("a link for an address that has an account: %v", err)
		}
	})
}

// Abuse 20: five a day, whatever is asked.
func TestAnAddressReceivesFiveSignUpsADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		s := room(t, d)
		ask := func(times int) {
			for range times {
				if err := s.AskSignUp(context.Background(), form("victime@exemple.fr"), account.Visitor{}); err != nil {
					t.Fatal(err)
				}
			}
		}
		events := func() int { return number(t, d, "SELECT count(*) FROM sign_up WHERE used_at IS NULL") }
		ask(9)
		if got := events(); got != 5 {
			t.Errorf("%d mails owed, want 5", got)
		}
		c.Move(23 * time.Hour)
		ask(2)
		if got := events(); got != 5 {
			t.Errorf("an hour before the day is over: %d, want 5", got)
		}
		c.Move(61 * time.Minute)
		ask(1)
		if got := events(); got != 6 {
			t.Errorf("a day later: %d, want 6", got)
		}
	})
}

func TestFiveADayHoldsWhenAllAreAskedAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		s := room(t, d)
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				if err := s.AskSignUp(context.Background(), form("victime@exemple.fr"), account.Visitor{}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := number(t, d, "SELECT count(*) FROM sign_up WHERE used_at IS NULL"); got != 5 {
			t.Errorf("%d, want 5", got)
		}
		if got := number(t, d, "SELECT count(*) FROM sign_up"); got != 12 {
			t.Errorf("%d rows for 12 requests", got)
		}
	})
}

func TestALinkLivesADayAndIsUsedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		token := link(t, d, s, "odile@exemple.fr")
		if stored := number(t, d, "SELECT count(*) FROM sign_up WHERE token_hash = $1", token); stored != 0 || len(token) != 43 {
			t.Errorf("the token %q itself is stored", token)
		}
		for range 2 { // reading consumes nothing
			if got, err := s.SignUpOf(ctx, token); err != nil || got.Name != "Odile Muller" {
				t.Fatalf("%+v (%v)", got, err)
			}
		}
		stale, err := s.SignUpOf(ctx, strings.Repeat("A", 43))
		if !fault.Is(err, fault.NotFound) {
			t.Fatalf("unknown: %+v, %v", stale, err)
		}
		sentence := err.Error()
		for what, typed := range map[string]string{"empty": "", "cut short": token[:42], "quoted": "' OR 1=1--", "padded": token + "="} {
			if _, err := s.SignUpOf(ctx, typed); !fault.Is(err, fault.NotFound) || err.Error() != sentence {
				t.Errorf("%s: %v", what, err)
			}
		}
		c.Move(24*time.Hour - time.Minute)
		if _, err := s.SignUpOf(ctx, token); err != nil {
			t.Errorf("a minute before a day: %v", err)
		}
		if _, err := create(d, s, token, "omuller"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.SignUpOf(ctx, token); !fault.Is(err, fault.NotFound) || err.Error() != sentence {
			t.Errorf("used: %v", err)
		}
		late := link(t, d, s, "tard@exemple.fr")
		id := lastSignUp(t, d, event.SignUpAsked)
		c.Move(24 * time.Hour)
		if _, err := s.SignUpOf(ctx, late); !fault.Is(err, fault.NotFound) || err.Error() != sentence {
			t.Errorf("a day later: %v", err)
		}
		for what, id := range map[string]string{"expired": id, "unknown": "nothing"} {
			err := d.Write(ctx, func(tx *db.Tx) error { _, _, err := account.MintSignUpToken(tx, id); return err })
			if !errors.Is(err, account.ErrStale) {
				t.Errorf("mint for %s: %v", what, err)
			}
		}
	})
}

func TestAMailThatIsWrittenAgainReplacesItsLink(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Movable) {
		ctx, s := context.Background(), room(t, d)
		first := link(t, d, s, "odile@exemple.fr")
		var second string
		id := lastSignUp(t, d, event.SignUpAsked)
		write(t, d, func(tx *db.Tx) (err error) { second, _, err = account.MintSignUpToken(tx, id); return err })
		if _, err := s.SignUpOf(ctx, first); !fault.Is(err, fault.NotFound) || first == second {
			t.Errorf("the first link: %v", err)
		}
		if _, err := s.SignUpOf(ctx, second); err != nil {
			t.Errorf("the second: %v", err)
		}
	})
}
