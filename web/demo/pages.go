package demo

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/web/answer"
	"parvis/web/ui"
)

// Person is somebody one can enter as.
type Person struct {
	Role, Name, Company, Login, Password string
}

// Company is one that the demonstration's directory of companies knows.
type Company struct{ Number, Said string }

// Pages is what a demonstration offers.
type Pages struct {
	People    []Person
	Companies []Company
	Clock     *clock.Movable
	Mailbox   *mailbox.Mailbox
	// Enter opens a session for the person of a login.
	Enter func(ctx context.Context, login string, from account.Visitor) (account.Entry, error)
	// Publish publishes the next of the notices kept for that, and says its title.
	Publish func(ctx context.Context) (title string, err error)
	// Moved is called after the clock was moved, to remember how far.
	Moved func() error
}

// Routes is the table of contents of the demonstration.
func Routes(s *answer.Site, p Pages) {
	s.Route("GET /demo", access.VisitSite, p.home)
	s.Route("POST /demo/entrer", access.VisitSite, p.enter)
	s.Route("POST /demo/horloge", access.VisitSite, p.move)
	s.Route("POST /demo/avis", access.VisitSite, p.publish)
	s.Route("GET /demo/courrier", access.VisitSite, p.mail)
	s.Route("GET /demo/courrier/{id}", access.VisitSite, p.message)
	s.Files("GET /demo/courrier/{id}/html", http.HandlerFunc(p.html))
}

type homePage struct {
	People    []Person
	Companies []Company
	Now       string
	Mails     int
	Moves     []move
}

// move is one step that the clock can make.
type move struct{ Value, Label string }

var moves = []move{
	{"1h", "Avancer d'une heure"},
	{"7h", "Aller au prochain 7\u00a0h\u00a000"},
	{"24h", "Avancer d'un jour"},
	{"168h", "Avancer d'une semaine"},
}

func (p Pages) home(*answer.Visit) (answer.Answer, error) {
	return answer.Show(ui.Page{Title: "Démonstration", NoIndex: true}, home(homePage{
		People: p.People, Companies: p.Companies, Now: p.Clock.Now().Long(clock.Paris), Mails: len(p.Mailbox.Messages()), Moves: moves,
	})), nil
}

func (p Pages) enter(v *answer.Visit) (answer.Answer, error) {
	in, err := p.Enter(v.Context(), v.Form.Get("identifiant"), v.Visitor())
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.SeeOther("/entreprise", "").WithEntry(in), nil
}

func (p Pages) move(v *answer.Visit) (answer.Answer, error) {
	by, err := distance(v.Form.Get("de"), p.Clock.Now())
	if err != nil {
		return answer.Answer{}, err
	}
	p.Clock.Move(by)
	if err := p.Moved(); err != nil {
		return answer.Answer{}, err
	}
	return answer.SeeOther("/demo", "L'horloge de la démonstration marque maintenant "+p.Clock.Now().Long(clock.Paris)+"."), nil
}

// distance is how far the clock must go.
func distance(value string, now clock.Instant) (time.Duration, error) {
	if !slices.ContainsFunc(moves, func(m move) bool { return m.Value == value }) {
		return 0, fault.New(fault.Invalid, "Choisissez de combien avancer l'horloge.")
	}
	if value == "7h" {
		t := now.In(clock.Paris)
		next := time.Date(t.Year(), t.Month(), t.Day(), 7, 0, 1, 0, clock.Paris)
		if !next.After(t) {
			next = time.Date(t.Year(), t.Month(), t.Day()+1, 7, 0, 1, 0, clock.Paris)
		}
		return next.Sub(t), nil
	}
	return time.ParseDuration(value)
}

func (p Pages) publish(v *answer.Visit) (answer.Answer, error) {
	title, err := p.Publish(v.Context())
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.SeeOther("/demo", "Avis publié\u00a0: «\u00a0"+title+"\u00a0». Les personnes dont une veille y correspond sont prévenues\u00a0: voyez la boîte aux lettres."), nil
}

type mailPage struct {
	Rows []mailRow
}

type mailRow struct {
	ID, Subject, To, At string
}

func (p Pages) mail(*answer.Visit) (answer.Answer, error) {
	var page mailPage
	for _, m := range p.Mailbox.Messages() {
		page.Rows = append(page.Rows, mailRow{m.ID, m.Subject, strings.Join(m.To, ", "), clock.At(m.Date).Short(clock.Paris)})
	}
	slices.Reverse(page.Rows)
	return answer.Show(ui.Page{Title: "Courrier de la démonstration", NoIndex: true}, mailList(page)), nil
}

type messagePage struct {
	mailRow
	From      string
	MessageID string
	Stop      string // the List-Unsubscribe header
	Text      string
	HTML      string // where the other form is shown
}

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// letter writes a text with its addresses as links. It is not a templ template
// because every space of a mail counts.
func letter(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var out strings.Builder
		from := 0
		for _, at := range address.FindAllStringIndex(text, -1) {
			link := templ.EscapeString(text[at[0]:at[1]])
			out.WriteString(templ.EscapeString(text[from:at[0]]) + `<a href="` + link + `">` + link + `</a>`)
			from = at[1]
		}
		out.WriteString(templ.EscapeString(text[from:]))
		_, err := io.WriteString(w, out.String())
		return err
	})
}

func (p Pages) message(v *answer.Visit) (answer.Answer, error) {
	m, ok := p.Mailbox.Find(v.PathValue("id"))
	if !ok {
		return answer.Answer{}, fault.New(fault.NotFound, "Ce message n'est plus dans le courrier de la démonstration.")
	}
	page := messagePage{
		mailRow: mailRow{m.ID, m.Subject, strings.Join(m.To, ", "), clock.At(m.Date).Long(clock.Paris)},
		From:    m.Sender, MessageID: m.MessageID, Stop: m.Header.Get("List-Unsubscribe"), Text: strings.ReplaceAll(m.Text, "\r\n", "\n"),
	}
	if m.HTML != "" {
		page.HTML = "/demo/courrier/" + m.ID + "/html"
	}
	return answer.Show(ui.Page{Title: m.Subject, NoIndex: true}, message(page)), nil
}

// html shows a mail as a mail program would: on a page of its own, in a sandbox
// in which nothing runs and nothing is fetched.
func (p Pages) html(w http.ResponseWriter, r *http.Request) {
	m, ok := p.Mailbox.Find(r.PathValue("id"))
	if !ok || m.HTML == "" {
		http.Error(w, "Ce message n'est plus dans le courrier de la démonstration, ou n'a pas de version mise en forme.", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-top-navigation-by-user-activation allow-popups allow-popups-to-escape-sandbox")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	_, _ = fmt.Fprint(w, m.HTML)
}

// listed are the companies of the directory, by their number.
func (p homePage) listed() []ui.Criterion {
	var out []ui.Criterion
	for _, c := range p.Companies {
		out = append(out, ui.Criterion{Label: c.Number, Values: ui.Values(c.Said)})
	}
	return out
}
