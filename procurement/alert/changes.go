package alert

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// changeItem is one notice of a mail about changes.
type changeItem struct {
	letterItem
	Changes []difference
	Follows bool
}

// changesLetter is a mail about what has become of notices.
type changesLetter struct {
	Intro       string
	Items       []changeItem
	Rest, All   string
	Watches     []letterWatch // none: its reader only follows these notices, from their pages
	List        string
	Unsubscribe string
	Address     string

	count int
}

// composeChanges writes what the reader does not know yet of notices that they were told
// of; nothing when all was said meanwhile, or put back as it was.
func (s *Service) composeChanges(tx *db.Tx, ref, recipient string) (mail.Message, error) {
	m, lines, err := holdReader(tx, ref)
	if errors.Is(err, db.ErrNone) {
		return mail.Message{}, mail.ErrUnwanted
	}
	if err != nil {
		return mail.Message{}, err
	}
	if strings.ToLower(recipient) != m.AddressKey {
		return mail.Message{}, errMoved
	}
	found, err := s.unknown(tx, m, lines)
	if err != nil {
		return mail.Message{}, err
	}
	if len(found) == 0 {
		return mail.Message{}, mail.ErrUnwanted
	}
	secret, err := mintToken(tx, ref)
	if err != nil {
		return mail.Message{}, err
	}
	l := changesLetter{List: s.baseURL + watchesURL, Address: m.Address, All: s.followURL(secret, ""), Unsubscribe: s.baseURL + "/desabonnement/" + secret, count: len(found)}
	l.Intro = "Une consultation dont vous avez été averti a changé."
	if l.count > 1 {
		l.Intro = fmt.Sprintf("%d consultations dont vous avez été averti ont changé.", l.count)
	}
	var named []*watch.Watch
	for i, f := range found {
		named = append(named, f.watches...)
		if i >= mostItems {
			continue
		}
		one := changeItem{letterItem: s.facts(f.notice, tx.Now), Changes: f.changes, Follows: f.follows}
		one.Follow = s.followURL(secret, f.notice.ID)
		for _, w := range f.watches {
			one.Reasons = append(one.Reasons, "veille «\u00a0"+oneLine(w.Name)+"\u00a0»")
		}
		l.Items = append(l.Items, one)
	}
	if rest := len(found) - len(l.Items); rest > 0 {
		l.Rest = fmt.Sprintf("Et %d de plus", rest)
	}
	if l.Watches = s.letterWatches(named); len(l.Watches) == 0 {
		l.Intro = "Une consultation que vous suivez a changé."
		if l.count > 1 {
			l.Intro = fmt.Sprintf("%d consultations que vous suivez ont changé.", l.count)
		}
	}
	out, err := write("changes", l.subject(), l)
	out.Text, out.Unsubscribe = wrap(out.Text), l.Unsubscribe
	return out, err
}

// holdReader reads a mailing about changes and what its reader was told, once the mails
// that told it, if they are being written at this moment, are. Mailings are held in the
// order of their ids.
func holdReader(tx *db.Tx, ref string) (m mailing, lines map[string]ledgerLine, err error) {
	if err := tx.One(&m, "SELECT "+mailingColumns+" FROM mailing WHERE id = $1", ref); err != nil {
		return m, nil, err
	}
	var told []string
	if err := tx.All(&told, `SELECT DISTINCT t.mailing_id FROM told t JOIN mailing_item i ON i.notice_id = t.notice_id
		WHERE i.mailing_id = $1 AND t.address_key = $2 ORDER BY t.mailing_id`, ref, m.AddressKey); err != nil {
		return m, nil, err
	}
	for _, id := range told {
		if _, err := holdMailing(tx, id); err != nil && !errors.Is(err, db.ErrNone) {
			return m, nil, err
		}
	}
	if m, err = holdMailing(tx, ref); err != nil {
		return m, nil, err
	}
	var all []ledgerLine
	err = tx.All(&all, `SELECT t.address_key, t.notice_id, t.mailing_id, t.stated, t.followed_at, t.followed_in FROM told t JOIN mailing_item i ON i.notice_id = t.notice_id
		WHERE i.mailing_id = $1 AND t.address_key = $2`, ref, m.AddressKey)
	lines = map[string]ledgerLine{}
	for _, l := range all {
		lines[l.NoticeID] = l
	}
	return m, lines, err
}

// changed is a notice of a mail about changes.
type changed struct {
	finding
	changes []difference
	follows bool
}

// unknown lists what of a mailing its reader does not know, and writes down that they
// will.
func (s *Service) unknown(tx *db.Tx, m mailing, lines map[string]ledgerLine) (out []changed, err error) {
	items, err := itemsOf(tx, m.ID)
	if err != nil {
		return nil, err
	}
	for _, it := range items {
		l, told := lines[it.NoticeID]
		if !told {
			continue // its reader has erased their account, or it was taken back
		}
		known, fresh, err := s.knownOf(tx, it, l)
		if err != nil || !fresh {
			if err != nil {
				return nil, err
			}
			continue // the alert itself has not left: it will say so
		}
		notices, err := notice.ByIDs(tx, []string{it.NoticeID})
		if err != nil {
			return nil, err
		}
		if len(notices) == 0 {
			continue
		}
		telling, address, err := tellers(tx, l, notices[0])
		if err != nil {
			return nil, err
		}
		if address == "" {
			continue
		}
		follows := !l.FollowedAt.IsZero()
		is, err := snapshotOf(tx, notices[0])
		if err != nil {
			return nil, err
		}
		diff := differences(known, is, notices[0], follows, tx.Now)
		if len(diff) == 0 || known.unsaid() && !notices[0].Open(tx.Now) {
			continue
		}
		if err := nameLots(tx, diff, notices[0]); err != nil {
			return nil, err
		}
		if err := remember(tx, m, it, known, notices[0]); err != nil {
			return nil, err
		}
		out = append(out, changed{finding{notice: notices[0], watches: telling}, diff, follows})
	}
	slices.SortStableFunc(out, func(a, b changed) int { return mostPressing(a.notice, b.notice) })
	return out, nil
}

// knownOf is what the reader of a line knows; ok is false while the mail that is to tell
// them has not been written. One that left a notice out, because it was over then, has
// told them nothing: they hear of it as it is now.
func (s *Service) knownOf(tx *db.Tx, it item, l ledgerLine) (known snapshot, ok bool, err error) {
	if !it.known.unsaid() {
		return it.known, true, nil // an earlier writing of this mail, which was not sent
	}
	if known, err = readSnapshot(l.Stated); err != nil || !known.unsaid() {
		return known, true, err
	}
	waits, err := mail.Waits(tx, mailNotices, l.MailingID)
	return known, !waits, err
}

// remember keeps what the reader knew, for the mail may have to be written again, and
// what they will know.
func remember(tx *db.Tx, m mailing, it item, known snapshot, n *notice.Notice) error {
	text := ""
	if !known.unsaid() {
		var err error
		if text, err = known.text(); err != nil {
			return err
		}
	}
	if _, err := tx.Exec("UPDATE mailing_item SET known = $1 WHERE mailing_id = $2 AND notice_id = $3", text, m.ID, it.NoticeID); err != nil {
		return err
	}
	return state(tx, m, n)
}

// subject says what has changed: « Date limite reportée au 12/01/2027 : voirie (67) ».
func (l changesLetter) subject() string {
	if l.count == 1 {
		start := cmp.Or(l.Items[0].Changes[0].Head, "Avis modifié") + "\u00a0: "
		return start + l.Items[0].headline(maxSubject-utf8.RuneCountInString(start))
	}
	items := make([]letterItem, len(l.Items))
	for i, it := range l.Items {
		items[i] = it.letterItem
	}
	return enumerate(fmt.Sprintf("%d consultations ont changé\u00a0: ", l.count), items, l.count)
}
