package company

import (
	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/ui"
)

// askDelete says what deleting a watch does, and asks.
func (p Pages) askDelete(v *answer.Visit) (answer.Answer, error) {
	w, err := p.Watches.Find(v.Context(), v.Actor, v.PathValue("id"))
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.Show(ui.Page{Title: "Supprimer la veille " + quoted(w.Name), Narrow: true}, ui.ConfirmDelete(confirmation(w))), nil
}

func confirmation(w *watch.Watch) ui.Confirm {
	lost := "ses critères et ses alertes à venir"
	if n := len(w.Recipients); n > 1 {
		lost = "ses critères, ses " + ui.Number(n) + " destinataires et leurs alertes à venir"
	}
	return ui.Confirm{
		Title:  "Supprimer la veille " + quoted(w.Name) + "\u00a0?",
		Losses: []string{lost},
		Kept:   []string{"le journal des alertes déjà envoyées", "vos autres veilles"},
		Undo:   "Cette suppression est définitive. Pour seulement arrêter les alertes, modifiez la veille et décochez l'acceptation de l'alerte.",
		Action: watchesURL + "/" + w.ID + "/supprimer",
		Label:  "Supprimer la veille",
		Cancel: ui.Link{Label: "Garder la veille", URL: watchesURL},
	}
}

func (p Pages) delete(v *answer.Visit) (answer.Answer, error) {
	name, err := p.Watches.Delete(v.Context(), v.Actor, v.PathValue("id"))
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.SeeOther(watchesURL, "La veille "+quoted(name)+" est supprimée. Le journal des alertes déjà envoyées est conservé."), nil
}
