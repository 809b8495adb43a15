package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"parvis/app"
	"parvis/gateway/boamp"
	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/notice"
	"parvis/procurement/org"
	"parvis/procurement/watch"
	pages "parvis/web/demo"
)

// Password opens every account of the demonstration. It protects nothing: the
// accounts exist only in a demonstration, which says so on its first page.
const Password = "demonstration-parvis"

// cast is who plays: a company with two people, one of whom is not approved, and
// another company that has no watch yet.
var cast = []struct {
	pages.Person
	siret, address string
}{
	{pages.Person{Role: "Administratrice d'entreprise", Name: "Odile Muller", Company: "Menuiserie Muller", Login: "odile.muller"}, "12345678200002", "odile.muller@menuiserie-muller.example"},
	{pages.Person{Role: "Utilisateur en attente d'approbation", Name: "Karim Benali", Company: "Menuiserie Muller", Login: "karim.benali"}, "12345678200002", "karim.benali@menuiserie-muller.example"},
	{pages.Person{Role: "Administratrice sans veille", Name: "Claire Fontaine", Company: "Propreté des Vosges", Login: "claire.fontaine"}, "98765432400001", "claire.fontaine@proprete-vosges.example"},
}

// Demo is a running demonstration.
type Demo struct {
	*app.App
	Mailbox *mailbox.Mailbox
	People  []pages.Person

	clock     *clock.Movable
	directory *companies
	dir       string
	mu        sync.Mutex // one publication at a time
}

// Open prepares a demonstration in a folder; what an earlier one left there is
// taken up again.
func Open(ctx context.Context, dir, baseURL string, log *slog.Logger) (*Demo, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.New(fault.Invalid, "Le dossier «\u00a0"+dir+"\u00a0» ne peut pas être créé.").Because(err)
	}
	if err := claim(dir); err != nil {
		return nil, err
	}
	d := &Demo{clock: &clock.Movable{}, dir: dir}
	if err := d.restoreClock(); err != nil {
		return nil, err
	}
	var err error
	if d.Mailbox, err = mailbox.Open("127.0.0.1:0", filepath.Join(dir, "courrier")); err != nil {
		return nil, err
	}
	if d.directory, err = listCompanies(); err != nil {
		return nil, errors.Join(err, d.Mailbox.Close())
	}
	d.App, err = app.Open(ctx, app.Config{
		Data: dir, SMTP: "smtp://" + d.Mailbox.Addr() + "?starttls=no", BaseURL: baseURL, MailFrom: "ne-pas-repondre@parvis.example",
		Clock: d.clock, Log: log, Demo: true, Directory: d.directory.url, OperatorMail: "exploitant@parvis.example",
	})
	if err != nil {
		return nil, errors.Join(err, d.directory.Close(), d.Mailbox.Close())
	}
	if err := d.fill(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	pages.Routes(d.Site, pages.Pages{
		People: d.People, Companies: listedCompanies(), Clock: d.clock, Mailbox: d.Mailbox, Enter: d.enter, Publish: d.publish, Moved: d.saveClock,
	})
	return d, nil
}

// Claimed tells whether a folder is a demonstration's.
func Claimed(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "demonstration"))
	return err == nil
}

// claim marks the folder as a demonstration's. One with a database that no
// demonstration made is refused: accounts whose password everybody knows have no
// place in it.
func claim(dir string) error {
	mark := filepath.Join(dir, "demonstration")
	if Claimed(dir) {
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, "parvis.db")); err == nil {
		return fault.New(fault.Conflict, "Le dossier «\u00a0"+dir+"\u00a0» contient une vraie plateforme, pas une démonstration\u00a0: choisissez-en un autre par --data.")
	}
	return os.WriteFile(mark, []byte("Ce dossier est celui d'une démonstration de Parvis\u00a0: il peut être supprimé.\n"), 0o600)
}

// Close ends the demonstration.
func (d *Demo) Close() error {
	return errors.Join(d.App.Close(), d.directory.Close(), d.Mailbox.Close())
}

// The clock's distance is kept in a file, so that a restart does not go back in time.
func (d *Demo) clockFile() string { return filepath.Join(d.dir, "horloge") }

func (d *Demo) saveClock() error {
	return os.WriteFile(d.clockFile(), []byte(d.clock.Shift().String()), 0o600)
}

func (d *Demo) restoreClock() error {
	text, err := os.ReadFile(d.clockFile())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	shift, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		return fault.New(fault.Invalid, "Le fichier «\u00a0"+d.clockFile()+"\u00a0» est abîmé\u00a0: supprimez-le pour revenir à l'heure vraie.").Because(err)
	}
	d.clock.Move(shift)
	return nil
}

// fill brings the notices up to date and, the first time, the people and watches.
func (d *Demo) fill(ctx context.Context) error {
	lines, err := Notices(d.clock.Now())
	if err != nil {
		return err
	}
	_, err = d.ImportNotices(ctx, "boamp", bytes.NewReader(lines), false, func(err error) { d.Config.Log.Warn("demo notice refused", "error", err) }, func(app.Import) {})
	if err != nil {
		return fmt.Errorf("demo notices: %w", err)
	}
	for _, one := range cast {
		person := one.Person
		person.Password = Password
		d.People = append(d.People, person)
		if err := d.join(ctx, person, one.siret, one.address); err != nil {
			return fmt.Errorf("demo account %s: %w", person.Login, err)
		}
	}
	return d.watches(ctx)
}

// join makes an account as its owner would, from the sign-up to the chosen
// password, unless it is there.
func (d *Demo) join(ctx context.Context, p pages.Person, siret, address string) error {
	parsed, err := account.ParseAddress(address)
	if err != nil {
		return err
	}
	if found, err := d.find(ctx, parsed); err != nil || found.ID != "" {
		return err
	}
	if err := d.Accounts.AskSignUp(ctx, account.SignUpForm{SIRET: siret, CompanyName: p.Company, Name: p.Name, Address: address}, account.Visitor{}); err != nil {
		return err
	}
	var secret string
	if err := d.DB.Write(ctx, func(tx *db.Tx) error {
		asked, err := account.LastSignUp(tx, parsed)
		if err != nil {
			return err
		}
		secret, _, err = account.MintSignUpToken(tx, asked.ID)
		return err
	}); err != nil {
		return err
	}
	_, err = d.Orgs.Register(ctx, secret, org.RegisterForm{Login: p.Login, Password: p.Password, Confirm: p.Password, From: machine})
	return err
}

func (d *Demo) find(ctx context.Context, a account.Address) (found account.Account, err error) {
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		found, err = account.FindByAddress(tx, a)
		if errors.Is(err, db.ErrNone) {
			return nil
		}
		return err
	})
	return found, err
}

// machine is where the demonstration acts from when nobody watches.
var machine = account.Visitor{Remote: "127.0.0.1", Browser: "Parvis"}

// watches gives the first person theirs, one daily and one immediate.
func (d *Demo) watches(ctx context.Context) error {
	in, err := d.enter(ctx, cast[0].Login, machine)
	if err != nil {
		return err
	}
	by, err := d.Orgs.ActorOf(ctx, in.Session)
	if err != nil {
		return err
	}
	if err := d.leave(ctx, by, in.Session); err != nil {
		return err
	}
	if have, err := d.Watches.List(ctx, by); err != nil || len(have) > 0 {
		return err
	}
	for _, f := range []watch.Form{
		{Name: "Menuiseries Alsace", Keywords: `menuiserie fenêtre bardage "porte coupe-feu"`, Mode: "any", Departments: []string{"67", "68"}, Active: true, Frequency: "daily", Hour: 7},
		{Name: "Bois partout en Grand Est", Keywords: `charpente bardage "ossature bois" "menuiseries bois"`, Mode: "any", Departments: []string{"54", "57", "67", "68", "88"}, Active: true, Frequency: "immediate", Hour: 7},
	} {
		if _, err := d.Watches.Create(ctx, by, f); err != nil {
			return err
		}
	}
	return nil
}

// leave signs out, and has the account forget that it was ever entered from here.
func (d *Demo) leave(ctx context.Context, by access.Actor, session string) error {
	seen, err := d.Accounts.Connections(ctx, by, session)
	if err != nil {
		return err
	}
	for _, known := range seen.Devices {
		if known.Browser != machine.Browser {
			continue
		}
		if err := d.Accounts.ForgetDevice(ctx, by, session, known.ID); err != nil {
			return err
		}
	}
	return d.Accounts.SignOut(ctx, session)
}

// enter opens a session for one of the cast, without a password: the
// demonstration's buttons. Nobody else can be entered as.
func (d *Demo) enter(ctx context.Context, login string, from account.Visitor) (in account.Entry, err error) {
	for _, one := range cast {
		if one.Login != login {
			continue
		}
		parsed, err := account.ParseAddress(one.address)
		if err != nil {
			return account.Entry{}, err
		}
		err = d.DB.Write(ctx, func(tx *db.Tx) error {
			a, err := account.FindByAddress(tx, parsed)
			if err != nil {
				return err
			}
			theirs, err := account.MembershipsOf(tx, a.ID)
			if err != nil {
				return err
			}
			membership := ""
			if len(theirs) > 0 {
				membership = theirs[0].ID
			}
			in, err = account.OpenSession(tx, a, membership, from)
			return err
		})
		return in, err
	}
	return account.Entry{}, fault.New(fault.NotFound, "Ce compte n'est pas de la démonstration.")
}

// publish takes in the next notice as the gazette's of today would be, and has
// companies told. How many were published is read from the notices themselves.
func (d *Demo) publish(ctx context.Context) (title string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for n := 0; ; n++ {
		line, err := Fresh(n, d.clock.Now())
		if err != nil {
			return "", err
		}
		r, err := boamp.Parse(string(line))
		if err != nil {
			return "", err
		}
		known, err := d.known(ctx, r.SourceID)
		if err != nil {
			return "", err
		}
		if known {
			continue
		}
		if _, err := d.Notices.Record(ctx, access.Platform("démonstration"), []notice.Record{r}, true); err != nil {
			return "", err
		}
		return r.Title, nil
	}
}

func (d *Demo) known(ctx context.Context, sourceID string) (known bool, err error) {
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		known, err = notice.Known(tx, "boamp", sourceID)
		return err
	})
	return known, err
}
