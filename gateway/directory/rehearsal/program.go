// Package rehearsal is a program that answers like the State's search of companies
// does, to questions about one SIRET or SIREN: the same envelope and field names, the
// same masks, the same refusals and the same limit of seven requests a second. The
// demonstration runs it with invented companies, and the client is tested against it.
package rehearsal

import (
	"encoding/json"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/time/rate"
)

// Company is a legal unit that the program knows.
type Company struct {
	SIREN    string
	Name     string
	Initials string // written after the name in nom_complet
	Person   bool   // a sole trader: hidden, their name is masked too
	Hidden   bool   // objects to publication (diffusion partielle)
	Ceased   bool
	Places   []Place // the first one is the seat
}

// Place is an establishment.
type Place struct {
	SIRET                  string
	Street, Postcode, City string
	Closed                 bool
	Hidden                 bool // this one alone
}

// Limit is how many requests the service takes from one address, a second.
const Limit = 7

// Program answers GET /search.
type Program struct {
	mu        sync.Mutex
	companies []Company
	asked     []string
	turned    int
	limits    map[string]*rate.Limiter
}

// New makes a program that knows these companies.
func New(companies ...Company) *Program {
	return &Program{companies: companies, limits: map[string]*rate.Limiter{}}
}

// Asked lists what was asked and answered, in order.
func (p *Program) Asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

// TurnedAway counts the requests that were over the limit.
func (p *Program) TurnedAway() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.turned
}

// ServeHTTP answers a request.
func (p *Program) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.within(r.RemoteAddr) {
		p.turned++
		w.Header().Set("Retry-After", "1")
		http.Error(w, "Too Many Requests", http.StatusTooManyRequests)
		return
	}
	if r.URL.Path != "/search" {
		answer(w, http.StatusNotFound, map[string]string{"detail": "Not Found"})
		return
	}
	q := strings.ReplaceAll(r.URL.Query().Get("q"), " ", "")
	perPage, err := strconv.Atoi(r.URL.Query().Get("per_page"))
	switch {
	case q == "":
		refuse(w, "Veuillez indiquer au moins un paramètre de recherche.")
		return
	case err != nil && r.URL.Query().Has("per_page") || err == nil && (perPage < 1 || perPage > 25):
		refuse(w, "Veuillez indiquer un paramètre `per_page` entre `1` et `25`, par défaut `10`.")
		return
	case r.URL.Query().Has("include") && r.URL.Query().Get("minimal") != "true":
		refuse(w, "Veuillez indiquer si vous souhaitez une réponse minimale avec le filtre `minimal=True` avant de préciser les champs à inclure.")
		return
	}
	p.asked = append(p.asked, q)
	answer(w, http.StatusOK, p.search(q, r.URL.Query().Get("minimal") == "true"))
}

// within counts a request of an address.
func (p *Program) within(remote string) bool {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	if p.limits[host] == nil {
		p.limits[host] = rate.NewLimiter(Limit, Limit)
	}
	return p.limits[host].Allow()
}

type object map[string]any

func (p *Program) search(q string, minimal bool) object {
	results := []object{}
	for _, c := range p.companies {
		for _, e := range c.Places {
			if q == e.SIRET {
				results = append(results, c.unit([]Place{e}, minimal))
			}
		}
		if q == c.SIREN {
			results = append(results, c.unit(nil, minimal))
		}
	}
	return object{"results": results, "total_results": len(results), "page": 1, "per_page": 1, "total_pages": len(results)}
}

// mask is what stands in the place of what is hidden.
const mask = "[NON-DIFFUSIBLE]"

func (c Company) unit(matching []Place, minimal bool) object {
	full := c.Name
	if c.Initials != "" {
		full += " (" + c.Initials + ")"
	}
	u := object{
		"siren": c.SIREN, "nom_complet": full, "nom_raison_sociale": c.Name, "sigle": null(c.Initials), "nombre_etablissements": len(c.Places),
		"etat_administratif": state(c.Ceased, "C"), "statut_diffusion": diffusion(c.Hidden), "siege": c.place(c.Places[0], true),
	}
	near := []object{}
	for _, e := range matching {
		near = append(near, c.place(e, false))
	}
	u["matching_etablissements"] = near
	if !minimal {
		u["dirigeants"] = []object{{"nom": "DURAND", "prenoms": "CAMILLE", "type_dirigeant": "personne physique"}}
		u["finances"], u["complements"] = nil, object{}
	}
	if c.Hidden && c.Person {
		u["nom_complet"], u["nom_raison_sociale"], u["sigle"] = mask, mask, mask
	}
	return u
}

// postOfficeBox is a town whose post has a code of its own.
var postOfficeBox = regexp.MustCompile(`^(.*) CEDEX( \d+)?$`)

func (c Company) place(e Place, full bool) object {
	town := e.City
	if m := postOfficeBox.FindStringSubmatch(town); m != nil {
		town = m[1]
	}
	out := object{
		"siret": e.SIRET, "adresse": strings.TrimSpace(e.Street + " " + e.Postcode + " " + e.City), "code_postal": null(e.Postcode),
		"libelle_commune": null(town), "est_siege": e.SIRET == c.Places[0].SIRET, "etat_administratif": state(e.Closed, "F"),
		"statut_diffusion_etablissement": diffusion(c.Hidden || e.Hidden), "liste_enseignes": nil, "nom_commercial": nil,
	}
	if full {
		out["libelle_voie"], out["libelle_pays_etranger"] = null(e.Street), nil
	}
	if c.Hidden || e.Hidden {
		for _, field := range []string{"adresse", "code_postal", "libelle_voie"} {
			if _, has := out[field]; has {
				out[field] = mask
			}
		}
	}
	return out
}

func state(over bool, word string) string {
	if over {
		return word
	}
	return "A"
}

func diffusion(hidden bool) string {
	if hidden {
		return "P"
	}
	return "O"
}

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func refuse(w http.ResponseWriter, text string) {
	answer(w, http.StatusBadRequest, object{"erreur": text})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // who has left does not read it
}
