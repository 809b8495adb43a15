package org

import (
	"context"
	"errors"
	"log/slog"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/pace"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/refdata"
)

// Profiles holds what a company says of itself (« Profil de l'entreprise »), what the
// directory of companies says of it, and what the operator has checked.
type Profiles struct {
	db        *db.DB
	journal   *event.Journal
	directory Directory // nil: names are typed
	lookUps   pace.Keeper
	log       *slog.Logger
}

// NewProfiles makes them on this database; directory is nil when the operator has
// configured none.
func NewProfiles(d *db.DB, j *event.Journal, directory Directory, log *slog.Logger) *Profiles {
	return &Profiles{
		db: d, journal: j, directory: directory, log: log,
		lookUps: pace.Keeper{AtOnce: lookUpsAtOnce, Every: lookUpEvery},
	}
}

// Profile is what one person sees of their establishment.
type Profile struct {
	Establishment
	Siblings []Hat     // of the same company, to which the person belongs too
	Fallback *Fallback // the mailbox in use, if any
	Asked    *Fallback // the one that was asked and is not in use yet
	History  []Change  // the latest first
	At       clock.Instant
}

// Change is a line of a profile's history.
type Change struct {
	event.Event
	ChangedBody // of event.ProfileChanged
}

// ChangedBody is the body of event.ProfileChanged: which fields, never what they say.
type ChangedBody struct {
	Fields    []string `json:"fields"`
	Directory bool     `json:"directory,omitempty"` // they were taken from the directory
}

// inHistory are the events that a profile shows of itself.
var inHistory = map[event.Kind]bool{
	event.ProfileChanged: true, event.EstablishmentVerified: true, event.EstablishmentUnverified: true,
	event.FallbackAsked: true, event.FallbackConfirmed: true, event.FallbackRefused: true, event.FallbackRemoved: true,
}

const mostHistory = 10

// errNowhere is for somebody of no establishment.
var errNowhere = fault.New(fault.NotFound, "Votre compte n'est rattaché à aucun établissement.")

// Profile reads the profile of the actor's establishment. A newcomer, whom nobody there
// has accepted, sees its name and number only.
func (p *Profiles) Profile(ctx context.Context, by access.Actor) (Profile, error) {
	var out Profile
	if err := by.Must(access.SeeProfile); err != nil {
		return out, err
	}
	if by.EstablishmentID == "" {
		return out, errNowhere
	}
	err := p.db.Read(ctx, func(tx *db.Tx) (err error) {
		out.At = tx.Now
		if out.Establishment, err = establishmentByID(tx, by.EstablishmentID); errors.Is(err, db.ErrNone) {
			return errNowhere
		}
		if err != nil {
			return err
		}
		if out.Siblings, err = siblings(tx, by, out.CompanyID); err != nil {
			return err
		}
		if by.Role == access.Newcomer {
			out.Street, out.Postcode, out.City, out.Phone = "", "", "", ""
			return nil
		}
		if out.Fallback, out.Asked, err = fallbacksOf(tx, by.EstablishmentID); err != nil {
			return err
		}
		out.History, err = history(tx, by.EstablishmentID)
		return err
	})
	return out, err
}

// siblings are the other establishments of the company to which the person belongs
// themselves: that others exist is for their own people to know.
func siblings(tx *db.Tx, by access.Actor, companyID string) ([]Hat, error) {
	mine, err := account.MembershipsOf(tx, by.AccountID)
	if err != nil {
		return nil, err
	}
	var out []Hat
	for _, m := range mine {
		e, err := establishmentByID(tx, m.EstablishmentID)
		if errors.Is(err, db.ErrNone) {
			continue // a body of another kind
		}
		if err != nil {
			return nil, err
		}
		if e.CompanyID == companyID && e.ID != by.EstablishmentID {
			out = append(out, Hat{m, e})
		}
	}
	return out, nil
}

func history(tx *db.Tx, establishmentID string) ([]Change, error) {
	all, err := event.About(tx, establishmentID)
	if err != nil {
		return nil, err
	}
	var out []Change
	for i := len(all) - 1; i >= 0 && len(out) < mostHistory; i-- {
		if !inHistory[all[i].Kind] {
			continue
		}
		c := Change{Event: all[i]}
		if c.Kind == event.ProfileChanged {
			if err := c.Decode(&c.ChangedBody); err != nil {
				return nil, err
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// NameLocked says, in a sentence, why the name cannot be typed; empty when it can. It is
// the directory's to say where there is one, and the operator's once they checked it.
func (p *Profiles) NameLocked(e Establishment) string {
	switch {
	case !e.NameListedAt.IsZero() && p.HasDirectory():
		return "Ce nom vient de l'annuaire des entreprises\u00a0: s'il a changé, faites-le corriger auprès de l'Insee, puis actualisez."
	case !e.VerifiedAt.IsZero():
		return "Ce nom a été vérifié par l'exploitant de la plateforme\u00a0: écrivez-lui s'il a changé."
	}
	return ""
}

// ProfileForm is what an administrator types. Version is the profile's when the form
// was shown.
type ProfileForm struct {
	Name    string // not read when it is locked
	Postal  account.PostalAddress
	Phone   string
	Version int64
}

var errProfileChanged = fault.New(fault.Conflict, "Le profil a été modifié entre-temps, par vous dans un autre onglet ou par un autre administrateur. Rien n'est perdu\u00a0: vos saisies sont ci-dessous, avec ce qui est enregistré\u00a0; enregistrez à nouveau pour garder les vôtres.")

// Save writes the profile of the actor's establishment, and tells which fields have
// changed. Faults are on entreprise, rue, code_postal, ville and telephone; a form that
// was shown before another one was saved is fault.Conflict.
func (p *Profiles) Save(ctx context.Context, by access.Actor, form ProfileForm) (changed []string, err error) {
	err = p.within(ctx, by, func(tx *db.Tx, was Establishment) error {
		now := was
		var faults fault.List
		if p.NameLocked(was) == "" {
			name, err := account.ParseCompanyName(form.Name)
			if err := faults.Add(err); err != nil {
				return err
			}
			if now.CompanyName = name; name != was.CompanyName {
				now.NameListedAt = 0
			}
		}
		postal, err := account.ParsePostal(was.Country, form.Postal)
		if err := faults.Add(err); err != nil {
			return err
		}
		phone, err := account.ParsePhone(form.Phone)
		if err := faults.Add(err); err != nil {
			return err
		}
		if err := faults.Err(); err != nil {
			return err
		}
		if form.Version != was.Version {
			return errProfileChanged
		}
		now.Street, now.Postcode, now.City, now.Phone = postal.Street, postal.Postcode, postal.City, phone
		changed, err = p.write(tx, by, was, now, false)
		return err
	})
	return changed, err
}

// Refresh takes the name and the address from the directory. When it gave none, the
// listing says why and nothing has changed.
func (p *Profiles) Refresh(ctx context.Context, by access.Actor) (l Listing, changed []string, err error) {
	// Who may not has the directory asked nothing; who may no longer by the time that
	// it has answered changes nothing.
	var siret refdata.SIRET
	if err := p.within(ctx, by, func(_ *db.Tx, e Establishment) error { siret = e.SIRET(); return nil }); err != nil {
		return l, nil, err
	}
	if siret == "" || !p.HasDirectory() {
		return l, nil, fault.New(fault.NotFound, "Il n'y a pas d'annuaire où chercher cet établissement.")
	}
	if l = p.ask(ctx, siret, refreshFor, string(ForProfile)+"\x00"+by.EstablishmentID); !l.Found() {
		return l, nil, nil
	}
	err = p.within(ctx, by, func(tx *db.Tx, was Establishment) error {
		now := was
		now.CompanyName, now.NameListedAt = l.Name, l.At
		if !l.Postal.IsZero() {
			now.Street, now.Postcode, now.City = l.Postal.Street, l.Postal.Postcode, l.Postal.City
		}
		changed, err = p.write(tx, by, was, now, true)
		return err
	})
	return l, changed, err
}

// within runs an act of an administrator under the lock of their establishment, if they
// still administer it.
func (p *Profiles) within(ctx context.Context, by access.Actor, act func(*db.Tx, Establishment) error) error {
	if err := by.Must(access.EditProfile); err != nil {
		return err
	}
	return p.db.Write(ctx, func(tx *db.Tx) error {
		e, err := TakeEstablishment(tx, by.EstablishmentID)
		if errors.Is(err, db.ErrNone) {
			return errNowhere
		}
		if err != nil {
			return err
		}
		m, err := account.FindMembership(tx, by.MembershipID)
		if err != nil && !errors.Is(err, db.ErrNone) {
			return err
		}
		now := access.Actor{Role: m.ActingRole()}
		if err != nil || !m.EndedAt.IsZero() || m.EstablishmentID != e.ID || !now.May(access.EditProfile) {
			return fault.New(fault.Forbidden, "Vos droits viennent de changer\u00a0: rien n'a été enregistré. Demandez à un administrateur de votre établissement.")
		}
		return act(tx, e)
	})
}

// write saves what differs and records which fields did. A date of the directory alone
// is no change to speak of.
func (p *Profiles) write(tx *db.Tx, by access.Actor, was, now Establishment, listed bool) ([]string, error) {
	var fields []string
	for _, f := range []struct{ name, was, now string }{
		{"entreprise", was.CompanyName, now.CompanyName}, {"rue", was.Street, now.Street}, {"code_postal", was.Postcode, now.Postcode},
		{"ville", was.City, now.City}, {"telephone", was.Phone, now.Phone},
	} {
		if f.was != f.now {
			fields = append(fields, f.name)
		}
	}
	if fields == nil && was.NameListedAt == now.NameListedAt {
		return nil, nil
	}
	if fields != nil {
		now.Version++
	}
	if err := updateProfile(tx, now); err != nil || fields == nil {
		return nil, err
	}
	return fields, p.journal.Record(tx, by, event.ProfileChanged, was.ID, ChangedBody{Fields: fields, Directory: listed})
}
