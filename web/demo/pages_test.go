package demo

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parvis/kit/browsertest"
	"parvis/kit/clock"
	"parvis/kit/mail/mailbox"
	"parvis/procurement/access"
	"parvis/web/answer"
	"parvis/web/ui"
)

func TestTheNextSevenOClock(t *testing.T) {
	for _, c := range []struct{ at, want string }{
		{"2026-11-24 06:59:59", "2026-11-24 07:00:01"},
		{"2026-11-24 07:00:00", "2026-11-24 07:00:01"},
		{"2026-11-24 07:00:01", "2026-11-25 07:00:01"},
		{"2026-11-24 23:30:00", "2026-11-25 07:00:01"},
		{"2026-12-31 12:00:00", "2027-01-01 07:00:01"},
		{"2027-03-27 12:00:00", "2027-03-28 07:00:01"}, // an hour is lost that night
		{"2026-10-24 12:00:00", "2026-10-25 07:00:01"}, // and one is won that night
	} {
		at, err := time.ParseInLocation(time.DateTime, c.at, clock.Paris)
		if err != nil {
			t.Fatal(err)
		}
		by, err := distance("7h", clock.At(at))
		if err != nil {
			t.Fatal(err)
		}
		if got := at.Add(by).In(clock.Paris).Format(time.DateTime); got != c.want {
			t.Errorf("from %s: %s, want %s", c.at, got, c.want)
		}
	}
	for _, refused := range []string{"", "7", "-1h", "1000000h", "1h "} {
		if by, err := distance(refused, clock.At(time.Now())); err == nil {
			t.Errorf("%q moves the clock by %v", refused, by)
		}
	}
}

func TestALetterKeepsItsSpacesAndLinksItsAddresses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Lieu : 67\n  lot 1\n", "Lieu : 67\n  lot 1\n"},
		{"Voir : https://parvis.example/annonces/1\nfin", `Voir : <a href="https://parvis.example/annonces/1">https://parvis.example/annonces/1</a>` + "\nfin"},
		{"<http://a.example/?a=1&b=2>", `&lt;<a href="http://a.example/?a=1&amp;b=2">http://a.example/?a=1&amp;b=2</a>&gt;`},
		{`javascript:alert(1) <script>"`, `javascript:alert(1) &lt;script&gt;&#34;`},
		{"", ""},
	} {
		var got strings.Builder
		if err := letter(c.text).Render(context.Background(), &got); err != nil {
			t.Fatal(err)
		}
		if got.String() != c.want {
			t.Errorf("%q becomes %q, want %q", c.text, got.String(), c.want)
		}
	}
}

// TestAnEmptyMailboxSaysWhatToDo looks at the pages before the first message.
func TestAnEmptyMailboxSaysWhatToDo(t *testing.T) {
	box, err := mailbox.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	visitor := func(context.Context, string) (access.Actor, error) { return access.Anybody(), nil }
	site := answer.New(visitor, slog.New(slog.DiscardHandler))
	site.Files("GET /static/", ui.Assets())
	Routes(site, Pages{Clock: &clock.Movable{}, Mailbox: box})
	server := httptest.NewServer(site.Server())
	t.Cleanup(server.Close)
	b := browsertest.New(t)
	for _, view := range []browsertest.View{browsertest.Desktop, browsertest.Phone.InDark()} {
		page := b.Page(server.URL+"/demo/courrier", view)
		said := page.MustElement("main").MustText()
		if !strings.Contains(said, "Aucun message pour l'instant") || !strings.Contains(said, "Publiez un avis depuis le tableau de bord") {
			t.Errorf("the page says %s", said)
		}
		browsertest.Axe(t, page)
		browsertest.Screenshot(t, page, "demo-courrier-vide")
		page.Leads(func() { page.MustElementR("main .empty a", "Aller au tableau de bord").MustClick() })
		if said := page.MustElement("main").MustText(); !strings.Contains(said, "Aucun message pour l'instant.") {
			t.Errorf("the dashboard says %s", said)
		}
		browsertest.Axe(t, page)
	}
}
