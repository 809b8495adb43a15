package public

import (
	"crypto/rand"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/kit/pace"
	"parvis/procurement/account"
	"parvis/web/answer"
	"parvis/web/ui"
)

const posteURL = "/test-poste"

// speedBytes is what the measure of speed sends each way: long enough to be measured on
// a good line, a few seconds on a poor one.
const speedBytes = 512 << 10

// postePage is « Tester la configuration de mon poste ». What the server can see by
// itself is there without scripts; the rest waits for one.
type postePage struct {
	Checks  []check
	Browser string
	Now     string // on the server's clock
	Cookies cookieCheck
}

// cookieCheck is what came of asking the browser to keep something.
type cookieCheck string

const (
	cookiesUnknown cookieCheck = ""
	cookiesKept    cookieCheck = "gardés"
	cookiesLost    cookieCheck = "perdus"
)

// check is one thing that a script looks at.
type check struct{ ID, Label, Why, Red string }

// checks are in the order in which they matter; the script knows them by their ids.
var checks = []check{
	{"javascript", "JavaScript", "Il aide à choisir et à prévisualiser, et chiffrera les plis. Le reste du site s'en passe.", "Autorisez JavaScript pour ce site dans les réglages du navigateur, puis rechargez la page."},
	{"temoins", "Témoins de connexion (cookies)", "Sans eux, on ne peut pas se connecter.", "Autorisez les témoins de ce site dans les réglages du navigateur, puis rechargez la page."},
	{"heure", "Heure du poste", "Les dates limites sont à l'heure du serveur.", "Réglez l'horloge du poste sur «\u00a0automatique\u00a0». D'ici là, ne vous fiez pas à elle pour une date limite."},
	{"fichiers", "Choix et lecture de fichiers", "Pour déposer des documents.", "Mettez votre navigateur à jour."},
	{"chiffrement", "Chiffrement dans le navigateur", "Pour chiffrer un pli avant qu'il ne parte.", "Mettez votre navigateur à jour, et vérifiez que l'adresse de cette page commence par https://."},
	{"flux", "Lecture de gros fichiers par morceaux", "Pour envoyer un gros fichier sans le charger en entier.", "Mettez votre navigateur à jour."},
	{"memoire", "Mémoire du navigateur", "Pour reprendre un envoi interrompu.", "Quittez la navigation privée, ou libérez de la place sur le disque."},
	{"descendant", "Débit en réception", "Pour télécharger un dossier de consultation.", "Essayez par câble, ou depuis un autre réseau\u00a0: un gros dossier sera long à recevoir."},
	{"montant", "Débit en envoi", "Pour envoyer une réponse volumineuse.", "Essayez par câble, ou depuis un autre réseau\u00a0: prévoyez d'envoyer bien avant la date limite."},
}

// poste shows the page. Who comes back from tryCookies learns whether the browser kept
// the message that it was given.
func (p Pages) poste(v *answer.Visit) (answer.Answer, error) {
	page := postePage{Checks: checks, Browser: sentence(account.BrowserInWords(v.UserAgent())), Now: p.DB.Clock.Now().In(clock.Paris).Format("15:04:05 le 02/01/2006")}
	if v.Form.Get(tried) != "" {
		page.Cookies = cookiesLost
		if v.Told() {
			page.Cookies = cookiesKept
		}
	}
	return answer.Show(ui.Page{Title: "Tester la configuration de mon poste"}, posteView(page)), nil
}

// tried says in an address that the browser was asked to keep something.
const tried = "temoins"

// tryCookies has the browser keep the message that any act leaves: no other cookie than
// those that the legal notice names.
func (p Pages) tryCookies(*answer.Visit) (answer.Answer, error) {
	return answer.SeeOther(posteURL+"?"+tried+"=retour", "Votre navigateur garde les témoins de connexion de ce site."), nil
}

// posteTime tells the hour: what counts is the middle of the exchange.
func (p Pages) posteTime(v *answer.Visit) (answer.Answer, error) {
	if !p.paces.poste.Allow(account.NetworkOf(v.RemoteAddr), time.Now()) {
		return answer.Answer{}, errPosteOften
	}
	return answer.JSON(map[string]int64{"instant": int64(p.DB.Clock.Now())})
}

var errPosteOften = fault.New(fault.Unavailable, "Trop d'essais depuis votre réseau\u00a0: attendez une minute, puis rechargez la page.").In(time.Minute)

// noise is what is sent to measure: nothing on the way can make it smaller.
var noise = sync.OnceValue(func() []byte {
	b := make([]byte, speedBytes)
	_, _ = rand.Read(b) // never fails: see crypto/rand
	return b
})

func (p Pages) posteDown(v *answer.Visit) (answer.Answer, error) {
	if !p.paces.speed.Allow(account.NetworkOf(v.RemoteAddr), time.Now()) {
		return answer.Answer{}, errPosteOften
	}
	return answer.File("debit.bin", "application/octet-stream", noise()), nil
}

// posteUp swallows what is sent, up to what any form may be, and says how much.
func (p Pages) posteUp(v *answer.Visit) (answer.Answer, error) {
	if !p.paces.speed.Allow(account.NetworkOf(v.RemoteAddr), time.Now()) {
		return answer.Answer{}, errPosteOften
	}
	n, err := io.Copy(io.Discard, io.LimitReader(v.Body, speedBytes+1))
	if err != nil || n > speedBytes {
		return answer.Answer{}, fault.New(fault.Invalid, "L'essai envoie au plus "+strconv.Itoa(speedBytes>>10)+"\u00a0ko.").Because(err)
	}
	a, err := answer.JSON(map[string]int64{"octets": n})
	return a.WithStatus(http.StatusOK), err
}

func newPostePaces() (hours, speed *pace.Keeper) {
	return &pace.Keeper{AtOnce: 60, Every: 2 * time.Second}, &pace.Keeper{AtOnce: 20, Every: 10 * time.Second}
}

// sentence begins a text with a capital.
func sentence(text string) string {
	first, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[n:]
}
