package alert

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"strings"
	texttemplate "text/template"
	"unicode"
	"unicode/utf8"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/mail"
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
