package alert

import (
	"slices"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

// Mailed is a message about notices, as the log of what was sent has it.
type Mailed struct {
	ID      string // what the outbox calls its ref
	Notices []string
	Watches []string // ids, each once
}

// MailedTo lists the messages about notices to an address, the oldest first.
func MailedTo(tx *db.Tx, addressKey string) ([]Mailed, error) {
	var rows []mailing
	if err := tx.All(&rows, "SELECT "+mailingColumns+" FROM mailing WHERE address_key = $1 ORDER BY created_at, id", addressKey); err != nil {
		return nil, err
	}
	out := make([]Mailed, len(rows))
	for i, m := range rows {
		items, err := itemsOf(tx, m.ID)
		if err != nil {
			return nil, err
		}
		out[i].ID = m.ID
		for _, it := range items {
			out[i].Notices = append(out[i].Notices, it.NoticeID)
			for _, id := range it.watches {
				if !contains(out[i].Watches, id) {
					out[i].Watches = append(out[i].Watches, id)
				}
			}
		}
	}
	return out, nil
}

// ForgetAddress removes what was sent to an address and what waits to be, but what is
// for the watches that still reach it, and the requests whether it wants one (asked, by
// their ids): their links must go on working, and nothing be told twice.
func ForgetAddress(tx *db.Tx, addressKey string, reaching, asked []string) error {
	if err := unfollowAll(tx, addressKey); err != nil {
		return err
	}
	mailed, err := MailedTo(tx, addressKey)
	if err != nil {
		return err
	}
	var kept []string
	for _, m := range mailed {
		if slices.ContainsFunc(m.Watches, func(id string) bool { return contains(reaching, id) }) {
			kept = append(kept, m.ID)
			continue
		}
		for _, statement := range []string{
			"DELETE FROM told WHERE mailing_id = $1", "DELETE FROM mailing_watch WHERE mailing_id = $1", "DELETE FROM mailing_item WHERE mailing_id = $1", "DELETE FROM mailing WHERE id = $1",
		} {
			if _, err := tx.Exec(statement, m.ID); err != nil {
				return err
			}
		}
	}
	return mail.ForgetRecipient(tx, addressKey, func(r mail.Row) bool {
		return (r.Kind == mailNotices || r.Kind == mailChanges) && contains(kept, r.Ref) || r.Kind == mailRequest && contains(asked, r.Ref)
	})
}

// Farewell owes the last mail to somebody who has erased their account: nothing but its
// own row knows the address any more.
func (s *Service) Farewell(tx *db.Tx, was account.Account) error {
	return s.owe(tx, mailErased, was.ID, was.Address)
}

func (s *Service) composeErased(tx *db.Tx, ref, _ string) (mail.Message, error) {
	about, err := event.About(tx, ref)
	if err != nil {
		return mail.Message{}, err
	}
	when := ""
	for _, e := range about {
		if e.Kind == event.AccountErased {
			when = e.At.Long(clock.Paris)
		}
	}
	return write("account_erased", "Votre compte est supprimé", map[string]string{
		"When": when, "SignUp": s.baseURL + "/inscription", "Notice": s.baseURL + "/mentions",
	})
}
