package ted

import (
	"strings"

	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice"
	"parvis/procurement/notice/form"
)

// exportRules say what stands under the elements of the standard forms of 2014; what has
// no rule is gone through.
var exportRules map[string]form.Rule

func init() { // its rules go through forms by itself
	exportRules = map[string]form.Rule{
		// results, changes, and what is read elsewhere
		"awardcontract": nil, "results": nil, "changes": nil, "modificationscontract": nil, "cpvmain": nil, "cpvadditional": nil, "shortdescr": nil, "title": nil,

		"urldocument": form.Linking(notice.Documents), "urlparticipation": form.Linking(notice.Answering),
		"addresscontractingbody": buyerFacts, "addressparticipation": body(notice.Answering), "addressfurtherinfo": body(notice.Contact),
		"addressreviewbody": body(notice.Recourse), "addressreviewinfo": body(notice.RecourseInfo), "addressmediationbody": body(notice.Mediation),
		"addresscontractingbodyadditional": nil, // the others of a group
		"reviewprocedure":                  form.Saying(notice.RecourseNote), "infoadd": form.Saying(notice.More),
		"catype": coded(notice.BuyerType, buyerTypes), "catypeother": form.Saying(notice.BuyerType),
		"caactivity": coded(notice.Activity, activities), "caactivityother": form.Saying(notice.Activity), "ceactivity": coded(notice.Activity, activities), "ceactivityother": form.Saying(notice.Activity),

		"objectdescr": objectFacts, "valestimatedtotal": amount, "valobject": amount,
		"duration": lasting(notice.Duration), "datestart": form.Running(notice.Duration, "dateend"), "dateend": form.Ending(notice.Duration, "datestart"),
		"mainsite":     form.Saying(notice.Performance),
		"optionsdescr": form.Saying(notice.Options), "renewaldescr": form.Saying(notice.Renewal), "norenewal": form.Stating(notice.Renewal, "Non reconductible"),
		"acceptedvariants": form.Stating(notice.Variants, "Acceptées"), "noacceptedvariants": form.Stating(notice.Variants, "Non acceptées"),
		"euprogrrelated": form.Ticking(notice.UnionFunds, "Oui", ""), "ecataloguerequired": form.Stating(notice.Catalogue, "Obligatoire"),
		"lotall": form.Stating(notice.LotRule, "Une offre pour tous les lots"), "lotoneonly": form.Stating(notice.LotRule, "Une offre pour un seul lot"),
		"lotmaxonetenderer": lotLimit, "lotcombiningcontractright": form.Saying(notice.LotRule),

		"acquality": weighed(""), "accost": weighed(""), "acprice": weighed("Prix"),
		"acprocurementdoc": form.Stating(notice.Criterion, "Énoncés dans les documents de la consultation"),
		"accriterion":      form.Saying(notice.Criterion), "criteriaevaluation": form.Saying(notice.Criterion),

		"suitability": form.Saying(notice.Suitability), "referencetolaw": form.Saying(notice.Suitability), "particularprofession": form.Saying(notice.Suitability),
		"economicfinancialinfo": form.Saying(notice.Economic), "economicfinancialminlevel": minimum(notice.Economic),
		"technicalprofessionalinfo": form.Saying(notice.Technical), "technicalprofessionalminlevel": minimum(notice.Technical),
		"economiccriteriadoc": form.Stating(notice.Economic, inDocuments), "technicalcriteriadoc": form.Stating(notice.Technical, inDocuments),
		"criteriaselection": form.Saying(notice.Selection), "criteriacandidate": form.Saying(notice.Selection), "rulescriteria": form.Saying(notice.Selection),
		"depositguaranteerequired": form.Saying(notice.Guarantee), "mainfinancingcondition": form.Saying(notice.Financing), "legalform": form.Saying(notice.Grouping),
		"performanceconditions":       form.Saying(notice.Execution),
		"restrictedshelteredworkshop": form.Stating(notice.Reserved, "Réservé à des ateliers protégés et à des opérateurs d'insertion"),
		"restrictedshelteredprogram":  form.Stating(notice.Reserved, "Exécuté dans le cadre de programmes d'emplois protégés"),
		"nbenvisagedcandidate":        form.Saying(notice.Candidates), "nbparticipants": nil,

		"framework": framework, "dps": form.Stating(notice.Technique, "Système d'acquisition dynamique"), "eauctionused": form.Stating(notice.Auction, "Oui"),
		"infoaddeauction": form.Saying(notice.Auction), "durationtendervalid": lasting(notice.Validity), "datetendervalid": validUntil,
		"language": language, "dateopeningtenders": opening, "numbervalueprize": form.Saying(notice.Prize), "detailspayment": form.Saying(notice.Prize),
		"rightcontractinitialtenders": form.Stating(notice.Negotiation, "Possible"), "recurrentprocurement": form.Stating(notice.Recurrence, "Oui"),
		"estimatedtiming": form.Saying(notice.Recurrence), "einvoicing": nil, "eordering": nil,
	}
}

const inDocuments = "Énoncée dans les documents de la consultation"

// exportFacts gathers what the form says besides; the Journal's own index repeats it.
func (d *document) exportFacts(body any) {
	if !d.stated {
		return
	}
	w := form.Walk{Facts: &form.Facts{}, Rules: exportRules}
	w.Through(body)
	d.out.Facts = w.For(d.out.Lots)
}

// objectFacts goes through the description of one part of the contract.
func objectFacts(w *form.Walk, _ tree.Object, v any) {
	for _, part := range tree.Each(v) {
		number := scrub.Token(tree.First(part, "lotno"))
		if number == "" {
			number = scrub.Token(tree.First(part, "@item"))
		}
		w.In(number, part)
	}
}

func amount(w *form.Walk, _ tree.Object, v any) {
	for _, e := range tree.Each(v) {
		cents, currency := form.Amount(tree.Text(e), tree.First(e, "@currency"))
		w.Add(notice.Fact{Topic: notice.Value, Lot: w.Lot, Cents: cents, Currency: currency})
	}
}

func lasting(topic notice.Topic) form.Rule {
	return func(w *form.Walk, _ tree.Object, v any) {
		for _, e := range tree.Each(v) {
			w.Last(topic, w.Lot, tree.Text(e), tree.First(e, "@type"))
		}
	}
}

func validUntil(w *form.Walk, _ tree.Object, v any) { w.Run(notice.Validity, "", "", tree.Text(v)) }

func opening(w *form.Walk, parent tree.Object, v any) {
	w.Run(notice.Opening, "", tree.Text(v), "")
	w.Say(notice.Opening, "", prose(parent, "place"))
}

func minimum(topic notice.Topic) form.Rule {
	return func(w *form.Walk, _ tree.Object, v any) {
		if text := form.Words(v); len(text) > 2 {
			w.Say(topic, w.Lot, "Niveau minimal\u00a0: "+text)
		}
	}
}

// weighed is the rule of a criterion, which has that name when it has none of its own.
func weighed(name string) form.Rule {
	return func(w *form.Walk, _ tree.Object, v any) {
		if tree.Each(v) == nil {
			w.Weigh(w.Lot, name, "")
		}
		for _, e := range tree.Each(v) {
			text := tree.First(e, "accriterion")
			if text == "" {
				text = name
			}
			w.Weigh(w.Lot, text, tree.First(e, "acweighting"))
		}
	}
}

func framework(w *form.Walk, _ tree.Object, v any) {
	text := "Accord-cadre"
	switch o := tree.FirstOf(tree.Each(v)); {
	case tree.Has(o, "singleoperator"):
		text += " avec un seul opérateur"
	case tree.Has(o, "severaloperators"):
		text += " avec plusieurs opérateurs"
	}
	w.Add(notice.Fact{Topic: notice.Technique, Text: text})
}

func lotLimit(w *form.Walk, _ tree.Object, v any) {
	if n := scrub.Token(tree.Text(v)); n != "" {
		w.Say(notice.LotRule, "", "Nombre de lots attribués à un candidat, au plus\u00a0: "+n)
	}
}

func language(w *form.Walk, _ tree.Object, v any) {
	for _, e := range tree.Each(v) {
		w.Say(notice.Languages, "", form.Language(tree.First(e, "@value")))
	}
}

func buyerFacts(w *form.Walk, _ tree.Object, v any) {
	for _, e := range tree.Each(v) {
		w.Say(notice.Contact, "", tree.First(e, "contactpoint"))
		w.Say(notice.Address, "", postal(e))
		w.Say(notice.Phone, "", tree.First(e, "phone"))
		w.Say(notice.Mail, "", tree.First(e, "email"))
		w.Link(notice.Website, "", tree.First(e, "urlgeneral"))
		w.Link(notice.Profile, "", tree.First(e, "urlbuyer"))
		w.Say(notice.Identifier, "", scrub.Token(tree.First(e, "nationalid")))
	}
}

func postal(v any) string {
	street, town := scrub.Line(tree.First(v, "address")), scrub.Line(tree.First(v, "postalcode")+" "+tree.First(v, "town"))
	return strings.Trim(street+"\n"+town, "\n")
}

// body is the rule of an organisation with how to reach it.
func body(topic notice.Topic) form.Rule {
	return func(w *form.Walk, _ tree.Object, v any) {
		for _, e := range tree.Each(v) {
			var lines []string
			for _, line := range []string{tree.First(e, "officialname"), tree.First(e, "contactpoint"), postal(e), tree.First(e, "phone"), tree.First(e, "email"), tree.First(e, "url", "urlgeneral")} {
				if line != "" {
					lines = append(lines, line)
				}
			}
			w.Say(topic, "", strings.Join(lines, "\n"))
		}
	}
}

// coded is the rule of a value of a list.
func coded(topic notice.Topic, labels map[string]string) form.Rule {
	return func(w *form.Walk, _ tree.Object, v any) {
		for _, e := range tree.Each(v) {
			w.Say(topic, "", labels[tree.First(e, "@value")])
		}
	}
}

var (
	buyerTypes = map[string]string{
		"MINISTRY": "Ministère ou autorité nationale", "NATIONAL_AGENCY": "Agence ou office national", "REGIONAL_AUTHORITY": "Autorité régionale ou locale",
		"REGIONAL_AGENCY": "Agence ou office régional ou local", "BODY_PUBLIC": "Organisme de droit public", "EU_INSTITUTION": "Institution européenne",
	}
	activities = map[string]string{
		"GENERAL_PUBLIC_SERVICES": "Services d'administration générale", "DEFENCE": "Défense", "PUBLIC_ORDER_AND_SAFETY": "Ordre et sécurité publics", "ENVIRONMENT": "Environnement",
		"ECONOMIC_AND_FINANCIAL_AFFAIRS": "Affaires économiques et financières", "HEALTH": "Santé", "HOUSING_AND_COMMUNITY_AMENITIES": "Logement et équipements collectifs",
		"SOCIAL_PROTECTION": "Protection sociale", "RECREATION_CULTURE_AND_RELIGION": "Loisirs, culture et culte", "EDUCATION": "Enseignement", "WATER": "Eau", "ELECTRICITY": "Électricité",
		"POSTAL_SERVICES": "Services postaux", "RAILWAY_SERVICES": "Chemin de fer", "PORT_RELATED_ACTIVITIES": "Activités portuaires", "AIRPORT_RELATED_ACTIVITIES": "Activités aéroportuaires",
		"URBAN_RAILWAY_TRAMWAY_TROLLEYBUS_BUS_SERVICES": "Chemin de fer urbain, tramway, trolleybus ou autobus", "PRODUCTION_TRANSPORT_DISTRIBUTION_GAS_HEAT": "Gaz et chaleur",
		"EXPLORATION_EXTRACTION_GAS_OIL": "Gaz et pétrole", "EXPLORATION_EXTRACTION_COAL_OTHER_SOLID_FUEL": "Charbon et autres combustibles solides",
	}
)
