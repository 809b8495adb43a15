package form

import (
	"strings"

	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice"
)

// Facts gathers what the form says of the contract, lot by lot, of how to answer and
// of the buyer.
func (e *EForms) Facts(f *Facts) {
	party := tree.FirstOf(tree.At(e.root, "contractingparty"))
	f.Link(notice.Profile, "", tree.First(party, "buyerprofileuri"))
	for _, code := range tree.At(party, "contractingpartytype", "partytypecode") {
		f.Say(notice.BuyerType, "", buyerTypes[scrub.Token(tree.Text(code))])
	}
	f.Say(notice.Activity, "", activities[scrub.Token(tree.First(party, "contractingactivity.activitytypecode"))])
	e.buyerFacts(f, scrub.Token(tree.First(party, "party.partyidentification.id")))
	f.Say(notice.ProcedureID, "", scrub.Token(tree.First(e.root, "contractfolderid")))
	e.terms(f, "", tree.FirstOf(tree.At(e.root, "tenderingterms")), tree.FirstOf(tree.At(e.root, "tenderingprocess")))
	project(f, "", tree.FirstOf(tree.At(e.root, "procurementproject")))
	for _, lot := range tree.At(e.root, "procurementprojectlot") {
		kind, number, _ := strings.Cut(scrub.Token(tree.First(lot, "id")), "-")
		if kind == "GLO" {
			continue
		}
		number = strings.TrimLeft(number, "0")
		e.terms(f, number, tree.FirstOf(tree.At(lot, "tenderingterms")), tree.FirstOf(tree.At(lot, "tenderingprocess")))
		project(f, number, tree.FirstOf(tree.At(lot, "procurementproject")))
	}
}

// buyerFacts are how to reach the organisation that buys.
func (e *EForms) buyerFacts(f *Facts, id string) {
	company := e.companies[id]
	contact := tree.FirstOf(tree.At(company, "contact"))
	f.Say(notice.Contact, "", tree.First(contact, "name"))
	f.Say(notice.Address, "", street(company))
	f.Say(notice.Phone, "", tree.First(contact, "telephone"))
	f.Say(notice.Mail, "", tree.First(contact, "electronicmail"))
	f.Link(notice.Website, "", tree.First(company, "websiteuri"))
	f.Say(notice.Identifier, "", e.orgs[id].Register)
}

// street is the postal address of an organisation.
func street(company any) string {
	address := tree.FirstOf(tree.At(company, "postaladdress"))
	var lines []string
	for _, line := range []string{
		tree.First(address, "streetname"), tree.First(address, "additionalstreetname"), tree.First(address, "addressline.line"),
		tree.First(address, "postalzone") + " " + tree.First(address, "cityname"),
	} {
		if line = scrub.Line(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// organisation is the name of an organisation and how to reach it, by its number.
func (e *EForms) organisation(v any) string {
	id := scrub.Token(tree.First(v, "partyidentification.id"))
	company := e.companies[id]
	if company == nil {
		return ""
	}
	lines := []string{e.orgs[id].Name}
	for _, line := range []string{street(company), tree.First(company, "contact.telephone"), tree.First(company, "contact.electronicmail"), tree.First(company, "websiteuri")} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// project reads what is bought: for how much, how long, where.
func project(f *Facts, lot string, v any) {
	total := tree.FirstOf(tree.At(v, "requestedtendertotal"))
	f.Money(notice.Value, lot, tree.FirstOf(tree.At(total, "estimatedoverallcontractamount")), nil)
	for _, greatest := range tree.Find(total, "frameworkmaximumamount") {
		f.Money(notice.Value, lot, nil, greatest)
	}
	for _, period := range tree.At(v, "plannedperiod") {
		measure := tree.FirstOf(tree.At(period, "durationmeasure"))
		f.Last(notice.Duration, lot, tree.Text(measure), tree.First(measure, "@unitcode"))
		f.Run(notice.Duration, lot, tree.First(period, "startdate"), tree.First(period, "enddate"))
		if tree.First(period, "descriptioncode") == "UNLIMITED" {
			f.Say(notice.Duration, lot, "Illimitée")
		}
	}
	for _, place := range tree.At(v, "realizedlocation") {
		address := tree.FirstOf(tree.At(place, "address"))
		where := scrub.Line(strings.Join([]string{tree.First(address, "streetname"), tree.First(address, "postalzone"), tree.First(address, "cityname")}, " "))
		f.Say(notice.Performance, lot, where, inFrench(place, "description"))
	}
	extension := tree.FirstOf(tree.At(v, "contractextension"))
	f.Say(notice.Options, lot, inFrench(extension, "optionsdescription"))
	if most := scrub.Token(tree.First(extension, "maximumnumbernumeric")); most != "" && most != "0" {
		f.Say(notice.Renewal, lot, "Au plus "+most)
	}
	f.Say(notice.Renewal, lot, inFrench(extension, "renewal", "period", "description"))
	f.Say(notice.More, lot, inFrench(v, "note"))
}

// terms reads on what terms one bids.
func (e *EForms) terms(f *Facts, lot string, terms, process any) {
	for _, document := range tree.At(terms, "callfortendersdocumentreference") {
		f.Link(notice.Documents, lot, tree.First(document, "attachment.externalreference.uri"))
	}
	f.Link(notice.Answering, lot, tree.First(terms, "tenderrecipientparty.endpointid"))
	f.Say(notice.Variants, lot, variants[scrub.Token(tree.First(terms, "variantconstraintcode"))])
	validity := tree.FirstOf(tree.At(terms, "tendervalidityperiod", "durationmeasure"))
	f.Last(notice.Validity, lot, tree.Text(validity), tree.First(validity, "@unitcode"))
	for _, language := range tree.At(terms, "language", "id") {
		f.Say(notice.Languages, lot, Language(tree.Text(language)))
	}
	if tree.First(terms, "fundingprogramcode") == "eu-funds" {
		f.Say(notice.UnionFunds, lot, "Oui")
	}
	for _, guarantee := range tree.At(terms, "requiredfinancialguarantee") {
		f.Say(notice.Guarantee, lot, inFrench(guarantee, "description"))
	}
	for _, payment := range tree.At(terms, "paymentterms") {
		f.Say(notice.Financing, lot, inFrench(payment, "note"))
	}
	weights(f, lot, tree.FirstOf(tree.At(terms, "awardingterms")))
	e.conditions(f, lot, terms)
	e.recourse(f, lot, tree.FirstOf(tree.At(terms, "appealterms")))
	f.Say(notice.Electronic, lot, permissions[scrub.Token(tree.First(process, "submissionmethodcode"))])
	if tree.First(process, "auctionterms.auctionconstraintindicator") == "true" {
		f.Say(notice.Auction, lot, "Oui", inFrench(process, "auctionterms", "description"))
	}
	for _, code := range tree.At(process, "contractingsystem", "contractingsystemtypecode") {
		f.Say(notice.Technique, lot, techniques[scrub.Token(tree.Text(code))])
	}
	opening := tree.FirstOf(tree.At(process, "opentenderevent"))
	f.Run(notice.Opening, lot, tree.First(opening, "occurrencedate"), "")
	f.Say(notice.Opening, lot, inFrench(opening, "occurrencelocation", "description"))
}

// weights reads the award criteria.
func weights(f *Facts, lot string, v any) {
	for _, criterion := range tree.At(v, "awardingcriterion", "subordinateawardingcriterion") {
		text := inFrench(criterion, "name")
		if more := inFrench(criterion, "description"); text == "" {
			text = more
		} else if more != "" && !strings.EqualFold(scrub.Line(more), scrub.Line(text)) {
			text += "\n" + more
		}
		if text == "" {
			text = criteria[tree.First(criterion, "awardingcriteriontypecode")]
		}
		f.Weigh(lot, text, weighed(criterion))
	}
	f.Say(notice.Criterion, lot, inFrench(v, "awardingcriterion", "description"))
	for _, prize := range tree.At(v, "prize") {
		f.Say(notice.Prize, lot, inFrench(prize, "description"))
		f.Money(notice.Prize, lot, tree.FirstOf(tree.At(prize, "valueamount")), nil)
	}
}

// weighed is what a criterion counts for, in words; a threshold stands beside its weight.
func weighed(criterion any) string {
	weight, beside := "", ""
	for _, parameter := range tree.Find(criterion, "awardcriterionparameter") {
		number := frenchNumber(scrub.Token(tree.First(parameter, "parameternumeric")))
		switch code := tree.First(parameter, "parametercode"); {
		case number == "":
		case strings.HasPrefix(code, "per"):
			weight = number + "\u00a0%"
		case strings.HasPrefix(code, "poi"):
			weight = number + " " + points(number)
		case strings.HasPrefix(code, "ord"):
			weight = "rang " + number
		case strings.HasPrefix(code, "fix"):
			weight = "prix fixe\u00a0: " + grouped(number) + "\u00a0€"
			if code == "fix-unit" {
				weight += " par unité"
			}
		case strings.HasPrefix(code, "min"):
			beside = "note minimale\u00a0: " + number
		case strings.HasPrefix(code, "max"): // of candidates who pass, which is no weight
		default:
			weight = number
		}
	}
	if weight != "" && beside != "" {
		return weight + ", " + beside
	}
	return weight + beside
}

// conditions reads who may bid, and what is asked of whom.
func (e *EForms) conditions(f *Facts, lot string, terms any) {
	for _, criterion := range tree.Find(tree.FirstOf(tree.At(terms, "ublextensions")), "selectioncriteria") {
		if tree.First(criterion, "calculationexpressioncode") == "n-used" {
			continue
		}
		kind := tree.First(criterion, "criteriontypecode", "tendererrequirementtypecode")
		topic := notice.Selection
		switch {
		case strings.HasPrefix(kind, "sui"), strings.HasPrefix(kind, "slc-sui"):
			topic = notice.Suitability
		case strings.HasPrefix(kind, "ef"), strings.HasPrefix(kind, "slc-stand"):
			topic = notice.Economic
		case strings.HasPrefix(kind, "tp"), strings.HasPrefix(kind, "slc-abil"):
			topic = notice.Technical
		}
		f.Say(topic, lot, inFrench(criterion, "name"), inFrench(criterion, "description"))
	}
	for _, request := range tree.At(terms, "tendererqualificationrequest") {
		f.Say(notice.Grouping, lot, inFrench(request, "companylegalform"))
		for _, requirement := range tree.At(request, "specifictendererrequirement") {
			f.Say(notice.Reserved, lot, reservations[scrub.Token(tree.First(requirement, "tendererrequirementtypecode"))])
		}
	}
	for _, requirement := range tree.At(terms, "contractexecutionrequirement") {
		code := tree.FirstOf(tree.At(requirement, "executionrequirementcode"))
		switch value := scrub.Token(tree.Text(code)); tree.First(code, "@listname") {
		case "esignature-submission":
			if value == "true" {
				f.Say(notice.Signature, lot, "Demandée")
			}
		case "ecatalog-submission":
			f.Say(notice.Catalogue, lot, permissions[value])
		case "reserved-execution":
			if value == "yes" {
				f.Say(notice.Reserved, lot, "Exécuté dans le cadre de programmes d'emplois protégés")
			}
		}
		f.Say(notice.Execution, lot, inFrench(requirement, "description"))
	}
}

// recourse reads before whom, and until when, one may contest.
func (e *EForms) recourse(f *Facts, lot string, v any) {
	for _, body := range tree.At(v, "appealreceiverparty") {
		f.Say(notice.Recourse, lot, e.organisation(body))
	}
	for _, body := range tree.At(v, "appealinformationparty") {
		f.Say(notice.RecourseInfo, lot, e.organisation(body))
	}
	for _, body := range tree.At(v, "mediationparty") {
		f.Say(notice.Mediation, lot, e.organisation(body))
	}
	f.Say(notice.RecourseNote, lot, inFrench(v, "presentationperiod", "description"))
}

// The codes of eForms that are shown in words; those that say nothing are left out.
var (
	variants     = map[string]string{"allowed": "Acceptées", "not-allowed": "Non acceptées", "required": "Exigées"}
	permissions  = map[string]string{"allowed": "Autorisée", "not-allowed": "Non autorisée", "required": "Obligatoire"}
	criteria     = map[string]string{"price": "Prix", "cost": "Coût", "quality": "Qualité"}
	reservations = map[string]string{
		"res-ws":      "Réservé à des ateliers protégés et à des opérateurs d'insertion sociale et professionnelle",
		"res-pub-ser": "Réservé à des organisations qui ont une mission de service public",
	}
	techniques = map[string]string{
		"fa-mix": "Accord-cadre, avec et sans remise en concurrence", "fa-w-rc": "Accord-cadre avec remise en concurrence", "fa-wo-rc": "Accord-cadre sans remise en concurrence",
		"dps-list": "Système d'acquisition dynamique, pour les acheteurs nommés dans l'avis", "dps-nlist": "Système d'acquisition dynamique, ouvert à d'autres acheteurs",
	}
	buyerTypes = map[string]string{
		"cga": "Autorité publique centrale", "ra": "Autorité régionale", "la": "Autorité locale", "body-pl": "Organisme de droit public",
		"body-pl-cga": "Organisme de droit public contrôlé par une autorité centrale", "body-pl-ra": "Organisme de droit public contrôlé par une autorité régionale",
		"body-pl-la": "Organisme de droit public contrôlé par une autorité locale", "pub-undert": "Entreprise publique",
		"pub-undert-cga": "Entreprise publique contrôlée par une autorité centrale", "pub-undert-ra": "Entreprise publique contrôlée par une autorité régionale",
		"pub-undert-la": "Entreprise publique contrôlée par une autorité locale", "spec-rights-entity": "Entité qui a des droits spéciaux ou exclusifs",
	}
	activities = map[string]string{
		"gen-pub": "Services d'administration générale", "defence": "Défense", "econ-aff": "Affaires économiques", "education": "Enseignement",
		"env-pro": "Protection de l'environnement", "hc-am": "Logement et équipements collectifs", "health": "Santé", "pub-os": "Ordre et sécurité publics",
		"rcr": "Loisirs, culture et culte", "soc-pro": "Protection sociale", "airport": "Activités aéroportuaires", "electricity": "Électricité",
		"gas-heat": "Gaz et chaleur", "gas-oil": "Extraction de gaz ou de pétrole", "port": "Activités portuaires", "post": "Services postaux", "rail": "Chemin de fer",
		"solid-fuel": "Charbon et autres combustibles solides", "urttb": "Chemin de fer urbain, tramway, trolleybus ou autobus", "water": "Eau",
	}
)
