package alert

import (
	"errors"
	"fmt"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/procurement/account"
	"parvis/procurement/event"
)

// mailFactor is the kind of every mail about a second factor.
const mailFactor = "factor"

// Pages that these mails lead to.
const (
	forgottenURL = "/mot-de-passe-oublie"
	factorsURL   = "/entreprise/double-authentification"
)

// mailFactor owes one mail per event: the event is what it is about.
func (s *Service) mailFactor(tx *db.Tx, e event.Event) error {
	a, err := account.Find(tx, e.Subject)
	if errors.Is(err, db.ErrNone) {
		return nil // erased meanwhile
	}
	if err != nil {
		return err
	}
	return s.owe(tx, mailFactor, e.ID, a.Address)
}

// factorLetter is one text for all: what happened, and what to do.
type factorLetter struct {
	Name, Title string
	What        string
	IfMine      string
	IfNot       string
	Link, Label string
	Foot        string
}

func (s *Service) composeFactor(tx *db.Tx, ref, _ string) (mail.Message, error) {
	e, err := event.Find(tx, ref)
	if err != nil {
		return mail.Message{}, err
	}
	a, err := account.Find(tx, e.Subject)
	if errors.Is(err, db.ErrNone) {
		return mail.Message{}, mail.ErrUnwanted
	}
	if err != nil {
		return mail.Message{}, err
	}
	l, err := factorLetterOf(tx, e)
	if err != nil {
		return mail.Message{}, err
	}
	l.Name, l.Link = a.Name, s.baseURL+l.Link
	return write(mailFactor, l.Title, l)
}

// Sentences that several of these mails share.
const (
	nothingToDo  = "Si c'était vous, il n'y a rien à faire."
	knewPassword = "Si ce n'était pas vous, quelqu'un connaissait votre mot de passe\u00a0: choisissez-en un autre aussitôt, puis vérifiez votre double authentification."
	lockedOut    = " Si vous ne pouvez plus vous connecter, écrivez à l'exploitant de la plateforme, dont les coordonnées sont dans les mentions légales."
	anotherWord  = "Choisir un autre mot de passe"
	seeFactors   = "Voir ma double authentification"
)

// factorLetterOf says what each kind of event has to say.
func factorLetterOf(tx *db.Tx, e event.Event) (factorLetter, error) {
	on := " le " + e.At.Long(clock.Paris) + ", heure de Paris"
	l := factorLetter{IfMine: nothingToDo, IfNot: knewPassword, Link: forgottenURL, Label: anotherWord,
		Foot: "Ce message est envoyé à chaque changement de la double authentification."}
	switch e.Kind {
	case event.FactorAdded, event.FactorRemoved, event.PasskeyDoubted:
		what, err := factorNamed(tx, e)
		if err != nil {
			return l, err
		}
		switch e.Kind {
		case event.FactorAdded:
			l.Title = "Un second facteur a été ajouté à votre compte"
			l.What = what + " a été ajoutée à votre compte Parvis" + on + ". Désormais, votre mot de passe ne suffit plus, à lui seul, pour vous connecter."
			l.IfNot += lockedOut
		case event.FactorRemoved:
			l.Title = "Un second facteur a été retiré de votre compte"
			l.What = what + " a été retirée de votre compte Parvis" + on + ". Les autres sessions ouvertes ont été fermées."
		default:
			l.Title = "Une clé d'accès a été refusée"
			l.What = what + " de votre compte Parvis a été refusée" + on + "\u00a0: son compteur est revenu en arrière, comme si elle avait été copiée sur un autre appareil. Personne n'est entré par elle cette fois-là."
			l.IfMine = "Si vous l'avez restaurée d'une sauvegarde, retirez-la et créez-en une autre."
			l.IfNot = "Sinon, quelqu'un s'en sert peut-être à votre place\u00a0: retirez-la aussitôt."
			l.Link, l.Label = factorsURL, seeFactors
			l.Foot = "Ce message est envoyé chaque fois qu'une clé d'accès est refusée ainsi."
		}
	case event.FactorsForgotten:
		l.Title = "Votre double authentification a été retirée"
		l.What = "L'exploitant de la plateforme a retiré toute la double authentification de votre compte Parvis (clés d'accès, application de codes, codes de secours)" + on + ". Toutes les sessions ont été fermées, et votre mot de passe suffit de nouveau."
		l.IfMine = "Si vous l'aviez demandé, connectez-vous et ajoutez un nouveau second facteur."
		l.IfNot = "Si vous ne l'aviez pas demandé, quelqu'un s'est fait passer pour vous\u00a0: choisissez un autre mot de passe aussitôt et prévenez l'exploitant, dont les coordonnées sont dans les mentions légales."
	case event.CodesRenewed:
		l.Title = "De nouveaux codes de secours ont été générés"
		l.What = "De nouveaux codes de secours ont été générés pour votre compte Parvis" + on + ". Les précédents ne servent plus."
	case event.CodeUsed:
		var body account.RecoveryBody
		if err := e.Decode(&body); err != nil {
			return l, err
		}
		l.Title = "Un code de secours a servi"
		l.What = "Quelqu'un s'est connecté à votre compte Parvis" + on + ", par votre mot de passe et l'un de vos codes de secours. " + codesLeft(body.Left)
		l.Foot = "Ce message est envoyé chaque fois qu'un code de secours sert."
	case event.StepExhausted:
		l.Title = "Quelqu'un connaît peut-être votre mot de passe"
		l.What = "Votre mot de passe a été saisi sur Parvis, puis dix codes incorrects, le dernier" + on + ". Personne n'est entré\u00a0: la double authentification a protégé votre compte."
		l.IfMine = "Si c'était vous, vérifiez l'heure de votre téléphone\u00a0: les codes en dépendent."
		l.IfNot = "Si ce n'était pas vous, choisissez aussitôt un autre mot de passe."
		l.Foot = "Ce message est envoyé après dix codes incorrects à la suite."
	default:
		return l, fmt.Errorf("alert: no letter about %s", e.Kind)
	}
	return l, nil
}

// factorNamed names what an event is about; a key that was removed since has no name.
func factorNamed(tx *db.Tx, e event.Event) (string, error) {
	var body account.FactorBody
	if err := e.Decode(&body); err != nil {
		return "", err
	}
	if body.PasskeyID == "" {
		return "L'application de codes", nil
	}
	k, err := account.FindPasskey(tx, body.PasskeyID)
	if errors.Is(err, db.ErrNone) {
		return "Une clé d'accès", nil
	}
	return "La clé d'accès «\u00a0" + k.Name + "\u00a0»", err
}

func codesLeft(n int) string {
	switch n {
	case 0:
		return "Il ne vous en reste aucun\u00a0: générez-en de nouveaux sur la page «\u00a0Double authentification\u00a0»."
	case 1:
		return "Il vous en reste un."
	}
	return fmt.Sprintf("Il vous en reste %d.", n)
}
