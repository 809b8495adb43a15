package public_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

// news is what a reader makes of one.
type news struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Links   []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	} `xml:"link"`
	Entries []struct {
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
		Summary string `xml:"summary"`
		Link    struct {
			Href string `xml:"href,attr"`
		} `xml:"link"`
	} `xml:"entry"`
}

func (h *house) feed(address string) (news, page) {
	h.t.Helper()
	p := h.get(address)
	var f news
	if err := xml.Unmarshal([]byte(p.body), &f); err != nil || p.StatusCode != 200 || p.Header.Get("Content-Type") != "application/atom+xml; charset=utf-8" {
		h.t.Errorf("%s: %d %v: %v", address, p.StatusCode, p.Header, err)
	}
	return f, p
}

func TestASearchIsFollowedByPrograms(t *testing.T) {
	each(t, func(h *house) {
		ids := h.record(false,
			notice.Record{SourceID: "26-1", Title: "Voirie <b>rurale</b> & réseaux", PublishedOn: "2026-11-18", Category: refdata.Works, Deadline: h.in(9), Departments: []string{"67"}},
			notice.Record{SourceID: "26-2", Title: "Voirie urbaine", PublishedOn: "2026-11-19", Deadline: h.in(3)},
			notice.Record{SourceID: "26-3", Title: "Voirie close", PublishedOn: "2026-11-17", Deadline: h.in(-1)},
			notice.Record{SourceID: "26-4", Title: "Charpente", Deadline: h.in(3)})
		f, p := h.feed("/annonces.atom?tri=echeance&mots_cles=voirie&taille=10&page=3&departement=67")
		const canonical = "/annonces.atom?departement=67&mots_cles=voirie"
		if f.ID != base+canonical || f.Links[0].Href != base+canonical || f.Links[0].Rel != "self" || f.Links[1].Href != base+"/annonces?departement=67&mots_cles=voirie" {
			h.t.Errorf("%+v", f)
		}
		if f.Title != "Annonces\u00a0: voirie, (67) Bas-Rhin" || !strings.HasPrefix(f.Updated, "2026-11-24T09:00:") {
			h.t.Errorf("%q %q", f.Title, f.Updated)
		}
		if len(f.Entries) != 2 || f.Entries[0].ID != "urn:uuid:"+ids[1] || f.Entries[1].Title != "Voirie <b>rurale</b> & réseaux" || f.Entries[1].Link.Href != base+"/annonces/"+ids[0] {
			h.t.Fatalf("%+v", f.Entries)
		}
		for _, want := range []string{"Date limite", "Ville de Sélestat", "(67) Bas-Rhin", "BOAMP n° 26-1"} {
			if !strings.Contains(f.Entries[1].Summary, want) {
				h.t.Errorf("no %q in %q", want, f.Entries[1].Summary)
			}
		}
		if f, _ := h.feed("/annonces.atom?mots_cles=voirie&etat=toutes"); len(f.Entries) != 3 {
			h.t.Errorf("%d with those closed", len(f.Entries))
		}
		if f, _ := h.feed("/annonces.atom?mots_cles=introuvable"); len(f.Entries) != 0 || f.Updated != "1970-01-01T00:00:00Z" {
			h.t.Errorf("%+v", f)
		}
		h.holds(h.get("/annonces?mots_cles=voirie"), `<link rel="alternate" type="application/atom+xml" title="Annonces de cette recherche" href="/annonces.atom?mots_cles=voirie">`)
		if p.Header.Get("ETag") == "" || p.Header.Get("Last-Modified") != "" {
			h.t.Errorf("%v", p.Header)
		}
	})
}

func TestAFeedIsSentOnlyWhenItHasChanged(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, notice.Record{SourceID: "26-1", Title: "Halle", Deadline: h.in(10)})
		_, before := h.feed("/annonces.atom?mots_cles=halle")
		again := func(header, value string) page {
			r := httptest.NewRequest("GET", "/annonces.atom?mots_cles=halle", nil)
			r.Header.Set(header, value)
			return h.do(r)
		}
		tag := before.Header.Get("ETag")
		for _, p := range []page{again("If-None-Match", tag), again("If-None-Match", `"x", W/`+tag)} {
			if p.StatusCode != http.StatusNotModified || p.body != "" {
				h.t.Errorf("%d for who has it already", p.StatusCode)
			}
		}
		h.clock.Move(time.Minute)
		h.record(false, notice.Record{SourceID: "26-2", Title: "Rectificatif", Kind: notice.Corrigendum, PublishedOn: "2026-11-21", Linked: []string{"26-1"}, Deadline: h.in(20)})
		if p := again("If-None-Match", tag); p.StatusCode != 200 || p.Header.Get("ETag") == tag || !strings.Contains(p.body, "<updated>2026-11-24T09:01:") {
			h.t.Errorf("%d after the date was moved: %s", p.StatusCode, p.body)
		}
		// What leaves makes nothing younger: who asks by dates alone is given the whole.
		h.clock.Move(30 * 24 * time.Hour)
		const later = "Fri, 01 Jan 2038 00:00:00 GMT"
		for header, value := range map[string]string{"If-Modified-Since": later, "If-None-Match": tag} {
			if p := again(header, value); p.StatusCode != 200 || strings.Contains(p.body, "Halle</title>") || p.Header.Get("Last-Modified") != "" {
				h.t.Errorf("%s: %d once the call has closed: %s", header, p.StatusCode, p.body)
			}
		}
		if p := h.do(httptest.NewRequest("HEAD", "/annonces.atom", nil)); p.StatusCode != 200 || p.body != "" {
			h.t.Errorf("HEAD: %d, %d bytes", p.StatusCode, len(p.body))
		}
	})
}

func TestAFeedIsBounded(t *testing.T) {
	each(t, func(h *house) {
		var all []notice.Record
		for i := range 60 {
			all = append(all, notice.Record{SourceID: fmt.Sprintf("26-%02d", i), Title: fmt.Sprintf("Avis %02d", i), Deadline: h.in(i + 1)})
		}
		h.record(false, all...)
		if f, _ := h.feed("/annonces.atom?taille=100000"); len(f.Entries) != 50 {
			h.t.Errorf("%d entries", len(f.Entries))
		}
	})
}

func TestAFeedOfNonsenseIsRefusedInWords(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, notice.Record{SourceID: "26-1", Title: "Halle", Deadline: clock.Instant(1)})
		for _, q := range []string{"mots_cles=%ff", "mots_cles=bx", "departement=999", "mode=x", "organisme=" + url.QueryEscape("' OR 1=1--"), strings.Repeat("organisme=1&", 5000)} {
			if p := h.get("/annonces.atom?" + q); p.StatusCode != 422 && p.StatusCode != 200 {
				h.t.Errorf("%.40s: %d", q, p.StatusCode)
			}
		}
		h.says(h.get("/annonces.atom?mots_cles=bx"), 422, "Le mot « bx » compte moins de 3 caractères")
	})
}
