package public_test

import (
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"parvis/kit/job"
	"parvis/procurement/access"
	"parvis/procurement/event"
	"parvis/procurement/notice"
	"parvis/procurement/org"
	"parvis/procurement/refdata"
)

// some are four notices that tell themselves apart.
func some(h *house) []notice.Record {
	return []notice.Record{
		{SourceID: "26-1", Title: "Remplacement des menuiseries <script>alert(1)</script> de l'école", Reference: "2026-T-041",
			Departments: []string{"67"}, Deadline: h.in(3), Procedure: refdata.Adapted, Category: refdata.Works,
			Lots: []notice.Lot{{Number: "1", Title: "Gros œuvre"}, {Number: "2", Title: "Menuiserie bois"}}},
		{SourceID: "26-2", Title: "Entretien de la voirie", Departments: []string{"974"}, Deadline: h.in(10), DeadlineDoubtful: true,
			Description: "Avec la pose d'une menuiserie.", Buyer: notice.BuyerRecord{Name: "Ville de Saint-Denis", Postcode: "97400", City: "Saint-Denis"}},
		{SourceID: "26-3", Title: "Fourniture de menuiseries", Deadline: h.in(-5), PublishedOn: "2026-10-01"},
		{SourceID: "26-4", Title: "Marché de menuiseries attribué", Kind: notice.Award, PublishedOn: "2026-11-23"},
	}
}

func TestAnEmptyPlatformSaysSo(t *testing.T) {
	each(t, func(h *house) {
		h.says(h.get("/"), 200, "0 appel ouvert", "0 appel reçu ces sept derniers jours", "Aucun appel n'est ouvert en ce moment", "Créer un compte")
		h.says(h.get("/annonces"), 200, "Aucun avis ouvert pour l'instant", "Chercher aussi parmi les avis clos")
		h.says(h.get("/annonces?etat=toutes"), 200, "Aucun avis ne correspond à votre recherche", "Effacer la recherche")
	})
}

func TestTheFrontPageCountsAndShowsTheNewest(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, some(h)...)
		p := h.get("/")
		// What was published long ago is imported, not received this week.
		h.says(p, 200, "2 appels ouverts", "2 appels reçus ces sept derniers jours", "Entretien de la voirie", "Ville de Saint-Denis", "!Fourniture de menuiseries")
	})
}

func TestSearching(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, some(h)...)
		selestat := h.buyer("Ville de Sélestat")
		cases := map[string]struct {
			query string
			want  []string
		}{
			"nothing asked, open ones, what closes first": {"", []string{
				"2 avis ouverts correspondent à votre recherche", "Remplacement des menuiseries", "Ville de Sélestat", "2026-T-041", "(67) Bas-Rhin",
				"Procédure adaptée", "2 lots", "27/11/2026 12:00", "dans 3 jours", "BOAMP", "Travaux", "heure à vérifier dans l'avis",
				"date limite à l'heure locale", "04/12/2026 15:00", "!Fourniture de menuiseries", "!Marché de menuiseries attribué"}},
			"everything":                      {"etat=toutes", []string{"4 avis correspondent", "Fourniture de menuiseries", "lieu non précisé", "close", "Résultat de marché"}},
			"a word":                          {"mots_cles=menuiserie", []string{"2 avis ouverts", "Lot qui correspond : 2", "Trouvé dans le texte de l'avis : « menuiserie »"}},
			"any word":                        {"mots_cles=voirie+bardage&mode=any", []string{"1 avis ouvert correspond"}},
			"all words":                       {"mots_cles=voirie+bardage&mode=all", []string{"Aucun avis ouvert ne correspond"}},
			"a word too common is said":       {"mots_cles=de+la+voirie", []string{"1 avis ouvert", "Mots ignorés, trop courants pour une recherche : « de », « la »"}},
			"a department":                    {"departement=67", []string{"1 avis ouvert", "école"}},
			"a whole department, all kinds":   {"departement=67&etat=toutes", []string{"3 avis correspondent"}},
			"two departments":                 {"departement=67&departement=974&departement=67", []string{"2 avis ouverts"}},
			"an organism":                     {"organisme=" + selestat, []string{"1 avis ouvert", "Ville de Sélestat — Sélestat (67)"}},
			"a word that is a department":     {"mots_cles=67", []string{"Chercher plutôt dans le département (67) Bas-Rhin"}},
			"an operator is a word":           {"mots_cles=" + url.QueryEscape(`voirie AND NOT "gros œuvre" NEAR( *`), []string{"ne contient aucun mot"}},
			"a wildcard is no word":           {"mots_cles=%25", []string{"ne contient aucun mot"}},
			"quotes of another language":      {"mots_cles=" + url.QueryEscape(`' OR 1=1--`), nil},
			"the page after the last is last": {"page=1000000000&taille=10", []string{"2 avis ouverts", "Entretien"}},
			"a page before the first":         {"page=-3", []string{"2 avis ouverts"}},
			"a page that is no number":        {"page=%3Cb%3E&taille=7&tri=x&etat=y", []string{"2 avis ouverts"}},
		}
		for what, c := range cases {
			h.t.Run(what, func(t *testing.T) {
				g := *h
				g.t = t
				p := g.get("/annonces?" + c.query)
				status := 200
				if strings.Contains(strings.Join(c.want, ""), "ne contient aucun mot") || c.want == nil {
					status = 422
				}
				g.says(p, status, c.want...)
			})
		}
	})
}

func TestAnAddressOfASearchCanBeSharedAndBecomesAWatch(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, some(h)...)
		selestat := h.buyer("Ville de Sélestat")
		p := h.get("/annonces?mots_cles=menuiserie&mode=all&departement=67&organisme=" + selestat + "&tri=parution&taille=50&etat=toutes")
		h.holds(p, `value="menuiserie"`, `id="departement-67" name="departement" type="checkbox" value="67"`,
			`href="/entreprise/veilles/nouvelle?departement=67&amp;mode=all&amp;mots_cles=menuiserie&amp;organisme=`+selestat+`"`,
			`<option value="parution" selected>`, `<option value="50" selected>`, `<input type="hidden" name="taille" value="50">`, `<input type="hidden" name="tri" value="parution">`)
	})
}

func TestTheTitleIsMarkedAndEscaped(t *testing.T) {
	each(t, func(h *house) {
		ids := h.record(false, some(h)...)
		p := h.get("/annonces?mots_cles=menuiserie+script")
		h.holds(p, `<mark>menuiseries</mark> &lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt;`, "!<script>alert")
		h.holds(h.get("/annonces/"+ids[0]), "&lt;script&gt;alert(1)", "!<script>alert")
		typed := `"><img src=x onerror=alert(1)>{{7*7}}${7*7}`
		h.holds(h.get("/annonces?mots_cles="+url.QueryEscape(typed)+"&organisme-saisi="+url.QueryEscape(typed)), "!<img", "!>49", "&lt;img")
	})
}

func TestWhatCannotBeSearchedIsRefusedBesideItsField(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, some(h)...)
		p := h.get("/annonces?mots_cles=bx+menuiserie&departement=67&mode=all&etat=toutes")
		h.says(p, 422, "Le mot « bx » compte moins de 3 caractères", "Une correction est nécessaire", "!correspondent à votre recherche")
		h.holds(p, `value="bx menuiserie"`, `href="#mots_cles"`, `id="mots_cles-erreur"`, "<title>Erreur\u00a0: Annonces", `checked id="etat-2" name="etat" type="radio" value="toutes"`)
		many := strings.Repeat("bz cz dz fz gz hz jz kz lz mz nz pz ", 1_000)
		p = h.get("/annonces?mots_cles=" + url.QueryEscape(many))
		h.says(p, 422, "10 corrections sont nécessaires")
		var words strings.Builder
		for i := range 51 {
			fmt.Fprintf(&words, "mot%d ", i)
		}
		h.says(h.get("/annonces?mots_cles="+url.QueryEscape(words.String())), 422, "51 mots clés : 50 au plus")
		h.says(h.get("/annonces?mots_cles="+strings.Repeat("a", 500_000)), 422, "est trop long : 60 caractères au plus")
	})
}

func TestHostileAddresses(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, some(h)...)
		deps, orgs := strings.Repeat("departement=67&", 9_000), ""
		for i := range 9_000 {
			orgs += fmt.Sprintf("organisme=%036d&", i)
		}
		for query, status := range map[string]int{
			"mots_cles=%ff%fe":                                     422,
			"mots_cles=voirie%00":                                  422,
			"mots_cles=voirie%E2%80%AE":                            422,
			"mode=%00":                                             422,
			"departement=%ff":                                      422,
			"departement=00&departement=999":                       422,
			"region=%ff%00":                                        303,
			"organisme=%ff%00":                                     422,
			"organisme=' OR 1=1--":                                 422,
			"organisme=00000000-0000-0000-0000-0000":               422,
			"organisme-saisi=%ff%00":                               422,
			"organisme-saisi=%25":                                  422,
			"organisme-saisi=" + strings.Repeat("a", 100_000):      422,
			"retirer-organisme=%ff&mots_cles=%ff":                  303,
			"taille=99999999999999999999&page=9223372036854775807": 200,
			deps:                200,
			orgs:                422,
			"mots_cles=a;b=%zz": 422,
		} {
			p := h.get("/annonces?" + strings.ReplaceAll(query, " ", "+"))
			if p.StatusCode != status {
				h.t.Errorf("%.80q: %d, want %d", query, p.StatusCode, status)
			}
			if strings.ContainsAny(p.body, "\x00\u202e") || !utf8.ValidString(p.body) {
				h.t.Errorf("%.80q: the page holds what no page may", query)
			}
			if len(p.body) > 400_000 {
				h.t.Errorf("%.80q: a page of %d bytes", query, len(p.body))
			}
		}
		for _, q := range []string{"%ff", "%00", "%25", strings.Repeat("x", 200_000), "", "<script>"} {
			if p := h.get("/organismes?q=" + q); p.StatusCode != 200 || p.body != "[]" {
				h.t.Errorf("%.20q: %d %.80q", q, p.StatusCode, p.body)
			}
		}
	})
}

// An address kept from before a merge names both, or the one that is gone.
func TestOrganismsThatWereMergedAreShownAsOne(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, append(some(h), notice.Record{SourceID: "26-9", Title: "Voirie", PublishedOn: "2026-11-23", Buyer: notice.BuyerRecord{Name: "Ville de Barr", Postcode: "67140"}})...)
		selestat, denis := h.buyer("Ville de Sélestat"), h.buyer("Ville de Saint-Denis")
		queue := job.New(h.DB, slog.New(slog.DiscardHandler)) // of the command line's process
		buyers := org.NewBuyers(h.DB, event.NewJournal(queue))
		if err := queue.Open(); err != nil {
			t.Fatal(err)
		}
		if _, err := buyers.Merge(t.Context(), access.Platform("exploitant"), denis, selestat, "", true); err != nil {
			t.Fatal(err)
		}
		h.holds(h.get("/organismes?q=ville+de+saint"), "[{", selestat, "Ville de Sélestat", "!"+denis)
		for _, query := range []string{"organisme=" + denis, "organisme=" + denis + "&organisme=" + selestat} {
			p := h.get("/annonces?etat=toutes&" + query)
			h.says(p, 200, "Ville de Sélestat — Sélestat (67)")
			h.holds(p, `name="organisme" value="`+selestat+`"`, `!value="`+denis+`"`)
		}
		// The facet counts them as one: three of the one, one of the other.
		tally := regexp.MustCompile(`(Ville de [^<]*\(67\))\s*<span class="unseen">, </span></span>\s*<span class="tally">(\d+)`)
		found := fmt.Sprint(tally.FindAllStringSubmatch(h.get("/annonces?etat=toutes").body, -1))
		if !strings.Contains(found, "Sélestat (67) 4]") || !strings.Contains(found, "Barr (67) 1]") {
			t.Error(found)
		}
	})
}

func TestChoosingOrganismsWithoutScripts(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, some(h)...)
		selestat, denis := h.buyer("Ville de Sélestat"), h.buyer("Ville de Saint-Denis")
		h.leadsTo(h.get("/annonces?mots_cles=voirie&organisme-saisi=ville+de+selestat&action=ajouter-organisme"), "/annonces?mots_cles=voirie&organisme="+selestat)
		h.leadsTo(h.get("/annonces?organisme="+selestat+"&organisme-saisi=ville+de+selestat"), "/annonces?organisme="+selestat)
		h.leadsTo(h.get("/annonces?organisme="+selestat+"&organisme="+denis+"&retirer-organisme="+selestat), "/annonces?organisme="+denis)
		h.leadsTo(h.get("/annonces?action=ajouter-organisme&organisme-saisi="), "/annonces")
		p := h.get("/annonces?mots_cles=voirie&organisme-saisi=ville")
		h.says(p, 422, "Plusieurs organismes correspondent à « ville »", "Ville de Saint-Denis — Saint-Denis (974)", "Ville de Sélestat — Sélestat (67)")
		h.holds(p, `name="organisme" id="organisme-`+denis+`"`, `value="ville"`, `value="voirie"`, `href="#organisme-saisi"`)
		h.holds(p, `name="organisme-propose" value="ville"`)
		h.leadsTo(h.get("/annonces?organisme-propose=ville&organisme-saisi=ville&organisme="+denis), "/annonces?organisme="+denis)
		h.says(h.get("/annonces?organisme-saisi=ville&organisme="+denis), 422, "Plusieurs organismes correspondent") // another one is meant
		h.says(h.get("/annonces?organisme-propose=ville&organisme-saisi=ville"), 422, "Plusieurs organismes correspondent")
		h.says(h.get("/annonces?organisme-saisi=nulle+part"), 422, "Aucun organisme ne correspond à « nulle part »")
		h.leadsTo(h.get("/annonces?region=94&departement=67"), "/annonces?departement=2A&departement=2B&departement=67")
	})
}

func TestTheFieldOfOrganismsAsks(t *testing.T) {
	each(t, func(h *house) {
		h.record(false, some(h)...)
		p := h.get("/organismes?q=saint")
		if want := `[{"id":"` + h.buyer("Ville de Saint-Denis") + `","label":"Ville de Saint-Denis — Saint-Denis (974)"}]`; p.body != want {
			h.t.Errorf("%s, want %s", p.body, want)
		}
		if got := p.Header.Get("Content-Type"); got != "application/json" {
			h.t.Errorf("type %q", got)
		}
	})
}

func TestPages(t *testing.T) {
	each(t, func(h *house) {
		var all []notice.Record
		for i := range 23 {
			all = append(all, notice.Record{SourceID: fmt.Sprintf("26-%02d", i), Title: fmt.Sprintf("Avis %02d", i), Deadline: h.in(i + 1)})
		}
		h.record(false, all...)
		p := h.get("/annonces?taille=10&page=2")
		h.says(p, 200, "23 avis ouverts", "Avis 10", "Avis 19", "!Avis 09", "!Avis 20")
		h.holds(p, `href="/annonces?page=3&amp;taille=10"`, `href="/annonces?taille=10"`)
		h.says(h.get("/annonces?taille=10&page=99"), 200, "Avis 20", "Avis 22", "!Avis 19")
		h.says(h.get("/annonces"), 200, "Avis 19", "!Avis 20")
		h.says(h.get("/annonces?tri=parution&taille=100"), 200, "Avis 00", "Avis 22")
	})
}
