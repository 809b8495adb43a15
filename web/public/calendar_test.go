package public_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/procurement/notice"
)

// unfolded gives the lines of a calendar as they were before they were folded.
func unfolded(t *testing.T, body string) []string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(body, "\r\n ", ""), "\r\n"), "\r\n")
	for _, l := range lines {
		if strings.ContainsAny(l, "\r\n") || !regexp.MustCompile(`^[A-Z-]+(;VALUE=DURATION)?:`).MatchString(l) {
			t.Errorf("no line of a calendar: %q", l)
		}
	}
	return lines
}

func TestADiaryTakesTheDatesOfANotice(t *testing.T) {
	each(t, func(h *house) {
		deadline := clock.At(time.Date(2027, 1, 12, 9, 0, 0, 0, clock.Paris))
		id := h.record(false, notice.Record{SourceID: "26-1", Title: "Voirie, lot 1; <b>réseaux</b>", Departments: []string{"974"}, Deadline: deadline,
			DeadlineDoubtful: true, VisitAt: deadline.Add(-48 * time.Hour), QuestionsUntil: deadline.Add(-24 * time.Hour)})[0]
		p := h.get("/annonces/" + id + "/calendrier.ics")
		if p.StatusCode != 200 || p.Header.Get("Content-Type") != "text/calendar; charset=utf-8" || p.Header.Get("Content-Disposition") != `attachment; filename="parvis-echeances.ics"` {
			h.t.Errorf("%d %v", p.StatusCode, p.Header)
		}
		all := strings.ReplaceAll(strings.Join(unfolded(h.t, p.body), "\n"), "\u00a0", " ")
		for _, want := range []string{
			"UID:" + id + "-date-limite\n", "UID:" + id + "-visite\n", "UID:" + id + "-questions\n",
			"DTSTART:20270112T080000Z\n", "DTSTART:20270110T080000Z\n", "DTSTART:20270111T080000Z\n",
			"SUMMARY:Date limite : Voirie\\, lot 1\\; <b>réseaux</b>\n",
			"mardi 12 janvier 2027 à 12 h 00 (heure locale : La Réunion)\\, soit mardi 12 janvier 2027 à 9 h 00\\, heure de Paris",
			"Heure à vérifier dans l'avis.", "TRIGGER:-P2D\n", "TRIGGER:-PT120M\n", "URL:" + base + "/annonces/" + id + "\n", "SEQUENCE:0\n", "STATUS:CONFIRMED\n",
		} {
			if !strings.Contains(all, want) {
				h.t.Errorf("no %q in\n%s", want, all)
			}
		}
		if n := strings.Count(all, "BEGIN:VEVENT"); n != 3 {
			h.t.Errorf("%d events", n)
		}
	})
}

func TestADiaryIsToldWhenADateMovesAndWhenItIsCancelled(t *testing.T) {
	each(t, func(h *house) {
		id := h.record(false, notice.Record{SourceID: "26-1", Title: "Halle", Deadline: h.in(10)})[0]
		address := "/annonces/" + id + "/calendrier.ics"
		before := h.get(address)
		r := httptest.NewRequest("GET", address, nil)
		r.Header.Set("If-None-Match", before.Header.Get("ETag"))
		if p := h.do(r); p.StatusCode != http.StatusNotModified || p.body != "" {
			h.t.Errorf("%d for who has it already", p.StatusCode)
		}
		h.clock.Move(time.Hour)
		h.record(false, notice.Record{SourceID: "26-2", Title: "Rectificatif", Kind: notice.Corrigendum, PublishedOn: "2026-11-21", Linked: []string{"26-1"}, Deadline: h.in(20)})
		moved := h.do(r)
		if moved.StatusCode != 200 || !strings.Contains(moved.body, "SEQUENCE:1\r\n") || moved.Header.Get("ETag") == before.Header.Get("ETag") {
			h.t.Errorf("%d %s", moved.StatusCode, moved.body)
		}
		h.record(false, notice.Record{SourceID: "26-3", Title: "Annulation", Kind: notice.Cancellation, PublishedOn: "2026-11-22", Linked: []string{"26-1"}})
		p := h.get(address)
		if !strings.Contains(p.body, "STATUS:CANCELLED\r\n") || !strings.Contains(p.body, "SEQUENCE:2\r\n") || strings.Contains(p.body, "VALARM") {
			h.t.Errorf("%s", p.body)
		}
		h.says(h.get("/annonces/"+id), 200, "Annulée", "!Ajouter à mon agenda")
	})
}

func TestANoticeWithoutDatesHasNoCalendar(t *testing.T) {
	each(t, func(h *house) {
		id := h.record(false, notice.Record{SourceID: "26-1", Title: "Halle"})[0]
		h.says(h.get("/annonces/"+id), 200, "!Ajouter à mon agenda")
		h.says(h.get("/annonces/"+id+"/calendrier.ics"), 404, "Cet avis ne donne aucune date à mettre dans un agenda.")
		for _, other := range []string{"rien", "%ff", "01900000-0000-7000-8000-000000000000", strings.Repeat("9", 5000)} {
			h.says(h.get("/annonces/"+other+"/calendrier.ics"), 404, "Cette annonce n'existe pas, ou plus.")
		}
	})
}
