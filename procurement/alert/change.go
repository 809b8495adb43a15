package alert

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// mailChanges says what has become of notices that its reader was told of.
const mailChanges = "changes"

// hearAltered hears of notices that the platform had and that are otherwise now. Those
// that could not be answered and can be are as new; those whose limits have come nearer
// than the next digest leave at once; and who was told of one hears of what changed.
func (s *Service) hearAltered(tx *db.Tx, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	notices, err := notice.ByIDs(tx, slices.Compact(ids))
	if err != nil {
		return err
	}
	slot, err := openSlot(tx) // nobody's address moves meanwhile
	if err != nil {
		return err
	}
	if err := s.matchAltered(tx, notices, slot); err != nil {
		return err
	}
	return s.tellChanges(tx, notices, "")
}

// matchAltered mails at once whom a change leaves no time to wait for a digest.
func (s *Service) matchAltered(tx *db.Tx, notices []*notice.Notice, slot int64) error {
	now := pending{}
	for _, n := range notices {
		if !n.Open(tx.Now) {
			continue
		}
		at, fresh, err := s.slotOf(tx, n, slot)
		if err != nil {
			return err
		}
		if at == 0 {
			continue // imported with the past: it alerts nobody
		}
		nums := s.watches.Matcher().Match(n.Subject(n.RecordedAt))
		for _, num := range nums {
			r, ok := s.watches.Matcher().Rhythm(num)
			if !ok || !leavesNow(r, n, tx.Now) || !fresh && r.Frequency == watch.Immediate {
				continue
			}
			if !fresh {
				served, err := servedUntil(tx, num)
				if err != nil {
					return err
				}
				if served >= at {
					continue // its digest has answered for it
				}
			}
			now.add(num, n)
		}
	}
	return s.mailAtOnce(tx, now, slot)
}

// slotOf is the slot that a notice fell in, 0 when it was never matched. One that could
// not be answered when it was recorded, and can be now, falls in the open one.
func (s *Service) slotOf(tx *db.Tx, n *notice.Notice, open int64) (slot int64, fresh bool, err error) {
	err = tx.One(&slot, "SELECT slot FROM notice_match WHERE notice_id = $1", n.ID)
	if !errors.Is(err, db.ErrNone) {
		return slot, false, err
	}
	changes, err := notice.ChangesOf(tx, n.ID)
	if err != nil || !slices.ContainsFunc(changes, func(c notice.Change) bool {
		return c.What == notice.Reopened || !c.Before.IsZero() && c.Before < n.RecordedAt
	}) {
		return 0, false, err
	}
	fresh, err = addMatch(tx, n.ID, open)
	return open, fresh, err
}

// servedUntil is the last slot that a watch's digest has answered for.
func servedUntil(tx *db.Tx, num uint64) (slot int64, err error) {
	err = tx.One(&slot, "SELECT coalesce(max(p.slot), 0) FROM watch w LEFT JOIN watch_progress p ON p.watch_id = w.id WHERE w.num = $1", int64(num))
	return slot, err
}

// tellChanges owes each reader of these notices one mail about what they do not know;
// only one reader when a key is given.
func (s *Service) tellChanges(tx *db.Tx, notices []*notice.Notice, only string) error {
	byID := map[string]*notice.Notice{}
	ids := make([]string, len(notices))
	for i, n := range notices {
		ids[i], byID[n.ID] = n.ID, n
	}
	lines, err := toldOf(tx, ids)
	if err != nil {
		return err
	}
	lines = slices.DeleteFunc(lines, func(l ledgerLine) bool { return only != "" && l.AddressKey != only })
	slices.SortStableFunc(lines, func(a, b ledgerLine) int { return cmp.Compare(a.AddressKey, b.AddressKey) })
	for len(lines) > 0 {
		n := slices.IndexFunc(lines, func(l ledgerLine) bool { return l.AddressKey != lines[0].AddressKey })
		if n < 0 {
			n = len(lines)
		}
		if err := s.tellReader(tx, lines[:n], byID); err != nil {
			return err
		}
		lines = lines[n:]
	}
	return nil
}

// tellReader owes one reader a mail about what they do not know of some notices.
func (s *Service) tellReader(tx *db.Tx, lines []ledgerLine, byID map[string]*notice.Notice) error {
	m := mailing{ID: db.NewID(), Kind: changeMailing, AddressKey: lines[0].AddressKey}
	var items []item
	for _, l := range lines {
		known, err := readSnapshot(l.Stated)
		if err != nil {
			return err
		}
		is, err := snapshotOf(tx, byID[l.NoticeID])
		if err != nil {
			return err
		}
		if !known.unsaid() && len(differences(known, is, byID[l.NoticeID], !l.FollowedAt.IsZero(), tx.Now)) == 0 {
			continue
		}
		telling, address, err := tellers(tx, l, byID[l.NoticeID])
		if err != nil {
			return err
		}
		if address == "" {
			continue
		}
		it := item{NoticeID: l.NoticeID}
		for _, w := range telling {
			it.watches = append(it.watches, w.ID)
		}
		items, m.Address = append(items, it), address
	}
	if len(items) == 0 {
		return nil
	}
	if err := insertMailing(tx, m, 0, items); err != nil {
		return err
	}
	return s.owe(tx, mailChanges, m.ID, m.Address)
}

// tellers lists the watches that a reader was told of a notice for and that still speak
// to them, and the address as they write it, empty when nothing does. A pause silences new
// notices, not what becomes of those announced; who follows a notice goes on when the watch
// is over, unless they have said stop, and who follows it from its page needs no watch.
func tellers(tx *db.Tx, l ledgerLine, n *notice.Notice) (telling []*watch.Watch, address string, err error) {
	if telling, address, err = speaking(tx, l, n); err != nil || address != "" || l.FollowedIn == "" {
		return telling, address, err
	}
	address, err = followsAlone(tx, l, n)
	return nil, address, err
}

// speaking is that of watches.
func speaking(tx *db.Tx, l ledgerLine, n *notice.Notice) (telling []*watch.Watch, address string, err error) {
	if l.MailingID == "" {
		return nil, "", nil
	}
	var ids string
	if err := tx.One(&ids, "SELECT watches FROM mailing_item WHERE mailing_id = $1 AND notice_id = $2", l.MailingID, l.NoticeID); err != nil {
		if errors.Is(err, db.ErrNone) {
			return nil, "", nil // forgotten
		}
		return nil, "", err
	}
	watches, err := watch.ByIDs(tx, strings.Split(ids, ","))
	if err != nil {
		return nil, "", err
	}
	passes, err := watch.Passed(tx, watches, []*notice.Notice{n})
	if err != nil {
		return nil, "", err
	}
	for _, w := range watches {
		for _, r := range w.Recipients {
			if passes.Silence(w, n.ID) {
				continue // its people pass on it
			}
			if r.AddressKey == l.AddressKey && r.State() == watch.Confirmed && (w.Live() || !l.FollowedAt.IsZero()) {
				telling, address = append(telling, w), r.Address
			}
		}
	}
	return telling, address, nil
}

// difference is one thing that the reader does not know yet.
type difference struct {
	Head     string // in a subject, before the title
	Text     string // « Nouvelle date limite : mardi 1er décembre 2026 à 12 h 00 »
	Before   string // « lundi 23 novembre 2026 à 12 h 00 »; empty: nothing was said
	Doubtful string
}

// differences compares what a reader knows of a notice with what it is. Who has not
// asked to follow it hears of its deadline and its cancellation only.
func differences(known, is snapshot, n *notice.Notice, follows bool, now clock.Instant) (out []difference) {
	if is.Cancelled != known.Cancelled {
		if is.Cancelled {
			return []difference{{Head: "Procédure annulée", Text: "La procédure est annulée."}}
		}
		out = append(out, difference{Head: "Procédure reprise", Text: "La procédure reprend\u00a0: son annulation est retirée."})
	}
	if is.Deadline != known.Deadline && !(over(is.Deadline, now) && over(known.Deadline, now)) {
		out = append(out, deadlineMoved(known, n, now)) // of what was over and still is, it is no news
	}
	if is.Unclear != known.Unclear && is.Unclear != clear && known.Unclear != "" && !over(is.Deadline, now) {
		out = append(out, difference{Head: "Date limite à vérifier", Text: "Un rectificatif parle de la date limite\u00a0: à vérifier dans l'avis."})
	}
	if !follows {
		return out
	}
	out = append(out, dateMoved("Visite obligatoire le ", "L'avis ne parle plus de visite obligatoire.", n, known.Visit, is.Visit)...)
	out = append(out, dateMoved("Questions jusqu'au ", "L'avis ne donne plus de limite pour les questions.", n, known.Questions, is.Questions)...)
	if is.Result != known.Result {
		out = append(out, resulted(is.Result)...)
	}
	if len(out) == 0 && is.ChangedAt != known.ChangedAt {
		out = append(out, difference{Head: "Avis modifié", Text: "L'avis a été modifié\u00a0: relisez-le."})
	}
	return out
}

// over tells whether a deadline that is known has passed.
func over(deadline, now clock.Instant) bool { return !deadline.IsZero() && deadline < now }

func deadlineMoved(known snapshot, n *notice.Notice, now clock.Instant) difference {
	d := difference{Head: "Date limite modifiée"}
	if n.DeadlineDoubtful {
		d.Doubtful = "heure à vérifier dans l'avis"
	}
	if !known.Deadline.IsZero() {
		d.Before = moment(n, known.Deadline)
	}
	switch {
	case n.Deadline.IsZero():
		d.Text = "L'avis ne donne plus de date limite."
		return d
	case known.Deadline.IsZero():
		d.Head = "Date limite fixée au "
	case n.Deadline > known.Deadline:
		d.Head = "Date limite reportée au "
	default:
		d.Head = "Date limite avancée au "
	}
	d.Head += n.Deadline.Day(n.Zone())
	d.Text = "Nouvelle date limite\u00a0: " + moment(n, n.Deadline)
	if left := n.Deadline.Left(now, n.Zone()); left != "" {
		d.Text += " (" + left + ")"
	}
	return d
}

func dateMoved(label, gone string, n *notice.Notice, before, after clock.Instant) []difference {
	if before == after {
		return nil
	}
	d := difference{Head: "Avis modifié", Text: gone}
	if !after.IsZero() {
		d.Text = label + moment(n, after)
	}
	if !before.IsZero() {
		d.Before = moment(n, before)
	}
	return []difference{d}
}
