package public_test

import (
	"slices"
	"strconv"
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
			"Valeur estimée jusqu'à 7 000 XPF Durée jusqu'au 31/12/2027", "Critères d'attribution Prix (pondération : 60) Délai (40 %)", "Capacité technique et professionnelle Trois références de moins de cinq ans. Trois références de moins de cinq ans… 780 caractères",
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

// TestALongCriterionKeepsItsWeight has the text of a criterion fold, and not what it counts
// for.
func TestALongCriterionKeepsItsWeight(t *testing.T) {
	each(t, func(h *house) {
		long := "Valeur technique\n" + strings.Repeat("Le mémoire dit comment. ", 40)
		ids := h.record(false, notice.Record{SourceID: "26-71002", Title: "Voirie", Facts: []notice.Fact{
			{Topic: notice.Criterion, Text: long, Weight: "40\u00a0%"}, {Topic: notice.Criterion, Text: strings.Repeat("x", 600), Weight: "60"}}})
		h.says(h.get("/annonces/"+ids[0]), 200, "Valeur technique 40 % · 977 caractères", strings.Repeat("x", 80)+"… pondération : 60 · 600 caractères")
	})
}

// TestAnAddressIsNamedAfterAllItsLots covers few addresses, which come first, and many,
// which stand with their lots.
func TestAnAddressIsNamedAfterAllItsLots(t *testing.T) {
	each(t, func(h *house) {
		var lots []notice.Lot
		several := []notice.Fact{{Topic: notice.Documents, Text: "https://tous.example/"}}
		each := slices.Clone(several)
		for i := range 12 {
			number := strconv.Itoa(i + 1)
			lots = append(lots, notice.Lot{Number: number, Title: "Secteur " + number})
			each = append(each, notice.Fact{Topic: notice.Documents, Lot: number, Text: "https://plans.example/" + number}, notice.Fact{Topic: notice.Answering, Lot: number, Text: "https://tous.example/"})
			of := "https://sud.example/"
			if i < 3 {
				of = "https://nord.example/"
			}
			several = append(several, notice.Fact{Topic: notice.Answering, Lot: number, Text: of})
		}
		several = append(several, notice.Fact{Topic: notice.Documents, Lot: "2", Text: "https://a.example/"}, notice.Fact{Topic: notice.Documents, Lot: "1", Text: "https://a.example/"},
			notice.Fact{Topic: notice.Answering, Lot: "1", Text: "https://a.example/"}, notice.Fact{Topic: notice.Profile, Lot: "7", Text: "https://a.example/"})
		ids := h.record(false, notice.Record{SourceID: "26-71003", Title: "Voirie", Lots: lots, Facts: several}, notice.Record{SourceID: "26-71004", Title: "Voirie", Lots: lots, Facts: each})
		h.says(h.get("/annonces/"+ids[0]), 200, "Accéder à la consultation Dossier de consultation (DCE) tous.example",
			"Dossier de consultation (DCE), lots 1, 2 · Où répondre, lot 1 · Profil d'acheteur, lot 7 a.example", "Où répondre, lots 1 à 3 nord.example", "Où répondre, lots 4 à 12 sud.example", "!Lot 1 : Secteur 1 Où répondre")
		p := h.get("/annonces/" + ids[1])
		h.says(p, 200, "Accéder à la consultation Dossier de consultation (DCE) · Où répondre tous.example", "Secteur 12 Dossier de consultation (DCE) plans.example", "!DCE), lot")
		h.holds(p, `href="https://plans.example/1"`, `href="https://plans.example/12"`)
	})
}

// TestANoticeThatIsCutSaysSo shows that who reads it is sent to the rest.
func TestANoticeThatIsCutSaysSo(t *testing.T) {
	each(t, func(h *house) {
		const says = "Cet avis est trop long pour être repris ici en entier : lisez la suite à la source avant de répondre."
		more := notice.Fact{Topic: notice.More, Text: "Le règlement"}
		ids := h.record(false, notice.Record{SourceID: "26-71005", Title: "Voirie", URL: "https://www.boamp.fr/pages/avis/?q=idweb:26-71005", Facts: []notice.Fact{more, {Topic: notice.Cut, Text: "Oui"}}},
			notice.Record{SourceID: "26-71006", Title: "Voirie", Facts: []notice.Fact{more}})
		h.says(h.get("/annonces/"+ids[0]), 200, "Lire l'avis à la source", says, "!Oui")
		h.says(h.get("/annonces/"+ids[1]), 200, "!"+says)
	})
}

// TestADeadlineToBeCheckedSaysNoWordsThatAreNotTheNotices has a corrigendum that was not
// read.
func TestADeadlineToBeCheckedSaysNoWordsThatAreNotTheNotices(t *testing.T) {
	each(t, func(h *house) {
		ids := h.record(false, notice.Record{SourceID: "26-71007", Title: "Voirie", DeadlineDoubtful: true, DeadlineRaw: "rubrique IV.2.2"},
			notice.Record{SourceID: "26-71008", Title: "Chauffage", DeadlineDoubtful: true, DeadlineRaw: "rubrique IV.2.2", Deadline: h.in(5)})
		h.says(h.get("/annonces/"+ids[0]), 200, "Date limite de réponse à vérifier dans l'avis", "!rubrique", "!qui écrit", "!non communiquée")
		h.says(h.get("/annonces?mots_cles=voirie"), 200, "à vérifier dans l'avis", "!rubrique", "!non communiquée")
		h.says(h.get("/annonces/"+ids[1]), 200, "heure à vérifier dans l'avis", "!rubrique")
	})
}
