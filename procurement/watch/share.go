package watch

import (
	"context"
	"slices"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/org"
)

// Shared is a watch of another establishment of the company, as it lets colleagues see
// it: what it asks, never who receives it.
type Shared struct {
	*Watch
	From org.Establishment
}

// share writes whether the others of the company see it. Who is not let in yet has
// nothing of a company's to share.
func (d draft) share(w *Watch, by access.Actor, now clock.Instant) {
	switch wanted := d.shared && by.Role != access.Newcomer && by.EstablishmentID != ""; {
	case !wanted:
		w.SharedAt = 0
	case w.SharedAt.IsZero():
		w.SharedAt = now
	}
}

// SharedWith lists what the other establishments of the actor's company share: both are
// proved, and the actor is let in. Read only.
func (s *Service) SharedWith(ctx context.Context, by access.Actor) ([]Shared, error) {
	if err := by.Must(access.SeeWatches); err != nil || by.Role == access.Newcomer {
		return nil, err
	}
	var out []Shared
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		out, err = sharedWith(tx, by)
		return err
	})
	return out, err
}

// FindShared gives one of them; any other does not exist.
func (s *Service) FindShared(ctx context.Context, by access.Actor, id string) (Shared, error) {
	all, err := s.SharedWith(ctx, by)
	if err != nil {
		return Shared{}, err
	}
	i := slices.IndexFunc(all, func(w Shared) bool { return w.ID == id })
	if i < 0 {
		return Shared{}, errNoWatch
	}
	return all[i], nil
}

func sharedWith(tx *db.Tx, by access.Actor) ([]Shared, error) {
	siblings, err := org.VerifiedSiblings(tx, by.EstablishmentID)
	if err != nil || len(siblings) == 0 {
		return nil, err
	}
	from := map[string]org.Establishment{}
	var scopes []any
	for _, e := range siblings {
		from[establishmentScope(e.ID)] = e
		scopes = append(scopes, establishmentScope(e.ID))
	}
	found, err := query(tx, "shared_at IS NOT NULL AND deleted_at IS NULL AND scope IN ("+db.Placeholders(1, len(scopes))+") ORDER BY name_key, id", scopes...)
	if err != nil {
		return nil, err
	}
	var out []Shared
	for _, w := range found {
		w.Recipients = nil // others' addresses are not the company's to show
		out = append(out, Shared{w, from[w.Scope]})
	}
	return out, nil
}

// Sharing tells what sharing would do for the actor's watches.
type Sharing struct {
	Possible bool // the actor's establishment is one, and they are let in
	Verified bool // it is proved
	With     []org.Establishment
}

// Sharing says with whom the actor's watches would be shared.
func (s *Service) Sharing(ctx context.Context, by access.Actor) (Sharing, error) {
	out := Sharing{Possible: by.Role != access.Newcomer && by.EstablishmentID != "", Verified: by.Verified}
	if !out.Possible {
		return out, nil
	}
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		out.With, err = org.VerifiedSiblings(tx, by.EstablishmentID)
		return err
	})
	return out, err
}

// Would is the watch as the form would leave it, for a page that shows two versions side
// by side. The faults are those of Update.
func (s *Service) Would(w *Watch, by access.Actor, f Form) (*Watch, error) {
	now := s.db.Clock.Now()
	d, err := f.check(w.main(), now)
	if err != nil {
		return nil, err
	}
	out := *w
	d.apply(&out, by, now)
	out.Recipients = nil
	for _, r := range w.Recipients {
		if r.Main || slices.ContainsFunc(d.recipients, func(a account.Address) bool { return a.Key == r.AddressKey }) {
			out.Recipients = append(out.Recipients, r)
		}
	}
	for _, a := range d.recipients {
		if !slices.ContainsFunc(w.Recipients, func(r Recipient) bool { return r.AddressKey == a.Key }) {
			out.Recipients = append(out.Recipients, Recipient{Address: a.Text, AddressKey: a.Key})
		}
	}
	return &out, nil
}

// Editor says who last saved a watch, "" when they have no account any more.
func (s *Service) Editor(ctx context.Context, w *Watch) (name string, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		names, err := account.Names(tx, []string{w.EditedBy})
		name = names[w.EditedBy]
		return err
	})
	return name, err
}
