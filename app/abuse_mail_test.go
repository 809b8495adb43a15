package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"parvis/procurement/notice"
)

func TestAbuse19ARecipientWhoDoesNotAnswerGetsOneMail(t *testing.T) {
	eachPlatform(t, func(t *testing.T, v *village) {
		odile := &caller{"admin", v.join(t, mullerSIRET, "Menuiserie Muller", "Odile Muller", "odile.muller")}
		var crowd []string
		for i := range 500 {
			crowd = append(crowd, fmt.Sprintf("tiers%d@exemple.example", i))
		}
		g := v.send(odile, "/entreprise/veilles", watchForm("Bois", crowd...))
		if g.status != http.StatusUnprocessableEntity || !strings.Contains(g.body, "10 destinataires au plus") {
			t.Errorf("500 recipients: %d\n%s", g.status, cut(g.body))
		}
		const silent = "test2@test.com.test"
		if g := v.send(odile, "/entreprise/veilles", watchForm("Bois", silent)); g.status != http.StatusSeeOther {
			t.Fatalf("%d\n%s", g.status, cut(g.body))
		}
		secret := secretOf(t, v.mail(t, silent, "Souhaitez-vous"), "/confirmation/")
		for i := range 3 {
			v.publish(t, notice.Record{SourceID: fmt.Sprint("26-", i), Title: fmt.Sprint("Menuiseries ", i), Departments: []string{"67"}})
		}
		v.mail(t, odile.Address, "Menuiseries 2")
		v.clock.Move(7*24*time.Hour + time.Minute)
		v.publish(t, notice.Record{SourceID: "26-9", Title: "Menuiseries 9", Departments: []string{"67"}})
		v.mail(t, odile.Address, "Menuiseries 9")
		v.quiet()
		if got := v.received(silent); len(got) != 1 {
			t.Errorf("whoever did not answer received %q", got)
		}
		if got := len(v.box.Messages()); got > 1+1+4 { // the sign-up, the request, the alerts
			t.Errorf("%d mails in all", got)
		}
		late := v.send(nil, "/confirmation/"+secret, url.Values{"reponse": {"oui"}})
		if late.status != http.StatusNotFound {
			t.Errorf("a week later the request is answered: %d", late.status)
		}
	})
}

// What a mail program makes a link of, besides what begins with a scheme.
var linkish = regexp.MustCompile(`[\pL\d]\.\pL{2}`)

func TestAbuse25ANameIsQuotedAndMakesNoLink(t *testing.T) {
	eachPlatform(t, func(t *testing.T, v *village) {
		for _, name := range []string{"https://evil.example/gagner", "www.evil.example", "gagner@evil.example", "a:b"} {
			form := signUpForm("odile@exemple.example")
			form.Set("entreprise", name)
			if g := v.send(nil, "/inscription", form); g.status != http.StatusUnprocessableEntity {
				t.Errorf("a company called %q: %d", name, g.status)
			}
		}
		const name = "PLACE – Ministère, voir evil.example/gagner"
		mask := &caller{"admin", v.join(t, mullerSIRET, name, "Ministère de l'Intérieur", "ministere.officiel")}
		if g := v.send(mask, "/entreprise/veilles", watchForm("Connectez-vous sur evil.example", "tiers@exemple.example")); g.status != http.StatusSeeOther {
			t.Fatalf("%d\n%s", g.status, cut(g.body))
		}
		v.mail(t, "tiers@exemple.example", "Souhaitez-vous")
		v.join(t, mullerSIRET, name, "Banque evil.example", "banque.officielle") // asks to join
		v.mail(t, mask.Address, "demande à rejoindre")
		v.quiet()
		for _, m := range v.box.Messages() {
			if !strings.HasPrefix(m.Sender, "Parvis <") && !strings.HasPrefix(m.Sender, `"Parvis" <`) {
				t.Errorf("sent by %s", m.Sender)
			}
			said := strings.ReplaceAll(strings.ReplaceAll(m.Text, v.url, ""), "ministere.officiel", "") // their own login, in a mail to them
			if m.To[0] == mask.Address {
				said = strings.ReplaceAll(said, name, "") // what they call themselves
			}
			if found := linkish.FindString(said); found != "" {
				t.Errorf("to %s, « %s » may become a link:\n%s", m.To[0], found, m.Text)
			}
			if strings.Contains(m.HTML, `href="`) && strings.Count(m.HTML, `href="`) != strings.Count(m.HTML, `href="`+v.url) {
				t.Errorf("to %s, a link that is not ours:\n%s", m.To[0], m.HTML)
			}
			if m.To[0] == "tiers@exemple.example" && strings.Contains(m.Text, "Connectez-vous sur") {
				t.Errorf("the name of a watch reaches a stranger:\n%s", m.Text)
			}
			if m.Header.Get("Auto-Submitted") != "auto-generated" {
				t.Errorf("23: to %s, Auto-Submitted: %q", m.To[0], m.Header.Get("Auto-Submitted"))
			}
		}
	})
}
