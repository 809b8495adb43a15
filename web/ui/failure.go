package ui

import (
	"net/http"

	"github.com/a-h/templ"
)

// Failure is what an error page says.
type Failure struct {
	Status    int
	Title     string // empty: the usual words for the status
	Text      string // the rule that spoke, in a French sentence; empty: the usual words
	Todo      string // what to do about it; empty: the usual words
	Reference string // of a fault of ours, which the operator finds in the log
	Back      Link   // where to go; empty: the front page
}

// failureWords is a kind of failure in plain words: what happened, what to do.
type failureWords struct{ title, happened, todo string }

// failures are the usual words by HTTP status.
var failures = map[int]failureWords{
	http.StatusNotFound: {
		"Cette page n'existe pas",
		"L'adresse est peut-être incomplète, ou ce que vous cherchez a été retiré ou ne vous est pas ouvert.",
		"Vérifiez l'adresse, ou repartez de l'accueil et cherchez depuis les annonces.",
	},
	http.StatusForbidden: {
		"Vous ne pouvez pas faire cela",
		"Votre compte n'a pas le droit de faire cette action, ou elle a été demandée depuis un autre site.",
		"Demandez ce droit à l'administrateur de votre entreprise ou de votre organisme, ou connectez-vous avec un autre compte.",
	},
	http.StatusMethodNotAllowed: {
		"Cette demande n'est pas possible ici",
		"L'adresse existe, mais elle ne répond pas à ce type de demande\u00a0: c'est peut-être celle d'un formulaire, ouverte directement.",
		"Revenez à la page précédente et servez-vous de ses boutons, ou repartez de l'accueil.",
	},
	http.StatusConflict: {
		"Entre-temps, quelque chose a changé",
		"Ce que vous vouliez faire n'est plus possible tel quel.",
		"Revenez à la page précédente, rechargez-la et recommencez. Rien n'a été enregistré.",
	},
	http.StatusUnprocessableEntity: {
		"Cette demande ne peut pas être traitée",
		"Une information manque ou ne convient pas.",
		"Revenez à la page précédente, corrigez ce qui est signalé et envoyez de nouveau. Rien n'a été enregistré.",
	},
	http.StatusTooManyRequests: {
		"Trop d'essais en peu de temps",
		"Pour protéger les comptes, nous limitons le nombre d'essais.",
		"Attendez quelques minutes, puis recommencez.",
	},
	http.StatusServiceUnavailable: {
		"Le service est momentanément indisponible",
		"La plateforme redémarre ou est en maintenance. Ce qui a été enregistré est conservé.",
		"Réessayez dans quelques minutes.",
	},
	http.StatusInternalServerError: {
		"Une erreur est survenue de notre fait",
		"Votre demande n'a pas abouti. Ce n'est pas votre faute, et l'incident est consigné.",
		"Réessayez. Si l'erreur se répète, écrivez à l'assistance en citant la référence ci-dessous.",
	},
}

// words falls back on the nearest kind: a refusal for what the visitor asked, a fault of
// ours otherwise.
func (f Failure) words() failureWords {
	words, ok := failures[f.Status]
	switch {
	case ok:
	case f.Status >= 400 && f.Status < 500:
		words = failures[http.StatusUnprocessableEntity]
	default:
		words = failures[http.StatusInternalServerError]
	}
	if f.Title != "" {
		words.title = f.Title
	}
	if f.Text != "" {
		words.happened = f.Text
	}
	if f.Todo != "" {
		words.todo = f.Todo
	}
	return words
}

func (f Failure) back() Link {
	if f.Back.URL == "" {
		return Link{"Retour à l'accueil", "/"}
	}
	return f.Back
}

// ErrorPage is the whole page of a failure. Of page it takes what surrounds the content;
// the title is the failure's.
func ErrorPage(page Page, f Failure) templ.Component {
	page.Title, page.Refused, page.NoIndex = f.words().title, false, true
	return Layout(page, failureBody(f))
}

// Confirm is a page that asks before destroying.
type Confirm struct {
	Title   string   // the question: « Supprimer la veille « Voirie » ? »
	Losses  []string // what will be gone
	Kept    []string // what will remain
	Undo    string   // how it can be undone, or that it cannot
	Action  string   // where the form is posted
	Label   string   // of the button: « Supprimer la veille »
	Cancel  Link
	Carried []Carried // hidden fields
}

// Carried is a hidden field of a [Confirm].
type Carried struct{ Name, Value string }
