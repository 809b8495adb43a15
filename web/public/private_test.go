package public_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/token"
	"parvis/procurement/access"
	"parvis/procurement/feed"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
)

// odile and her watch of roads, of this form. Programs have no session: she signs out.
func (h *house) follows(f watch.Form) (access.Actor, string) {
	h.t.Helper()
	h.deliver()
	by := h.join("odile@muller.example", "odile")
	f.Name, f.Keywords, f.Mode, f.Frequency, f.Hour = roads, "voirie", "any", "daily", 7
	saved, err := h.Watches.Create(h.t.Context(), by, f)
	if err != nil {
		h.t.Fatal(err)
	}
	h.forget()
	return by, saved.ID
}

const roads = "Voirie & <réseaux>"

// opened makes a feed and gives where it is read.
func (h *house) opened(by access.Actor, watchID string, f feed.Format) (path, secret string) {
	h.t.Helper()
	secret, err := h.Feeds.Open(h.t.Context(), by, watchID, f)
	if err != nil {
		h.t.Fatal(err)
	}
	return pathOf(f, secret), secret
}

func pathOf(f feed.Format, secret string) string {
	end := map[feed.Format]string{feed.Atom: "/veille.atom", feed.Calendar: "/veille.ics", feed.JSON: "/veille.json"}[f]
	return "/flux/" + string(f) + "/" + secret + end
}

// ask makes a request with headers, in pairs.
func (h *house) ask(method, path string, headers ...string) page {
	h.t.Helper()
	r := requestOf(method, path)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return h.do(r)
}

func (h *house) roads() []string {
	return h.record(false,
		notice.Record{SourceID: "26-1", Title: "Voirie <b>rurale</b> & réseaux", PublishedOn: "2026-11-18", Deadline: h.in(9), Departments: []string{"67"}},
		notice.Record{SourceID: "26-2", Title: "Voirie urbaine", PublishedOn: "2026-11-19", Deadline: h.in(3)},
		notice.Record{SourceID: "26-3", Title: "Voirie close", PublishedOn: "2026-11-17", Deadline: h.in(-1)},
		notice.Record{SourceID: "26-4", Title: "Charpente", Deadline: h.in(3)})
}

func TestAWatchIsFollowedByNewsReaders(t *testing.T) {
	each(t, func(h *house) {
		ids := h.roads()
		by, id := h.follows(watch.Form{Active: true})
		path, secret := h.opened(by, id, feed.Atom)
		f, p := h.feed(path)
		if f.ID != "urn:uuid:"+id || f.Title != "Veille «\u00a0Voirie & <réseaux>\u00a0»" || len(f.Entries) != 2 || f.Entries[0].ID != "urn:uuid:"+ids[1] {
			h.t.Errorf("%+v", f)
		}
		if !strings.Contains(f.Entries[1].Summary, "Pourquoi\u00a0: veille «\u00a0Voirie & <réseaux>\u00a0», sur «\u00a0voirie\u00a0»") {
			h.t.Errorf("%q", f.Entries[1].Summary)
		}
		if strings.Contains(p.body, secret) || len(f.Links) != 1 {
			h.t.Error("the key is in what it opens")
		}
		for name, want := range map[string]string{"Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"} {
			if got := p.Header.Get(name); got != want {
				h.t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if p.Header.Get("Set-Cookie") != "" {
			h.t.Error("a program is given a cookie")
		}
		tag := p.Header.Get("ETag")
		if same := h.ask("GET", path, "If-None-Match", tag); same.StatusCode != http.StatusNotModified || same.body != "" {
			h.t.Errorf("%d, %d bytes for who has it already", same.StatusCode, len(same.body))
		}
		if head := h.ask("HEAD", path); head.StatusCode != 200 || head.body != "" || head.Header.Get("ETag") != tag {
			h.t.Errorf("HEAD: %d, %d bytes, %v", head.StatusCode, len(head.body), head.Header)
		}
		h.record(false, notice.Record{SourceID: "26-5", Title: "Voirie nouvelle", PublishedOn: "2026-11-20", Deadline: h.in(5)})
		if other := h.ask("GET", path, "If-None-Match", tag); other.StatusCode != 200 || !strings.Contains(other.body, "Voirie nouvelle") {
			h.t.Errorf("%d", other.StatusCode)
		}
	})
}

func TestAWatchIsReadByPrograms(t *testing.T) {
	each(t, func(h *house) {
		ids := h.roads()
		by, id := h.follows(watch.Form{Active: true})
		path, _ := h.opened(by, id, feed.JSON)
		p := h.get(path)
		var f struct {
			Version, Title string
			Items          []struct {
				ID, URL, Title string
				More           watch.Facts `json:"_parvis"`
			}
		}
		if err := json.Unmarshal([]byte(p.body), &f); err != nil || p.Header.Get("Content-Type") != "application/feed+json; charset=utf-8" {
			h.t.Fatalf("%v: %s", err, p.body)
		}
		if f.Version != "https://jsonfeed.org/version/1.1" || len(f.Items) != 2 || f.Items[1].ID != "urn:uuid:"+ids[0] || f.Items[1].URL != base+"/annonces/"+ids[0] {
			h.t.Fatalf("%+v", f)
		}
		facts := f.Items[1].More
		if facts.Title != "Voirie <b>rurale</b> & réseaux" || facts.Deadline != h.in(9).In(time.UTC).Format(time.RFC3339) || facts.Buyer != "Ville de Sélestat" || len(facts.Watches) != 1 || facts.Watches[0].Words[0] != "voirie" {
			h.t.Errorf("%+v", facts)
		}
	})
}

// eventsOf gives the properties of a calendar and of each of its events, but for those
// of their reminders.
func eventsOf(t *testing.T, file string) (calendar map[string]string, events []map[string]string) {
	t.Helper()
	calendar = map[string]string{}
	at, reminding := calendar, false
	for _, line := range unfolded(t, file) {
		name, value, _ := strings.Cut(line, ":")
		switch line {
		case "BEGIN:VEVENT":
			at = map[string]string{}
			events = append(events, at)
		case "BEGIN:VALARM", "END:VALARM":
			reminding = !reminding
		case "END:VEVENT":
			at = calendar
		}
		if !reminding {
			at[name] = value
		}
	}
	return calendar, events
}

// An event is the same whatever its date becomes: a diary moves it, and crosses it out
// when it is given up.
func TestADiaryFollowsDeadlines(t *testing.T) {
	each(t, func(h *house) {
		h.roads()
		by, id := h.follows(watch.Form{Active: true})
		path, _ := h.opened(by, id, feed.Calendar)
		calendar, before := eventsOf(h.t, h.get(path).body)
		if len(before) != 2 || !strings.HasPrefix(before[0]["SUMMARY"], "Date limite\u00a0: Voirie urbaine") || before[0]["SEQUENCE"] != "0" || before[0]["STATUS"] != "CONFIRMED" {
			h.t.Fatalf("%v", before)
		}
		if calendar["REFRESH-INTERVAL;VALUE=DURATION"] == "" || !strings.Contains(calendar["X-WR-CALNAME"], "Voirie & <réseaux>") {
			h.t.Errorf("%v", calendar)
		}
		h.clock.Move(time.Minute)
		moved := h.in(6)
		h.record(false, notice.Record{SourceID: "26-2", Title: "Voirie urbaine", PublishedOn: "2026-11-19", Deadline: moved},
			notice.Record{SourceID: "26-9", Kind: notice.Cancellation, Title: "Annulation", Linked: []string{"26-1"}, PublishedOn: "2026-11-21"})
		_, after := eventsOf(h.t, h.get(path).body)
		byUID := map[string]map[string]string{}
		for _, e := range after {
			byUID[e["UID"]] = e
		}
		urban, rural := byUID[before[0]["UID"]], byUID[before[1]["UID"]]
		if urban["DTSTART"] != moved.In(time.UTC).Format("20060102T150405Z") || urban["SEQUENCE"] != "1" || urban["LAST-MODIFIED"] <= before[0]["LAST-MODIFIED"] {
			h.t.Errorf("%v, before %v", urban, before[0])
		}
		if rural["STATUS"] != "CANCELLED" || rural["SEQUENCE"] != "1" || rural["DTSTART"] != before[1]["DTSTART"] {
			h.t.Errorf("%v, before %v", rural, before[1])
		}
	})
}

// A corrigendum that is taken back puts the date where it was: a diary that followed it must
// hear of that too, and it keeps only what has the highest number.
func TestADiaryFollowsADateThatGoesBack(t *testing.T) {
	each(t, func(h *house) {
		h.roads()
		by, id := h.follows(watch.Form{Active: true})
		path, _ := h.opened(by, id, feed.Calendar)
		_, before := eventsOf(h.t, h.get(path).body)
		correction := notice.Record{SourceID: "26-9", Kind: notice.Corrigendum, Title: "Rectificatif", Linked: []string{"26-2"}, PublishedOn: "2026-11-21", Deadline: h.in(9)}
		withdrawn := correction
		withdrawn.Linked, withdrawn.Deadline = nil, 0
		last, number, own := before[0], 0, "/annonces/"+strings.TrimSuffix(before[0]["UID"], "-date-limite")+"/calendrier.ics"
		for _, step := range []struct {
			r  notice.Record
			at string // of DTSTART
		}{{correction, h.in(9).In(time.UTC).Format("20060102T150405Z")}, {withdrawn, before[0]["DTSTART"]}, {correction, h.in(9).In(time.UTC).Format("20060102T150405Z")}, {withdrawn, before[0]["DTSTART"]}} {
			h.clock.Move(time.Minute)
			step.r.Stamp = h.clock.Now()
			h.record(false, step.r)
			number++
			_, all := eventsOf(h.t, h.get(path).body)
			_, one := eventsOf(h.t, h.get(own).body)
			for _, e := range append(all, one...) {
				if e["UID"] != last["UID"] {
					continue
				}
				if e["DTSTART"] != step.at || e["SEQUENCE"] != strconv.Itoa(number) || e["LAST-MODIFIED"] < last["LAST-MODIFIED"] || e["DTSTAMP"] < last["DTSTAMP"] {
					h.t.Errorf("step %d: %v, before %v", number, e, last)
				}
				last = e
			}
			if len(one) != 1 {
				h.t.Fatalf("%d events of the notice alone", len(one))
			}
		}
	})
}

// Whatever is wrong with an address, the answer is the same: it tells nobody that it was
// ever good.
func TestAddressesThatAreNoMoreAnswerAsThoseThatNeverWere(t *testing.T) {
	each(t, func(h *house) {
		h.roads()
		by, id := h.follows(watch.Form{Active: true})
		replaced, first := h.opened(by, id, feed.Atom)
		revoked, _ := h.opened(by, id, feed.JSON)
		if err := h.Feeds.Close(h.t.Context(), by, id, feed.JSON); err != nil {
			h.t.Fatal(err)
		}
		good, _ := h.opened(by, id, feed.Atom)
		unknown := h.get(pathOf(feed.Atom, token.New()))
		if unknown.StatusCode != 404 || unknown.Header.Get("Cache-Control") != "no-store" || unknown.Header.Get("Referrer-Policy") != "no-referrer" {
			h.t.Fatalf("%d %v", unknown.StatusCode, unknown.Header)
		}
		for what, path := range map[string]string{
			"replaced": replaced, "revoked": revoked, "of another format": pathOf(feed.Calendar, first), "short": pathOf(feed.Atom, "x"),
			"long": pathOf(feed.Atom, strings.Repeat("x", 5000)), "of bytes that no database takes": pathOf(feed.Atom, "%00%ff"),
		} {
			if p := h.get(path); p.StatusCode != 404 || p.body != unknown.body {
				h.t.Errorf("%s: %d, and another page", what, p.StatusCode)
			}
		}
		if p := h.get(good); p.StatusCode != 200 {
			h.t.Errorf("the one that is good: %d", p.StatusCode)
		}
		if n := h.count("SELECT count(*) FROM feed WHERE token_hash = '" + first + "'"); n != 0 {
			h.t.Error("a secret is in the table")
		}
		if _, err := h.Watches.Delete(h.t.Context(), by, id); err != nil {
			h.t.Fatal(err)
		}
		if p := h.get(good); p.StatusCode != 404 || p.body != unknown.body {
			h.t.Errorf("its watch is deleted: %d", p.StatusCode)
		}
	})
}

func TestAFeedSaysHowItsWatchStands(t *testing.T) {
	each(t, func(h *house) {
		h.roads()
		by, id := h.follows(watch.Form{Active: true})
		path, _ := h.opened(by, id, feed.Atom)
		dates, _ := h.opened(by, id, feed.Calendar)
		edit := func(f watch.Form) {
			w, err := h.Watches.Find(h.t.Context(), by, id)
			if err != nil {
				h.t.Fatal(err)
			}
			f.Name, f.Keywords, f.Mode, f.Frequency, f.Hour, f.Version = w.Name, "voirie", "any", "daily", 7, w.Version
			if _, err := h.Watches.Update(h.t.Context(), by, id, f); err != nil {
				h.t.Fatal(err)
			}
		}
		edit(watch.Form{Active: true, Pause: h.clock.Now().Add(72 * time.Hour).In(clock.Paris).Format(time.DateOnly)})
		if f, p := h.feed(path); len(f.Entries) != 3 || !strings.Contains(p.body, "Cette veille est en pause\u00a0: ses mails attendent, son flux continue.") {
			h.t.Errorf("paused: %+v", f)
		}
		edit(watch.Form{})
		if f, p := h.feed(path); len(f.Entries) != 1 || !strings.Contains(p.body, "Cette veille est inactive\u00a0: son flux est vide.") {
			h.t.Errorf("inactive: %+v", f)
		}
		if calendar, events := eventsOf(h.t, h.get(dates).body); len(events) != 0 || !strings.HasSuffix(calendar["X-WR-CALNAME"], "(inactive)") {
			h.t.Errorf("inactive: %v %v", calendar, events)
		}
	})
}

func TestAFeedLeavesOutWhatIsPassedOn(t *testing.T) {
	each(t, func(h *house) {
		ids := h.roads()
		by, id := h.follows(watch.Form{Active: true})
		path, _ := h.opened(by, id, feed.Atom)
		if err := h.Watches.Tag(h.t.Context(), by, ids[0], watch.TagForm{Choice: string(watch.Pass)}); err != nil {
			h.t.Fatal(err)
		}
		if f, _ := h.feed(path); len(f.Entries) != 1 || f.Entries[0].ID != "urn:uuid:"+ids[1] {
			h.t.Errorf("%+v", f.Entries)
		}
	})
}

// What leaves a feed, because it closes or one passes on it, is missed by nobody: no date
// is given that would not move with it.
func TestWhatLeavesAFeedIsMissedByNobody(t *testing.T) {
	each(t, func(h *house) {
		h.roads()
		by, id := h.follows(watch.Form{Active: true})
		for _, f := range []feed.Format{feed.Atom, feed.JSON, feed.Calendar} {
			path, _ := h.opened(by, id, f)
			first := h.get(path)
			var notice string
			if err := h.DB.Read(h.t.Context(), func(tx *db.Tx) error { return tx.One(&notice, "SELECT id FROM notice WHERE source_id = '26-2'") }); err != nil {
				h.t.Fatal(err)
			}
			had := strings.Contains(strings.ReplaceAll(first.body, "\r\n ", ""), notice)
			if err := h.Watches.Tag(h.t.Context(), by, notice, watch.TagForm{Choice: string(watch.Pass)}); err != nil {
				h.t.Fatal(err)
			}
			for _, condition := range [][]string{{"If-None-Match", first.Header.Get("ETag")}, {"If-Modified-Since", "Fri, 01 Jan 2038 00:00:00 GMT"}} {
				p := h.ask("GET", path, condition...)
				if !had || p.StatusCode != 200 || p.Header.Get("Last-Modified") != "" || strings.Contains(strings.ReplaceAll(p.body, "\r\n ", ""), notice) {
					h.t.Errorf("%s, %s: had it %v, %d\n%s", f, condition[0], had, p.StatusCode, p.body)
				}
			}
			if err := h.Watches.Tag(h.t.Context(), by, notice, watch.TagForm{}); err != nil {
				h.t.Fatal(err)
			}
		}
	})
}

func TestAFeedIsNotReadTooOften(t *testing.T) {
	each(t, func(h *house) {
		h.roads()
		by, id := h.follows(watch.Form{Active: true})
		path, _ := h.opened(by, id, feed.Atom)
		other, _ := h.opened(by, id, feed.JSON)
		for range 30 {
			if p := h.get(path); p.StatusCode != 200 {
				h.t.Fatalf("%d", p.StatusCode)
			}
		}
		often := h.get(path)
		h.says(often, 429, "demandé trop souvent")
		if got := often.Header.Get("Retry-After"); got != "10" {
			h.t.Errorf("Retry-After %q", got)
		}
		if p := h.get(other); p.StatusCode != 200 {
			h.t.Errorf("another feed pays for it: %d", p.StatusCode)
		}
		refused := 0
		for range 70 { // addresses that are none, each once
			if p := h.get(pathOf(feed.Atom, token.New())); p.StatusCode == 429 && p.Header.Get("Retry-After") == "5" {
				refused++
			}
		}
		if refused == 0 {
			h.t.Error("guessing is free")
		}
		if p := h.get(other); p.StatusCode != 200 {
			h.t.Errorf("a good address pays for a neighbour's guesses: %d", p.StatusCode)
		}
	})
}

// The feed is well-formed whatever a notice holds.
func TestAHostileNoticeBreaksNoFeed(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, notice.Record{SourceID: "26-1", Title: "Voirie ]]> <script>alert(1)</script> \x1b \u202e", PublishedOn: "2026-11-18", Deadline: h.in(9), URL: "javascript:alert(1)"})
		by, id := h.follows(watch.Form{Active: true})
		news, _ := h.opened(by, id, feed.Atom)
		if f, _ := h.feed(news); len(f.Entries) != 1 {
			h.t.Errorf("%+v", f)
		}
		data, _ := h.opened(by, id, feed.JSON)
		if p := h.get(data); !json.Valid([]byte(p.body)) || strings.Contains(p.body, "javascript:") {
			h.t.Errorf("%s", p.body)
		}
	})
}
