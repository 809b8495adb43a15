package company

import (
	"strings"

	"parvis/kit/clock"
	"parvis/procurement/feed"
	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/ui"
)

// feedsPage is « Flux privés » of a watch.
type feedsPage struct {
	Watch *watch.Watch
	Rows  []feedRow
}

// feedRow is a format and the reader's own address in it, if they have made one.
type feedRow struct {
	Format    feed.Format
	Label, Of string // « Flux Atom », « du flux Atom »
	For, Icon string
	Made      string // the day; empty: not made
	Used      string
	URL       string // of the page's acts
}

// formats are what each is called, and for whom it is.
var formats = map[feed.Format]feedRow{
	feed.Atom:     {Label: "Flux Atom", Of: "du flux Atom", For: "Les nouveaux marchés dans un lecteur d'actualités\u00a0: Thunderbird, Feedly, NetNewsWire…", Icon: "rss"},
	feed.Calendar: {Label: "Agenda des échéances", Of: "de l'agenda des échéances", For: "Les dates limites, visites et fins de questions dans votre agenda, tenues à jour quand elles changent\u00a0: Outlook, Google Agenda, Apple Calendrier, Thunderbird…", Icon: "calendar"},
	feed.JSON:     {Label: "Flux JSON", Of: "du flux JSON", For: "Les mêmes marchés pour un programme\u00a0: un tableau de bord, un outil interne…", Icon: "file-text"},
}

func feedsURL(watchID string) string { return watchesURL + "/" + watchID + "/flux" }

func (p Pages) feeds(v *answer.Visit) (answer.Answer, error) {
	w, made, err := p.Feeds.Of(v.Context(), v.Actor, v.PathValue("id"))
	if err != nil {
		return answer.Answer{}, err
	}
	page := feedsPage{Watch: w}
	for _, f := range feed.Formats {
		row := formats[f]
		row.Format, row.URL = f, feedsURL(w.ID)
		for _, one := range made {
			if one.Format == f {
				row.Made, row.Used = one.CreatedAt.Day(clock.Paris), "jamais"
				if one.UsedOn != "" {
					row.Used = frenchDay(one.UsedOn)
				}
			}
		}
		page.Rows = append(page.Rows, row)
	}
	return answer.Show(ui.Page{Title: "Flux privés de la veille " + quoted(w.Name)}, feedsBody(page)), nil
}

// madePage shows an address, once.
type madePage struct {
	Watch   *watch.Watch
	Label   string
	Address string
	Diary   string // the same for a diary to follow by itself; empty for other formats
	Renewed bool
}

// paths are where each format is read: see web/public.
var paths = map[feed.Format]string{
	feed.Atom: "/flux/atom/%/veille.atom", feed.Calendar: "/flux/agenda/%/veille.ics", feed.JSON: "/flux/json/%/veille.json",
}

// openFeed makes an address and shows it: it is kept nowhere that another page could
// read it from.
func (p Pages) openFeed(v *answer.Visit) (answer.Answer, error) {
	f := feed.Format(v.Form.Get(feed.FieldFormat))
	w, made, err := p.Feeds.Of(v.Context(), v.Actor, v.PathValue("id"))
	if err != nil {
		return answer.Answer{}, err
	}
	secret, err := p.Feeds.Open(v.Context(), v.Actor, w.ID, f)
	if err != nil {
		return answer.Answer{}, err
	}
	page := madePage{Watch: w, Label: formats[f].Label, Address: strings.TrimSuffix(p.Base, "/") + strings.Replace(paths[f], "%", secret, 1)}
	if _, rest, ok := strings.Cut(page.Address, "://"); ok && f == feed.Calendar {
		page.Diary = "webcal://" + rest
	}
	for _, one := range made {
		page.Renewed = page.Renewed || one.Format == f
	}
	return answer.Show(ui.Page{Title: page.Label + " de la veille " + quoted(w.Name), Narrow: true}, madeBody(page)), nil
}

// askFeed asks before an address is ended, by another one or for good.
func (p Pages) askFeed(renew bool) answer.Handler {
	return func(v *answer.Visit) (answer.Answer, error) {
		w, _, err := p.Feeds.Of(v.Context(), v.Actor, v.PathValue("id"))
		if err != nil {
			return answer.Answer{}, err
		}
		f := feed.Format(v.Form.Get(feed.FieldFormat))
		of := formats[f].Of
		if of == "" {
			return answer.SeeOther(feedsURL(w.ID), ""), nil
		}
		c := ui.Confirm{
			Title:  "Révoquer l'adresse " + of + "\u00a0?",
			Losses: []string{"l'adresse actuelle\u00a0: les lecteurs et agendas où vous l'avez mise n'y liront plus rien"},
			Kept:   []string{"la veille " + quoted(w.Name) + ", ses mails et ses autres flux"},
			Undo:   "Vous pourrez créer une autre adresse\u00a0; celle-ci ne reviendra pas.",
			Action: feedsURL(w.ID) + "/revoquer", Carried: []ui.Carried{{Name: feed.FieldFormat, Value: string(f)}}, Label: "Révoquer l'adresse",
			Cancel: ui.Link{Label: "Garder l'adresse", URL: feedsURL(w.ID)},
		}
		if renew {
			c.Title, c.Label = "Remplacer l'adresse "+of+"\u00a0?", "Remplacer l'adresse"
			c.Undo = "La nouvelle adresse vous sera montrée une seule fois. L'ancienne ne reviendra pas."
			c.Action = feedsURL(w.ID)
		}
		return answer.Show(ui.Page{Title: c.Title, Narrow: true}, ui.ConfirmDelete(c)), nil
	}
}

func (p Pages) closeFeed(v *answer.Visit) (answer.Answer, error) {
	id := v.PathValue("id")
	f := feed.Format(v.Form.Get(feed.FieldFormat))
	if err := p.Feeds.Close(v.Context(), v.Actor, id, f); err != nil {
		return answer.Answer{}, err
	}
	return answer.SeeOther(feedsURL(id), "L'adresse "+formats[f].Of+" est révoquée\u00a0: elle ne répond plus."), nil
}

// done says what has just been made.
func (p madePage) done() string {
	if p.Renewed {
		return "La nouvelle adresse est prête. La précédente ne répond plus."
	}
	return "L'adresse est prête."
}
