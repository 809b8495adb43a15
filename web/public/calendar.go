package public

import (
	"strings"
	"time"

	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/kit/ical"
	"parvis/procurement/notice"
	"parvis/web/answer"
)

// calendarName is what a browser calls the file that it keeps.
const calendarName = "parvis-echeances.ics"

// calendar gives the dates of a notice as a diary reads them.
func (p Pages) calendar(v *answer.Visit) (answer.Answer, error) {
	story, err := p.Notices.Find(v.Context(), v.Actor, v.PathValue("id"))
	if err != nil {
		return answer.Answer{}, err
	}
	events := p.events(story)
	if len(events) == 0 {
		return answer.Answer{}, fault.New(fault.NotFound, "Cet avis ne donne aucune date à mettre dans un agenda.")
	}
	return answer.Document(calendarName, ical.Kind, ical.Calendar{Events: events}.Bytes()), nil
}

const day24 = 24 * time.Hour

// events are the dates that a company must not miss.
func (p Pages) events(s notice.Story) []ical.Event {
	var out []ical.Event
	add := func(name, label string, at clock.Instant, reminders ...time.Duration) {
		if at.IsZero() {
			return
		}
		out = append(out, ical.Event{
			UID: s.ID + "-" + name, At: at, Changed: s.TouchedAt, Sequence: s.Alterations, Cancelled: !s.CancelledAt.IsZero(),
			Summary: label + nbsp + ": " + title(s.Notice), Description: p.eventText(s.Notice, label, at), URL: p.at(noticeURL(s.Notice)), Reminders: reminders,
		})
	}
	add("date-limite", "Date limite", s.Deadline, 2*day24, 2*time.Hour)
	add("visite", "Visite obligatoire", s.VisitAt, day24)
	add("questions", "Fin des questions", s.QuestionsUntil, day24)
	return out
}

// eventText is what a diary shows of an event: what one would look for on the page.
func (p Pages) eventText(n *notice.Notice, label string, at clock.Instant) string {
	lines := []string{label + nbsp + ": " + long(n, at), "Organisme" + nbsp + ": " + buyerName(n), "Référence" + nbsp + ": " + reference(n)}
	if other := inFrance(n, at); other != "" {
		lines[0] += ", " + other
	}
	if n.DeadlineDoubtful && at == n.Deadline {
		lines = append(lines, "Heure à vérifier dans l'avis.")
	}
	if !n.CancelledAt.IsZero() {
		lines = append(lines, "Cette procédure est annulée.")
	}
	if n.Result != "" {
		lines = append(lines, "Résultat publié"+nbsp+": "+strings.ToLower(n.Result.Label())+".")
	}
	return strings.Join(append(lines, p.at(noticeURL(n))), "\n")
}

// at is an address of this site in full, as what leaves it must be written.
func (p Pages) at(path string) string { return strings.TrimSuffix(p.Base, "/") + path }
