package alert

import (
	"errors"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/procurement/event"
	"parvis/procurement/watch"
	"parvis/procurement/webhook"
)

// mailWebhookSuspended goes to whoever made the watch: nothing is sent there any more.
const mailWebhookSuspended = "webhook_suspended"

// mailWebhookSuspended owes one mail per suspension.
func (s *Service) mailWebhookSuspended(tx *db.Tx, e event.Event) error {
	_, w, err := suspended(tx, e.Subject)
	if err != nil || w == nil {
		return err
	}
	for _, r := range w.Recipients {
		if r.Main {
			return s.owe(tx, mailWebhookSuspended, e.ID, r.Address)
		}
	}
	return nil
}

// suspended reads a webhook and its watch; no watch when it is suspended no more, or is
// over.
func suspended(tx *db.Tx, id string) (h webhook.Webhook, w *watch.Watch, err error) {
	h, err = webhook.Find(tx, id)
	if errors.Is(err, db.ErrNone) {
		return h, nil, nil
	}
	if err != nil || h.State() != webhook.Suspended {
		return h, nil, err
	}
	found, err := watch.ByIDs(tx, []string{h.WatchID})
	if err != nil || len(found) == 0 || !found[0].DeletedAt.IsZero() {
		return h, nil, err
	}
	return h, found[0], nil
}

// composeWebhookSuspended writes nothing when it was resumed meanwhile.
func (s *Service) composeWebhookSuspended(tx *db.Tx, ref, _ string) (mail.Message, error) {
	e, err := event.Find(tx, ref)
	if err != nil {
		return mail.Message{}, err
	}
	h, w, err := suspended(tx, e.Subject)
	if err != nil {
		return mail.Message{}, err
	}
	if w == nil {
		return mail.Message{}, mail.ErrUnwanted
	}
	return write("webhook_suspended", "Webhook suspendu\u00a0: "+shorten(oneLine(w.Name), 60), map[string]string{
		"Watch": oneLine(w.Name), "Address": oneLine(h.Address), "Since": h.FailingSince.Long(clock.Paris),
		"Link": s.linkFor("/entreprise/veilles/"+w.ID+"/webhooks/"+h.ID, w.EstablishmentID),
	})
}
