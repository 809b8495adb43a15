package public_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// watching makes an immediate watch for the actor and a colleague who has to
// accept it.
func (h *house) watching(by access.Actor, name, words string, others ...string) string {
	h.t.Helper()
	saved, err := h.Watches.Create(context.Background(), by, watch.Form{
		Name: name, Keywords: words, Active: true, Frequency: string(watch.Immediate), Hour: watch.DefaultHour, Recipients: others,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return saved.ID
}

func TestARecipientAcceptsOrRefuses(t *testing.T) {
	each(t, func(h *house) {
		h.deliver()
		by := h.join("odile@muller.example", "odile")
		h.watching(by, "Bois <et> métal", "menuiserie", "paul@muller.example", "lea@muller.example")
		h.forget()
		accept := h.linkIn(h.mailTo("paul@muller.example", "Souhaitez-vous"), "/confirmation/")
		for range 2 {
			p := h.get(accept)
			h.says(p, 200, "Odile Muller (Menuiserie Muller) souhaite que l'adresse paul@muller.example", "« Bois <et> métal »", "Accepter", "Refuser", "Rien ne vous sera envoyé sans votre accord")
			h.kept(p)
		}
		h.says(h.post(accept, url.Values{"reponse": {"peut-être"}}), 422, "Choisissez « Accepter » ou « Refuser »")
		p := h.post(accept, url.Values{"reponse": {"oui"}})
		h.says(p, 200, "Vous recevrez cette veille", "Vous avez accepté", "!Refuser")
		h.kept(p)
		h.says(h.get(accept), 200, "Vous avez accepté")

		refuse := h.linkIn(h.mailTo("lea@muller.example", "Souhaitez-vous"), "/confirmation/")
		h.says(h.post(refuse, url.Values{"reponse": {"non"}}), 200, "Vous ne recevrez pas cette veille", "Accepter finalement")
		h.says(h.post(refuse, url.Values{"reponse": {"oui"}}), 200, "Vous recevrez cette veille")
		// Who had accepted and stops does not begin again by an old link.
		h.says(h.post(refuse, url.Values{"reponse": {"non"}}), 200, "Vous ne recevrez pas cette veille", "!Accepter")
		h.says(h.post(refuse, url.Values{"reponse": {"oui"}}), 200, "Vous ne recevrez pas cette veille")

		list, err := h.Watches.List(context.Background(), by)
		if err != nil || len(list) != 1 {
			h.t.Fatalf("%v (%v)", list, err)
		}
		states := map[string]watch.RecipientState{}
		for _, r := range list[0].Recipients {
			states[r.Address] = r.State()
		}
		if states["paul@muller.example"] != watch.Confirmed || states["lea@muller.example"] != watch.Stopped {
			h.t.Errorf("%v", states)
		}
		h.says(h.get("/confirmation/"+strings.Repeat("a", 43)), 404, "Ce lien n'est plus valable")
	})
}

// alerted has two watches mail odile about one notice, and gives the link that
// stops them.
func (h *house) alerted() (by access.Actor, wood, roads, link string) {
	h.t.Helper()
	h.deliver()
	by = h.join("odile@muller.example", "odile")
	wood, roads = h.watching(by, "Menuiseries", "menuiserie"), h.watching(by, "Voiries", "voirie")
	h.forget()
	h.record(true, notice.Record{SourceID: "26-1", Title: "Menuiserie et voirie de la halle", Deadline: h.in(20)})
	m := h.mailTo("odile@muller.example", "Nouveau marché")
	link = h.linkIn(m, "/desabonnement/")
	if got := m.Header.Get("List-Unsubscribe"); got != "<"+base+link+">" {
		h.t.Errorf("header %q, link %q", got, link)
	}
	return by, wood, roads, link
}

// stopped lists the watches that do not mail odile any more.
func (h *house) stopped(by access.Actor) string {
	h.t.Helper()
	list, err := h.Watches.List(context.Background(), by)
	if err != nil {
		h.t.Fatal(err)
	}
	var names []string
	for _, w := range list {
		if w.Recipients[0].State() == watch.Stopped {
			names = append(names, w.Name)
		}
	}
	return strings.Join(names, " ")
}

func TestStoppingWatchesOneByOne(t *testing.T) {
	each(t, func(h *house) {
		by, wood, roads, link := h.alerted()
		for range 2 {
			p := h.get(link)
			h.says(p, 200, "odile@muller.example", "Menuiseries", "Voiries", "Ne plus recevoir ces veilles", "!Les recevoir à nouveau")
			h.holds(p, `<input checked id="veille" name="veille" type="checkbox" value="`+wood+`">`, `<input checked id="veille-2" name="veille" type="checkbox" value="`+roads+`">`)
			h.kept(p)
		}
		p := h.post(link, nil)
		h.says(p, 422, "Cochez au moins une veille")
		h.kept(p)
		h.says(h.post(link, url.Values{"veille": {"une autre"}}), 200, "!Vous ne recevrez plus")
		if got := h.stopped(by); got != "" {
			h.t.Errorf("nothing was chosen, stopped: %s", got)
		}
		p = h.post(link, url.Values{"veille": {roads}})
		h.says(p, 200, "Vous ne recevrez plus la veille « Voiries ».", "ne reçoit plus : Voiries", "La recevoir à nouveau", "Ne plus recevoir cette veille")
		h.kept(p)
		if got := h.stopped(by); got != "Voiries" {
			h.t.Errorf("stopped: %s", got)
		}
		h.says(h.post(link, url.Values{"veille": {wood, roads}}), 200, "Vous ne recevrez plus les veilles « Menuiseries », « Voiries ».", "!Ne plus recevoir ces veilles")
		h.says(h.post(link, url.Values{"veille": {wood}, "action": {"reprendre"}}), 200, "Vous recevrez à nouveau la veille « Menuiseries ».")
		if got := h.stopped(by); got != "Voiries" {
			h.t.Errorf("stopped: %s", got)
		}
	})
}

func TestOneClickStopsAllAtOnce(t *testing.T) {
	each(t, func(h *house) {
		by, wood, roads, link := h.alerted()
		r := httptest.NewRequest("POST", link, strings.NewReader("List-Unsubscribe=One-Click"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "cross-site") // a mail provider's page
		r.Header.Set("Origin", "https://mail.example")
		p := h.do(r)
		h.says(p, 200, "Vous ne recevrez plus les veilles de ce message.")
		h.kept(p)
		if got := h.stopped(by); got != "Menuiseries Voiries" {
			h.t.Errorf("stopped: %s", got)
		}
		h.says(h.post(link, url.Values{"veille": {wood, roads}, "action": {"reprendre"}}), 200, "Vous recevrez à nouveau les veilles « Menuiseries », « Voiries ».")

		var body bytes.Buffer // the form in parts, which RFC 8058 would rather have
		parts := multipart.NewWriter(&body)
		if err := parts.WriteField("List-Unsubscribe", "One-Click"); err != nil {
			h.t.Fatal(err)
		}
		if err := parts.Close(); err != nil {
			h.t.Fatal(err)
		}
		r = httptest.NewRequest("POST", link, &body)
		r.Header.Set("Content-Type", parts.FormDataContentType())
		h.says(h.do(r), 200, "Vous ne recevrez plus les veilles de ce message.")
		if got := h.stopped(by); got != "Menuiseries Voiries" {
			h.t.Errorf("stopped: %s", got)
		}
		r = httptest.NewRequest("POST", link, strings.NewReader("garbage"))
		r.Header.Set("Content-Type", parts.FormDataContentType())
		h.says(h.do(r), 422, "Ce formulaire n'a pas pu être lu")
	})
}

func TestALinkThatStopsNothing(t *testing.T) {
	each(t, func(h *house) {
		for _, token := range []string{"x", strings.Repeat("a", 43), "%00", "%ff", "'%20OR%201=1--"} {
			h.says(h.get("/desabonnement/"+token), 404, "Ce lien de désabonnement n'est plus connu")
			h.says(h.post("/desabonnement/"+token, url.Values{"List-Unsubscribe": {"One-Click"}}), 404, "Ce lien de désabonnement n'est plus connu")
			h.says(h.get("/confirmation/"+token), 404, "Ce lien n'est plus valable")
			h.says(h.get("/inscription/"+token), 404, "Ce lien n'est plus valable")
		}
	})
}
