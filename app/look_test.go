package app_test

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/proto"

	"parvis/kit/browsertest"
	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/refdata"
)

// Texts that break pages: no space to break at, a hundred characters, markup.
var (
	unbreakable = strings.Repeat("Anticonstitutionnellement", 4)
	hundred     = strings.Repeat("Réfection des menuiseries ", 4)[:104] // 100 characters
	hostile     = `<script>document.title = "percé"</script> & "guillemets" 'apostrophes' <b>gras</b>`
)

// everywhere has a page checked and pictured at three widths in both schemes: axe
// finds nothing, nothing scrolls sideways, no text of others became markup.
func everywhere(t *testing.T, p *browsertest.Page, name string) {
	t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		media := proto.EmulationSetEmulatedMedia{Features: []*proto.EmulationMediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
		if err := media.Call(p.Page); err != nil {
			t.Fatal(err)
		}
		for _, v := range []browsertest.View{browsertest.Desktop, browsertest.Phone, browsertest.Narrow} {
			p.Viewport(v.Width, v.Height)
			view := fmt.Sprintf("%s-%d-%s", name, v.Width, scheme)
			// Axe is slow: it sees each width and each scheme, and every pair of them when
			// pictures are asked for.
			if os.Getenv("PARVIS_SCREENSHOTS") != "" || (scheme == "dark") == (v == browsertest.Phone) {
				for _, fault := range browsertest.Violations(t, p) {
					t.Errorf("%s: axe: %s: %s\n\t%s", view, fault.ID, fault.Help, strings.Join(fault.Targets, "\n\t"))
				}
			}
			browsertest.Screenshot(t, p, view)
			if over := p.MustEval(tooWide).Str(); over != "" {
				t.Errorf("%s scrolls sideways: %s", view, over)
			}
		}
	}
	if p.MustInfo().Title == "percé" || p.MustHas("main b, main script") {
		t.Errorf("%s: a text became markup", name)
	}
	p.Viewport(0, 0)
}

// tooWide names what makes a page wider than its window, "" when nothing does.
const tooWide = `() => { const wide = document.documentElement.scrollWidth;
	if (wide <= innerWidth) return "";
	const out = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1);
	return wide + " px, by " + out.slice(0, 5).map(e => e.tagName + "." + e.className).join(", ") }`

// signedIn opens pages for a person.
func (p *platform) signedIn(t *testing.T, b *browsertest.Browser, who person, path string) *browsertest.Page {
	t.Helper()
	page := b.Page(p.url + "/mentions")
	cookie := &proto.NetworkCookieParam{Name: "parvis-session", Value: who.session, URL: p.url}
	if err := page.SetCookies([]*proto.NetworkCookieParam{cookie}); err != nil {
		t.Fatal(err)
	}
	visit(page, p.url+path)
	return page
}

// visit goes to an address as one typed it.
func visit(p *browsertest.Page, address string) { p.Leads(func() { p.MustNavigate(address) }) }

// take records notices of any kind, and waits for nothing.
func (p *platform) take(t *testing.T, records ...notice.Record) {
	t.Helper()
	today := p.clock.Now().In(clock.Paris).Format("2006-01-02")
	for i := range records {
		r := &records[i]
		r.Source = "boamp"
		if r.Kind == "" {
			r.Kind = notice.Contract
		}
		if r.PublishedOn == "" {
			r.PublishedOn = today
		}
		noticetest.WriteFacts(r)
	}
	if _, err := p.Notices.Record(t.Context(), access.Platform("test"), records, false); err != nil {
		t.Fatal(err)
	}
	if err := p.Notices.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// noticeAt is the address of the page of a notice.
func (p *platform) noticeAt(t *testing.T, sourceID string) string {
	t.Helper()
	var id string
	if err := p.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.One(&id, "SELECT id FROM notice WHERE source_id = $1", sourceID)
	}); err != nil {
		t.Fatal(err)
	}
	return "/annonces/" + id
}

func inDays(n int) clock.Instant { return clock.At(dbtest.Start.AddDate(0, 0, n)) }

// crowd is 45 calls that « menuiserie » finds.
func crowd() []notice.Record {
	out := make([]notice.Record, 45)
	for i := range out {
		out[i] = notice.Record{
			SourceID: fmt.Sprintf("26-%d", 2000+i), Title: fmt.Sprintf("Menuiseries intérieures, opération %d", i+1), Reference: fmt.Sprintf("2026-M-%03d", i+1),
			Buyer: notice.BuyerRecord{Name: "Ville de Valmont", Postcode: "67100", City: "Valmont"}, Departments: []string{"67"},
			Category: refdata.Works, Procedure: refdata.Adapted, Deadline: inDays(3 + i),
		}
	}
	return out
}

// rich is a call that has everything, in texts that break pages.
var rich = notice.Record{
	SourceID: "26-1", Title: unbreakable + " " + hostile + " " + hundred + " menuiserie", Reference: strings.Repeat("2026-REF-TRÈS-LONGUE-", 4),
	Description: hostile + "\n\n" + strings.Repeat("Une phrase de description avec des menuiseries. ", 30) + "\n" + unbreakable + unbreakable,
	Buyer:       notice.BuyerRecord{Name: "Syndicat mixte " + unbreakable + " " + hostile, Postcode: "67100", City: "Saint-Quelque-Chose-les-Deux-Églises"},
	Departments: []string{"67", "68", "54", "57", "88", "2A"}, Category: refdata.Works, Procedure: refdata.CompetitiveDialogue,
	CPV: []string{"45421100", "45000000", "98390000"}, Descriptors: []string{"Menuiserie", "Charpente", unbreakable},
	Lots: twelveLots(), Deadline: inDays(12), VisitAt: inDays(4), QuestionsUntil: inDays(6), URL: "https://boamp.example/" + strings.Repeat("avis/", 30),
	Detail: notice.Detail{Family: "JOUE", Criteria: []string{"sociaux", "environnementaux"}, Unread: []string{"donnees"}},
}

func twelveLots() []notice.Lot {
	out := make([]notice.Lot, 12)
	for i := range out {
		out[i] = notice.Lot{Number: fmt.Sprint(i + 1), Title: "Menuiseries extérieures du bâtiment " + fmt.Sprint(i+1), CPV: []string{"45421100", "45421130"}}
	}
	out[4] = notice.Lot{Number: "5", Title: unbreakable + hostile, Description: hostile + "\n" + unbreakable}
	out[11] = notice.Lot{Title: "Lot sans numéro"}
	return out
}

// every is one notice of each kind and state, with dirt.
func every() []notice.Record {
	buyer := notice.BuyerRecord{Name: "Commune de Hautval", Postcode: "97400", City: "Hautval"}
	return []notice.Record{
		rich,
		{SourceID: "26-2", Title: "Menuiserie du lycée d'outre-mer", Buyer: buyer, Departments: []string{"974"}, Deadline: inDays(9), QuestionsUntil: inDays(-1), Category: refdata.Works},
		{SourceID: "26-3", Title: "Menuiserie close hier", Buyer: buyer, Departments: []string{"67"}, Deadline: inDays(-1)},
		{SourceID: "26-4", Title: "Menuiserie annulée", Buyer: buyer, Departments: []string{"67"}, Deadline: inDays(15)},
		{SourceID: "26-5", Kind: notice.Cancellation, Title: "Menuiserie annulée", Buyer: buyer, Linked: []string{"26-4"}, Departments: []string{"67"},
			Detail: notice.Detail{CancelReason: "Déclaration sans suite pour motif d'intérêt général\u00a0: " + hundred}},
		{SourceID: "26-6", Kind: notice.Award, Title: "Menuiserie attribuée", Buyer: buyer, Departments: []string{"67"}, Detail: notice.Detail{Awards: []notice.AwardLine{
			{Lot: "1", Holder: "Menuiserie " + unbreakable, AmountCent: 123456789, Currency: "EUR", On: "2026-11-02"},
			{Lot: "2", Holder: hostile, AmountCent: 9900, Currency: "XPF"}, {Holder: "Sans montant"}}}},
		{SourceID: "26-7", Kind: notice.Corrigendum, Title: "Menuiserie rectifiée", Buyer: buyer, Linked: []string{"26-2"}, Departments: []string{"974"},
			Detail: notice.Detail{Corrections: []notice.Correction{
				{Section: "Date limite de réception des offres", Old: "2026-12-01T12:00:00+04:00", New: "2026-12-03T12:00:00+04:00"},
				{Section: unbreakable, Old: hostile, New: strings.Repeat("lire ceci ", 40)}}}},
		{SourceID: "26-8", Title: "MENUISERIE SANS RIEN", Deadline: 0},
		{SourceID: "26-9", Title: "Menuiserie à l'heure douteuse", Buyer: buyer, Deadline: inDays(20), DeadlineDoubtful: true, DeadlineRaw: "le 14/12 avant midi ou 17 h"},
		{SourceID: "26-10", Title: "Menuiserie sans suite", Buyer: buyer, Departments: []string{"67"}, Deadline: inDays(-9), PublishedOn: "2026-10-01"},
		{SourceID: "26-11", Kind: notice.Award, Title: "Résultat sans suite", Buyer: buyer, Linked: []string{"26-10"}, Detail: notice.Detail{Unawarded: []notice.UnawardedLot{{Why: notice.Discontinued}}}},
		{SourceID: "26-12", Title: "Menuiserie attribuée en partie", Buyer: buyer, Departments: []string{"67"}, Deadline: inDays(-9), PublishedOn: "2026-10-01", Lots: twelveLots()},
		{SourceID: "26-13", Kind: notice.Award, Title: "Résultat en partie", Buyer: buyer, Linked: []string{"26-12"}, Detail: notice.Detail{
			Awards:    []notice.AwardLine{{Lot: "Lot 1 - Menuiseries extérieures", Holder: "Menuiserie Muller", AmountCent: 123456789, Currency: "EUR", On: "2026-11-02"}, {Lot: "Lot 4"}},
			Unawarded: []notice.UnawardedLot{{Lot: "Lot 2 - Menuiseries extérieures du bâtiment 2", Why: notice.Unsuccessful}, {Lot: "Lot 5 - " + unbreakable + hostile, Why: notice.Discontinued}}}},
	}
}

// TestPagesOfAVisitorLookRight visits what is open to all, on a platform with every
// kind of notice.
func TestPagesOfAVisitorLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	page := browsertest.New(t).Page(p.url + "/mentions")
	everywhere(t, page, "visiteur-mentions")
	p.take(t, append(every(), crowd()...)...)
	for _, c := range []struct{ name, path string }{
		{"accueil", "/"},
		{"annonces", "/annonces?tri=publication&etat=toutes"},
		{"annonces-page-2", "/annonces?mots_cles=menuiserie&departement=67&page=2&taille=10"},
	} {
		visit(page, p.url+c.path)
		everywhere(t, page, "visiteur-"+c.name)
	}
	page.Viewport(320, 640)
	page.MustElement(".menu-button").MustClick()
	browsertest.Axe(t, page)
	browsertest.Screenshot(t, page, "visiteur-menu-320")
}

// TestPagesWithNothingToShowLookRight visits a platform without a notice, and what
// cannot be found or searched.
func TestPagesWithNothingToShowLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	page := browsertest.New(t).Page(p.url + "/")
	everywhere(t, page, "vide-accueil")
	visit(page, p.url+"/annonces")
	everywhere(t, page, "vide-annonces")
	page.AllowErrors("422", "404")
	visit(page, p.url+"/annonces?"+url.Values{"mots_cles": {"bx " + unbreakable + " " + hostile}, "departement": {"99"}, "organisme-saisi": {hostile}}.Encode())
	everywhere(t, page, "annonces-refusees")
	visit(page, p.url+"/annonces/rien")
	everywhere(t, page, "introuvable")
}

// TestPagesOfNoticesLookRight opens one notice of each kind and state.
func TestPagesOfNoticesLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	p.take(t, append(every(), notice.Record{
		SourceID: "26-110", Title: "Menuiseries des gares de toute la France", Buyer: notice.BuyerRecord{Name: "Agence des gares", Postcode: "75012", City: "Paris"},
		Departments: refdata.DepartmentsOfNUTS("FR"), DeadlineRaw: "2026-12-31T12:60:00+00:00", DeadlineDoubtful: true,
	}, notice.Record{
		SourceID: "26-111", Title: "Gares du Grand Est", Buyer: notice.BuyerRecord{Name: "Région Grand Est", Postcode: "67000", City: "Strasbourg"},
		Departments: append(refdata.DepartmentsOfNUTS("FRF"), "70"), Deadline: inDays(12),
	})...)
	page := b.Page(p.url + "/annonces?mots_cles=gares")
	must(t, page, "à vérifier dans l'avis, qui écrit")
	look(t, page, "annonces-pays-et-region")
	for _, c := range []struct{ name, id, says string }{
		{"france-entiere", "26-110", "France entière"},
		{"riche", "26-1", "Lot sans numéro"},
		{"outre-mer", "26-2", "soit jeudi 3 décembre 2026 à 10 h 00, heure de Paris"},
		{"close", "26-3", "Close"},
		{"annulee", "26-4", "Annulée"},
		{"annulation", "26-5", "Motif de l'annulation"},
		{"attribution", "26-6", "1 234 567,89 €"},
		{"rectificatif", "26-7", "Ce qui est rectifié"},
		{"sans-rien", "26-8", "non communiquée"},
		{"heure-douteuse", "26-9", "heure à vérifier"},
		{"sans-suite", "26-10", "Sans suite"},
		{"resultat-sans-suite", "26-11", "aucun marché n'est attribué"},
		{"en-partie", "26-12", "Marché attribué en partie"},
		{"resultat-en-partie", "26-13", "Lots non attribués"},
	} {
		visit(page, p.url+p.noticeAt(t, c.id))
		must(t, page, c.says)
		if c.name == "riche" || c.name == "attribution" || c.name == "rectificatif" || strings.HasSuffix(c.name, "en-partie") {
			everywhere(t, page, "annonce-"+c.name)
		} else {
			look(t, page, "annonce-"+c.name)
		}
	}
}

// TestPagesOfFormsLookRight opens the forms of accounts, empty and refused.
func TestPagesOfFormsLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	page := b.Page(p.url + "/connexion?suite=/entreprise")
	page.AllowErrors("422")
	everywhere(t, page, "connexion")
	page.MustElement("#identifiant").MustInput(hostile)
	submit(page)
	everywhere(t, page, "connexion-refusee")
	visit(page, p.url+"/inscription")
	everywhere(t, page, "inscription")
	page.MustElementR("summary", "étrangère").MustClick()
	page.MustElement("#entreprise").MustInput(unbreakable + hostile)
	submit(page)
	everywhere(t, page, "inscription-refusee")
}
