package person

import (
	"fmt"

	"parvis/kit/mail"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/procurement/watch"
)

// What the rooms call by a word of code, as people read it.

func roleName(m account.Membership) string {
	if m.Role == access.CompanyAdmin {
		return "administrateur"
	}
	return "utilisateur"
}

func rhythm(w *watch.Watch) string {
	if w.Frequency == watch.Immediate {
		return "dès la publication"
	}
	if w.Frequency == watch.Weekly {
		days := [...]string{1: "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"}
		return fmt.Sprintf("chaque %s à %d\u00a0h", days[w.Weekday], w.Hour)
	}
	return fmt.Sprintf("chaque jour à %d\u00a0h", w.Hour)
}

func modeName(m notice.Mode) string {
	if m == notice.All {
		return "tous les termes"
	}
	return "n'importe lequel de ces termes"
}

func stateName(s watch.RecipientState) string {
	switch s {
	case watch.Confirmed:
		return "reçoit la veille"
	case watch.Stopped:
		return "désabonnée"
	case watch.Failed:
		return "refuse nos messages"
	}
	return "n'a pas encore répondu"
}

func mailState(s mail.State) string {
	switch s {
	case mail.Pending:
		return "en attente"
	case mail.Sending:
		return "en cours d'envoi"
	case mail.Sent:
		return "accepté par le serveur"
	case mail.Refused:
		return "refusé par le serveur"
	case mail.Parked:
		return "mis de côté"
	case mail.Expired:
		return "périmé avant de partir"
	case mail.Cancelled:
		return "annulé"
	}
	return string(s)
}

func departments(codes []string) []string {
	var out []string
	for _, code := range codes {
		name := code
		if d, ok := refdata.DepartmentByCode(code); ok {
			name = d.Name + " (" + code + ")"
		}
		out = append(out, name)
	}
	return out
}

func categories(all []refdata.Category) []string {
	var out []string
	for _, c := range all {
		out = append(out, c.Label())
	}
	return out
}

// held says, of a line of the notice, what there is of one person today.
func (e Export) held(key string) []string {
	switch key {
	case "compte":
		return []string{e.Account.Name, e.Account.Address, "Identifiant\u00a0: " + e.Account.Login, "Créé le " + e.Account.CreatedAt.String()}
	case "rattachements":
		return e.heldMemberships()
	case "inscriptions":
		return counted(len(e.SignUps), "inscription", "inscriptions")
	case "sessions":
		return counted(len(e.Sessions), "connexion en cours", "connexions en cours")
	case "navigateurs":
		return counted(len(e.Browsers), "navigateur", "navigateurs")
	case "demandes":
		return counted(len(e.Resets), "demande de mot de passe", "demandes de mot de passe")
	case "facteurs":
		return counted(len(e.Factors), "facteur", "facteurs")
	case "adresses":
		return counted(len(e.Addresses), "adresse", "adresses")
	case "invitations":
		return counted(len(e.Invitations)+len(e.Disputes), "invitation ou contestation", "invitations ou contestations")
	case "veilles":
		return counted(len(e.Watches), "veille à votre nom", "veilles à votre nom")
	case "flux":
		return counted(len(e.Feeds), "adresse", "adresses")
	case "etiquettes":
		return counted(len(e.Tags)+len(e.Notes), "étiquette ou note", "étiquettes ou notes")
	case "destinataires":
		return counted(len(e.Received), "veille d'une autre personne", "veilles d'autres personnes")
	case "envois":
		return counted(len(e.Mails), "message", "messages")
	case "journal":
		return counted(len(e.Journal), "ligne", "lignes")
	}
	return []string{"Des empreintes, que la plateforme ne sait pas relire"}
}

func (e Export) heldMemberships() []string {
	var out []string
	for _, m := range e.Memberships {
		line := m.Company + ", " + m.Role
		switch {
		case m.EndedAt != 0:
			line += " (terminé)"
		case m.ApprovedAt == 0:
			line += " (demandé)"
		}
		out = append(out, line)
	}
	if out == nil {
		return counted(0, "rattachement", "rattachements")
	}
	return out
}

func counted(n int, one, many string) []string {
	switch n {
	case 0:
		return []string{"Rien aujourd'hui"}
	case 1:
		return []string{"1\u00a0" + one}
	}
	return []string{fmt.Sprintf("%d\u00a0%s", n, many)}
}
