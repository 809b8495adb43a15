package boamp

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice"
	"parvis/procurement/notice/form"
)

// nationalRules say what stands under the keys of the gazette's own forms: those of before
// 2024 (capitals), and FNSimple, MAPA, DSP and DIVERS. A key without a rule is gone through.
var nationalRules map[string]form.Rule

func init() { // its rules go through forms by itself
	nationalRules = map[string]form.Rule{
		// what is read elsewhere, or is no fact of this contract
		"cpv": nil, "codecpv": nil, "decision": nil, "lotmarche": nil, "resultat": nil, "titulaire": nil, "attributaire": nil, "renseignement": nil,
		"montant": nil, "avisinitial": nil, "publicationanterieure": nil, "annonceanterieur": nil, "rectif": nil, "infosrectif": nil, "annulation": nil,

		"urldocument": form.Linking(notice.Documents), "urldocconsul": form.Linking(notice.Documents),
		"urlprofilacheteur": form.Linking(notice.Profile), "urlprofilach": form.Linking(notice.Profile), "adresseprofilacheteur": form.Linking(notice.Profile),
		"urlparticipation":  form.Linking(notice.Answering),
		"visiteobligatoire": form.Ticking(notice.Visit, "Visite obligatoire", ""), "visiteoui": form.Ticking(notice.Visit, "Visite prévue", ""),
		"dateouvertureoffres": form.Running(notice.Opening),
		"validiteoffre":       validity, "validiteoffres": validity, "delaivalidite": validity, "validite": validity,
		"langue":                             language,
		"participationelectroniqueoui":       form.Ticking(notice.Electronic, "Acceptée", ""),
		"participationelectronique":          form.Ticking(notice.Electronic, "Acceptée", ""),
		"participationelectroniqueautorisee": form.Stating(notice.Electronic, "Autorisée"), "participationelectroniqueobligatoire": form.Stating(notice.Electronic, "Obligatoire"),
		"signatureelectronique": form.Ticking(notice.Signature, "Demandée", ""), "signatureelectroniqueoui": form.Ticking(notice.Signature, "Demandée", ""),
		"catalogueelectroniqueoui": form.Ticking(notice.Catalogue, "Demandé ou accepté", ""), "catalogueelectronique": form.Ticking(notice.Catalogue, "Demandé ou accepté", ""),

		"dureemois": form.Lasting(notice.Duration, "mois"), "nbmois": form.Lasting(notice.Duration, "mois"),
		"dureejour": form.Lasting(notice.Duration, "jour"), "dureejours": form.Lasting(notice.Duration, "jour"), "nbjours": form.Lasting(notice.Duration, "jour"), "nbjour": form.Lasting(notice.Duration, "jour"),
		"datedebut": form.Running(notice.Duration, "datefin", "jusquau"), "dateacompterdu": form.Running(notice.Duration, "jusquau", "datefin"),
		"datefin": form.Ending(notice.Duration, "datedebut", "dateacompterdu"), "jusquau": form.Ending(notice.Duration, "dateacompterdu", "datedebut"),
		"valeurestimee": value, "estimationvaleur": value, "valeur": value, "fourchette": value,
		"valeurtotale": value, "valeurmin": least, "valeurmax": most,
		"lieuexeclivr": place, "lieuexecution": place, "lieuexecutionlivraison": place, "lieulivraison": place, "lieuprincipal": place, "codenuts": place,
		"quantite": form.Saying(notice.Quantity), "quantites": form.Saying(notice.Quantity),
		"accordcadre": framework, "accordcadreoui": form.Stating(notice.Technique, "Accord-cadre"), "marchepublic": nil,
		"sadoui": form.Stating(notice.Technique, dynamic), "sad": form.Ticking(notice.Technique, dynamic, ""),
		"offreun": form.Stating(notice.LotRule, "Une offre pour un seul lot"), "offreplusieurs": form.Stating(notice.LotRule, "Une offre pour un ou plusieurs lots"),
		"offretous":      form.Stating(notice.LotRule, "Une offre pour tous les lots"),
		"nblotattribmax": lotLimit,
		"variantesoui":   form.Ticking(notice.Variants, "Acceptées", ""), "variantesnon": form.Ticking(notice.Variants, "Non acceptées", ""),
		"variantes": form.Ticking(notice.Variants, "Acceptées", "Non acceptées"), "variante": form.Ticking(notice.Variants, "Acceptées", "Non acceptées"),
		"variantesexigees": form.Ticking(notice.Variants, "Exigées", ""), "exigencevariante": form.Ticking(notice.Variants, "Exigées", ""), "exigencevariantes": form.Ticking(notice.Variants, "Exigées", ""),
		"optionsdescription": form.Saying(notice.Options), "optionsoui": described(notice.Options, "Oui", "optionsdescription"), "options": form.Ticking(notice.Options, "Oui", ""),
		"renouvellementdescription": form.Saying(notice.Renewal), "renouvellementoui": described(notice.Renewal, "Oui", "renouvellementdescription"),
		"renouvellementnon": form.Ticking(notice.Renewal, "Non reconductible", ""),
		"reconduction":      form.Ticking(notice.Renewal, "Oui", "Non reconductible"), "reconductions": form.Ticking(notice.Renewal, "Oui", "Non reconductible"),
		"trancheoui": form.Ticking(notice.Phases, "Oui", ""), "tranches": form.Ticking(notice.Phases, "Oui", ""),
		"marcheperiodiqueoui": recurrence, "enchereelectroniqueoui": form.Ticking(notice.Auction, "Oui", ""), "enchereelectronique": form.Ticking(notice.Auction, "Oui", ""),
		"attribsansnegoui": form.Ticking(notice.Negotiation, "Possible", ""), "attributionsansnegociation": form.Ticking(notice.Negotiation, "Possible", ""),
		"recompenseslaureat": form.Saying(notice.Prize),
		"financement":        form.Saying(notice.Financing), "modfinancement": form.Saying(notice.Financing), "fondscommunautairesoui": form.Ticking(notice.UnionFunds, "Oui", ""),
		"attributionmarche": form.Saying(notice.AwardOutcome),

		"criteresattribution": criteria, "criteresattrib": criteria, "critattrib": criteria, "criteres": criteria,
		"situationjuridique": form.Saying(notice.Suitability), "capaciteexercice": form.Saying(notice.Suitability),
		"capeco": form.Saying(notice.Economic), "capaciteecofin": form.Saying(notice.Economic), "capeconiveaumini": minimum(notice.Economic),
		"captech": form.Saying(notice.Technical), "capacitetech": form.Saying(notice.Technical), "captechniveaumini": minimum(notice.Technical),
		"critereselection": form.Saying(notice.Selection), "criteresparticipation": form.Saying(notice.Selection), "limitationcandidats": form.Saying(notice.Selection),
		"justificatifscandidat": form.Saying(notice.Proofs), "justifications": proofs,
		"formejuridique": form.Saying(notice.Grouping),
		"cautionnement":  form.Saying(notice.Guarantee), "garanties": form.Saying(notice.Guarantee), "cautgarantie": form.Saying(notice.Guarantee),
		"marchereserveoui": reserved, "marchereserve": reserved, "prestationsreservees": reserved, "prestationreserveeoui": profession,
		"conditionparticuliereexecution": form.Saying(notice.Execution), "autresconditionspartoui": form.Saying(notice.Execution), "autrescond": form.Saying(notice.Execution),
		"nboffre": form.Saying(notice.Candidates), "nbcandidat": form.Saying(notice.Candidates),

		"identite": party, "organisme": party,
		"nomcontact": contact, "adressemailcontact": contact, "telcontact": form.Saying(notice.Phone), "numtelcontact": form.Saying(notice.Phone),
		"adressescomplementaires": addresses, "adressescomplt": addresses,
		"proceduresrecoursprecisions": form.Saying(notice.RecourseNote), "procedurerecoursprecisions": form.Saying(notice.RecourseNote),
		"renscomplement": form.Saying(notice.More), "autresinformcomplementaire": form.Saying(notice.More), "infocompl": form.Saying(notice.More),
		"eligiblemps": form.Ticking(notice.Simplified, "Oui", ""),

		"lots": lots, "lotsmarche": lots, "lot": lots, "attribution": awarded,
	}
}

const dynamic = "Système d'acquisition dynamique"

// lots goes through each lot with its number, as readLotList counts them.
func lots(w *form.Walk, _ tree.Object, v any) {
	var list []any
	for _, box := range tree.Each(v) {
		if tree.Has(box, "lot") {
			list = append(list, tree.At(box, "lot")...)
		} else {
			list = append(list, box)
		}
	}
	for i, lot := range list {
		number := scrub.Token(tree.First(lot, lotNumbers...))
		if number == "" {
			number = strconv.Itoa(i + 1)
		}
		w.In(number, lot)
	}
}

// awarded goes through the part of a form that says the results: what the contract is
// worth there is what it was awarded for, which the awards say.
func awarded(w *form.Walk, _ tree.Object, v any) {
	for _, e := range tree.Each(v) {
		o, _ := e.(tree.Object)
		w.Through(slices.DeleteFunc(slices.Clone(o), func(f tree.Field) bool { return strings.HasPrefix(f.Name, "valeur") }))
	}
}

// value reads an amount, alone or between two.
func value(w *form.Walk, _ tree.Object, v any) {
	for _, e := range tree.Each(v) {
		between := tree.FirstOf(tree.At(e, "fourchette"))
		if between == nil {
			between = e
		}
		low, high := tree.FirstOf(tree.At(between, "valeurbasse")), tree.FirstOf(tree.At(between, "valeurhaute"))
		if low == nil && high == nil {
			low = e
		}
		w.Money(notice.Value, w.Lot, low, high)
	}
}

// least and most read the two ends of an amount that stand side by side.
func least(w *form.Walk, parent tree.Object, v any) {
	w.Money(notice.Value, w.Lot, tree.FirstOf(tree.Each(v)), tree.FirstOf(tree.Each(parent.Get("valeurmax"))))
}

func most(w *form.Walk, parent tree.Object, v any) {
	if !tree.Has(parent, "valeurmin") {
		w.Money(notice.Value, w.Lot, nil, tree.FirstOf(tree.Each(v)))
	}
}

// place reads where the contract is performed: words, an address, a territory.
func place(w *form.Walk, parent tree.Object, v any) {
	for _, e := range tree.Each(v) {
		text := postal(e)
		if text == "" {
			text = form.Words(e)
		}
		if nuts := tree.First(e, "codenuts"); text == "" && nuts != "" {
			text = nuts
		}
		if territory(text) {
			if tree.First(parent, "lieuprincipal", "adresse") != "" {
				continue // said in words beside it
			}
			text = "Territoire " + text + " (code NUTS)"
		}
		w.Say(notice.Performance, w.Lot, text)
	}
}

// territory tells a code of territory from words.
func territory(text string) bool {
	return len(text) >= 2 && len(text) <= 5 && text == strings.ToUpper(text) && strings.HasPrefix(text, "FR") && !strings.Contains(text, " ")
}

func validity(w *form.Walk, _ tree.Object, v any) {
	w.Last(notice.Validity, w.Lot, tree.First(v, "dureejour", "nbjours", "dureejours"), "jour")
	w.Last(notice.Validity, w.Lot, tree.First(v, "dureemois", "nbmois"), "mois")
	if until := tree.First(v, "date", "datefin", "jusquau"); until != "" {
		w.Run(notice.Validity, w.Lot, "", until)
	}
	w.Say(notice.Validity, w.Lot, tree.Text(v))
}

func language(w *form.Walk, _ tree.Object, v any) {
	for _, e := range tree.Each(v) {
		w.Say(notice.Languages, w.Lot, form.Language(tree.Text(e)))
	}
}

func framework(w *form.Walk, _ tree.Object, v any) {
	text := "Accord-cadre"
	switch o := tree.FirstOf(tree.Each(v)); {
	case tree.Has(o, "non"):
		return
	case tree.Has(o, "unseuloperateur"):
		text += " avec un seul opérateur"
	case tree.Has(o, "plusieursoperateurs"):
		text += " avec plusieurs opérateurs"
	}
	w.Add(notice.Fact{Topic: notice.Technique, Lot: w.Lot, Text: text})
}

func lotLimit(w *form.Walk, _ tree.Object, v any) {
	if n := scrub.Token(tree.Text(v)); n != "" {
		w.Say(notice.LotRule, "", "Nombre de lots attribués à un candidat, au plus\u00a0: "+n)
	}
}

// described is the rule of a tick whose words, when there are any, stand beside it.
func described(topic notice.Topic, yes, beside string) form.Rule {
	tick := form.Ticking(topic, yes, "")
	return func(w *form.Walk, parent tree.Object, v any) {
		if form.Words(parent.Get(beside)) == "" {
			tick(w, parent, v)
		}
	}
}

func recurrence(w *form.Walk, _ tree.Object, v any) {
	if next := tree.First(v, "calendrierprochainsavis"); next != "" {
		w.Say(notice.Recurrence, w.Lot, "Prochains avis\u00a0: "+scrub.Line(next))
		return
	}
	form.Ticking(notice.Recurrence, "Oui", "")(w, nil, v)
}

func minimum(topic notice.Topic) form.Rule {
	return func(w *form.Walk, _ tree.Object, v any) {
		if text := scrub.Paragraphs(form.Words(v)); len(text) > 2 { // « / » says nothing
			w.Say(topic, w.Lot, "Niveau minimal\u00a0: "+text)
		}
	}
}

// reserved reads for whom a contract is reserved.
func reserved(w *form.Walk, _ tree.Object, v any) {
	for _, e := range tree.Each(v) {
		if tree.Has(e, "non") {
			return
		}
		said := form.Words(e)
		if tree.Has(e, "oui") {
			said = form.Words(e.(tree.Object).Get("oui"))
		}
		if tree.Has(e, "ateliersproteges") {
			w.Say(notice.Reserved, w.Lot, "Réservé à des ateliers protégés")
		}
		if tree.Has(e, "emploisproteges") {
			w.Say(notice.Reserved, w.Lot, "Exécuté dans le cadre de programmes d'emplois protégés")
		}
		w.Say(notice.Reserved, w.Lot, said)
	}
	if tree.Each(v) == nil {
		w.Say(notice.Reserved, w.Lot, "Oui")
	}
}

func profession(w *form.Walk, _ tree.Object, v any) {
	if text := scrub.Paragraphs(form.Words(v)); text != "" {
		w.Say(notice.Suitability, w.Lot, "Prestation réservée à une profession\u00a0: "+text)
	}
}

// proofs reads a list of what candidates must hand in: words, or boxes by their names.
func proofs(w *form.Walk, _ tree.Object, v any) {
	for _, e := range tree.Each(v) {
		o, ok := e.(tree.Object)
		if !ok {
			w.Say(notice.Proofs, w.Lot, form.Words(e))
			continue
		}
		for _, f := range o {
			if text := form.Words(f.Value); text != "" {
				w.Say(notice.Proofs, w.Lot, text)
			} else if label := proofNames[f.Name]; label != "" {
				w.Say(notice.Proofs, w.Lot, label)
			}
		}
	}
}

// proofNames are the boxes of the MAPA form that we know.
var proofNames = map[string]string{
	"dc1": "Formulaire DC1", "dc2": "Formulaire DC2", "dc3": "Formulaire DC3", "dc4": "Formulaire DC4", "bilans": "Bilans", "effectifs": "Effectifs",
	"attestationobligationsfiscales": "Attestations fiscales et sociales", "chiffreaffaires": "Chiffre d'affaires", "references": "Références",
}

// criteria reads award criteria, whatever the form makes of them.
func criteria(w *form.Walk, _ tree.Object, v any) {
	for _, e := range tree.Each(v) {
		o, ok := e.(tree.Object)
		if !ok {
			w.Weigh(w.Lot, form.Words(e), "")
			continue
		}
		for _, f := range o {
			switch f.Name {
			case "criteresprix", "critereprix":
				w.Weigh(w.Lot, "Prix", tree.First(f.Value, "poids", "@poids"))
			case "criterescctp", "criterecdc":
				text := form.Words(f.Value)
				if text == "" {
					text = "Énoncés dans les documents de la consultation"
				}
				w.Weigh(w.Lot, text, "")
			case "critere", "criterepondere", "criteres", "criterespondere":
				weighed(w, f.Value)
			default:
				if strings.HasPrefix(f.Name, "@") {
					continue
				}
				if text := form.Words(f.Value); text != "" {
					w.Weigh(w.Lot, text, "")
				} else {
					criteria(w, nil, f.Value)
				}
			}
		}
	}
}

// weighed reads a list of criteria with their weights, or in their order.
func weighed(w *form.Walk, v any) {
	list := slices.Clone(tree.Each(v))
	rank := func(e any) int {
		n, _ := strconv.Atoi(tree.First(e, "@ordre", "ordre")) // 0 for none: as they stand
		return n
	}
	slices.SortStableFunc(list, func(a, b any) int { return cmp.Compare(rank(a), rank(b)) })
	for _, e := range list {
		text := form.Words(e)
		if text == "" {
			text = tree.First(e, "critere", "libelle", "intitule", "nom", "description")
		}
		if text == "" {
			criteria(w, nil, e)
			continue
		}
		weight := tree.First(e, "@poids", "poids", "ponderation", "criterepct", "pourcentage")
		if n := rank(e); weight == "" && n > 0 {
			weight = "rang " + strconv.Itoa(n)
		}
		w.Weigh(w.Lot, text, weight)
	}
}
