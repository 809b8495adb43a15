package public

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"parvis/kit/clock"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/web/ui"
)

// nbsp stands where French typography wants a space that no line may break at.
const nbsp = "\u00a0"

// noticeURL is the page of a notice.
func noticeURL(n *notice.Notice) string { return "/annonces/" + url.PathEscape(n.ID) }

// title is what a notice is called, even when its source left it blank.
func title(n *notice.Notice) string {
	if strings.TrimSpace(n.Title) == "" {
		return "Avis sans titre"
	}
	return n.Title
}

// buyerName is what its buyer is called.
func buyerName(n *notice.Notice) string {
	if n.Buyer.Name == "" {
		return "Acheteur non précisé"
	}
	return n.Buyer.Name
}

// reference is the buyer's, or else the source's own number.
func reference(n *notice.Notice) string {
	if n.Reference != "" {
		return n.Reference
	}
	return n.SourceID
}

// places are the departments of a notice, « (67) Bas-Rhin », or the regions that they
// make; none is said too.
func places(n *notice.Notice) []string {
	if len(n.Departments) == 0 {
		return []string{"lieu non précisé"}
	}
	return refdata.PlaceLabels(n.Departments)
}

// mostPlaces is how many departments a line of a list names.
const mostPlaces = 4

// placeLine is the places as one fact of a list.
func placeLine(n *notice.Notice) string {
	labels := places(n)
	if more := len(labels) - mostPlaces; more > 0 {
		return strings.Join(labels[:mostPlaces], ", ") + " et " + strconv.Itoa(more) + " " + ui.Plural(more, "autre", "autres")
	}
	return strings.Join(labels, ", ")
}

// lotCount says how many lots there are, "" for none.
func lotCount(n *notice.Notice) string {
	if len(n.Lots) == 0 {
		return ""
	}
	return ui.Number(len(n.Lots)) + nbsp + ui.Plural(len(n.Lots), "lot", "lots")
}

// due is the deadline as a list shows it, on the clocks of the buyer's place.
func due(n *notice.Notice, now clock.Instant) ui.Due {
	if n.Deadline.IsZero() {
		return ui.Due{None: n.NoDeadline()}
	}
	zone := n.Zone()
	return ui.Due{
		Text: n.Deadline.Short(zone), Machine: n.Deadline.In(zone).Format(time.RFC3339),
		Days: n.Deadline.DaysLeft(now, zone), Closed: n.Deadline < now, Void: !n.CancelledAt.IsZero(), Doubtful: n.DeadlineDoubtful,
	}
}

func inParis(zone *time.Location) bool { return zone.String() == clock.Paris.String() }

// zoneName says whose clocks an hour was read on.
func zoneName(n *notice.Notice) string {
	if inParis(n.Zone()) {
		return "heure de Paris"
	}
	return "heure locale" + nbsp + ": " + n.Clock()
}

// long is a moment in full: « mardi 29 juillet 2026 à 16 h 00 (heure de Paris) ».
func long(n *notice.Notice, at clock.Instant) string {
	return at.Long(n.Zone()) + " (" + zoneName(n) + ")"
}

// inFrance is the same moment on the clocks of Paris, "" when they are the
// buyer's: who answers from the mainland reads that one.
func inFrance(n *notice.Notice, at clock.Instant) string {
	if inParis(n.Zone()) {
		return ""
	}
	return "soit " + at.Long(clock.Paris) + ", heure de Paris"
}

// state is where a notice stands at that moment. Only a call is open or closed, or what
// its results say became of it;
// any other kind says what it is.
func state(n *notice.Notice, now clock.Instant) ui.Badge {
	switch {
	case !n.CancelledAt.IsZero():
		return ui.Late("Annulée")
	case n.Open(now):
		return ui.OK("Ouverte")
	case n.Kind == notice.Contract && n.Result != "":
		return ui.Info(n.Result.Label())
	case n.Kind == notice.Contract:
		return ui.Off("Close")
	}
	return ui.Info(kindLabel(n))
}

// kindLabel names what a notice is, and of a result what it says when that is no award.
func kindLabel(n *notice.Notice) string {
	label := n.Kind.Label()
	if result := n.Detail.Result(); n.Kind == notice.Award && result != notice.Awarded {
		label += nbsp + ": " + strings.ToLower(result.Label())
	}
	return label
}

// sourceName is the tag of a source.
func sourceName(n *notice.Notice) string {
	if n.Source == "boamp" {
		return "BOAMP"
	}
	return n.Source
}

// found is a notice as a list shows it.
func found(n *notice.Notice, now clock.Instant, q *notice.Query) ui.Found {
	f := ui.Found{ID: "annonce-" + n.ID, Title: title(n), URL: noticeURL(n), Buyer: buyerName(n), Due: due(n, now)}
	for _, span := range q.Why(f.Title) {
		f.Marks = append(f.Marks, ui.Span{Start: span[0], End: span[1]})
	}
	for _, fact := range []string{reference(n), placeLine(n), n.Procedure.Label(), lotCount(n)} {
		if fact != "" {
			f.Facts = append(f.Facts, fact)
		}
	}
	if !inParis(n.Zone()) && !n.Deadline.IsZero() {
		f.Facts = append(f.Facts, "date limite à l'heure locale")
	}
	// A list of open calls need not repeat it, and the deadline says « close » or « annulée ».
	if s := state(n, now); s.Tone != ui.ToneOK && (n.Kind != notice.Contract || f.Due.Text == "" || n.Result != "") {
		f.Tags = append(f.Tags, s)
	}
	if l := n.Category.Label(); l != "" {
		f.Tags = append(f.Tags, ui.Off(l))
	}
	f.Tags = append(f.Tags, ui.Info(sourceName(n)))
	return f
}
