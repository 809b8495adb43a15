package company

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/kit/totp"
	"parvis/procurement/account"
	"parvis/web/answer"
	"parvis/web/ui"
)

// Addresses of « Double authentification ».
const (
	factorsURL     = "/entreprise/double-authentification"
	applicationURL = factorsURL + "/application"
	firstCodeURL   = applicationURL + "/code"
	newPasskeyURL  = factorsURL + "/cle-d-acces"
	makePasskeyURL = newPasskeyURL + "/creer"
	passkeysURL    = factorsURL + "/cles"
	codesURL       = factorsURL + "/codes"
)

// Fields of the forms, as the room's faults name them.
const (
	fieldFactorCode  = "code"
	fieldPasskeyName = "nom"
)

// factorsPage is « Double authentification »: what the account has, and what it may have.
type factorsPage struct {
	account.Factors
	Offered bool // passkeys can be used here
}

func (p Pages) factors(v *answer.Visit) (answer.Answer, error) {
	f, err := p.Accounts.FactorsOf(v.Context(), v.Actor)
	if err != nil {
		return answer.Answer{}, err
	}
	return answer.Show(ui.Page{Title: "Double authentification"}, factorsBody(factorsPage{f, p.Accounts.OffersPasskeys()})), nil
}

func (p factorsPage) status() ui.Badge {
	if p.Any() {
		return ui.OK("Active")
	}
	return ui.Off("Inactive")
}

// fewCodes is how many recovery codes left are worth a warning.
const fewCodes = 3

// addKind and applicationKind make one main button of the page: a passkey where it can
// be, and nothing pressing once there is a factor.
func (p factorsPage) addKind() string {
	if p.Any() {
		return ui.Quiet
	}
	return ui.Primary
}

func (p factorsPage) applicationKind() string {
	if p.Any() || p.Offered {
		return ui.Quiet
	}
	return ui.Primary
}

func day(at clock.Instant) string { return at.Day(clock.Paris) }

// used says when a key last served.
func used(k account.Passkey) string {
	if k.UsedAt.IsZero() {
		return "jamais"
	}
	return day(k.UsedAt)
}

func passkeyAddress(k account.Passkey, act string) string {
	return passkeysURL + "/" + k.ID + "/" + act
}

// codesNote says how many recovery codes are left.
func (p factorsPage) codesNote() string {
	n := p.CodesLeft
	if n == 0 {
		return "Tous vos codes de secours ont servi."
	}
	return "Il vous reste " + ui.Number(n) + "\u00a0" + ui.Plural(n, "code", "codes") + " de secours sur " + ui.Number(account.RecoveryCodes) + "."
}

// proofPage asks for the password again before something about factors is done.
type proofPage struct {
	Title   string
	Says    []string // what will be done
	Action  string
	Button  ui.Button
	Name    *ui.Input // asked besides, nil for nothing
	Cancel  string    // where one goes who changes their mind; empty: factorsURL
	Errors  ui.Errors
	Serious bool // it takes something away
}

func (p proofPage) cancel() string {
	if p.Cancel == "" {
		return factorsURL
	}
	return p.Cancel
}

// named is the field asked besides the password, with what is wrong with it.
func (p proofPage) named() ui.Input {
	i := *p.Name
	i.Error = p.Errors.On(i.Name)
	return i
}

func (p proofPage) surround() ui.Page { return ui.Page{Title: p.Title, Narrow: true} }

// asked shows the page.
func (p proofPage) asked() answer.Answer { return answer.Show(p.surround(), proofBody(p)) }

// done answers the act: its page again with what is wrong, or where it leads. What was
// true when the page was shown and is not any more leads back to the list, which says so.
func (p proofPage) done(err error, otherwise func() answer.Answer) (answer.Answer, error) {
	switch {
	case err == nil:
		return otherwise(), nil
	case fault.Is(err, fault.Conflict):
		return backToFactors(err)
	}
	later := fault.Is(err, fault.Unavailable)
	if p.Errors, err = answer.Errors(err); err != nil {
		return answer.Answer{}, err
	}
	a := answer.Refused(p.surround(), proofBody(p))
	if later {
		a = a.WithStatus(http.StatusTooManyRequests)
	}
	return a, nil
}

// backToFactors says what came between on the page of factors.
func backToFactors(err error) (answer.Answer, error) {
	e, ok := fault.As(err)
	if !ok || e.Kind != fault.Conflict {
		return answer.Answer{}, err
	}
	return answer.SeeOther(factorsURL, "").Saying(ui.FlashWarning, e.Text), nil
}

var beginApplication = proofPage{
	Title: "Configurer une application de codes",
	Says: []string{
		"Installez d'abord une application de codes sur votre téléphone, si vous n'en avez pas\u00a0: FreeOTP, Aegis, 2FAS ou une autre. Elles sont gratuites et se valent.",
		"Confirmez ensuite votre mot de passe pour continuer.",
	},
	Action: applicationURL, Button: ui.Button{Label: "Continuer"},
}

func (p Pages) askApplication(*answer.Visit) (answer.Answer, error) {
	return beginApplication.asked(), nil
}

func (p Pages) beginApplication(v *answer.Visit) (answer.Answer, error) {
	err := p.Accounts.BeginApplication(v.Context(), v.Token(), v.PostForm.Get(fieldCurrent), v.Visitor())
	return beginApplication.done(err, func() answer.Answer { return answer.SeeOther(firstCodeURL, "") })
}

// firstCodePage shows the secret of an application until it has shown a code.
type firstCodePage struct {
	Secret  string // in groups
	Picture string // the QR code, as an address
	Until   string
	Errors  ui.Errors
}

var firstCodeTitle = ui.Page{Title: "Configurer une application de codes", Narrow: true}

func (p Pages) firstCode(v *answer.Visit) (answer.Answer, error) {
	page, err := p.firstCodePage(v)
	if err != nil {
		return backToFactors(err)
	}
	return answer.Show(firstCodeTitle, firstCodeBody(page)), nil
}

func (p Pages) firstCodePage(v *answer.Visit) (firstCodePage, error) {
	d, err := p.Accounts.ApplicationDraft(v.Context(), v.Token())
	if err != nil {
		return firstCodePage{}, err
	}
	picture, err := totp.Picture(d.Address)
	if err != nil {
		return firstCodePage{}, err
	}
	return firstCodePage{Secret: totp.Spaced(d.Secret), Picture: "data:image/png;base64," + base64.StdEncoding.EncodeToString(picture), Until: d.Until.In(clock.Paris).Format("15\u00a0h\u00a004")}, nil
}

func (p Pages) addApplication(v *answer.Visit) (answer.Answer, error) {
	codes, err := p.Accounts.AddApplication(v.Context(), v.Token(), v.PostForm.Get(fieldFactorCode))
	if err == nil {
		return p.added(v, codes, "Votre application de codes est configurée."), nil
	}
	if fault.Is(err, fault.Conflict) {
		return backToFactors(err)
	}
	faults, err := answer.Errors(err)
	if err != nil {
		return answer.Answer{}, err
	}
	page, err := p.firstCodePage(v)
	if err != nil {
		return backToFactors(err)
	}
	page.Errors = faults
	return answer.Refused(firstCodeTitle, firstCodeBody(page)), nil
}

// added leads back to the list, by way of the recovery codes when there are new ones.
func (p Pages) added(v *answer.Visit, codes []string, done string) answer.Answer {
	if codes == nil {
		return answer.SeeOther(factorsURL, done)
	}
	return showCodes(v, codes, done)
}

var removeApplication = proofPage{
	Title: "Retirer l'application de codes\u00a0?",
	Says: []string{
		"Ses codes ne serviront plus, et vos autres sessions seront fermées. Si c'est votre dernier second facteur, vos codes de secours disparaissent avec elle.",
		"Pensez à effacer aussi Parvis de l'application.",
	},
	Action: applicationURL + "/retirer", Button: ui.Button{Label: "Retirer l'application", Kind: ui.Danger, Icon: "trash-2"}, Serious: true,
}

func (p Pages) askRemoveApplication(*answer.Visit) (answer.Answer, error) {
	return removeApplication.asked(), nil
}

func (p Pages) removeApplication(v *answer.Visit) (answer.Answer, error) {
	err := p.Accounts.RemoveApplication(v.Context(), v.Token(), v.PostForm.Get(fieldCurrent), v.Visitor())
	return removeApplication.done(err, func() answer.Answer {
		return answer.SeeOther(factorsURL, "Votre application de codes est retirée, et vos autres sessions sont fermées.")
	})
}

var renewCodes = proofPage{
	Title:  "Générer de nouveaux codes",
	Says:   []string{"Dix nouveaux codes de secours vous seront donnés. Ceux que vous aviez ne serviront plus."},
	Action: codesURL, Button: ui.Button{Label: "Générer de nouveaux codes"},
}

func (p Pages) askCodes(*answer.Visit) (answer.Answer, error) { return renewCodes.asked(), nil }

func (p Pages) renewCodes(v *answer.Visit) (answer.Answer, error) {
	codes, err := p.Accounts.RenewCodes(v.Context(), v.Token(), v.PostForm.Get(fieldCurrent), v.Visitor())
	return renewCodes.done(err, func() answer.Answer {
		return showCodes(v, codes, "Vos nouveaux codes sont prêts. Les précédents ne servent plus.")
	})
}

// codesPage shows recovery codes, once.
type codesPage struct {
	Codes []string
	Done  string // what has given them
	File  string // the same codes as a text file, as an address
}

// showCodes answers with the codes themselves: they are kept nowhere that another page
// could read them from.
func showCodes(v *answer.Visit, codes []string, done string) answer.Answer {
	text := "Codes de secours de Parvis (" + v.Host + ")\r\n" + v.Actor.Name + ", " + v.Actor.Address + "\r\n\r\n" +
		strings.Join(codes, "\r\n") + "\r\n\r\nChaque code sert une fois, à la place de la clé d'accès ou du code de l'application.\r\n"
	page := codesPage{Codes: codes, Done: done, File: "data:text/plain;charset=utf-8," + url.PathEscape(text)}
	return answer.Show(ui.Page{Title: "Vos codes de secours", Narrow: true}, codesBody(page))
}
