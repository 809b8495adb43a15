package person

import (
	"cmp"
	"context"
	"errors"

	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/alert"
	"parvis/procurement/event"
	"parvis/procurement/feed"
	"parvis/procurement/member"
	"parvis/procurement/notice"
	"parvis/procurement/org"
	"parvis/procurement/watch"
	"parvis/procurement/webhook"
)

// Export gives the actor the copy of what is kept of them.
func (s *Service) Export(ctx context.Context, by access.Actor) (Export, error) {
	return s.gather(ctx, by, true)
}

// Kept is a line of the notice, with what it means for one person today.
type Kept struct {
	Purpose
	Held []string
}

// Kept says what is kept of the actor now.
func (s *Service) Kept(ctx context.Context, by access.Actor) ([]Kept, error) {
	e, err := s.gather(ctx, by, false)
	if err != nil {
		return nil, err
	}
	out := make([]Kept, len(e.Purposes))
	for i, p := range e.Purposes {
		out[i] = Kept{p, e.held(p.Key)}
	}
	return out, nil
}

// gather asks each room in turn, in one state of the database. Without titles, the
// notices of messages are left out: there may be thousands.
func (s *Service) gather(ctx context.Context, by access.Actor, titles bool) (Export, error) {
	var e Export
	if err := by.Must(access.EditAccount); err != nil {
		return e, err
	}
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		r, err := account.RecordOf(tx, by.AccountID)
		if err != nil {
			return err
		}
		e.MadeAt, e.Purposes = Moment(tx.Now), Purposes()
		e.identity(r)
		if err := e.memberships(tx, r); err != nil {
			return err
		}
		if err := e.dealings(tx, r.Account); err != nil {
			return err
		}
		if err := e.watches(tx, r.Account); err != nil {
			return err
		}
		if err := e.feeds(tx, r.Account); err != nil {
			return err
		}
		if err := e.received(tx, r.Account); err != nil {
			return err
		}
		if err := e.tags(tx, r.Account); err != nil {
			return err
		}
		if err := e.mails(tx, r.Account, titles); err != nil {
			return err
		}
		return e.journal(tx, r)
	})
	return e, err
}

// identity takes what the room of accounts has.
func (e *Export) identity(r account.Record) {
	e.Account = Account{r.ID, r.Name, r.Address, r.Login, Moment(r.CreatedAt)}
	for _, s := range r.Sessions {
		e.Sessions = append(e.Sessions, Session{s.Browser, Moment(s.CreatedAt), Moment(s.SeenAt), Moment(s.ExpiresAt)})
	}
	for _, d := range r.Devices {
		e.Browsers = append(e.Browsers, Browser{d.Browser, Moment(d.KnownAt), Moment(d.SeenAt), Moment(d.ExpiresAt), Moment(d.ForgottenAt)})
	}
	for _, u := range r.SignUps {
		e.SignUps = append(e.SignUps, SignUp{u.Name, u.Address, u.CompanyName, u.Country, u.Number, Moment(u.AskedAt), Moment(u.UsedAt), u.LeadsTo})
	}
	for _, a := range r.Resets {
		e.Resets = append(e.Resets, Reset{Moment(a.AskedAt), Moment(a.ExpiresAt), Moment(a.ClosedAt)})
	}
	for _, f := range r.Factors {
		what := "Application de codes"
		if f.Name != "" {
			what = "Clé d'accès «\u00a0" + f.Name + "\u00a0»"
		}
		e.Factors = append(e.Factors, Factor{what, Moment(f.CreatedAt), Moment(f.UsedAt)})
	}
	for _, c := range r.Wanted {
		e.Addresses = append(e.Addresses, Address{c.Address, "demandée", Moment(c.AskedAt), Moment(c.ExpiresAt), Moment(c.ClosedAt)})
	}
	for _, f := range r.Former {
		e.Addresses = append(e.Addresses, Address{f.Address, "quittée", Moment(f.LeftAt), Moment(f.Until), Moment(f.ClosedAt)})
	}
}

// dealings takes the invitations to the person's address and the disputes they opened.
func (e *Export) dealings(tx *db.Tx, a account.Account) error {
	company := func(establishmentID string) (string, error) {
		where, err := org.EstablishmentByID(tx, establishmentID)
		if errors.Is(err, db.ErrNone) {
			return "", nil
		}
		return where.CompanyName, err
	}
	invitations, err := member.InvitationsTo(tx, a.AddressKey)
	if err != nil {
		return err
	}
	for _, i := range invitations {
		name, err := company(i.EstablishmentID)
		if err != nil {
			return err
		}
		e.Invitations = append(e.Invitations, Invitation{name, Moment(i.InvitedAt), Moment(i.ExpiresAt), Moment(i.AcceptedAt), Moment(i.ClosedAt)})
	}
	disputes, err := member.DisputesOf(tx, a.ID)
	if err != nil {
		return err
	}
	for _, d := range disputes {
		name, err := company(d.EstablishmentID)
		if err != nil {
			return err
		}
		e.Disputes = append(e.Disputes, Dispute{name, d.Reason, Moment(d.OpenedAt), Moment(d.DecidedAt)})
	}
	return nil
}

func (e *Export) memberships(tx *db.Tx, r account.Record) error {
	for _, m := range r.Memberships {
		one := Membership{Role: roleName(m), AskedAt: Moment(m.CreatedAt), ApprovedAt: Moment(m.ApprovedAt), EndedAt: Moment(m.EndedAt)}
		where, err := org.EstablishmentByID(tx, m.EstablishmentID)
		if err != nil && !errors.Is(err, db.ErrNone) {
			return err
		}
		if err == nil {
			one.Company, one.Number = where.CompanyName, where.Pretty()
		}
		e.Memberships = append(e.Memberships, one)
	}
	return nil
}

func (e *Export) watches(tx *db.Tx, a account.Account) error {
	made, err := watch.MadeBy(tx, a.ID)
	if err != nil {
		return err
	}
	for _, w := range made {
		one, err := e.watch(tx, w, a.AddressKey)
		if err != nil {
			return err
		}
		e.Watches = append(e.Watches, one)
	}
	return nil
}

func (e *Export) watch(tx *db.Tx, w *watch.Watch, addressKey string) (Watch, error) {
	c := w.Criteria
	one := Watch{
		Name: w.Name, Active: w.Live(), Rhythm: rhythm(w), PausedUntil: Moment(w.PausedUntil), Mode: modeName(c.Mode), Keywords: c.Keywords, Exclude: c.Exclude, CPV: c.CPV, OutCPV: c.ExcludeCPV,
		Departments: departments(c.Departments), Categories: categories(c.Categories), Own: "n'en est pas destinataire",
		CreatedAt: Moment(w.CreatedAt), ChangedAt: Moment(w.ChangedAt), DeletedAt: Moment(w.DeletedAt),
	}
	for _, r := range w.Recipients {
		if r.AddressKey == addressKey {
			one.Own = stateName(r.State())
		} else {
			one.Others++
		}
	}
	buyers, err := org.BuyersByID(tx, c.Buyers)
	if err != nil {
		return one, err
	}
	for _, b := range buyers {
		one.Buyers = append(one.Buyers, b.Title())
	}
	if buyers, err = org.BuyersByID(tx, c.ExcludeBuyers); err != nil {
		return one, err
	}
	for _, b := range buyers {
		one.OutBuyers = append(one.OutBuyers, b.Title())
	}
	hooks, err := webhook.OfWatch(tx, w.ID)
	if err != nil {
		return one, err
	}
	for _, h := range hooks {
		one.Webhooks = append(one.Webhooks, h.Address)
	}
	if w.EstablishmentID != "" {
		where, err := org.EstablishmentByID(tx, w.EstablishmentID)
		if err != nil && !errors.Is(err, db.ErrNone) {
			return one, err
		}
		one.Company = where.CompanyName
	}
	return one, nil
}

// feeds takes the private addresses, without what opens them.
func (e *Export) feeds(tx *db.Tx, a account.Account) error {
	made, err := feed.MadeBy(tx, a.ID)
	if err != nil {
		return err
	}
	for _, f := range made {
		found, err := watch.ByIDs(tx, []string{f.WatchID})
		if err != nil {
			return err
		}
		one := Feed{Format: string(f.Format), MadeAt: Moment(f.CreatedAt), UsedOn: f.UsedOn}
		if len(found) > 0 {
			one.Watch = found[0].Name
		}
		e.Feeds = append(e.Feeds, one)
	}
	return nil
}

// received takes the watches of others: what somebody agreed to is theirs to know.
func (e *Export) received(tx *db.Tx, a account.Account) error {
	all, err := watch.ReceivedAt(tx, a.AddressKey)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.WatchOf == a.ID {
			continue // among their own
		}
		e.Received = append(e.Received, Received{
			Watch: r.WatchName, Company: r.CompanyName, Address: r.Address, State: stateName(r.State()),
			AskedAt: Moment(r.AskedAt), ConfirmedAt: Moment(r.ConfirmedAt), StoppedAt: Moment(r.StoppedAt), FailedAt: Moment(r.FailedAt),
		})
	}
	return nil
}

func (e *Export) mails(tx *db.Tx, a account.Account, titles bool) error {
	rows, err := mail.Of(tx, a.AddressKey)
	if err != nil {
		return err
	}
	noticesOf := map[string][]string{}
	if titles {
		if noticesOf, err = mailedTitles(tx, a.AddressKey); err != nil {
			return err
		}
	}
	for _, r := range rows {
		e.Mails = append(e.Mails, Mail{
			Subject: alert.Label(r.Kind), Address: r.Recipient, OwedAt: Moment(r.CreatedAt), State: mailState(r.State), EndedAt: Moment(r.EndedAt),
			Answer: r.Answer, Notices: noticesOf[r.Ref],
		})
	}
	return nil
}

// tags takes what they decided about contracts, and noted.
func (e *Export) tags(tx *db.Tx, a account.Account) error {
	tags, notes, err := watch.TagsBy(tx, a.ID)
	if err != nil {
		return err
	}
	for _, t := range tags {
		title, company, err := aboutTag(tx, t.NoticeID, t.EstablishmentID)
		if err != nil {
			return err
		}
		e.Tags = append(e.Tags, Tag{title, company, t.Choice.Label(), Moment(t.At)})
	}
	for _, n := range notes {
		title, company, err := aboutTag(tx, n.NoticeID, n.EstablishmentID)
		if err != nil {
			return err
		}
		e.Notes = append(e.Notes, Note{title, company, n.Text, Moment(n.At)})
	}
	return nil
}

// aboutTag names the contract and the company of a tag.
func aboutTag(tx *db.Tx, noticeID, establishmentID string) (title, company string, err error) {
	found, err := notice.ByIDs(tx, []string{noticeID})
	if err != nil {
		return "", "", err
	}
	for _, n := range found {
		title = cmp.Or(n.Title, n.SourceID)
	}
	if establishmentID == "" {
		return title, "", nil
	}
	where, err := org.EstablishmentByID(tx, establishmentID)
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	return title, where.CompanyName, err
}

// mailedTitles gives the titles of the notices of each message.
func mailedTitles(tx *db.Tx, addressKey string) (map[string][]string, error) {
	mailed, err := alert.MailedTo(tx, addressKey)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, m := range mailed {
		notices, err := notice.ByIDs(tx, m.Notices)
		if err != nil {
			return nil, err
		}
		for _, n := range notices {
			out[m.ID] = append(out[m.ID], cmp.Or(n.Title, n.SourceID))
		}
	}
	return out, nil
}

// journal takes the lines that name the person or are about their account and
// memberships. Who else acted is not said: that is theirs.
func (e *Export) journal(tx *db.Tx, r account.Record) error {
	subjects := []string{r.ID}
	for _, m := range r.Memberships {
		subjects = append(subjects, m.ID)
	}
	lines, err := event.Concerning(tx, r.ID, subjects)
	if err != nil {
		return err
	}
	for _, l := range lines {
		one := Line{At: Moment(l.At), What: l.Kind.Label(), By: "une autre personne"}
		switch {
		case l.ActorID == nil:
			one.By = "quelqu'un qui n'était pas connecté, ou la plateforme"
		case *l.ActorID == r.ID:
			one.By, one.Name = "vous", l.ActorName
		}
		e.Journal = append(e.Journal, one)
	}
	return nil
}
