package alert

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"
	texttemplate "text/template"
	"unicode"
	"unicode/utf8"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/kit/token"
	"parvis/procurement/account"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

//go:embed letter
var letters embed.FS

var (
	htmlLetters = template.Must(template.New("").ParseFS(letters, "letter/*.html"))
	textLetters = texttemplate.Must(texttemplate.New("").ParseFS(letters, "letter/*.txt"))
)

// write renders a letter in both forms from one value, so that they say the same.
func write(name, subject string, value any) (mail.Message, error) {
	var text, html bytes.Buffer
	err := errors.Join(textLetters.ExecuteTemplate(&text, name+".txt", value), htmlLetters.ExecuteTemplate(&html, name+".html", value))
	return mail.Message{Subject: subject, Text: text.String(), HTML: html.String()}, err
}

func (s *Service) composeSignUp(tx *db.Tx, ref, _ string) (mail.Message, error) {
	secret, up, err := account.MintSignUpToken(tx, ref)
	if errors.Is(err, account.ErrStale) {
		return mail.Message{}, mail.ErrUnwanted
	}
	if err != nil {
		return mail.Message{}, err
	}
	m, err := write("sign_up", "Terminez votre inscription sur Parvis", map[string]string{
		// No name and no company: free words of a stranger are not ours to send.
		"Number": up.Pretty(),
		"Link":   s.baseURL + "/inscription/" + secret, "Until": up.ExpiresAt.Long(clock.Paris),
	})
	m.Once = true
	return m, err
}

func (s *Service) composeSignUpRepeated(tx *db.Tx, _, recipient string) (mail.Message, error) {
	a, err := account.ParseAddress(recipient)
	if err != nil {
		return mail.Message{}, err
	}
	owner, keptUntil, err := account.HolderOf(tx, a)
	switch {
	case errors.Is(err, db.ErrNone):
		return mail.Message{}, mail.ErrUnwanted
	case err != nil:
		return mail.Message{}, err
	case !keptUntil.IsZero():
		return addressKept(a.Text, keptUntil)
	}
	return write("sign_up_repeated", "Vous avez déjà un compte sur Parvis", map[string]string{
		"Name": owner.Name, "Login": owner.Login, "Link": s.baseURL + "/connexion",
	})
}

func (s *Service) composeRequest(tx *db.Tx, ref, _ string) (mail.Message, error) {
	secret, r, ok, err := watch.MintToken(tx, ref)
	if err != nil {
		return mail.Message{}, err
	}
	if !ok {
		return mail.Message{}, mail.ErrUnwanted
	}
	m, err := write("recipient_request", "Souhaitez-vous recevoir cette veille de marchés\u00a0?", map[string]string{
		"Company": strangersName(r.CompanyName), "Number": r.Number,
		"Link": s.baseURL + "/confirmation/" + secret, "Until": r.ExpiresAt.Long(clock.Paris),
	})
	m.Once = true
	return m, err
}

// letterItem is one notice as a mail says it.
type letterItem struct {
	Title, Buyer, Reference, Place string
	Deadline, Left, Doubtful       string
	Visit, Questions               string
	Procedure, Source              string
	Lots                           []string
	Link                           string
	Reasons                        []string
}

// noticesLetter is a digest or an immediate alert.
type noticesLetter struct {
	Intro       string
	Items       []letterItem
	Watches     []letterWatch
	List        string // the page of the watches
	Unsubscribe string
	Address     string
}

type letterWatch struct{ Name, Link string }

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
	items, notices, err := openItems(tx, ref)
	if err != nil {
		return mail.Message{}, err
	}
	theirs, err := watch.Receiving(tx, m.AddressKey)
	if err != nil {
		return mail.Message{}, err
	}
	l := noticesLetter{List: s.baseURL + "/entreprise/veilles", Address: m.Address}
	passes, err := watch.Passed(tx, theirs, notices)
	if err != nil {
		return mail.Message{}, err
	}
	named := map[string]*watch.Watch{}
	for i, it := range items {
		found := slices.DeleteFunc(slices.Clone(theirs), func(w *watch.Watch) bool {
			return !contains(it.watches, w.ID) || passes.Silence(w, it.NoticeID)
		})
		still := slices.DeleteFunc(slices.Clone(found), func(w *watch.Watch) bool { return w.Paused(tx.Now) })
		if len(still) == 0 {
			if len(found) > 0 { // silent for a while: it is owed when they speak again
				if err := untell(tx, m.AddressKey, it.NoticeID, ref); err != nil {
					return mail.Message{}, err
				}
			}
			continue
		}
		for _, w := range still {
			named[w.ID] = w
		}
		line, err := s.letterItem(notices[i], still, tx.Now)
		if err != nil {
			return mail.Message{}, err
		}
		l.Items = append(l.Items, line)
	}
	if len(l.Items) == 0 {
		return mail.Message{}, mail.ErrUnwanted
	}
	for _, w := range theirs {
		if named[w.ID] != nil {
			l.Watches = append(l.Watches, letterWatch{w.Name, s.linkFor("/entreprise/veilles/"+w.ID+"/modifier", w.EstablishmentID)})
		}
	}
	secret := token.New()
	if _, err := tx.Exec("UPDATE mailing SET token_hash = $1 WHERE id = $2", token.Hash(secret), ref); err != nil {
		return mail.Message{}, err
	}
	l.Unsubscribe = s.baseURL + "/desabonnement/" + secret
	l.Intro = intro(m.Kind, len(l.Items))
	out, err := write("notices", l.subject(), l)
	out.Unsubscribe = l.Unsubscribe
	return out, err
}

// openItems reads what a mailing is about, less what can no longer be answered.
func openItems(tx *db.Tx, mailingID string) (items []item, notices []*notice.Notice, err error) {
	all, err := itemsOf(tx, mailingID)
	if err != nil {
		return nil, nil, err
	}
	ids := make([]string, len(all))
	for i, it := range all {
		ids[i] = it.NoticeID
	}
	found, err := notice.ByIDs(tx, ids)
	if err == nil && len(found) < len(all) {
		err = fmt.Errorf("alert: mailing %s: of %d notices, %d are left", mailingID, len(all), len(found))
	}
	if err != nil {
		return nil, nil, err
	}
	for i, n := range found {
		if n.Open(tx.Now) {
			items, notices = append(items, all[i]), append(notices, n)
		}
	}
	return items, notices, nil
}

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

func (s *Service) letterItem(n *notice.Notice, watches []*watch.Watch, now clock.Instant) (letterItem, error) {
	out := letterItem{
		Title: oneLine(n.Title), Buyer: oneLine(n.Buyer.Name), Reference: oneLine(n.Reference), Place: n.Place(), Procedure: n.Procedure.Label(),
		Source: oneLine(n.SourceLabel()), Link: s.baseURL + "/annonces/" + n.ID, Deadline: "non communiquée",
	}
	if out.Reference == "" {
		out.Reference = oneLine(n.SourceID)
	}
	if !n.Deadline.IsZero() {
		out.Deadline, out.Left = moment(n, n.Deadline), n.Deadline.Left(now, n.Zone())
	}
	switch {
	case n.DeadlineDoubtful && n.Deadline.IsZero():
		out.Deadline = "à vérifier dans l'avis, qui écrit «\u00a0" + oneLine(n.DeadlineRaw) + "\u00a0»"
	case n.DeadlineDoubtful:
		out.Doubtful = "heure à vérifier dans l'avis"
	}
	if !n.VisitAt.IsZero() {
		out.Visit = moment(n, n.VisitAt)
	}
	if !n.QuestionsUntil.IsZero() {
		out.Questions = moment(n, n.QuestionsUntil)
	}
	reasons, err := watch.Reasons(watches, n, n.RecordedAt)
	if err != nil {
		return out, err
	}
	if len(reasons) == 0 { // the criteria were edited since: it was right when it was matched
		for _, w := range watches {
			reasons = append(reasons, watch.Reason{WatchID: w.ID, Name: w.Name})
		}
	}
	for _, r := range reasons {
		out.Reasons = append(out.Reasons, oneLine(r.Text()))
	}
	for _, lot := range watch.MatchingLots(watches, n, n.RecordedAt) {
		out.Lots = append(out.Lots, oneLine("Lot "+lot.Number+"\u00a0: "+lot.Title))
	}
	return out, nil
}

// moment says when something is, on the buyer's clocks; overseas it says so, and
// adds the hour of Paris, from where most companies answer.
func moment(n *notice.Notice, at clock.Instant) string {
	zone := n.Zone()
	if zone.String() == clock.Paris.String() {
		return at.Long(zone)
	}
	return at.Long(zone) + ", heure locale (" + n.Clock() + "), soit " + at.Long(clock.Paris) + ", heure de Paris"
}

// oneLine makes a stranger's text one line of visible characters, so that it can
// forge neither a line of the mail nor a header, nor be read backwards.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
	}), " ")
}

// maxSubject is how many characters of a subject phones still show in part.
const maxSubject = 120

// subject says what is inside: « 3 nouveaux marchés : menuiserie (67), … ».
func (l noticesLetter) subject() string {
	if len(l.Items) == 1 {
		const start = "Nouveau marché\u00a0: "
		return start + l.Items[0].headline(maxSubject-utf8.RuneCountInString(start))
	}
	const each = 40
	titles := make([]string, len(l.Items))
	for i, it := range l.Items {
		titles[i] = it.headline(each)
	}
	return shorten(fmt.Sprintf("%d nouveaux marchés\u00a0: %s", len(titles), strings.Join(titles, ", ")), maxSubject)
}

// headline is the notice's title and place; the title gives way to the place.
func (it letterItem) headline(most int) string {
	const departments = 14 // « 67, 68, 88 »
	place := ""
	if it.Place != "" {
		place = " (" + shorten(it.Place, departments) + ")"
	}
	return shorten(it.Title, most-utf8.RuneCountInString(place)) + place
}

// shorten cuts between words, never inside one.
func shorten(s string, most int) string {
	s = oneLine(s)
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	out, n := "", 0
	for word := range strings.SplitSeq(s, " ") {
		if n += utf8.RuneCountInString(word) + 1; n > most {
			break
		}
		out += word + " "
	}
	if out == "" { // one endless word
		out = string([]rune(s)[:most-1])
	}
	return strings.TrimRight(out, " ,;:") + "…"
}
