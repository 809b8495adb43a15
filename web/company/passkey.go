package company

import (
	"encoding/json"

	"parvis/kit/fault"
	"parvis/procurement/account"
	"parvis/web/answer"
	"parvis/web/ui"
)

// beginPasskey asks for the name of a key, and the password.
func beginPasskey(name string) proofPage {
	return proofPage{
		Title: "Ajouter une clé d'accès",
		Says:  []string{"Donnez-lui un nom qui dit où elle est, puis confirmez votre mot de passe. Votre appareil vous demandera ensuite votre empreinte, votre visage ou son code."},
		Name: &ui.Input{
			Field: ui.Field{Name: fieldPasskeyName, Label: "Nom de la clé", Required: true, Hint: "Par exemple «\u00a0Mon téléphone\u00a0» ou «\u00a0Ordinateur du bureau\u00a0»."},
			Value: name, Autocomplete: "off",
		},
		Action: newPasskeyURL, Button: ui.Button{Label: "Continuer"},
	}
}

// askPasskey shows the form where passkeys can be used.
func (p Pages) askPasskey(*answer.Visit) (answer.Answer, error) {
	if !p.Accounts.OffersPasskeys() {
		return answer.SeeOther(factorsURL, ""), nil // which says why
	}
	return beginPasskey("").asked(), nil
}

func (p Pages) beginPasskey(v *answer.Visit) (answer.Answer, error) {
	name := v.PostForm.Get(fieldPasskeyName)
	err := p.Accounts.BeginPasskey(v.Context(), v.Token(), name, v.PostForm.Get(fieldCurrent), v.Visitor())
	return beginPasskey(name).done(err, func() answer.Answer { return answer.SeeOther(makePasskeyURL, "") })
}

// makePasskeyPage has the browser make the key.
type makePasskeyPage struct {
	Name   string
	Errors ui.Errors
}

func (makePasskeyPage) act() ui.Passkey {
	return ui.Passkey{
		Create: true, Options: makePasskeyURL + "/defi", Action: makePasskeyURL, Again: makePasskeyURL,
		Button:  ui.Button{Label: "Créer la clé d'accès", Icon: "key-round"},
		Without: "Une clé d'accès ne peut être créée que si JavaScript est activé dans ce navigateur.",
	}
}

var makePasskeyTitle = ui.Page{Title: "Créer la clé d'accès", Narrow: true}

func (p Pages) makePasskey(v *answer.Visit) (answer.Answer, error) {
	name, err := p.Accounts.PasskeyDraft(v.Context(), v.Token())
	if err != nil {
		return backToFactors(err)
	}
	return answer.Show(makePasskeyTitle, makePasskeyBody(makePasskeyPage{Name: name})), nil
}

// askNewPasskey gives the browser what to ask of the authenticator.
func (p Pages) askNewPasskey(v *answer.Visit) (answer.Answer, error) {
	options, err := p.Accounts.AskNewPasskey(v.Context(), v.Token())
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.JSON(json.RawMessage(options))
}

func (p Pages) addPasskey(v *answer.Visit) (answer.Answer, error) {
	codes, err := p.Accounts.AddPasskey(v.Context(), v.Token(), []byte(v.PostForm.Get(ui.FieldPasskey)))
	if err == nil {
		return p.added(v, codes, "Votre clé d'accès est ajoutée."), nil
	}
	if fault.Is(err, fault.Conflict) {
		return backToFactors(err)
	}
	faults, err := answer.Errors(err)
	if err != nil {
		return answer.Answer{}, err
	}
	name, err := p.Accounts.PasskeyDraft(v.Context(), v.Token())
	if err != nil {
		return backToFactors(err)
	}
	return answer.Refused(makePasskeyTitle, makePasskeyBody(makePasskeyPage{Name: name, Errors: faults})), nil
}

// passkeyNamed finds a key of whoever asks.
func (p Pages) passkeyNamed(v *answer.Visit) (account.Passkey, error) {
	f, err := p.Accounts.FactorsOf(v.Context(), v.Actor)
	if err != nil {
		return account.Passkey{}, err
	}
	for _, k := range f.Passkeys {
		if k.ID == v.PathValue("id") {
			return k, nil
		}
	}
	return account.Passkey{}, fault.New(fault.NotFound, "Cette clé d'accès n'existe pas, ou elle a été retirée.")
}

// renamePage gives a key another name.
type renamePage struct {
	Key    account.Passkey
	Name   string // as it was typed
	Errors ui.Errors
}

var renameTitle = ui.Page{Title: "Renommer la clé d'accès", Narrow: true}

func (p Pages) askRename(v *answer.Visit) (answer.Answer, error) {
	k, err := p.passkeyNamed(v)
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.Show(renameTitle, renameBody(renamePage{Key: k, Name: k.Name})), nil
}

func (p Pages) rename(v *answer.Visit) (answer.Answer, error) {
	k, err := p.passkeyNamed(v)
	if err != nil {
		return answer.Answer{}, err
	}
	page := renamePage{Key: k, Name: v.PostForm.Get(fieldPasskeyName)}
	if err = p.Accounts.RenamePasskey(v.Context(), v.Token(), k.ID, page.Name); err == nil {
		return answer.SeeOther(factorsURL, "Votre clé d'accès est renommée."), nil
	}
	if page.Errors, err = answer.Errors(err); err != nil {
		return answer.Answer{}, err
	}
	return answer.Refused(renameTitle, renameBody(page)), nil
}

func removePasskey(k account.Passkey) proofPage {
	return proofPage{
		Title: "Retirer la clé d'accès " + quoted(k.Name) + "\u00a0?",
		Says: []string{
			"Elle n'ouvrira plus votre compte, et vos autres sessions seront fermées. Si c'est votre dernier second facteur, vos codes de secours disparaissent avec elle.",
			"Pensez à l'effacer aussi de votre appareil, qui la proposera sinon encore.",
		},
		Action: passkeyAddress(k, "retirer"), Button: ui.Button{Label: "Retirer la clé", Kind: ui.Danger, Icon: "trash-2"}, Serious: true,
	}
}

func (p Pages) askRemovePasskey(v *answer.Visit) (answer.Answer, error) {
	k, err := p.passkeyNamed(v)
	if err != nil {
		return answer.Answer{}, err
	}
	return removePasskey(k).asked(), nil
}

func (p Pages) removePasskey(v *answer.Visit) (answer.Answer, error) {
	k, err := p.passkeyNamed(v)
	if err != nil {
		return answer.Answer{}, err
	}
	err = p.Accounts.RemovePasskey(v.Context(), v.Token(), k.ID, v.PostForm.Get(fieldCurrent), v.Visitor())
	return removePasskey(k).done(err, func() answer.Answer {
		return answer.SeeOther(factorsURL, "La clé d'accès "+quoted(k.Name)+" est retirée, et vos autres sessions sont fermées.")
	})
}
