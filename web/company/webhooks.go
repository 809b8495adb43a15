package company

import (
	"fmt"
	"net/url"
	"strconv"

	"parvis/kit/clock"
	"parvis/procurement/watch"
	"parvis/procurement/webhook"
	"parvis/web/answer"
	"parvis/web/ui"
)

func webhooksURL(watchID string) string { return watchesURL + "/" + watchID + "/webhooks" }

func webhookURL(h webhook.Webhook) string { return webhooksURL(h.WatchID) + "/" + h.ID }

// mostLines is how much of the log a page shows.
const mostLines = 100

// webhooksPage is the webhooks of a watch, and the form of one more.
type webhooksPage struct {
	Watch  *watch.Watch
	All    []webhook.Webhook
	Typed  string
	Errors ui.Errors
}

func (p Pages) webhooks(v *answer.Visit) (answer.Answer, error) {
	page, err := p.readWebhooks(v)
	return answer.Show(page.head(), webhooksBody(page)), err
}

func (p Pages) readWebhooks(v *answer.Visit) (webhooksPage, error) {
	w, all, err := p.Webhooks.List(v.Context(), v.Actor, v.PathValue("id"))
	if err != nil {
		w = &watch.Watch{}
	}
	return webhooksPage{Watch: w, All: all}, err
}

func (p webhooksPage) head() ui.Page {
	return ui.Page{Title: "Webhooks de la veille " + quoted(p.Watch.Name)}
}

// room tells whether one more may be added.
func (p webhooksPage) room() bool { return len(p.All) < webhook.MaxPerWatch }

// addWebhook makes one and shows its secret: it is shown nowhere else.
func (p Pages) addWebhook(v *answer.Visit) (answer.Answer, error) {
	typed := v.PostForm.Get(webhook.FieldAddress)
	h, err := p.Webhooks.Add(v.Context(), v.Actor, v.PathValue("id"), typed)
	if err != nil {
		faults, err := answer.Errors(err)
		if err != nil {
			return answer.Answer{}, err
		}
		page, err := p.readWebhooks(v)
		if err != nil {
			return answer.Answer{}, err
		}
		page.Typed, page.Errors = typed, faults
		return answer.Refused(page.head(), webhooksBody(page)), nil
	}
	return showSecret(h, "Le webhook est ajouté, et un premier essai part maintenant."), nil
}

// secretPage shows a secret, once.
type secretPage struct {
	webhook.Webhook
	Done string
}

func showSecret(h webhook.Webhook, done string) answer.Answer {
	return answer.Show(ui.Page{Title: "Secret du webhook", Narrow: true}, secretBody(secretPage{h, done}))
}

// webhookPage is one webhook and what was sent to it.
type webhookPage struct {
	Watch *watch.Watch
	Hook  webhook.Webhook
	Lines []webhook.Line
	Now   clock.Instant
}

func (p Pages) webhook(v *answer.Visit) (answer.Answer, error) {
	w, h, lines, err := p.Webhooks.Log(v.Context(), v.Actor, v.PathValue("id"), v.PathValue("hook"), mostLines)
	if err != nil {
		return answer.Answer{}, err
	}
	page := webhookPage{w, h, lines, p.Watches.Now()}
	return answer.Show(ui.Page{Title: "Webhook vers " + host(h), Wide: true}, webhookBody(page)), nil
}

// host names a webhook in a title: the whole address may be long, and hold a key.
func host(h webhook.Webhook) string {
	u, err := url.Parse(h.Address)
	if err != nil {
		return "une adresse"
	}
	return u.Host
}

func (p Pages) tryWebhook(v *answer.Visit) (answer.Answer, error) {
	return p.did(v, p.Webhooks.Try(v.Context(), v.Actor, v.PathValue("id"), v.PathValue("hook")),
		"L'essai part maintenant\u00a0: rechargez la page dans quelques secondes pour lire la réponse.")
}

func (p Pages) resumeWebhook(v *answer.Visit) (answer.Answer, error) {
	return p.did(v, p.Webhooks.Resume(v.Context(), v.Actor, v.PathValue("id"), v.PathValue("hook")), "L'envoi à cette adresse reprend.")
}

// did leads back to the webhook. A refusal is said there: nothing was typed.
func (p Pages) did(v *answer.Visit, err error, done string) (answer.Answer, error) {
	where := webhooksURL(v.PathValue("id")) + "/" + url.PathEscape(v.PathValue("hook"))
	if err == nil {
		return answer.SeeOther(where, done), nil
	}
	faults, err := answer.Errors(err)
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.SeeOther(where, "").Saying(ui.FlashWarning, faults[0].Text), nil
}

func (p Pages) askSecret(v *answer.Visit) (answer.Answer, error) {
	_, h, _, err := p.Webhooks.Log(v.Context(), v.Actor, v.PathValue("id"), v.PathValue("hook"), 0)
	if err != nil {
		return answer.Answer{}, err
	}
	c := ui.Confirm{
		Title:  "Remplacer le secret de ce webhook\u00a0?",
		Losses: []string{"le secret actuel, dans 24 heures\u00a0: d'ici là, chaque envoi est signé par les deux"},
		Kept:   []string{"l'adresse et le journal des envois"},
		Undo:   "Le nouveau secret vous sera montré une seule fois. L'ancien ne reviendra pas.",
		Action: webhookURL(h) + "/secret", Label: "Remplacer le secret", Cancel: ui.Link{Label: "Garder le secret", URL: webhookURL(h)},
	}
	return answer.Show(ui.Page{Title: c.Title, Narrow: true}, ui.ConfirmDelete(c)), nil
}

func (p Pages) renewSecret(v *answer.Visit) (answer.Answer, error) {
	h, err := p.Webhooks.Renew(v.Context(), v.Actor, v.PathValue("id"), v.PathValue("hook"))
	if err != nil {
		return answer.Answer{}, err
	}
	return showSecret(h, "Le nouveau secret signe dès maintenant. Le précédent signe aussi, pendant 24 heures."), nil
}

func (p Pages) askRemoveWebhook(v *answer.Visit) (answer.Answer, error) {
	w, h, _, err := p.Webhooks.Log(v.Context(), v.Actor, v.PathValue("id"), v.PathValue("hook"), 0)
	if err != nil {
		return answer.Answer{}, err
	}
	c := ui.Confirm{
		Title:  "Supprimer le webhook vers " + host(h) + "\u00a0?",
		Losses: []string{"son secret, ce qui attend d'être envoyé et le journal de ses envois"},
		Kept:   []string{"la veille " + quoted(w.Name) + ", ses mails, ses flux et ses autres webhooks"},
		Undo:   "Cette suppression est définitive\u00a0: un nouveau webhook aura un autre secret.",
		Action: webhookURL(h) + "/supprimer", Label: "Supprimer le webhook", Cancel: ui.Link{Label: "Garder le webhook", URL: webhookURL(h)},
	}
	return answer.Show(ui.Page{Title: c.Title, Narrow: true}, ui.ConfirmDelete(c)), nil
}

func (p Pages) removeWebhook(v *answer.Visit) (answer.Answer, error) {
	id := v.PathValue("id")
	if err := p.Webhooks.Remove(v.Context(), v.Actor, id, v.PathValue("hook")); err != nil {
		return answer.Answer{}, err
	}
	return answer.SeeOther(webhooksURL(id), "Le webhook est supprimé."), nil
}

// badgeOf says where a webhook stands.
func badgeOf(h webhook.Webhook) ui.Badge {
	switch h.State() {
	case webhook.Suspended:
		return ui.Late("Suspendu")
	case webhook.Awaited:
		return ui.Soon("En attente d'un essai réussi")
	case webhook.Failing:
		return ui.Soon("En échec depuis le " + h.FailingSince.Day(clock.Paris))
	}
	return ui.OK("Actif")
}

var reasonNames = map[webhook.Reason]string{
	webhook.Matched: "Nouveau marché", webhook.Moved: "Date limite déplacée", webhook.Cancelled: "Annulation",
	webhook.Reopened: "Annulation retirée", webhook.Trial: "Essai",
}

// fate says what became of a delivery.
func (p webhookPage) fate(l webhook.Line) ui.Badge {
	switch {
	case !l.DeliveredAt.IsZero():
		return ui.OK("Reçu")
	case !l.EndedAt.IsZero() && l.Reason == webhook.Trial:
		return ui.Late("Refusé")
	case !l.EndedAt.IsZero():
		return ui.Off("Abandonné")
	case l.Attempts > 0:
		return ui.Soon("En échec, sera réessayé")
	}
	return ui.Info("En attente")
}

// when says when a delivery was last tried, or is to be.
func (p webhookPage) when(l webhook.Line) string {
	if l.TriedAt.IsZero() {
		return "—"
	}
	return l.TriedAt.In(clock.Paris).Format("02/01/2006 15:04:05")
}

// tries says how often, and when the next one is.
func (p webhookPage) tries(l webhook.Line) string {
	text := ui.Number(int(l.Attempts)) + "\u00a0" + ui.Plural(int(l.Attempts), "tentative", "tentatives")
	if l.EndedAt.IsZero() && l.DueAt > p.Now {
		text += ", la prochaine vers " + l.DueAt.In(clock.Paris).Format("15:04 le 02/01")
	}
	return text
}

// code is the receiver's status, in figures.
func code(l webhook.Line) string {
	if l.Status == 0 {
		return "aucun"
	}
	return strconv.FormatInt(l.Status, 10)
}

// limits says how many webhooks a watch may have.
func limits() string {
	return fmt.Sprintf("Une veille compte %d webhooks au plus.", webhook.MaxPerWatch)
}

func idsOf(watches []*watch.Watch) []string {
	ids := make([]string, len(watches))
	for i, w := range watches {
		ids[i] = w.ID
	}
	return ids
}
