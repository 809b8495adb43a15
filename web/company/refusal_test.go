package company_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"parvis/procurement/watch"
)

// refused fails unless the form came back with this sentence beside the control of that
// id and in the summary, which leads to the control.
func (p page) refused(id, sentence string) {
	p.t.Helper()
	if p.status != 422 {
		p.t.Fatalf("status %d: %s", p.status, p.text())
	}
	beside := id + "-erreur"
	if named := attribute(p.byID(id), "aria-describedby"); named != "" {
		names := strings.Fields(named)
		beside = names[len(names)-1] // after the hint
	}
	if got := words(p.byID(beside)); !strings.Contains(got, sentence) {
		p.t.Errorf("beside %s: %q, want %q", id, got, sentence)
	}
	summary := p.byID("erreurs")
	if got := words(summary); !strings.Contains(got, sentence) {
		p.t.Errorf("summary %q, want %q", got, sentence)
	}
	if !slices.ContainsFunc(p.all("a", nil), func(a *html.Node) bool {
		return attribute(a, "href") == "#"+id && strings.Contains(words(a), sentence)
	}) {
		p.t.Errorf("the summary doesn't lead to %s", id)
	}
	if title := words(p.all("title", nil)[0]); !strings.HasPrefix(title, "Erreur : ") {
		p.t.Errorf("title %q", title)
	}
}

// distinct makes n words.
func distinct(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("mot" + string(rune('a'+i/26)) + string(rune('a'+i%26)) + " ")
	}
	return b.String()
}

// refusals are forms that must not pass, with the control at fault and what it is told.
var refusals = []struct {
	name   string
	change []string // pairs of name and value
	id     string
	says   string
	kept   []string // pairs, when what comes back differs from what was sent
}{
	{"no name", []string{"nom", " "}, "nom", "Donnez un nom à la veille", nil},
	{"name too long", []string{"nom", strings.Repeat("é", 101)}, "nom", "Le nom de la veille est trop long : 100 caractères au plus.", nil},
	{"name taken", []string{"nom", "  DEJA   prise"}, "nom", "Une veille de votre établissement porte déjà ce nom", nil},
	{"control character in the name", []string{"nom", "Bo\x00is\x1b"}, "nom", "Ce texte contient un caractère de contrôle invisible", []string{"nom", "Bois"}},
	{"reversed writing in the name", []string{"nom", "Bo\u202eis"}, "nom", "Ce texte contient un caractère de contrôle invisible", []string{"nom", "Bois"}},
	{"invalid UTF-8 in the name", []string{"nom", "Bo\xffis"}, "nom", "Ce texte contient des caractères illisibles", []string{"nom", "Bo\ufffdis"}},
	{"keyword too short", []string{"mots_cles", "menuiserie bx"}, "mots_cles", "Le mot « bx » compte moins de 3 caractères.", nil},
	{"two keywords too short", []string{"mots_cles", "bx cy"}, "mots_cles", "Le mot « cy » compte moins de 3 caractères.", nil},
	{"only function words", []string{"mots_cles", "pour les"}, "mots_cles", "Les mots saisis sont trop courants pour une recherche (« pour », « les »)", nil},
	{"nothing to search", []string{"mots_cles", "((("}, "mots_cles", "ne contient aucun mot que l'on puisse chercher.", nil},
	{"too many keywords", []string{"mots_cles", distinct(51)}, "mots_cles", "Vous avez saisi 51 mots clés : 50 au plus.", nil},
	{"keyword too long", []string{"mots_cles", strings.Repeat("a", 61)}, "mots_cles", "est trop long : 60 caractères au plus par mot ou expression.", nil},
	{"keywords too long together", []string{"mots_cles", strings.Repeat("a", 60) + strings.Join([]string{"", "b", "c", "d", "e", "f", "g", "h", "i"}, " "+strings.Repeat("a", 59))},
		"mots_cles", "500 au plus.", nil},
	{"control character in keywords", []string{"mots_cles", "menui\x07serie"}, "mots_cles", "Ce texte contient un caractère de contrôle invisible", []string{"mots_cles", "menuiserie"}},
	{"invalid UTF-8 in keywords", []string{"mots_cles", "\xc3\x28"}, "mots_cles", "Ce texte contient des caractères illisibles", []string{"mots_cles", "\ufffd("}},
	{"unknown mode", []string{"mode", "peut-être"}, "mode", "Choisissez « tous les termes » ou « n'importe lequel de ces termes ».", []string{"mode", ""}},
	{"unknown department", []string{"departement", "67", "departement", "99"}, "departement", "Le département « 99 » n'existe pas.", []string{"departement", "67"}},
	{"unknown region", []string{"departement", "67", "region", "XX"}, "departement", "La région « XX » n'existe pas.", []string{"departement", "67", "region", ""}},
	{"unknown organism", []string{"organisme", "0198c0de-0000-7000-8000-000000000000"}, "organisme", "Un organisme choisi n'est plus au répertoire", nil},
	{"organism that no database takes", []string{"organisme", "\x00\xff"}, "organisme", "Un organisme choisi n'est plus au répertoire", []string{"organisme", "\ufffd"}},
	{"unreadable name of an organism", []string{"organisme-saisi", "Ville\x00"}, "organisme", "Ce texte contient un caractère de contrôle invisible", []string{"organisme-saisi", "Ville"}},
	{"unknown rhythm", []string{"rythme", "hebdo"}, "rythme", "Choisissez un rythme : dès la publication, une fois par jour, ou une fois par semaine.", []string{"rythme", ""}},
	{"day that no week has", []string{"jour", "8"}, "jour", "Choisissez un jour de la semaine.", []string{"jour", "1"}},
	{"day that is no number", []string{"jour", "mardi"}, "jour", "Choisissez un jour de la semaine.", []string{"jour", "1"}},
	{"pause of another century", []string{"pause", "3026-01-01"}, "pause", "Une pause dure un an au plus. Pour arrêter la veille, décochez l'acceptation de l'alerte.", nil},
	{"pause that is over", []string{"pause", "2026-11-23"}, "pause", "Cette date est passée : choisissez le dernier jour de la pause, ou effacez-la.", nil},
	{"pause that is no date", []string{"pause", "demain"}, "pause", "Cette date n'est pas comprise : choisissez-la dans le calendrier, ou écrivez-la comme « 2026-12-31 ».", nil},
	{"hour that no clock shows", []string{"heure", "25"}, "heure", "Choisissez une heure entre 0 h et 23 h.", []string{"heure", "7"}},
	{"hour that is no number", []string{"heure", "midi"}, "heure", "Choisissez une heure entre 0 h et 23 h.", []string{"heure", "7"}},
	{"bad address", []string{"destinataire", "devis@muller.example", "destinataire", "paul@"}, "destinataire-2", "Une adresse s'écrit avec un seul « @ »", nil},
	{"address with a line break", []string{"destinataire", "paul@muller.example\r\nBcc: x@y.fr"}, "destinataire-1", "Cette adresse contient un caractère invisible", []string{"destinataire", "paul@muller.example  Bcc: x@y.fr"}},
	{"address with a name", []string{"destinataire", "Paul <paul@muller.example>"}, "destinataire-1", "Indiquez l'adresse seule", nil},
	{"address of invalid UTF-8", []string{"destinataire", "pa\xfful@muller.example"}, "destinataire-1", "Cette adresse contient un caractère invisible", []string{"destinataire", "pa\ufffdul@muller.example"}},
	{"too many recipients", []string{"destinataire", "a1@m.fr", "destinataire", "a2@m.fr", "destinataire", "a3@m.fr", "destinataire", "a4@m.fr", "destinataire", "a5@m.fr",
		"destinataire", "a6@m.fr", "destinataire", "a7@m.fr", "destinataire", "a8@m.fr", "destinataire", "a9@m.fr", "destinataire", "a10@m.fr"},
		"destinataire", "Une veille compte 10 destinataires au plus", nil},
}

func TestABadFormComesBackWithItsFaultAndEverythingTyped(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Déjà prise", Keywords: "menuiserie"})
		w := odile.watch(watch.Form{Name: "Modifiée", Keywords: "menuiserie"})
		for _, c := range refusals {
			t.Run(c.name, func(t *testing.T) {
				sent := filled("nom", "Bois", "departement", "68", "mode", "all", "rythme", "immediate", "heure", "18")
				apply(sent, c.change)
				want := url.Values{}
				for name, values := range sent {
					want[name] = slices.Clone(values)
				}
				apply(want, c.kept)
				for path, version := range map[string]string{watchesPage: "", watchesPage + "/" + w.ID: "1"} {
					if version != "" {
						sent.Set("version", version)
						want.Set("version", version)
					} else {
						sent.Del("version")
						want.Del("version")
					}
					page := odile.post(path, sent)
					page.t = t
					page.refused(c.id, c.says)
					if diff := cmp.Diff(want, page.form()); diff != "" {
						t.Errorf("POST %s: %s", path, diff)
					}
				}
			})
		}
		if all := odile.list(); len(all) != 2 || all[1].Version != 1 {
			t.Error("a refused form saved something")
		}
		if n := p.count("SELECT count(*) FROM watch_recipient WHERE NOT main"); n != 0 {
			t.Errorf("a refused form left %d recipients", n)
		}
	})
}

// apply replaces the values of each name of the pairs; an empty value takes the name away.
func apply(f url.Values, pairs []string) {
	for i := 0; i < len(pairs); i += 2 {
		f.Del(pairs[i])
	}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			f.Add(pairs[i], pairs[i+1])
		}
	}
}

func TestAHostileFormDoesNotFillThePageWithItsFaults(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		page := odile.post(watchesPage, filled("mots_cles", strings.Repeat("zb zc zd zf zg zh zj zk zl zm zn zp zq zr zs zt zv zw zx zz ", 1000)))
		page.refused("mots_cles", "Le mot « zb » compte moins de 3 caractères.")
		page.says("Et 8 autres corrections.")
		form := filled()
		for range 2000 {
			form.Add("destinataire", "x")
			form.Add("organisme", strings.Repeat("x", 20)+string(rune('a'+len(form["organisme"])%26)))
		}
		page = odile.post(watchesPage, form)
		if page.status != 422 || len(page.source) > 300_000 {
			t.Errorf("status %d, %d bytes", page.status, len(page.source))
		}
	})
}

func TestMoreThanTwentyOrganismsAreRefused(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		form := filled()
		for _, c := range "abcdefghijklmnopqrstu" {
			form.Add("organisme", string(c))
		}
		page := odile.post(watchesPage, form)
		page.refused("organisme", "Vous avez choisi 21 organismes : 20 au plus.")
		if got := len(page.form()["organisme"]); got != 21 {
			t.Errorf("%d organisms kept", got)
		}
	})
}

func TestTheFiftyFirstWatchIsRefused(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		for _, name := range strings.Fields(distinct(watch.MaxWatches)) {
			odile.watch(watch.Form{Name: name, Keywords: "menuiserie"})
		}
		odile.post(watchesPage, filled()).refused("nom", "Votre établissement a déjà 50 veilles, le maximum")
	})
}

func TestAFormFromAnotherSiteSavesNothing(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie"})
		for _, path := range []string{watchesPage, watchesPage + "/" + w.ID, watchesPage + "/" + w.ID + "/supprimer"} {
			page := odile.send("POST", path, filled("version", "1"), map[string]string{"Sec-Fetch-Site": "cross-site"})
			if page.status != 403 {
				t.Errorf("POST %s: %d", path, page.status)
			}
			page.says("rien n'a été enregistré")
		}
		if all := odile.list(); len(all) != 1 || all[0].Version != 1 {
			t.Error("a form from another site was obeyed")
		}
	})
}

func TestAnothersWatchDoesNotExist(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Secret de Muller", Keywords: "menuiserie"})
		stranger, newcomer := p.join(another, "zoe"), p.join(muller, "emile")
		for _, b := range []*browser{stranger, newcomer} {
			for _, id := range []string{w.ID, "0198c0de-0000-7000-8000-000000000000", "nouvelle2", "%00", "%ff", "..%2f.."} {
				for _, page := range []page{
					b.get(watchesPage + "/" + id + "/modifier"), b.get(watchesPage + "/" + id + "/supprimer"),
					b.post(watchesPage+"/"+id, filled("version", "1")), b.post(watchesPage+"/"+id, filled("action", "ajouter-destinataire")),
					b.post(watchesPage+"/"+id+"/supprimer", url.Values{}),
				} {
					if page.status != 404 {
						t.Errorf("%s: %d", id, page.status)
					}
					page.silent("Secret de Muller", "odile@")
				}
			}
			b.get(watchesPage).silent("Secret de Muller")
		}
		if got := odile.find(w.ID); got.Version != 1 {
			t.Error("another's watch was changed")
		}
	})
}

func TestANewcomerSeesTheirOwnWatchesOnly(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile, emile := p.join(muller, "odile"), p.join(muller, "emile")
		odile.watch(watch.Form{Name: "De l'entreprise", Keywords: "menuiserie"})
		emile.follow(watchesPage, filled("nom", "D'Émile")).says("La veille « D'Émile » est créée.", "emile@muller.example")
		emile.get(watchesPage).silent("De l'entreprise")
		odile.get(watchesPage).silent("D'Émile")
		// The same name in the company is nobody's business here.
		emile.follow(watchesPage, filled("nom", "De l'entreprise")).says("est créée")
	})
}

func TestAWatchIsDeletedAfterAsking(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true, Recipients: []string{"devis@muller.example"}})
		path := watchesPage + "/" + w.ID + "/supprimer"
		page := odile.get(path)
		page.says("Supprimer la veille « Bois » ?", "Seront supprimés : ses critères, ses 2 destinataires et leurs alertes à venir",
			"Seront conservés : le journal des alertes déjà envoyées", "Garder la veille")
		if len(odile.list()) != 1 {
			t.Fatal("asking deleted it")
		}
		odile.follow(path, url.Values{}).says("La veille « Bois » est supprimée.", noWatchYet)
		if page = odile.post(path, url.Values{}); page.status != 404 {
			t.Errorf("deleting it again: %d", page.status)
		}
	})
}

func TestTheMessageOfALongListFitsInACookie(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		odile := p.join(muller, "odile")
		form := filled("nom", strings.Repeat("😀", 100), "mots_cles", "menuiserie "+strings.Repeat("de la les pour dans avec sans sur sous par ", 30))
		for i := range 9 {
			form.Add("destinataire", strings.Repeat("a", 63)+string(rune('a'+i))+"@"+strings.Repeat("b", 60)+"."+strings.Repeat("c", 60)+".example")
		}
		page := odile.post(watchesPage, form)
		if page.status != 303 {
			t.Fatalf("status %d: %s", page.status, page.text())
		}
		if n := len(odile.cookies["parvis-message"]); n == 0 || n > 3500 {
			t.Errorf("a cookie of %d bytes", n)
		}
		odile.get(watchesPage).says("est créée", "et 6 autres")
	})
}
