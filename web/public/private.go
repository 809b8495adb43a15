package public

import (
	"errors"
	"strings"
	"time"

	"parvis/kit/atom"
	"parvis/kit/fault"
	"parvis/kit/ical"
	"parvis/kit/jsonfeed"
	"parvis/kit/pace"
	"parvis/kit/token"
	"parvis/procurement/account"
	"parvis/procurement/feed"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
	"parvis/web/answer"
)

// paces bound what programs ask, in this process alone.
type paces struct {
	feeds  *pace.Keeper // readings of one address
	misses *pace.Keeper // addresses that are none, from one network

	poste, speed *pace.Keeper // tests of computers, from one network
}

// newPaces lets a reader start afresh on several devices at once, then read every ten
// seconds, which is far more than any does.
func newPaces() *paces {
	poste, speed := newPostePaces()
	return &paces{
		poste: poste, speed: speed,
		feeds:  &pace.Keeper{AtOnce: 30, Every: 10 * time.Second},
		misses: &pace.Keeper{AtOnce: 60, Every: 5 * time.Second},
	}
}

var errTooOften = fault.New(fault.Unavailable, "Ce flux est demandé trop souvent\u00a0: une fois par heure suffit, et toutes les dix secondes est le plus.")

// again is how often a diary should read its feed: dates move by day, rarely by the hour.
const again = 3 * time.Hour

// privateFeed answers what matches a watch to whoever has the address.
func (p Pages) privateFeed(f feed.Format) answer.Handler {
	return func(v *answer.Visit) (answer.Answer, error) {
		secret := v.PathValue("token")
		if !p.paces.feeds.Allow(token.Hash(secret), time.Now()) {
			return answer.Answer{}, errTooOften.In(p.paces.feeds.Every)
		}
		c, err := p.Feeds.Read(v.Context(), secret, f)
		if e, ok := fault.As(err); ok && e.Kind == fault.NotFound && !p.paces.misses.Allow(account.NetworkOf(v.RemoteAddr), time.Now()) {
			return answer.Answer{}, errTooOften.In(p.paces.misses.Every)
		}
		if err != nil {
			return answer.Answer{}, err
		}
		a, err := p.written(c, f)
		return a.Kept(), err
	}
}

func (p Pages) written(c feed.Contents, f feed.Format) (answer.Answer, error) {
	switch f {
	case feed.Calendar:
		return answer.Document("", ical.Kind, p.diary(c)), nil
	case feed.JSON:
		data, err := p.jsonOf(c)
		return answer.Document("", jsonfeed.Kind, data), err
	}
	data, err := p.atomOf(c)
	return answer.Document("", atom.Kind, data), err
}

// feedName is what a reader calls the feed.
func feedName(w *watch.Watch) string { return "Veille «" + nbsp + w.Name + nbsp + "»" }

// standing says what a reader should know of the watch, in a sentence; empty when all
// goes on as usual.
func standing(c feed.Contents) string {
	switch {
	case !c.Watch.Active:
		return "Cette veille est inactive" + nbsp + ": son flux est vide. Cochez l'acceptation de l'alerte pour le reprendre."
	case c.Broken:
		return "Les critères de cette veille ne peuvent plus être cherchés" + nbsp + ": modifiez-la pour reprendre son flux."
	case c.Paused:
		return "Cette veille est en pause" + nbsp + ": ses mails attendent, son flux continue."
	}
	return ""
}

const feedSubtitle = "Les marchés ouverts qui correspondent à cette veille, les derniers parus d'abord."

// feedPage is where people read the same.
func (p Pages) feedPage() string { return p.at("/entreprise/veilles") }

// atomOf writes the feed for news readers. It does not hold its own address: what a
// reader shares would carry the key.
func (p Pages) atomOf(c feed.Contents) ([]byte, error) {
	f := atom.Feed{ID: "urn:uuid:" + c.Watch.ID, Page: p.feedPage(), Title: feedName(c.Watch), Author: "Parvis", Subtitle: feedSubtitle}
	if s := standing(c); s != "" {
		f.Subtitle = s
		f.Entries = append(f.Entries, atom.Entry{ID: f.ID + "#etat", Title: feedName(c.Watch), URL: f.Page, Summary: s, Published: c.Watch.ChangedAt, Updated: c.Watch.ChangedAt})
	}
	for _, e := range c.Entries {
		one := p.entry(e.Notice, e.TouchedAt, c.At)
		one.Summary = withReasons(one.Summary, e.Reasons)
		f.Entries = append(f.Entries, one)
	}
	return f.Bytes()
}

func withReasons(summary string, reasons []watch.Reason) string {
	for _, r := range reasons {
		summary += "\nPourquoi" + nbsp + ": " + r.Text()
	}
	return summary
}

// jsonOf writes the same for programs, with the facts of each call apart.
func (p Pages) jsonOf(c feed.Contents) ([]byte, error) {
	f := jsonfeed.Feed{Title: feedName(c.Watch), Description: feedSubtitle, Page: p.feedPage()}
	if s := standing(c); s != "" {
		f.Description = s
	}
	var faults error
	for _, e := range c.Entries {
		one := p.entry(e.Notice, e.TouchedAt, c.At)
		facts, err := watch.FactsOf(e.Notice, e.SIREN, []*watch.Watch{c.Watch}, strings.TrimSuffix(p.Base, "/"))
		faults = errors.Join(faults, err)
		f.Items = append(f.Items, jsonfeed.Item{
			ID: one.ID, URL: one.URL, Title: one.Title, Text: withReasons(one.Summary, e.Reasons), Author: one.Author, Tags: one.Categories,
			Published: one.Published, Modified: one.Updated, More: facts,
		})
	}
	data, err := f.Bytes()
	return data, errors.Join(faults, err)
}

// diary writes the dates not to be missed. An event keeps its name for ever; what
// changes is its date and its number.
func (p Pages) diary(c feed.Contents) []byte {
	out := ical.Calendar{Name: feedName(c.Watch), Refresh: again}
	if !c.Watch.Active {
		out.Name += " (inactive)"
	}
	for _, e := range c.Entries {
		s := notice.Story{Notice: e.Notice, History: e.History}
		out.Events = append(out.Events, p.events(s)...)
	}
	return out.Bytes()
}
