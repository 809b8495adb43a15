package public_test

import (
	"net/url"
	"strings"
	"testing"

	"parvis/procurement/notice"
)

// alertedOfTwo has odile mailed about two notices, and gives the page of her mail.
func (h *house) alertedOfTwo() (first, second, link string) {
	h.t.Helper()
	h.deliver()
	by := h.join("odile@muller.example", "odile")
	h.watching(by, "Menuiseries", "menuiserie")
	h.forget()
	ids := h.record(true, notice.Record{SourceID: "26-1", Title: "Menuiserie de la halle", Deadline: h.in(20)},
		notice.Record{SourceID: "26-2", Title: "Menuiserie <b>du</b> stade"}) // without a known deadline
	m := h.mailTo("odile@muller.example", "2 nouveaux marchés")
	link, _, _ = strings.Cut(h.linkIn(m, "/suivi/"), "?")
	return ids[0], ids[1], link
}

// Whoever holds a mail follows one of its consultations, account or not; looking changes
// nothing, and the address says nothing to those who do not hold it.
func TestFollowingAConsultationFromItsMail(t *testing.T) {
	each(t, func(h *house) {
		first, second, link := h.alertedOfTwo()
		followed := func() int { return h.count("SELECT count(*) FROM told WHERE followed_at IS NOT NULL") }
		for _, path := range []string{link, link + "?avis=" + first, link + "?avis=inconnu"} {
			p := h.get(path)
			h.says(p, 200, "Suivre une consultation", "odile@muller.example", "Menuiserie de la halle", "!Ne plus suivre")
			h.kept(p)
		}
		if followed() != 0 {
			h.t.Fatal("followed by looking")
		}
		h.says(h.get(link+"?avis="+first), 200, "!du stade", "Les 2 marchés de ce message")
		h.says(h.get(link), 200, "Menuiserie <b>du</b> stade", "Date limite non communiquée", "!Les 2 marchés")

		p := h.post(link, url.Values{"avis": {first}, "action": {"suivre"}})
		h.says(p, 200, "Vous suivez la consultation « Menuiserie de la halle ».", "Ne plus suivre cette consultation")
		h.kept(p)
		h.says(h.post(link, url.Values{"avis": {first}, "action": {"suivre"}}), 200, "Vous suivez")
		if followed() != 1 {
			h.t.Errorf("%d are followed, want 1", followed())
		}
		for _, bad := range []url.Values{nil, {"avis": {first}}, {"action": {"suivre"}}, {"avis": {"inconnu"}, "action": {"suivre"}}, {"avis": {second}, "action": {"autre"}}} {
			h.says(h.post(link, bad), 422, "Choisissez une consultation de ce message")
		}
		h.says(h.post(link, url.Values{"avis": {first}, "action": {"ne-plus-suivre"}}), 200, "Vous ne suivez plus la consultation « Menuiserie de la halle ».")
		if followed() != 0 {
			h.t.Errorf("%d are followed still", followed())
		}
		unknown := "/suivi/" + strings.Repeat("a", 43)
		h.says(h.get(unknown), 404, "Ce lien n'est plus connu")
		h.says(h.post(unknown, url.Values{"avis": {first}, "action": {"suivre"}}), 404, "Ce lien n'est plus connu")
	})
}
