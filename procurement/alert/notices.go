package alert

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/kit/token"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/procurement/watch"
)

// mostItems is how many notices a mail tells in full: mail programs cut what is longer
// than about a hundred kilobytes, and with it the link that stops. The page of the mail
// lists all of them.
const mostItems = 30

// mostLots is how many matching lots of a notice are named, mostAlike how many probable
// duplicates.
const (
	mostLots  = 10
	mostAlike = 3
)

// letterLink is somewhere to go from a mail.
type letterLink struct{ Label, URL string }

// letterExclusion is what of a notice one can have a watch leave out from now on.
type letterExclusion struct {
	Watch string
	Links []letterLink
}

// letterItem is one notice as a mail says it.
type letterItem struct {
	Title, Buyer, Reference, Place string
	departments                    string // the place in a subject
	Deadline, Left, Doubtful       string
	Visit, Questions               string
	Procedure, Source              string
	Lots                           []string
	MoreLots                       string
	Link, Calendar, Follow         string
	Alike                          []letterLink
	Reasons                        []string
	Excludes                       []letterExclusion
}

// noticesLetter is a digest or an immediate alert.
type noticesLetter struct {
	Intro       string
	Items       []letterItem
	Rest        string // « Et 150 autres marchés »; empty: none
	All         string // the page that lists them all
	Watches     []letterWatch
	List        string // the page of the watches
	Unsubscribe string
	Address     string

	count int
}

// letterWatch is a watch that a mail names, and where it is edited and paused.
type letterWatch struct{ Name, Link, Pause string }

// composeNotices writes an alert from its mailing as things are now: a watch that
// no longer sends to this address is left out, and with it what only it had found;
// so is a notice that can no longer be answered, and one that its company passes on.
func (s *Service) composeNotices(tx *db.Tx, ref, recipient string) (mail.Message, error) {
	m, err := holdMailing(tx, ref)
	if errors.Is(err, db.ErrNone) {
		return mail.Message{}, mail.ErrUnwanted // its reader has erased their account
	}
	if err != nil {
		return mail.Message{}, err
	}
	if strings.ToLower(recipient) != m.AddressKey {
		return mail.Message{}, errMoved
	}
	if _, err := tx.Exec("UPDATE mailing_item SET said = $1 WHERE mailing_id = $2", false, ref); err != nil {
		return mail.Message{}, err // an earlier writing of it was not sent
	}
	found, err := s.wanted(tx, m)
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
	l := noticesLetter{List: s.baseURL + watchesURL, Address: m.Address, All: s.followURL(secret, ""), Unsubscribe: s.baseURL + "/desabonnement/" + secret, count: len(found)}
	l.Intro = intro(m.Kind, len(found))
	var named []*watch.Watch
	for i, f := range found {
		if err := state(tx, m, f.notice); err != nil {
			return mail.Message{}, err
		}
		named = append(named, f.watches...)
		if i >= mostItems {
			continue
		}
		line, err := s.letterItem(tx, f, secret)
		if err != nil {
			return mail.Message{}, err
		}
		l.Items = append(l.Items, line)
	}
	if rest := len(found) - len(l.Items); rest > 0 {
		l.Rest = "Et un autre marché"
		if rest > 1 {
			l.Rest = fmt.Sprintf("Et %d autres marchés", rest)
		}
	}
	l.Watches = s.letterWatches(named)
	out, err := write("notices", l.subject(), l)
	out.Text, out.Unsubscribe = wrap(out.Text), l.Unsubscribe
	return out, err
}

// mintToken makes the secret of a mail's links, in the transaction that writes it.
func mintToken(tx *db.Tx, mailingID string) (string, error) {
	secret := token.New()
	_, err := tx.Exec("UPDATE mailing SET token_hash = $1 WHERE id = $2", token.Hash(secret), mailingID)
	return secret, err
}

// finding is a notice of a mail with the watches that it is there for.
type finding struct {
	notice  *notice.Notice
	watches []*watch.Watch
	alike   []*notice.Notice // probably the same contract in other sources: each says so
}

// wanted lists what of a mailing its reader still wants to be told.
func (s *Service) wanted(tx *db.Tx, m mailing) (out []finding, err error) {
	items, notices, err := openItems(tx, m.ID)
	if err != nil {
		return nil, err
	}
	theirs, err := watch.Receiving(tx, m.AddressKey)
	if err != nil {
		return nil, err
	}
	alike, err := notice.Alike(tx, notices)
	if err != nil {
		return nil, err
	}
	passes, err := watch.Passed(tx, theirs, notices)
	if err != nil {
		return nil, err
	}
	for i, it := range items {
		found := slices.DeleteFunc(slices.Clone(theirs), func(w *watch.Watch) bool {
			return !contains(it.watches, w.ID) || passes.Silence(w, it.NoticeID)
		})
		still := slices.DeleteFunc(slices.Clone(found), func(w *watch.Watch) bool { return w.Paused(tx.Now) })
		if len(still) == 0 {
			if len(found) > 0 { // silent for a while: it is owed when they speak again
				if err := untell(tx, m.AddressKey, it.NoticeID, m.ID); err != nil {
					return nil, err
				}
			}
			continue
		}
		out = append(out, finding{notices[i], still, alike[it.NoticeID]})
	}
	return out, nil
}

func (s *Service) letterWatches(all []*watch.Watch) []letterWatch {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b *watch.Watch) int { return cmp.Compare(a.Num, b.Num) })
	var out []letterWatch
	last := ""
	for _, w := range all {
		if w.ID == last {
			continue
		}
		last = w.ID
		link := s.watchURL(w, nil)
		out = append(out, letterWatch{w.Name, link, link + "#" + watch.FieldPause})
	}
	return out
}

// watchesURL is the page of the watches.
const watchesURL = "/entreprise/veilles"

// watchURL is the form of a watch, as it is for its establishment.
func (s *Service) watchURL(w *watch.Watch, asks url.Values) string {
	q := url.Values{}
	for k, v := range asks {
		q[k] = v
	}
	if w.EstablishmentID != "" {
		q.Set("pour", w.EstablishmentID)
	}
	out := s.baseURL + watchesURL + "/" + w.ID + "/modifier"
	if len(q) > 0 {
		out += "?" + q.Encode()
	}
	return out
}

// followURL is the page of a mail's notices, or of one of them.
func (s *Service) followURL(secret, noticeID string) string {
	out := s.baseURL + "/suivi/" + secret
	if noticeID != "" {
		out += "?avis=" + noticeID
	}
	return out
}

// letterItem says all that a mail says of one notice.
func (s *Service) letterItem(tx *db.Tx, f finding, secret string) (letterItem, error) {
	n := f.notice
	out := s.facts(n, tx.Now)
	out.Follow = s.followURL(secret, n.ID)
	for _, other := range f.alike[:min(len(f.alike), mostAlike)] {
		out.Alike = append(out.Alike, letterLink{oneLine(other.SourceLabel()), s.baseURL + "/annonces/" + other.ID})
	}
	lots := watch.MatchingLots(f.watches, n, n.RecordedAt)
	for _, lot := range lots[:min(len(lots), mostLots)] {
		out.Lots = append(out.Lots, oneLine("Lot "+lot.Number+"\u00a0: "+shorten(lot.Title, mostTitle)))
	}
	if rest := len(lots) - mostLots; rest > 0 {
		out.MoreLots = "et un autre lot"
		if rest > 1 {
			out.MoreLots = fmt.Sprintf("et %d autres lots", rest)
		}
	}
	return out, s.why(tx, &out, f)
}

// mostTitle is as much of a title as a mail says: the notice has the rest.
const mostTitle = 300

// facts are what a mail says of a notice to whoever reads it.
func (s *Service) facts(n *notice.Notice, now clock.Instant) letterItem {
	out := letterItem{
		Title: shorten(n.Title, mostTitle), Buyer: oneLine(n.Buyer.Name), Reference: oneLine(cmp.Or(n.Reference, n.SourceID)),
		Place: places(n.Departments), departments: n.Place(), Procedure: n.Procedure.Label(),
		Source: oneLine(n.SourceLabel()), Link: s.baseURL + "/annonces/" + n.ID, Deadline: n.NoDeadline(),
	}
	if !n.Deadline.IsZero() {
		out.Deadline, out.Left = moment(n, n.Deadline), n.Deadline.Left(now, n.Zone())
	}
	if n.DeadlineDoubtful && !n.Deadline.IsZero() {
		out.Doubtful = "heure à vérifier dans l'avis"
	}
	if !n.VisitAt.IsZero() {
		out.Visit = moment(n, n.VisitAt)
	}
	if !n.QuestionsUntil.IsZero() {
		out.Questions = moment(n, n.QuestionsUntil)
	}
	if !n.Deadline.IsZero() || !n.VisitAt.IsZero() || !n.QuestionsUntil.IsZero() {
		out.Calendar = out.Link + "/calendrier.ics"
	}
	return out
}

// places names the country or whole regions, then a few departments, and numbers more.
func places(codes []string) string {
	const mostNamed = 3
	names, rest := refdata.WholeAreas(codes)
	for _, code := range rest {
		if d, ok := refdata.DepartmentByCode(code); ok && len(rest) <= mostNamed {
			code = d.Name + " (" + d.Code + ")"
		}
		names = append(names, code)
	}
	return strings.Join(names, ", ")
}

// intro says how many there are.
func intro(kind string, n int) string {
	what := "Un nouveau marché correspond"
	if n > 1 {
		what = fmt.Sprintf("%d nouveaux marchés correspondent", n)
	}
	if kind == digestMailing {
		return what + " à vos veilles depuis votre dernier récapitulatif."
	}
	return what + " à vos veilles."
}

// maxSubject is how many characters of a subject phones still show in part.
const maxSubject = 120

// subject says what is inside: « 3 nouveaux marchés : menuiserie (67), … ».
func (l noticesLetter) subject() string {
	if l.count == 1 {
		const start = "Nouveau marché\u00a0: "
		return start + l.Items[0].headline(maxSubject-utf8.RuneCountInString(start))
	}
	return enumerate(fmt.Sprintf("%d nouveaux marchés\u00a0: ", l.count), l.Items, l.count)
}

// enumerate adds headlines to the start of a subject, whole ones, as many as it holds.
func enumerate(start string, items []letterItem, count int) string {
	const each, more = 40, ", …"
	out := start
	for i, it := range items {
		next := it.headline(each)
		if i > 0 {
			next = ", " + next
		}
		if i > 0 && utf8.RuneCountInString(out+next+more) > maxSubject {
			return out + more
		}
		out += next
	}
	if len(items) < count {
		out += more
	}
	return out
}

// headline is the notice's title and place; the title gives way to the place.
func (it letterItem) headline(most int) string {
	const departments = 14 // « 67, 68, 88 »
	place := ""
	if it.departments != "" {
		place = " (" + shorten(it.departments, departments) + ")"
	}
	return shorten(it.Title, most-utf8.RuneCountInString(place)) + place
}
