package alert

import (
	"cmp"
	"slices"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/event"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// matchRecorded hears of a batch of notices: it matches the new ones that can still be
// answered and mails at once whom it must, and tells what became of those that were
// known. One transaction: the rows of the matches, the ledger and the mails owed are
// there together or not at all.
func (s *Service) matchRecorded(tx *db.Tx, e event.Event) error {
	var body notice.Recorded
	if err := e.Decode(&body); err != nil {
		return err
	}
	if !body.Alerts || len(body.New)+len(body.Altered)+len(body.Reworded)+len(body.Called) == 0 {
		return nil
	}
	if err := s.watches.Matcher().CatchUp(tx.Context()); err != nil {
		return err
	}
	if err := s.matchNew(tx, slices.Concat(body.New, body.Called)); err != nil {
		return err
	}
	return s.hearAltered(tx, slices.Concat(body.Altered, body.Reworded, body.Called))
}

func (s *Service) matchNew(tx *db.Tx, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	notices, err := notice.ByIDs(tx, ids)
	if err != nil {
		return err
	}
	slot, err := openSlot(tx)
	if err != nil {
		return err
	}
	now := pending{}
	for _, n := range notices {
		if !n.Open(tx.Now) {
			continue
		}
		nums := s.watches.Matcher().Match(n.Subject(n.RecordedAt))
		fresh, err := addMatch(tx, n.ID, slot)
		if err != nil {
			return err
		}
		if !fresh {
			continue
		}
		for _, num := range nums {
			if r, ok := s.watches.Matcher().Rhythm(num); ok && leavesNow(r, n, tx.Now) {
				now.add(num, n)
			}
		}
	}
	return s.mailAtOnce(tx, now, slot)
}

// leavesNow tells whether a notice goes out at once: by the watch's rhythm, or
// because something would be over before the next digest. A watch without
// criteria waits for its digest whatever happens.
func leavesNow(r watch.Rhythm, n *notice.Notice, now clock.Instant) bool {
	if n.RecordedAt < r.ActiveSince || r.Everything || now < r.PausedUntil {
		return false
	}
	if r.Frequency == watch.Immediate {
		return true
	}
	next := r.NextDigest(now)
	for _, limit := range []clock.Instant{n.Deadline, n.VisitAt, n.QuestionsUntil} {
		if limit >= now && limit <= next { // a digest leaves a little after its hour
			return true
		}
	}
	return false
}

// pending is which watches have which notices to tell.
type pending map[uint64][]*notice.Notice

func (p pending) add(num uint64, n *notice.Notice) { p[num] = append(p[num], n) }

func (s *Service) mailAtOnce(tx *db.Tx, p pending, slot int64) error {
	nums := make([]uint64, 0, len(p))
	for num := range p {
		nums = append(nums, num)
	}
	slices.Sort(nums)
	watches, err := watch.ByNums(tx, nums)
	if err != nil {
		return err
	}
	people, err := gather(watches, p, tx.Now)
	if err != nil {
		return err
	}
	for _, who := range people {
		if _, err := s.mailOne(tx, immediateMailing, who, slot); err != nil {
			return err
		}
	}
	return nil
}

// person is one recipient and what there is to tell them.
type person struct {
	address, key string
	notices      []*notice.Notice
	found        map[string][]string // by notice: the watches that it was matched for
}

// gather turns watches and their notices into people and theirs, in a stable
// order: two replicas that mail the same people lock them in the same order.
func gather(watches []*watch.Watch, p pending, now clock.Instant) ([]*person, error) {
	byKey := map[string]*person{}
	var people []*person
	for _, w := range watches {
		if !w.Live() || w.Paused(now) {
			continue
		}
		for _, r := range w.Recipients {
			if r.State() != watch.Confirmed {
				continue
			}
			who := byKey[r.AddressKey]
			if who == nil {
				who = &person{address: r.Address, key: r.AddressKey, found: map[string][]string{}}
				byKey[r.AddressKey] = who
				people = append(people, who)
			}
			for _, n := range p[w.Num] {
				if who.found[n.ID] == nil {
					who.notices = append(who.notices, n)
				}
				who.found[n.ID] = append(who.found[n.ID], w.ID)
			}
		}
	}
	slices.SortFunc(people, func(a, b *person) int { return cmp.Compare(a.key, b.key) })
	return people, nil
}

// mailOne owes one person one message with the notices that they have not been
// told of, each with all of that person's watches that match it; false when there
// is none.
func (s *Service) mailOne(tx *db.Tx, kind string, who *person, slot int64) (bool, error) {
	m := mailing{ID: db.NewID(), Kind: kind, Address: who.address, AddressKey: who.key}
	slices.SortFunc(who.notices, func(a, b *notice.Notice) int { return cmp.Compare(a.ID, b.ID) })
	var fresh []*notice.Notice
	for _, n := range who.notices {
		switch ok, err := ledger(tx, who.key, n.ID, m.ID); {
		case err != nil:
			return false, err
		case ok:
			fresh = append(fresh, n)
		}
	}
	if len(fresh) == 0 {
		return false, nil
	}
	slices.SortFunc(fresh, mostPressing)
	theirs, err := watch.Sending(tx, who.key)
	if err != nil {
		return false, err
	}
	items := make([]item, len(fresh))
	for i, n := range fresh {
		items[i] = item{NoticeID: n.ID, watches: who.found[n.ID]} // whatever was edited since it was matched
		reasons, err := watch.Reasons(theirs, n, n.RecordedAt)
		if err != nil {
			return false, err
		}
		for _, r := range reasons {
			if !contains(items[i].watches, r.WatchID) {
				items[i].watches = append(items[i].watches, r.WatchID)
			}
		}
	}
	if err := insertMailing(tx, m, slot, items); err != nil {
		return false, err
	}
	return true, s.owe(tx, mailNotices, m.ID, m.Address)
}

// mostPressing puts what closes first in front, unknown deadlines last.
func mostPressing(a, b *notice.Notice) int {
	if a.Deadline.IsZero() != b.Deadline.IsZero() {
		if a.Deadline.IsZero() {
			return 1
		}
		return -1
	}
	return cmp.Or(cmp.Compare(a.Deadline, b.Deadline), cmp.Compare(a.ID, b.ID))
}
