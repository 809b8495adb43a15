package boamp

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parvis/kit/clock"
	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice"
	"parvis/procurement/notice/form"
)

// source is the value of notice.Record.Source.
const source = "boamp"

// record is one record being read.
type record struct {
	fields  tree.Object
	gestion any    // unified tree, nil when absent
	donnees any    // unified tree, nil when absent
	shape   string // the root of donnees: "eforms", "fnsimple", "mapa", "dsp", "divers", "legacy", "" when absent or unknown
	forms   *form.EForms
	decided decisions
	place   string   // department of the buyer, when only its territory is said
	listed  []string // departments that the source lists, whose clocks count; not all those of a region
	stated  bool     // read its facts, and not what only an import needs
	out     notice.Record
}

// Parse reads one record: the fields themselves, or the wrapping that the older
// versions of the API put around them. It refuses only what is no JSON object,
// what has no number, and what has no title anywhere; the error is a *notice.RecordError.
// Everything else that cannot be read is left out and named in Detail.Unread.
//
// Raw is the record as received, without the wrapping; only bytes that are no
// UTF-8 are replaced, because no database would keep them.
func Parse(raw string) (notice.Record, error) { return (&record{}).parse(raw) }

func (r *record) parse(raw string) (notice.Record, error) {
	raw, err := r.open(raw)
	if err != nil {
		return notice.Record{}, err
	}
	if r.out.Source, r.out.Raw = source, raw; !utf8.ValidString(raw) { // asked first: it takes a tenth of the time of mending
		r.out.Raw = strings.ToValidUTF8(raw, "\ufffd")
	}
	if err := r.readIdentity(); err != nil {
		return notice.Record{}, err
	}
	r.openInner()
	return r.parts()
}

// parts reads everything once the documents are open.
func (r *record) parts() (notice.Record, error) {
	r.out.Partial = r.gestion == nil && r.donnees == nil
	r.readPublication()
	r.readKind()
	r.readBuyer()
	r.readDepartments()
	if err := r.readTitle(); err != nil {
		return notice.Record{}, err
	}
	r.readObject()
	r.readLots()
	r.readCPV()
	r.readLinks()
	r.readDetail()
	if r.stated {
		r.readFacts()
		return r.out, nil
	}
	r.readTimes()
	return r.out, nil
}

// open decodes the record and takes off the wrapping: {"record":{"fields":…}} in
// v2.0, {"fields":…} in v1.0.
func (r *record) open(raw string) (string, error) {
	if len(raw) > maxRecord {
		return "", notice.Refuse("Cet enregistrement dépasse 16\u00a0Mio.", errTooLong)
	}
	for range 3 {
		v, err := tree.JSON(raw)
		if errors.Is(err, tree.ErrTooDeep) {
			return "", notice.Refuse(tooDeepReason, errTooDeep)
		}
		if errors.Is(err, tree.ErrRepeated) {
			return "", repeated(raw, err)
		}
		if err != nil {
			return "", notice.Refuse("Cet enregistrement n'est pas du JSON valable ou il est incomplet.", err)
		}
		fields, ok := v.(tree.Object)
		if !ok {
			return "", notice.Refuse("Cet enregistrement n'est pas un objet JSON.", nil)
		}
		inner := ""
		for _, name := range []string{"record", "fields"} {
			if _, isObject := fields.Get(name).(tree.Object); isObject && fields.Get("idweb") == nil {
				inner = name
				break
			}
		}
		if inner == "" {
			r.fields = fields
			return raw, nil
		}
		for _, mark := range []string{"record_timestamp", "timestamp"} {
			if m, ok := form.ReadMoment(tree.Text(fields.Get(mark))); ok && m.HasOffset {
				r.out.Stamp = clock.At(m.UTC())
			}
		}
		var wrapped map[string]json.RawMessage
		if err := json.Unmarshal([]byte(raw), &wrapped); err != nil {
			return "", notice.Refuse("Cet enregistrement n'est pas du JSON valable.", err)
		}
		raw = string(wrapped[inner])
	}
	return "", notice.Refuse("Cet enregistrement est emballé dans une forme inconnue.", nil)
}

// repeated refuses a record in which a field stands twice, by its number unless that is
// the field.
func repeated(raw string, err error) error {
	refusal := notice.Refuse("Dans cet enregistrement, un même champ est donné deux fois\u00a0: on ne peut pas savoir laquelle des deux valeurs est la bonne.", err)
	var fields map[string]json.RawMessage // the standard library takes the last value
	var id string
	if json.Unmarshal([]byte(raw), &fields) == nil && json.Unmarshal(fields["idweb"], &id) == nil && strings.Count(raw, `"idweb"`) == 1 && idPattern.MatchString(id) {
		refusal.SourceID = id
	}
	return refusal
}

var (
	idPattern     = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$`)
	gazetteNumber = regexp.MustCompile(`^[0-9]{2}-[0-9]{1,9}$`)
	underscored   = regexp.MustCompile(`^[0-9]{2}_[0-9]{1,9}$`)
)

// readIdentity takes idweb, the only key that the source keeps.
func (r *record) readIdentity() error {
	id := scrub.Token(tree.Text(r.fields.Get("idweb")))
	if id == "" {
		return notice.Refuse("Cet enregistrement n'a pas de numéro d'avis (champ idweb).", nil)
	}
	if !idPattern.MatchString(id) {
		return notice.Refuse("Le numéro d'avis (champ idweb) n'a pas la forme d'un numéro.", nil)
	}
	r.out.SourceID = id
	return nil
}

// openInner reads the two documents within the record.
func (r *record) openInner() {
	var known bool
	if r.gestion, _, known = inner(r.fields.Get("gestion")); !known {
		r.unread("gestion")
	}
	var root string
	if r.donnees, root, known = inner(r.fields.Get("donnees")); !known {
		r.unread("donnees")
	}
	r.recognise(root)
}

// legacyRoots are root keys of the shape of before 2024, which has no root of its own.
var legacyRoots = []string{
	"identite", "objet", "procedure", "conditiondelai", "attribution", "rectif", "annulation",
	"renseignementscomplementaires",
}

// recognise finds out the shape of donnees. An unknown one is kept in Raw, read as
// far as the keys that are looked for at any depth go, and named.
func (r *record) recognise(rootKey string) {
	root, ok := r.donnees.(tree.Object)
	if !ok || len(root) == 0 {
		return
	}
	for _, shape := range []string{"eforms", "fnsimple", "mapa", "dsp", "divers"} {
		if tree.Has(root, shape) {
			r.shape = shape
			if shape == "eforms" {
				r.forms = form.ReadEForms(root.Get(shape))
				if r.forms == nil {
					r.unread("donnees.EFORMS." + tree.Choice(root.Get(shape)))
				}
			}
			return
		}
	}
	if tree.Has(root, legacyRoots...) {
		r.shape = "legacy"
		return
	}
	r.unread("donnees." + rootKey)
}

// unread names a part of the record whose shape is unknown.
func (r *record) unread(part string) {
	if part = scrub.Token(part); !slices.Contains(r.out.Detail.Unread, part) {
		r.out.Detail.Unread = append(r.out.Detail.Unread, part)
	}
}

// field is a field's text, "" for null and for what is no text.
func (r *record) field(name string) string { return tree.Text(r.fields.Get(name)) }

// list gives the texts of a field with several values: a list, a text alone, or,
// as v1.0 of the API writes it, texts joined by semicolons. Empty ones are dropped.
func (r *record) list(name string) []string {
	var values []string
	add := func(s string) {
		if s = scrub.Token(s); s != "" && !slices.Contains(values, s) {
			values = append(values, s)
		}
	}
	if joined, isText := r.fields.Get(name).(string); isText {
		for part := range strings.SplitSeq(joined, ";") {
			add(part)
		}
		return values
	}
	for _, v := range tree.Each(r.fields.Get(name)) {
		add(tree.Text(v))
	}
	return values
}

// body is the part of donnees that describes the call: under the root of the
// shape, in "initial" for the national forms.
func (r *record) body() any {
	switch r.shape {
	case "fnsimple", "mapa", "dsp", "divers":
		root := r.root()
		if tree.Has(root, "initial") {
			return root.Get("initial")
		}
		return root
	}
	return r.donnees
}

// root is the object under the root key of a national form, nil otherwise.
func (r *record) root() tree.Object {
	for _, v := range tree.At(r.donnees, r.shape) {
		if o, ok := v.(tree.Object); ok {
			return o
		}
	}
	return nil
}

// readPublication takes the day of publication and the address of the page.
func (r *record) readPublication() {
	for _, raw := range []string{r.field("dateparution"), tree.First(r.gestion, "indexation.datepublication")} {
		if m, ok := form.ReadMoment(raw); ok {
			r.out.PublishedOn = m.Wall.Format(time.DateOnly)
			break
		}
	}
	if r.out.PublishedOn == "" && r.field("dateparution") != "" {
		r.unread("dateparution")
	}
	if address := strings.TrimSpace(r.field("url_avis")); webAddress.MatchString(address) {
		r.out.URL = address
	} else if gazetteNumber.MatchString(r.out.SourceID) {
		r.out.URL = "https://www.boamp.fr/pages/avis/?q=idweb:" + r.out.SourceID
	}
}

var webAddress = regexp.MustCompile(`^https?://[0-9A-Za-z.-]+(?::[0-9]+)?(?:[/?#][!-~]{0,400})?$`)

// readTitle takes the title: the field objet, the gazette's summary, or what the
// form itself has.
func (r *record) readTitle() error {
	r.out.Title = scrub.Line(r.field("objet"))
	if r.out.Title != "" {
		return nil
	}
	candidates := []string{tree.First(r.gestion, "indexation.resumeobjet")}
	if r.forms != nil {
		candidates = append(candidates, r.forms.Title())
	}
	candidates = append(candidates, tree.First(r.body(),
		"objet.titremarche", "naturemarche.intitule", "descriptionmarche.titremarche", "description.objet",
		"objet.objetcomplet", "naturemarche.description", "descriptionmarche.description"))
	for _, c := range candidates {
		if r.out.Title = scrub.Short(c); r.out.Title != "" {
			return nil
		}
	}
	e := notice.Refuse("Cet avis n'a pas d'objet.", nil)
	e.SourceID = r.out.SourceID
	return e
}

// readObject takes what the contract is about, in words and by the source's codes.
func (r *record) readObject() {
	candidates := []string{}
	if r.forms != nil {
		candidates = append(candidates, r.forms.Description())
	}
	candidates = append(candidates, tree.First(r.body(),
		"objet.objetcomplet", "naturemarche.description", "caracteristiques.principales",
		"descriptionmarche.description", "description.objet", "objet.caracteristiques.principales"),
		r.field("x_description"))
	for _, c := range candidates {
		if c = scrub.Paragraphs(c); c != "" && c != r.out.Title {
			r.out.Description = c
			break
		}
	}
	r.out.Descriptors = r.list("descripteur_libelle")
	if len(r.out.Descriptors) == 0 {
		for _, d := range tree.At(r.gestion, "indexation", "descripteurs", "descripteur", "libelle") {
			r.out.Descriptors = append(r.out.Descriptors, scrub.Token(tree.Text(d)))
		}
	}
	r.readCategory()
	r.readProcedure()
	r.readReference()
}

// readReference takes the buyer's own number.
func (r *record) readReference() {
	candidates := []string{}
	if r.forms != nil {
		candidates = append(candidates, r.forms.Reference())
	}
	candidates = append(candidates, tree.First(r.body(),
		"communication.identifiantinterne", "renseignements.idmarche", "objet.refmarche",
		"conditionadministrative.referencemarche", "objet.numreference"))
	if r.forms == nil { // eForms has identifiers of many other things under such names
		candidates = append(candidates, tree.FirstDeep(r.body(), "identifiantinterne", "idmarche", "numreference", "referencemarche"))
	}
	candidates = append(candidates, r.field("x_reference"))
	for _, c := range candidates {
		if r.out.Reference = scrub.Token(c); r.out.Reference != "" {
			return
		}
	}
}

// readLinks takes the numbers of the notices that this one changes or follows,
// the surest first.
func (r *record) readLinks() {
	add := func(id string) {
		id = scrub.Token(id)
		if underscored.MatchString(id) {
			id = strings.Replace(id, "_", "-", 1)
		}
		if idPattern.MatchString(id) && id != r.out.SourceID && !slices.Contains(r.out.Linked, id) {
			r.out.Linked = append(r.out.Linked, id)
		}
	}
	for _, name := range []string{"annonce_lie", "annonces_anterieures"} {
		for _, id := range r.list(name) {
			add(id)
		}
	}
	for _, previous := range tree.Find(r.donnees, "avisinitial") {
		for _, id := range tree.Find(previous, "idweb") {
			add(tree.Text(id))
		}
	}
	for _, previous := range tree.Find(r.gestion, "annonceanterieur", "annoncelie") {
		for _, id := range tree.Find(previous, "idweb") {
			add(tree.Text(id))
		}
	}
}
