package boamp

import (
	"strings"

	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice"
	"parvis/procurement/notice/form"
)

// Facts reads what a record states besides, for who is shown it: a JSON object as Parse
// reads it, or the XML of ParseXML. The error is a *notice.RecordError.
func Facts(raw string) ([]notice.Fact, error) {
	r := &record{stated: true}
	if !strings.HasPrefix(raw, "<") {
		_, err := r.parse(raw)
		if err == nil || !strings.Contains(raw, "<") {
			return r.out.Facts, err
		}
		r = &record{stated: true} // of XML, something stands before its first element
	}
	_, err := r.parseXML([]byte(raw))
	return r.out.Facts, err
}

// readFacts takes everything else that the notice says: of the contract, of how to
// answer, of the buyer.
func (r *record) readFacts() {
	w := &form.Walk{Facts: &form.Facts{}, Rules: nationalRules}
	if r.forms != nil {
		r.forms.Facts(w.Facts)
	} else {
		w.Through(r.donnees)
	}
	for _, address := range tree.At(r.gestion, "marche", "urlconsultation") {
		w.Link(notice.Documents, "", tree.Text(address))
	}
	if extra := r.fields.Get("x_acheteur"); extra != nil {
		w.Link(notice.Profile, "", tree.First(extra, "profil"))
		w.Link(notice.Website, "", tree.First(extra, "url"))
		w.Say(notice.Identifier, "", tree.First(extra, "siret"))
	}
	r.envelopeFacts(w.Facts)
	r.out.Facts = w.For(r.out.Lots)
}

// envelopeFacts are what the gazette says of its notice, in fields of its own or in its
// index.
func (r *record) envelopeFacts(f *form.Facts) {
	kind := tree.FirstOf(tree.At(r.gestion, "reference", "typeavis"))
	scope := r.field("perimetre")
	if scope == "" {
		scope = tree.Choice(tree.FirstOf(tree.At(kind, "perimetre")))
	}
	f.Say(notice.Scope, "", labelOf(scopes, scope))
	f.Say(notice.Subnature, "", r.subnature(kind))
	switch simplified := scrub.Token(r.field("marche_public_simplifie")); strings.ToLower(simplified) {
	case "", "0", "non", "false":
	default:
		f.Add(notice.Fact{Topic: notice.Simplified, Text: "Oui"})
	}
	shown := r.field("datefindiffusion")
	if shown == "" {
		shown = tree.First(r.gestion, "indexation.datefindiffusion")
	}
	f.Add(notice.Fact{Topic: notice.ShownUntil, Until: form.Day(shown)})
	f.Say(notice.ProcedureID, "", scrub.Token(r.field("contractfolderid")))
}

// subnature says which notice of its nature this one is; most are of the plain kind,
// which says nothing.
func (r *record) subnature(kind any) string {
	code := r.field("sousnature")
	if code == "" {
		nature := tree.FirstOf(tree.At(kind, "nature"))
		if o, ok := nature.(tree.Object); ok && len(o) > 0 {
			code = tree.Choice(o[0].Value)
		}
	}
	if code == "" {
		_, code, _ = strings.Cut(r.field("x_nature_detail"), "/")
	}
	if label, known := subnatures[tree.Key(code)]; known {
		return label
	}
	if label := scrub.Token(r.field("sousnature_libelle")); label != "" {
		return label
	}
	return scrub.Token(code)
}

// scopes are the gazette's codes of the law that applies, and subnatures of its natures'
// kinds, as tree.Key writes both.
var (
	scopes = map[string]string{
		"cmp2006": "Code des marchés publics de 2006", "cmp2006defense": "Code des marchés publics de 2006, défense ou sécurité", "dsp": "Délégation de service public",
		"directive17": "Directive 2004/17/CE (secteurs spéciaux)", "directive18": "Directive 2004/18/CE (marchés publics)", "directive23": "Directive 2014/23/UE (concessions)",
		"directive24": "Directive 2014/24/UE (marchés publics)", "directive25": "Directive 2014/25/UE (secteurs spéciaux)", "directive81": "Directive 2009/81/CE (défense et sécurité)",
		"autre": "Autre",
	}
	subnatures = map[string]string{
		"standard": "", "concours": "Concours", "periodique": "Avis périodique", "qualification": "Système de qualification", "sad": dynamic,
		"concession": "Concession", "concessionnaire": "Marché d'un concessionnaire", "standardinfructueuxsanssuite": "Infructueux ou sans suite",
	}
)

// labelOf is what a code means, and the code itself when we do not know.
func labelOf(labels map[string]string, code string) string {
	if label, known := labels[tree.Key(code)]; known {
		return label
	}
	return scrub.Token(code)
}

// party reads the buyer, and goes through what else stands with it.
func party(w *form.Walk, _ tree.Object, v any) {
	for _, e := range tree.Each(v) {
		o, ok := e.(tree.Object)
		if !ok {
			continue
		}
		person := tree.FirstOf(tree.At(o, "correspondantprm"))
		w.Say(notice.Contact, "", strings.Join(strings.Fields(tree.First(person, "civilite")+" "+tree.First(person, "pren", "prenom")+" "+tree.First(person, "nom")), " "), tree.First(person, "fonc"))
		w.Say(notice.Contact, "", tree.First(o, "correspondant"))
		contact(w, o, o.Get("contact"))
		w.Say(notice.Address, "", postal(o))
		w.Say(notice.Phone, "", tree.First(o, "tel", "coord.tel"))
		w.Say(notice.Mail, "", tree.First(o, "mel", "coord.mel"))
		w.Link(notice.Website, "", tree.First(o, "url", "coord.url"))
		w.Say(notice.Identifier, "", scrub.Token(tree.First(o, "codeidentnational", "codeidentificationnational", "siret")))
		w.Through(o)
	}
}

// contact reads whom to ask: a service, or its address.
func contact(w *form.Walk, _ tree.Object, v any) {
	switch text := scrub.Line(form.Words(v)); {
	case strings.Contains(text, "@") && !strings.Contains(text, " "):
		w.Say(notice.Mail, "", text)
	default:
		w.Say(notice.Contact, "", text)
	}
}

// postal is an address as one writes it on an envelope.
func postal(v any) string {
	var lines []string
	for _, box := range append([]any{v}, tree.At(v, "adr")...) {
		street := tree.First(box, "adresse", "nomvoie", "voie.nomvoie", "voie")
		town := strings.TrimSpace(scrub.Line(tree.First(box, "cp", "codepostal")) + " " + scrub.Line(tree.First(box, "ville")))
		if box := tree.First(box, "bp"); box != "" {
			town = "BP " + scrub.Line(box) + " " + town
		}
		for _, line := range []string{scrub.Line(street), town} {
			if line != "" {
				lines = append(lines, line)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// purposes say what an address of the form is for, by words of its key or of its type;
// the first that fits.
var purposes = []struct {
	word  string
	topic notice.Topic
}{
	{"rensrecours", notice.RecourseInfo}, {"renseignementrecours", notice.RecourseInfo}, {"greffe", notice.RecourseInfo}, {"recours", notice.Recourse}, {"mediation", notice.Mediation},
	{"document", notice.Documents}, {"envoyer", notice.Answering}, {"envoi", notice.Answering}, {"offre", notice.Answering}, {"candidature", notice.Answering},
}

// addresses reads the other addresses of a form: of courts, of those who give documents,
// of those who take bids.
func addresses(w *form.Walk, _ tree.Object, v any) {
	for _, box := range tree.Each(v) {
		o, ok := box.(tree.Object)
		if !ok {
			continue
		}
		for _, f := range o {
			for _, e := range tree.Each(f.Value) {
				kind := tree.Choice(tree.FirstOf(tree.At(e, "type")))
				if kind == "" {
					kind = f.Name
				}
				topic := notice.Contact
				for _, p := range purposes {
					if strings.Contains(tree.Key(kind), p.word) {
						topic = p.topic
						break
					}
				}
				w.Say(topic, "", envelope(e))
				if topic == notice.Documents || topic == notice.Answering {
					if address := form.WebAddress(tree.First(e, "url", "coord.url")); address != "" {
						w.Link(topic, "", address)
					}
				}
			}
		}
	}
}

// envelope is an address with the name and how to reach it.
func envelope(v any) string {
	var lines []string
	add := func(before, text string) {
		if text = scrub.Paragraphs(text); text != "" {
			lines = append(lines, before+text)
		}
	}
	person := tree.FirstOf(tree.At(v, "personnephysique"))
	add("", tree.First(v, "denomination", "organisme", "acheteurpublic", "nomorganisme", "personnemorale", "nom"))
	add("", strings.TrimSpace(tree.First(person, "prenom", "pren")+" "+tree.First(person, "nom")))
	add("", tree.First(v, "correspondant", "contact"))
	add("", postal(v))
	add("Tél.\u00a0: ", tree.First(v, "tel", "coord.tel"))
	add("", tree.First(v, "mel", "coord.mel"))
	add("", tree.First(v, "url", "coord.url"))
	return strings.Join(lines, "\n")
}
