package public_test

import (
	"strings"
	"testing"

	"parvis/procurement/notice"
)

func TestANoticeShowsWhatItSaysOfItsContract(t *testing.T) {
	each(t, func(h *house) {
		long := strings.Repeat("Trois références de moins de cinq ans. ", 20)
		ids := h.record(false, notice.Record{
			SourceID: "26-71001", Title: "Réfection du préau", Deadline: h.in(10),
			Lots: []notice.Lot{{Number: "1", Title: "Couverture"}, {Number: "2", Title: "Menuiserie"}},
			Facts: []notice.Fact{
				{Topic: notice.Documents, Text: "https://www.marches.example/dce?id=1&org=a"}, {Topic: notice.Answering, Text: "https://www.marches.example/dce?id=1&org=a"},
				{Topic: notice.Answering, Text: "Mairie, 1 place Haute"}, {Topic: notice.Profile, Text: "https://profil.example/"}, {Topic: notice.Documents, Lot: "2", Text: "https://plans.example/2"},
				{Topic: notice.Value, Cents: 1000000, UpTo: 2000050, Currency: "EUR"}, {Topic: notice.Value, Lot: "1", Cents: 500000, Currency: "EUR"}, {Topic: notice.Value, Lot: "2", UpTo: 700000, Currency: "XPF"},
				{Topic: notice.Duration, From: "2027-01-01", Until: "2030-12-31"}, {Topic: notice.Duration, Lot: "1", From: "2027-01-01"}, {Topic: notice.Duration, Lot: "2", Until: "2027-12-31"},
				{Topic: notice.Criterion, Text: "Prix", Weight: "60"}, {Topic: notice.Criterion, Text: "Délai", Weight: "40\u00a0%"}, {Topic: notice.Technical, Text: long},
				{Topic: notice.Mail, Text: "marches@example.org"}, {Topic: notice.Website, Text: "https://www.ville.example/achats"}, {Topic: notice.Identifier, Text: "Groupement de commandes"},
				{Topic: notice.Opening, From: "2026-12-18"}, {Topic: notice.ShownUntil, Until: "2026-12-05"}, {Topic: notice.Subnature, Text: "Concours"},
			},
		})
		p := h.get("/annonces/" + ids[0])
		h.says(p, 200, "Accéder à la consultation Dossier de consultation (DCE) · Où répondre marches.example Dossier de consultation (DCE), lot 2 plans.example Profil d'acheteur profil.example",
			"Précision sur l'avis : Concours", "Valeur estimée de 10 000 € à 20 000,50 €", "Durée du 01/01/2027 au 31/12/2030", "Lot 1 : Couverture Valeur estimée 5 000 € Durée à partir du 01/01/2027",
			"Valeur estimée jusqu'à 7 000 XPF Durée jusqu'au 31/12/2027", "Critères d'attribution Prix (pondération : 60) Délai (40 %)", "Capacité technique et professionnelle Lire le texte 780 caractères",
			"Où répondre Mairie, 1 place Haute", "Ouverture des plis 18/12/2026", "Adresse électronique marches@example.org", "Site ville.example", "Identifiant dans l'avis Groupement de commandes", "Fin de diffusion 05/12/2026")
		h.holds(p, `<a class="btn" href="https://www.marches.example/dce?id=1&amp;org=a" rel="noopener noreferrer external">`, `href="mailto:marches@example.org"`,
			`<a href="https://www.ville.example/achats" rel="noopener noreferrer external">`, "!Renseignements complémentaires")
	})
}

// TestTheBuyersNumberIsNamedForWhatItIs shows that free text in the field of a SIRET is
// no SIRET.
func TestTheBuyersNumberIsNamedForWhatItIs(t *testing.T) {
	each(t, func(h *house) {
		for i, c := range []struct{ found, says string }{
			{"21670462700019", "SIRET dans l'avis 216 704 627 00019"}, {"216 704 627", "SIREN dans l'avis 216 704 627"}, {"2167046270001", "Identifiant dans l'avis 2167046270001"},
		} {
			ids := h.record(false, notice.Record{SourceID: "26-7200" + string(rune('0'+i)), Title: "Voirie", Facts: []notice.Fact{{Topic: notice.Identifier, Text: c.found}}})
			h.says(h.get("/annonces/"+ids[0]), 200, c.says)
		}
	})
}

// TestNoAddressOfANoticeLeadsAstray shows that what is no address of the web, or hides
// where it leads, is only read.
func TestNoAddressOfANoticeLeadsAstray(t *testing.T) {
	each(t, func(h *house) {
		for i, address := range []string{"javascript:alert(1)", "data:text/html,x", "//evil.example/", "https://user:secret@evil.example/", "http:///dce", "vbscript:x"} {
			ids := h.record(false, notice.Record{SourceID: "26-7300" + string(rune('0'+i)), Title: "Voirie", Facts: []notice.Fact{
				{Topic: notice.Documents, Text: address}, {Topic: notice.Profile, Text: address}, {Topic: notice.Website, Text: address}, {Topic: notice.Mail, Text: address + "@a.fr?bcc=b@c.fr"}}})
			p := h.get("/annonces/" + ids[0])
			h.holds(p, "!href=\""+address, "!mailto:", "!Accéder à la consultation")
		}
	})
}
