package member

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/org"
)

// maxReason is how long the reasons of a dispute may be, in characters.
const maxReason = 1000

// disputesPerMonth is how often one person may contest one establishment's
// administrator: each time is a mail to people who may have done nothing wrong.
const disputesPerMonth = 3

// Outcome is what became of a dispute.
type Outcome string

// The outcomes; empty while nobody has decided.
const (
	Granted  Outcome = "granted"  // the person who contested administers the establishment
	Rejected Outcome = "rejected" // nothing has changed
	Dropped  Outcome = "dropped"  // they took back their request to join
)

// Dispute is somebody's word that an establishment's administrator should not be
// (« Contester l'administrateur »). It is theirs and the establishment's, not a
// membership's: an administrator who turns them down does not end it.
type Dispute struct {
	ID              string
	EstablishmentID string
	AccountID       string
	Reason          string // for the operator alone
	OpenedAt        clock.Instant
	DecidedAt       clock.Instant
	Outcome         Outcome

	Establishment org.Establishment `db:"-"`
	Person        Person            `db:"-"` // who contests; a zero membership once it has ended
	Admins        []Person          `db:"-"` // who administers now
}

// DisputeBody is the body of the events of a dispute.
type DisputeBody struct {
	EstablishmentID string   `json:"establishment_id"`
	AccountID       string   `json:"account_id"`
	Former          []string `json:"former,omitempty"` // memberships that administered until now
}

func (d Dispute) body() DisputeBody {
	return DisputeBody{EstablishmentID: d.EstablishmentID, AccountID: d.AccountID}
}

// readReason keeps line breaks, and nothing else that cannot be seen.
func readReason(typed string) (string, error) {
	wrong := func(text string) error { return fault.New(fault.Invalid, text).On("motif") }
	text := strings.TrimSpace(strings.ReplaceAll(typed, "\r\n", "\n"))
	switch {
	case text == "":
		return "", wrong("Dites pourquoi vous contestez l'administrateur\u00a0: l'exploitant de la plateforme en décidera.")
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) }):
		return "", wrong("Ce texte contient un caractère invisible\u00a0: saisissez-le au clavier plutôt que de le coller.")
	case utf8.RuneCountInString(text) > maxReason:
		return "", wrong("C'est trop long\u00a0: 1\u00a0000 caractères au plus.")
	}
	return text, nil
}

// Contest opens a dispute in the name of somebody whose request waits. The
// establishment goes on as it is. Faults are on motif; one that is open already is a
// fault.Conflict.
func (s *Service) Contest(ctx context.Context, by access.Actor, reason string) error {
	text, wrong := readReason(reason)
	return s.within(ctx, by, access.ContestAdmin, func(c *change) error {
		switch mine, err := c.disputed(by.AccountID); {
		case err != nil:
			return err
		case mine != nil:
			return fault.New(fault.Conflict, "Vous contestez déjà l'administrateur de cet établissement\u00a0: l'exploitant de la plateforme va en décider.")
		case wrong != nil:
			return wrong
		}
		recent, err := countDisputes(c.tx, c.establishment, by.AccountID, c.tx.Now.Add(-month))
		if err != nil {
			return err
		}
		if recent >= disputesPerMonth {
			return fault.New(fault.Unavailable, "Vous avez déjà contesté plusieurs fois l'administrateur de cet établissement ces trente derniers jours. Écrivez à l'exploitant de la plateforme.")
		}
		d := Dispute{ID: db.NewID(), EstablishmentID: c.establishment, AccountID: by.AccountID, Reason: text, OpenedAt: c.tx.Now}
		if err := insertDispute(c.tx, d); err != nil {
			return err
		}
		return s.journal.Record(c.tx, by, event.DisputeOpened, d.ID, d.body())
	})
}

// disputed finds the open dispute of a person about the establishment; nil for none.
func (c *change) disputed(accountID string) (*Dispute, error) {
	return openDisputeOf(c.tx, accountID, c.establishment)
}

func openDisputeOf(tx *db.Tx, accountID, establishmentID string) (*Dispute, error) {
	all, err := openDisputesOf(tx, accountID)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all, func(d Dispute) bool { return d.EstablishmentID == establishmentID })
	if at < 0 {
		return nil, nil
	}
	return &all[at], nil
}

// dropDispute ends the dispute of somebody who takes back their request.
func (s *Service) dropDispute(c *change, accountID string) error {
	d, err := c.disputed(accountID)
	if err != nil || d == nil {
		return err
	}
	if _, err := closeDispute(c.tx, d.ID, Dropped); err != nil {
		return err
	}
	return s.journal.Record(c.tx, c.by, event.DisputeDropped, d.ID, d.body())
}

// Disputes lists what the operator has to decide, the oldest first.
func (s *Service) Disputes(ctx context.Context, by access.Actor) ([]Dispute, error) {
	if err := by.Must(access.DecideDisputes); err != nil {
		return nil, err
	}
	var out []Dispute
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		all, err := openDisputes(tx)
		if err != nil {
			return err
		}
		for _, d := range all {
			if d, err = describeDispute(tx, d); err != nil {
				return err
			}
			out = append(out, d)
		}
		return nil
	})
	return out, err
}

// FindDispute reads a dispute with who contests whom, decided or not; db.ErrNone when
// there is none.
func FindDispute(tx *db.Tx, id string) (Dispute, error) {
	d, err := disputeByID(tx, id)
	if err != nil {
		return d, err
	}
	return describeDispute(tx, d)
}

func describeDispute(tx *db.Tx, d Dispute) (Dispute, error) {
	var err error
	if d.Establishment, err = org.EstablishmentByID(tx, d.EstablishmentID); err != nil {
		return d, err
	}
	who, err := account.Find(tx, d.AccountID)
	if err != nil {
		return d, err
	}
	d.Person.Name, d.Person.Address = who.Name, who.Address
	people, err := account.MembersOf(tx, d.EstablishmentID)
	if err != nil {
		return d, err
	}
	for _, m := range people {
		if m.AccountID == d.AccountID {
			d.Person.Membership = m
		} else if m.ActingRole() == access.CompanyAdmin {
			a, err := account.Find(tx, m.AccountID)
			if err != nil {
				return d, err
			}
			d.Admins = append(d.Admins, Person{m, a.Name, a.Address})
		}
	}
	return d, nil
}

// Grant makes who contested the establishment's administrator, whatever became of their
// request. Those who administered it stay as plain users, whom the new administrator
// may remove: nothing that is done by mistake loses anybody's watches.
func (s *Service) Grant(ctx context.Context, by access.Actor, id string) (Dispute, error) {
	return s.decide(ctx, by, id, Granted, func(tx *db.Tx, d Dispute) error {
		person, err := account.Find(tx, d.AccountID)
		if err != nil {
			return err
		}
		people, err := account.MembersOf(tx, d.EstablishmentID)
		if err != nil {
			return err
		}
		mine := slices.IndexFunc(people, func(m account.Membership) bool { return m.AccountID == d.AccountID })
		if err := s.putInCharge(tx, by, person, d.EstablishmentID, people, mine); err != nil {
			return err
		}
		body := d.body()
		for n, m := range people {
			if n == mine || m.ActingRole() != access.CompanyAdmin {
				continue
			}
			if err := s.accounts.ChangeRole(tx, by, m, access.CompanyUser); err != nil {
				return err
			}
			body.Former = append(body.Former, m.ID)
		}
		if _, err := s.watches.Adopt(tx, by, person, d.EstablishmentID); err != nil {
			return err
		}
		return s.journal.Record(tx, by, event.DisputeGranted, d.ID, body)
	})
}

// putInCharge makes a person administer, whether they wait, belong, or were turned down.
func (s *Service) putInCharge(tx *db.Tx, by access.Actor, person account.Account, establishmentID string, people []account.Membership, at int) error {
	if at < 0 {
		_, err := s.accounts.AddMembership(tx, person, establishmentID, access.CompanyAdmin, true)
		return err
	}
	m := people[at]
	switch {
	case m.ApprovedAt.IsZero():
		m.Role = access.CompanyAdmin
		return s.accounts.Approve(tx, by, m)
	case m.Role != access.CompanyAdmin:
		return s.accounts.ChangeRole(tx, by, m, access.CompanyAdmin)
	}
	return nil
}

// Reject leaves the establishment as it is.
func (s *Service) Reject(ctx context.Context, by access.Actor, id string) (Dispute, error) {
	return s.decide(ctx, by, id, Rejected, func(tx *db.Tx, d Dispute) error {
		return s.journal.Record(tx, by, event.DisputeRejected, d.ID, d.body())
	})
}

// decide closes a dispute under the lock of its establishment, and gives it as it then
// stands.
func (s *Service) decide(ctx context.Context, by access.Actor, id string, outcome Outcome, f func(*db.Tx, Dispute) error) (Dispute, error) {
	var d Dispute
	if err := by.Must(access.DecideDisputes); err != nil {
		return d, err
	}
	err := s.attempt(ctx, func(tx *db.Tx) (err error) {
		d, err = disputeByID(tx, id)
		if errors.Is(err, db.ErrNone) {
			return fault.New(fault.NotFound, "Il n'y a pas de contestation de ce numéro\u00a0: «\u00a0parvis establishment disputes\u00a0» les énumère.")
		}
		if err != nil {
			return err
		}
		if _, err := org.TakeEstablishment(tx, d.EstablishmentID); err != nil {
			return err
		}
		switch open, err := closeDispute(tx, d.ID, outcome); {
		case err != nil:
			return err
		case !open:
			return fault.New(fault.Conflict, "Cette contestation est déjà close.")
		}
		if err := f(tx, d); err != nil {
			return err
		}
		d, err = FindDispute(tx, d.ID)
		return err
	})
	return d, err
}
