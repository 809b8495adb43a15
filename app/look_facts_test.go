package app_test

import (
	"strings"
	"testing"

	"parvis/kit/browsertest"
	"parvis/kit/db"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/refdata"
)

// allTopics is every topic of a fact that a page shows.
var allTopics = []notice.Topic{
	notice.Documents, notice.Answering, notice.Profile, notice.Visit, notice.Opening, notice.Validity, notice.Languages, notice.Electronic, notice.Signature, notice.Catalogue,
	notice.Value, notice.Duration, notice.Performance, notice.Quantity, notice.Technique, notice.LotRule, notice.Variants, notice.Options, notice.Renewal, notice.Phases,
	notice.Recurrence, notice.Auction, notice.Negotiation, notice.Prize, notice.Financing, notice.UnionFunds, notice.AwardOutcome, notice.Criterion, notice.Suitability,
	notice.Economic, notice.Technical, notice.Selection, notice.Proofs, notice.Grouping, notice.Guarantee, notice.Reserved, notice.Execution, notice.Candidates, notice.Contact,
	notice.Address, notice.Phone, notice.Mail, notice.Website, notice.Identifier, notice.BuyerType, notice.Activity, notice.Recourse, notice.RecourseInfo, notice.Mediation,
	notice.RecourseNote, notice.More, notice.Scope, notice.Subnature, notice.Simplified, notice.ShownUntil, notice.ProcedureID,
}

// told is a call that says everything that a notice can say.
func told() notice.Record {
	long := strings.Repeat("Déclaration concernant le chiffre d'affaires global et celui des prestations objet du marché, pour les trois derniers exercices. ", 8)
	lots := []notice.Lot{{Number: "1", Title: "Menuiseries extérieures", Description: "Aluminium", CPV: []string{"45421100"}}, {Number: "2", Title: "Menuiseries intérieures"}}
	facts := []notice.Fact{
		{Topic: notice.Documents, Text: "https://marches.example.org/index.php?page=entreprise.EntrepriseAdvancedSearch&AllCons&refConsultation=316558&orgAcronyme=h8j"},
		{Topic: notice.Documents, Lot: "2", Text: "https://plans.example.org/lot-2"}, {Topic: notice.Answering, Text: "https://marches.example.org/depot"}, {Topic: notice.Profile, Text: "https://marches.example.org/"},
		{Topic: notice.Answering, Text: "Commune de Hautval\nService des marchés\n1 place de la mairie\n97400 Hautval"},
		{Topic: notice.Value, Cents: 48565000, UpTo: 85550000, Currency: "EUR"}, {Topic: notice.Value, Lot: "1", Cents: 30000000, Currency: "EUR"}, {Topic: notice.Value, Lot: "2", UpTo: 20000000, Currency: "EUR"},
		{Topic: notice.Duration, From: "2027-01-01", Until: "2030-12-31"}, {Topic: notice.Duration, Text: "48 mois"}, {Topic: notice.Duration, Lot: "2", Text: "24 mois"},
		{Topic: notice.Performance, Text: "Groupe scolaire des Tilleuls\n97400 Hautval"}, {Topic: notice.Technique, Text: "Accord-cadre avec un seul opérateur"},
		{Topic: notice.Criterion, Text: "Prix", Weight: "60"}, {Topic: notice.Criterion, Text: "Valeur technique appréciée suivant le mémoire technique", Weight: "30\u00a0%"},
		{Topic: notice.Criterion, Text: "Délai", Weight: "rang 3"}, {Topic: notice.Criterion, Text: long},
		{Topic: notice.Opening, From: "2026-12-18"}, {Topic: notice.ShownUntil, Until: "2026-12-17"}, {Topic: notice.Identifier, Text: mullerSIRET},
		{Topic: notice.Mail, Text: "marches@hautval.invalid"}, {Topic: notice.Website, Text: "https://www.hautval.example"}, {Topic: notice.Economic, Text: long}, {Topic: notice.More, Text: long + long},
		{Topic: notice.Recourse, Text: "Tribunal administratif de Hautval\n31 avenue de la Paix\n97400 Hautval\nTél.\u00a0: 02 99 99 99 99"},
	}
	said := map[notice.Topic]bool{}
	for _, f := range facts {
		said[f.Topic] = true
	}
	for _, topic := range allTopics {
		if !said[topic] {
			facts = append(facts, notice.Fact{Topic: topic, Text: "Ce que l'avis dit de «\u00a0" + topic.Label() + "\u00a0»"})
		}
	}
	return notice.Record{SourceID: "26-40", Title: "Menuiseries du groupe scolaire", Reference: "2026-M-12", Buyer: notice.BuyerRecord{Name: "Commune de Hautval", Postcode: "97400", City: "Hautval"},
		Departments: []string{"974"}, Deadline: inDays(12), Category: refdata.Works, Description: "Remplacement des menuiseries.", Lots: lots, URL: "https://www.boamp.fr/pages/avis/?q=idweb:26-40",
		Detail: notice.Detail{Family: "JOUE"}, Facts: facts}
}

// mistold is a result whose facts were written to break pages.
func mistold() notice.Record {
	var facts []notice.Fact
	for i, topic := range allTopics {
		facts = append(facts, notice.Fact{Topic: topic, Text: hostile + unbreakable[:40], Weight: unbreakable[:40]})
		if i%8 == 0 {
			facts = append(facts, notice.Fact{Topic: topic, Lot: "1", Text: hostile + unbreakable})
		}
	}
	facts = append(facts, notice.Fact{Topic: notice.Documents, Text: "javascript:alert(1)"}, notice.Fact{Topic: notice.Profile, Text: "https://" + unbreakable + ".example/" + unbreakable},
		notice.Fact{Topic: notice.Website, Text: "https://u:p@example.org/"}, notice.Fact{Topic: notice.Mail, Text: "a@b.fr?bcc=c@d.fr"})
	return notice.Record{SourceID: "26-41", Kind: notice.Award, Title: "Menuiserie attribuée", Buyer: notice.BuyerRecord{Name: "Commune de Hautval"}, Departments: []string{"67"},
		Lots: []notice.Lot{{Number: "1", Title: "Lot unique"}}, Facts: facts}
}

// TestPagesOfAllThatANoticeSaysLookRight opens a notice with every fact, one whose facts
// are hostile, and one without any.
func TestPagesOfAllThatANoticeSaysLookRight(t *testing.T) {
	p := start(t, db.SQLite)
	b := browsertest.New(t)
	p.Notices.FactsOf = noticetest.FactsOf
	p.take(t, told(), mistold(), notice.Record{SourceID: "26-42", Title: "Menuiserie sans rien", Deadline: inDays(3)})
	page := b.Page(p.url + "/")
	for _, c := range []struct{ name, id, says string }{
		{"tout", "26-40", "Dossier de consultation (DCE)"}, {"hostile", "26-41", "Profil d'acheteur"}, {"sans-fait", "26-42", "L'essentiel"},
	} {
		visit(page, p.url+p.noticeAt(t, c.id))
		must(t, page, c.says)
		everywhere(t, page, "faits-"+c.name)
		if bad := page.MustEval(`() => [...document.querySelectorAll("main a")].map(a => a.getAttribute("href")).filter(h => !/^(https?:\/\/|mailto:[^?]+$|\/|#)/.test(h) || h.includes("@example.org")).join(" ")`).Str(); bad != "" {
			t.Errorf("%s leads to %s", c.name, bad)
		}
	}
	visit(page, p.url+p.noticeAt(t, "26-40"))
	for _, topic := range allTopics {
		label := topic.Label()
		if topic == notice.More || topic == notice.Criterion { // titles of cards
			label = strings.ToUpper(label[:1]) + label[1:]
		}
		must(t, page, label)
	}
}
