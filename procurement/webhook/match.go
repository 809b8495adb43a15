package webhook

import (
	"slices"

	"parvis/kit/db"
	"parvis/procurement/event"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// ear is a webhook and the watch that it listens to.
type ear struct {
	Webhook
	watch *watch.Watch
}

// hear is told of a batch of notices: it writes what webhooks are to be told of those
// that are new, or have become calls, and of those that have been altered, in the transaction that matches
// them. A bulk import of the past tells nobody.
func (s *Service) hear(tx *db.Tx, e event.Event) error {
	var body notice.Recorded
	if err := e.Decode(&body); err != nil {
		return err
	}
	if !body.Alerts {
		return nil
	}
	ears, err := ears(tx)
	if err != nil || len(ears) == 0 {
		return err
	}
	if err := s.tellNew(tx, ears, slices.Concat(body.New, body.Called)); err != nil {
		return err
	}
	tx.AfterCommit(s.Nudge)
	return s.tellAltered(tx, ears, slices.Concat(body.Altered, body.Called))
}

// ears lists who listens to watches that are active, by webhook.
func ears(tx *db.Tx) (map[string]ear, error) {
	hooks, err := listening(tx)
	if err != nil || len(hooks) == 0 {
		return nil, err
	}
	ids := make([]string, len(hooks))
	for i, h := range hooks {
		ids[i] = h.WatchID
	}
	found, err := watch.ByIDs(tx, ids)
	if err != nil {
		return nil, err
	}
	byID := map[string]*watch.Watch{}
	for _, w := range found {
		byID[w.ID] = w
	}
	out := map[string]ear{}
	for _, h := range hooks {
		if w := byID[h.WatchID]; w != nil && w.Live() {
			out[h.ID] = ear{h, w}
		}
	}
	return out, nil
}

// watchesOf lists the watches that are listened to.
func watchesOf(ears map[string]ear) []*watch.Watch {
	var all []*watch.Watch
	for _, e := range ears {
		all = append(all, e.watch)
	}
	return all
}

// tellNew matches new notices by the engine that alerts do. What is older than the watch
// or the webhook is not for it, nor is what its company passes on (« on passe »); what is found during a pause is due when it ends.
func (s *Service) tellNew(tx *db.Tx, ears map[string]ear, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	if err := s.watches.Matcher().CatchUp(tx.Context()); err != nil {
		return err
	}
	notices, err := notice.ByIDs(tx, ids)
	if err != nil {
		return err
	}
	byNum := map[uint64][]ear{}
	for _, e := range ears {
		byNum[e.watch.Num] = append(byNum[e.watch.Num], e)
	}
	passed, err := watch.Passed(tx, watchesOf(ears), notices)
	if err != nil {
		return err
	}
	for _, n := range notices {
		if !n.Open(tx.Now) {
			continue
		}
		last, err := lastTold(tx, n.ID)
		if err != nil {
			return err
		}
		for _, num := range s.watches.Matcher().Match(n.Subject(n.RecordedAt)) {
			for _, e := range byNum[num] {
				if _, told := last[e.ID]; told || passed.Silence(e.watch, n.ID) || n.RecordedAt < max(e.watch.ActiveSince, e.ConfirmedAt) {
					continue
				}
				if err := owe(tx, delivery{ID: db.NewID(), WebhookID: e.ID, NoticeID: n.ID, Reason: Matched, Deadline: n.Deadline, DueAt: e.watch.PausedUntil}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// tellAltered compares notices with what each webhook was last told of them.
func (s *Service) tellAltered(tx *db.Tx, ears map[string]ear, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	notices, err := notice.ByIDs(tx, ids)
	if err != nil {
		return err
	}
	passed, err := watch.Passed(tx, watchesOf(ears), notices)
	if err != nil {
		return err
	}
	for _, n := range notices {
		last, err := lastTold(tx, n.ID)
		if err != nil {
			return err
		}
		for id, d := range last {
			e, listens := ears[id]
			next, differs := d.next(n)
			if !listens || !differs || passed.Silence(e.watch, n.ID) {
				continue
			}
			next.DueAt = e.watch.PausedUntil
			if err := owe(tx, next); err != nil {
				return err
			}
		}
	}
	return nil
}
