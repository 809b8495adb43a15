package alert

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/event"
	"parvis/procurement/watch"
)

// mailFailing tells whoever looks after watches which addresses they no longer reach.
const mailFailing = "recipients_failed"

// failingBody is the body of event.RecipientFailed, whose subject is the scope of the
// watches.
type failingBody struct {
	EstablishmentID string `json:"establishment_id"`
}

// failingEvery is how long failures are gathered in one mail: those of one hour's digests
// come together.
const failingEvery = time.Hour

// mailRecipientsFailed owes one mail to each person who can put it right: who made a
// watch that the address misses, and the administrators. Each failure is told once.
func (s *Service) mailRecipientsFailed(tx *db.Tx, e event.Event) error {
	failing, err := watch.FailingIn(tx, e.Subject)
	if err != nil || len(failing) == 0 {
		return err
	}
	people, err := keepers(tx, e.Subject, failing)
	if err != nil {
		return err
	}
	hour := int64(e.At) / failingEvery.Milliseconds()
	due := clock.Instant((hour + 1) * failingEvery.Milliseconds())
	for _, a := range people {
		address, err := account.ParseAddress(a.Address)
		if err != nil {
			return err
		}
		ref := e.Subject + " " + a.ID + " " + strconv.FormatInt(hour, 10)
		if err := s.outbox.Owe(tx, mail.Owed{Kind: mailFailing, Ref: ref, Recipient: address.Mailbox(), Due: due}); err != nil {
			return err
		}
	}
	return nil
}

// keepers lists who can put failing addresses of a scope right and can be written to.
func keepers(tx *db.Tx, scope string, failing []watch.Failing) ([]account.Account, error) {
	var ids []string
	for _, f := range failing {
		for _, w := range f.Watches {
			ids = append(ids, w.AccountID)
		}
	}
	if establishmentID, ok := strings.CutPrefix(scope, "establishment:"); ok {
		members, err := account.MembersOf(tx, establishmentID)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			if m.ActingRole() == access.CompanyAdmin && m.EndedAt.IsZero() {
				ids = append(ids, m.AccountID)
			}
		}
	}
	slices.Sort(ids)
	var out []account.Account
	for _, id := range slices.Compact(ids) {
		a, err := account.Find(tx, id)
		if errors.Is(err, db.ErrNone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		itself := slices.ContainsFunc(failing, func(f watch.Failing) bool { return f.AddressKey == a.AddressKey })
		if a.Address != "" && !itself {
			out = append(out, a)
		}
	}
	return out, nil
}

// failingLetter names the addresses and the watches that they miss.
type failingLetter struct {
	Title string
	Items []failingItem
	Link  string
	Kept  bool // the reader has none of these watches: they administer the establishment
}

type failingItem struct{ Address, Watches string }

// composeFailing writes what fails now, to somebody who can still put it right.
func (s *Service) composeFailing(tx *db.Tx, ref, _ string) (mail.Message, error) {
	parts := strings.Fields(ref)
	if len(parts) != 3 {
		return mail.Message{}, fmt.Errorf("alert: failing addresses of %q", ref)
	}
	scope, reader := parts[0], parts[1]
	failing, err := watch.FailingIn(tx, scope)
	if err != nil {
		return mail.Message{}, err
	}
	people, err := keepers(tx, scope, failing)
	if err != nil {
		return mail.Message{}, err
	}
	if len(failing) == 0 || !slices.ContainsFunc(people, func(a account.Account) bool { return a.ID == reader }) {
		return mail.Message{}, mail.ErrUnwanted // put right meanwhile, or it is no longer theirs
	}
	l := failingLetter{Title: FailingTitle(len(failing)), Link: s.baseURL + logURL, Kept: true}
	if establishmentID, ok := strings.CutPrefix(scope, "establishment:"); ok {
		l.Link = s.linkFor(logURL, establishmentID)
	}
	for _, f := range failing {
		var names []string
		for _, w := range f.Watches {
			names = append(names, "«\u00a0"+oneLine(w.Name)+"\u00a0»")
			l.Kept = l.Kept && w.AccountID != reader
		}
		what := "veille "
		if len(names) > 1 {
			what = "veilles "
		}
		l.Items = append(l.Items, failingItem{f.Address, what + strings.Join(names, ", ")})
	}
	out, err := write("recipients_failed", l.Title, l)
	out.Text = wrap(out.Text)
	return out, err
}

// FailingTitle says how many addresses fail.
func FailingTitle(n int) string {
	if n == 1 {
		return "Une adresse en échec dans vos veilles"
	}
	return strconv.Itoa(n) + "\u00a0adresses en échec dans vos veilles"
}

// logURL is the page of what was sent.
const logURL = "/entreprise/envois"
