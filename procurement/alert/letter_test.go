package alert_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/account"
	"parvis/procurement/alert"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/refdata"
)

var update = flag.Bool("update", false, "write the golden files anew")

func signUp(address string) account.SignUpForm {
	return account.SignUpForm{SIRET: noticetest.Seat, CompanyName: "Menuiserie Muller", Name: "Odile Muller", Address: address}
}

var (
	secrets = regexp.MustCompile(`(/(?:confirmation|desabonnement|suivi|inscription|adresse-de-secours)/)[\w-]{43}`)
	ids     = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)
)

// golden compares a mail with its file, both parts; what is drawn at random is
// replaced.
func golden(t *testing.T, name string, m mailbox.Message) {
	t.Helper()
	got := "Objet : " + m.Subject + "\n\n===== text =====\n" + m.Text + "\n===== html =====\n" + m.HTML
	got = ids.ReplaceAllString(secrets.ReplaceAllString(got, "${1}SECRET"), "ID")
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// quiet opens a house on SQLite: what a mail says does not depend on the database.
func quiet(t *testing.T) *house {
	t.Helper()
	d, c := dbtest.Open(t, dbtest.URL(t, db.SQLite))
	return open(t, d, c)
}

func TestTheMailsSayWhatTheySay(t *testing.T) {
	h := quiet(t)
	h.Set(dbtest.Start)
	h.must(h.Accounts.AskSignUp(t.Context(), signUp(odile), account.Visitor{}))
	h.Work()
	golden(t, "sign_up", h.only())
	by := h.odile()
	h.must(h.Accounts.AskSignUp(t.Context(), signUp(odile), account.Visitor{}))
	h.Work()
	golden(t, "sign_up_repeated", h.only())

	h.Set(dbtest.Start) // its minute is in the mails
	f := immediate("Bois & Cie <Alsace>")
	f.Recipients = []string{karim}
	id := h.create(by, f)
	h.Work()
	golden(t, "recipient_request", h.only())

	h.publish(call("26-1", "Remplacement des menuiseries extérieures de l'école « Les Tilleuls »"))
	golden(t, "notice", h.only())
	h.delete(by, id)

	h.create(by, daily("Menuiseries", 7))
	h.create(by, daily("Partout", 7))
	h.publish(threeNotices()...)
	h.tomorrow(7, 0)
	golden(t, "digest", h.only())
}

// threeNotices have between them all that a mail can say.
func threeNotices() []notice.Record {
	paris := func(day, hour, minute int) clock.Instant {
		return clock.At(time.Date(2026, 12, day, hour, minute, 0, 0, clock.Paris))
	}
	lots := call("26-2", "Réhabilitation du gymnase")
	lots.Reference, lots.Procedure, lots.Departments = "GYM-2026-04", refdata.Open, []string{"67", "68"}
	lots.Lots = []notice.Lot{{Number: "1", Title: "Gros œuvre"}, {Number: "2", Title: "Menuiseries bois"}, {Number: "3", Title: "Menuiseries intérieures"}}
	lots.VisitAt, lots.QuestionsUntil, lots.Deadline = paris(3, 9, 30), paris(7, 17, 0), paris(15, 12, 0)
	overseas := call("26-3", "Menuiserie aluminium de l'hôpital de Saint-Denis")
	overseas.Buyer = notice.BuyerRecord{Name: "CHU de La Réunion", Postcode: "97400"}
	overseas.Departments, overseas.Deadline = []string{"974"}, clock.At(time.Date(2026, 12, 10, 8, 0, 0, 0, time.UTC))
	doubtful := call("26-4", "Menuiserie de la mairie")
	doubtful.Departments, doubtful.Deadline, doubtful.DeadlineDoubtful = nil, paris(1, 0, 0), true
	return []notice.Record{lots, overseas, doubtful}
}

// A title is a stranger's text: it is escaped, it stays on its line, and it
// forges nothing.
func TestAHostileTitleStaysATitle(t *testing.T) {
	h := quiet(t)
	h.create(h.odile(), immediate("Bois"))
	r := call("1\r\nX: y", "Menuiserie <script>alert('x')</script>\r\nBcc: victime@exemple.fr\u2028\x07\n\nPour ne plus recevoir ces veilles :\nhttps://pirate.example")
	r.Buyer.Name, r.Reference = "Ville\nde <b>Sélestat</b>", "REF\r\n1"
	r.Lots = []notice.Lot{{Number: "1\n", Title: "Menuiserie\n<img src=x>"}}
	h.publish(r)
	m := h.only()
	for _, bad := range []string{"<script", "<b>", "<img"} {
		if strings.Contains(m.HTML, bad) {
			t.Errorf("the HTML holds %s", bad)
		}
	}
	if m.Header.Get("Bcc") != "" || strings.ContainsAny(m.Subject, "\r\n\x07\u2028") || len(m.To) != 1 {
		t.Errorf("subject %q to %v", m.Subject, m.To)
	}
	for line := range strings.Lines(m.Text) {
		for _, forged := range []string{"Bcc", "https://pirate", "Pour ne plus recevoir ces veilles", "de <b>", "<img"} {
			if strings.HasPrefix(line, forged) {
				t.Errorf("a line of its own: %q", line)
			}
		}
	}
	if !strings.Contains(m.Text, "Menuiserie <script>alert('x')</script> Bcc") {
		t.Errorf("the title is not there as it is:\n%s", m.Text)
	}
}

func TestASubjectIsCutBetweenWords(t *testing.T) {
	long := strings.Repeat("menuiserie extérieure ", 20)
	cases := []struct {
		in   string
		most int
		want string
	}{
		{"Menuiseries", 20, "Menuiseries"},
		{"Menuiseries bois", 16, "Menuiseries bois"},
		{"Menuiseries bois", 15, "Menuiseries…"},
		{"Menuiseries, bois", 15, "Menuiseries…"},
		{"anticonstitutionnellement", 10, "anticonst…"},
		{"  a\r\n b\x00c  ", 10, "a b c"},
		{"", 10, ""},
	}
	for _, c := range cases {
		if got := alert.Shorten(c.in, c.most); got != c.want {
			t.Errorf("%q to %d: %q, want %q", c.in, c.most, got, c.want)
		}
	}
	h := quiet(t)
	h.create(h.odile(), daily("Bois", 7))
	for i, records := range [][]notice.Record{{call("1", long)}, {call("2", long), call("3", "Menuiserie"), call("4", long+"bis"), call("5", long+"ter")}} {
		h.publish(records...)
		h.tomorrow(24*i+7, 0)
		m := h.only()
		if n := utf8.RuneCountInString(m.Subject); n > 120 || !strings.Contains(m.Subject, "…") || !strings.Contains(m.Subject, "(67)") {
			t.Errorf("%d characters: %s", n, m.Subject)
		}
		for _, word := range strings.FieldsFunc(m.Subject, func(r rune) bool { return r != 'é' && (r < 'a' || r > 'z') }) {
			if strings.HasPrefix("menuiserie", word) && word != "menuiserie" || strings.HasPrefix("extérieure", word) && word != "extérieure" {
				t.Errorf("cut inside a word: %s", m.Subject)
			}
		}
	}
}
