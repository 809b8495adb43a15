package bench_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"parvis/procurement/org"
)

// A gazette is invented notices in the shape of the real ones: as many as asked, always
// the same for the same number. One record in four has the whole envelope, with the
// form of the notice in `donnees`, JSON written in JSON; the others have what the
// gazette's yearly extracts have, about a kilobyte. One call in six has lots, one notice
// in four is an award of an earlier one, one in twenty corrects one.

// words of contracts; the first ones are the most frequent.
var works = strings.Fields(`travaux fourniture marché réalisation entretien rénovation construction maintenance prestations services aménagement
	réhabilitation mission maîtrise d'œuvre accord-cadre bâtiment école voirie réseaux livraison achat location assurance nettoyage transport
	collecte déchets restauration scolaire chauffage menuiserie plomberie électricité couverture étanchéité gros œuvre démolition désamiantage
	peinture revêtements cloisons plâtrerie ascenseurs serrurerie espaces verts éclairage public signalisation assainissement eau potable
	station d'épuration extension groupe salle polyvalente gymnase piscine médiathèque crèche collège lycée hôpital logements résidence
	véhicules carburants mobilier informatique logiciel téléphonie impression papeterie vêtements médicaments dispositifs médicaux alimentation
	viande légumes pain produits laitiers étude diagnostic contrôle technique coordination sécurité géotechnique topographie urbanisme plan local
	surveillance gardiennage formation communication conseil audit expertise évaluation vidéoprotection fibre hébergement serveurs stockage
	ponts ouvrages d'art digues berges cours plantation élagage débroussaillage mécanique pneumatiques outillage quincaillerie bois métallerie`)

var descriptors = []string{"Bâtiment", "Voirie", "Assurance", "Prestations de services", "Mobilier", "Informatique (matériel)", "Espaces verts", "Menuiserie",
	"Électricité (travaux)", "Plomberie (travaux)", "Étude", "Maîtrise d'œuvre", "Nettoyage de locaux", "Denrées alimentaires", "Travaux publics", "Transport scolaire"}

// gazette writes n records, one per line.
func gazette(n int) []byte {
	r := rand.New(rand.NewPCG(41, 2026))
	buyers := bodies(max(50, min(buyersInFrance, n/12)))
	var out bytes.Buffer
	lines := json.NewEncoder(&out)
	lines.SetEscapeHTML(false)
	for i := range n {
		if err := lines.Encode(edition{r, i}.record(buyers[int(float64(len(buyers))*r.Float64()*r.Float64())])); err != nil {
			panic(err) // plain data
		}
	}
	return out.Bytes()
}

// edition writes the i-th record.
type edition struct {
	*rand.Rand
	i int
}

func number(i int) string { return fmt.Sprintf("%02d-%d", 15+i/200_000, 1000+i%200_000) }

// earlier is a notice of the place before this one's, among the last thousands.
func (e edition) earlier() int { return e.i - 1 - 20*e.IntN(min(e.i/20+1, 500)) }

// text draws n words, the first of the list most often.
func (e edition) text(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = works[int(float64(len(works))*e.Float64()*e.Float64())]
	}
	return strings.Join(words, " ")
}

// sentences is a text of about n words as forms have them.
func (e edition) sentences(n int) string {
	var b strings.Builder
	for n > 0 {
		size := 8 + e.IntN(14)
		s := e.text(size)
		fmt.Fprintf(&b, "%s%s pour la commune de %s. ", strings.ToUpper(s[:1]), s[1:], []string{"Montbach", "Saint-Algny", "Rochelles", "Villeneuf"}[e.IntN(4)])
		n -= size
	}
	return strings.TrimSpace(b.String())
}

func (e edition) record(buyer org.Sighting) map[string]any {
	name, postcode, city := buyer.Name, buyer.Postcode, buyer.City
	department := strings.TrimLeft(postcode[:2], "0")
	day := time.Date(2019, 1, 2, 0, 0, 0, 0, time.UTC).AddDate(0, 0, e.i/700)
	title := e.text(5 + e.IntN(9))
	if e.IntN(10) == 0 {
		title = strings.ToUpper(title)
	}
	var named []string
	for range 1 + e.IntN(3) {
		named = append(named, descriptors[e.IntN(len(descriptors))])
	}
	closes := day.AddDate(0, 0, 20+e.IntN(30))
	out := map[string]any{
		"idweb": number(e.i), "id": strings.Replace(number(e.i), "-", "_", 1), "objet": title, "famille": "FNS",
		"famille_libelle": "Marchés entre 90 k€ et seuils européens", "code_departement": []string{department},
		"dateparution": day.Format(time.DateOnly), "datefindiffusion": closes.Format(time.DateOnly), "datelimitereponse": nil, "nomacheteur": name,
		"titulaire": nil, "perimetre": "DIRECTIVE-24", "nature": "APPEL_OFFRE", "etat": "INITIAL", "criteres": nil, "descripteur_code": nil,
		"descripteur_libelle": named, "annonce_lie": nil, "url_avis": "https://www.boamp.fr/pages/avis/?q=idweb:" + number(e.i),
		"x_acheteur": map[string]any{"cp": postcode, "ville": city, "nuts": "FRF11", "profil": "https://marches.exemple.invalid/" + postcode},
	}
	switch place := e.i % 20; { // each follows the call of the place before, of these weeks
	case place%4 == 3:
		out["nature"], out["annonce_lie"] = "ATTRIBUTION", []string{number(e.earlier())}
		out["titulaire"] = []string{"ENTREPRISE " + strings.ToUpper(city)}
		out["x_attributions"] = []any{map[string]any{"date": day.Format(time.DateOnly), "titulaire": "ENTREPRISE " + strings.ToUpper(city), "montant": 1000 + e.IntN(900_000), "devise": "EUR", "intitule": e.text(6)}}
	case place == 5:
		out["etat"], out["annonce_lie"] = "RECTIFICATIF", []string{number(e.earlier())}
		out["x_rectificatif"] = []any{map[string]any{"rubrique": "Date limite de réception des offres",
			"au_lieu_de": closes.Format("2006-01-02T12:00:00+01:00"), "lire": closes.AddDate(0, 0, 7).Format("2006-01-02T12:00:00+01:00")}}
		out["x_date_limite_locale"] = closes.AddDate(0, 0, 7).Format("2006-01-02T12:00")
	default:
		out["x_date_limite_locale"] = closes.Format("2006-01-02T12:00")
		if e.IntN(3) == 0 {
			out["x_description"] = e.sentences(40 + e.IntN(40))
		}
	}
	if e.i%4 == 0 {
		e.whole(out, title, name, postcode, city, closes)
	}
	return out
}

// whole adds what the platform's API says besides: the form itself.
func (e edition) whole(out map[string]any, title, name, postcode, city string, closes time.Time) {
	var lots []any
	for i := range e.IntN(7) {
		lots = append(lots, map[string]any{"numLot": fmt.Sprint(i + 1), "intituleLot": e.text(4), "description": e.sentences(12), "codeCPV": map[string]any{"objetPrincipal": map[string]any{"classPrincipale": "45421000"}}})
	}
	form := map[string]any{"FNSimple": map[string]any{
		"organisme": map[string]any{"acheteurPublic": name, "adr": map[string]any{"cp": postcode, "ville": city, "voie": map[string]any{"nomvoie": "1 place de la Mairie"}}},
		"initial": map[string]any{
			"communication":        map[string]any{"identifiantInterne": fmt.Sprintf("2026-%05d", e.i), "urlProfilAch": "https://marches.exemple.invalid/", "nomContact": "Service des marchés"},
			"procedure":            map[string]any{"typeProcedure": "procedureAdaptee", "dateReceptionOffres": closes.Format("2006-01-02T12:00:00"), "capaciteTech": e.sentences(30), "criteresAttrib": e.sentences(20)},
			"natureMarche":         map[string]any{"intitule": title, "description": e.sentences(90), "codeCPV": map[string]any{"objetPrincipal": map[string]any{"classPrincipale": "45000000"}}, "lieuExecution": city, "dureeMois": "12"},
			"lots":                 map[string]any{"lot": lots},
			"informComplementaire": map[string]any{"autresInformComplementaire": e.sentences(60)},
		},
	}}
	index := map[string]any{"REFERENCE": map[string]any{"IDWEB": out["idweb"], "TYPE_AVIS": map[string]any{"FAMILLE": map[string]any{"FNS": ""}, "NATURE": map[string]any{"APPEL_OFFRE": ""}, "STATUT": map[string]any{"INITIAL": ""}}},
		"INDEXATION": map[string]any{"DATE_PUBLICATION": out["dateparution"], "DATE_LIMITE_REPONSE": closes.Format("2006-01-02T12:00:00+01:00"), "RESUME_OBJET": title,
			"DESCRIPTEURS": map[string]any{"DESCRIPTEUR": []any{map[string]any{"CODE": "33", "LIBELLE": "Bâtiment"}}}}}
	for field, value := range map[string]any{"donnees": form, "gestion": index} {
		text, err := json.Marshal(value)
		if err != nil {
			panic(err) // plain data
		}
		out[field] = string(text)
	}
	for _, empty := range []string{"contractfolderid", "code_departement_prestation", "type_procedure", "soustype_procedure", "sousnature", "sousnature_libelle", "marche_public_simplifie", "annonces_anterieures"} {
		out[empty] = nil
	}
	out["type_marche"], out["type_marche_facette"], out["type_avis"] = []string{"TRAVAUX"}, []string{"Travaux"}, []string{"5", "1", ""}
	out["source_schema"], out["filename"], out["nature_categorise"] = "FNSimple", fmt.Sprintf("BOAMP-J-AO_%d", e.i), "appeloffre/standard"
}
