package ted

import (
	"errors"
	"io"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"

	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/kit/unpack"
	"parvis/procurement/notice"
	"parvis/procurement/notice/form"
	"parvis/procurement/refdata"
)

// Source is the value of notice.Record.Source.
const Source = "ted"

const maxDocument = 16 << 20 // bytes

// documents are the elements that are one notice.
var documents = map[string]bool{"ContractNotice": true, "ContractAwardNotice": true, "PriorInformationNotice": true, legacy: true}

// Records reads the notices of a stream: one document, several, or an archive (tar,
// zip) of them, compressed or not. One that cannot be read comes as a
// *notice.RecordError, and what follows is read; a file that is itself broken ends
// with one whose Ends is true, and the next file of the archive follows.
func Records(r io.Reader) iter.Seq2[notice.Record, error] {
	return func(yield func(notice.Record, error) bool) {
		index := 0
		for f, err := range unpack.Files(r) {
			refused := func(refusal *notice.RecordError, line int) bool {
				index++
				refusal.File, refusal.Index, refusal.Line = f.Name, index, line
				return yield(notice.Record{}, refusal)
			}
			if err != nil {
				refusal := notice.Refuse("Ce fichier ne peut pas être lu.", err)
				if refusal.Ends = true; !refused(refusal, 0) {
					return
				}
				continue
			}
			found, going := false, true
			tree.Elements(f, maxDocument, documents, func(e tree.Element, err error) bool {
				found = true
				if err != nil {
					refusal := notice.Refuse(reason(err), err)
					refusal.Ends = e.Name == "" || !errors.Is(err, tree.ErrTooLarge)
					going = refused(refusal, e.Line)
					return going && !refusal.Ends
				}
				n, err := Parse(e.Raw)
				var refusal *notice.RecordError
				switch {
				case errors.Is(err, errElsewhere):
				case errors.As(err, &refusal):
					going = refused(refusal, e.Line)
				default:
					index++
					going = yield(n, nil)
				}
				return going
			})
			if !found {
				refusal := notice.Refuse("Ce fichier ne contient aucun avis du Journal officiel de l'Union européenne.", nil)
				refusal.Ends = true
				going = refused(refusal, 0)
			}
			if !going {
				return
			}
		}
	}
}

func reason(err error) string {
	switch {
	case errors.Is(err, tree.ErrDocumentType):
		return "Ce fichier a un DOCTYPE\u00a0: il est refusé."
	case errors.Is(err, tree.ErrTooLarge):
		return "Cet avis dépasse 16\u00a0Mio, ou compte trop d'éléments."
	case errors.Is(err, tree.ErrTooDeep):
		return "Cet avis est imbriqué sur plus de 100\u00a0niveaux."
	case errors.Is(err, tree.ErrEncoding):
		return "Ce fichier est dans un codage qui n'est pas lu\u00a0: enregistrez-le en UTF-8."
	}
	return "Ce fichier n'est pas du XML valable, ou il est incomplet."
}

// errElsewhere says that a notice is that of another country's buyer.
var errElsewhere = errors.New("the buyer is not French")

// Parse reads one notice. The error is a *notice.RecordError, or tells that the
// buyer is not French.
func Parse(raw []byte) (notice.Record, error) { return (&document{}).parse(raw) }

// Facts reads what a notice states besides, for who is shown it. The error is a
// *notice.RecordError. A buyer that is not French today may have been taken for one.
func Facts(raw []byte) ([]notice.Fact, error) {
	d := &document{stated: true}
	_, err := d.parse(raw)
	if errors.Is(err, errElsewhere) {
		err = nil
	}
	return d.out.Facts, err
}

func (d *document) parse(raw []byte) (notice.Record, error) {
	doc, err := tree.XML(raw)
	if err != nil {
		return notice.Record{}, notice.Refuse(reason(err), err)
	}
	d.out.Source, d.out.Raw = Source, strings.ToValidUTF8(string(raw), "\ufffd")
	if e := form.ReadEForms(doc); e != nil {
		err = d.eforms(e)
	} else if root := tree.FirstOf(tree.At(doc, tree.Key(legacy))); root != nil {
		err = d.export(root)
	} else {
		err = notice.Refuse("Ce document n'est pas un avis.", nil)
	}
	if err != nil {
		return notice.Record{}, err
	}
	return d.out, nil
}

// document is one notice being read.
type document struct {
	out    notice.Record
	place  string   // the buyer's department, when its postcode does not say it
	stated bool     // read its facts too
	sited  []string // the departments that are named, whose clocks count; not all those of a region
}

// french are the codes by which countries and lists name France and its parts that
// have codes of their own.
var french = []string{"FRA", "FR", "GLP", "GP", "MTQ", "MQ", "GUF", "GF", "REU", "RE", "MYT", "YT", "SPM", "PM", "BLM", "BL", "MAF", "MF", "NCL", "NC", "PYF", "PF", "WLF", "WF", "ATF", "TF"}

// ofFrance lets pass the notices of French buyers. One whose country nothing tells is
// refused by name: taken for French, it would be shown to companies that it is not for;
// passed over, nobody would know of a French call that is missed.
func ofFrance(country string, numbers ...string) error {
	country = strings.ToUpper(scrub.Token(country))
	switch {
	case slices.Contains(french, country):
		return nil
	case country != "":
		return errElsewhere
	}
	e := notice.Refuse("Cet avis ne dit pas de quel pays est l'acheteur.", nil)
	for _, n := range numbers {
		if e.SourceID = number(n); e.SourceID != "" {
			break
		}
	}
	return e
}

var (
	printed   = regexp.MustCompile(`^0*([1-9][0-9]{0,8})-((?:19|20)[0-9]{2})$`)
	inJournal = regexp.MustCompile(`^((?:19|20)[0-9]{2})/S ?[0-9]{1,3}-0*([1-9][0-9]{0,8})$`)
	givenID   = regexp.MustCompile(`^[0-9A-Fa-f][0-9A-Za-z-]{7,63}$`)
)

// number gives the forms in which a notice is referred to one form: « 634805-2022 »
// of 00634805-2022 and of 2022/S 220-634805; an identifier stays as it is. It is ""
// for anything else.
func number(raw string) string {
	raw = scrub.Token(raw)
	if m := printed.FindStringSubmatch(raw); m != nil {
		return m[1] + "-" + m[2]
	}
	if m := inJournal.FindStringSubmatch(raw); m != nil {
		return m[2] + "-" + m[1]
	}
	if givenID.MatchString(raw) {
		return strings.ToLower(raw)
	}
	return ""
}

// identify gives the notice its number, or refuses it.
func (d *document) identify(candidates ...string) error {
	for _, c := range candidates {
		if d.out.SourceID = number(c); d.out.SourceID != "" {
			break
		}
	}
	if d.out.SourceID == "" {
		return notice.Refuse("Cet avis n'a ni numéro de publication ni identifiant.", nil)
	}
	if printed.MatchString(d.out.SourceID) {
		d.out.URL = "https://ted.europa.eu/fr/notice/-/detail/" + d.out.SourceID
	}
	return nil
}

// link adds notices that this one changes or follows.
func (d *document) link(ids ...string) {
	for _, id := range ids {
		if id = number(id); id != "" && id != d.out.SourceID && !slices.Contains(d.out.Linked, id) && !slices.Contains(d.out.Aliases, id) {
			d.out.Linked = append(d.out.Linked, id)
		}
	}
}

// entitle gives the notice its title, or refuses it.
func (d *document) entitle(candidates ...string) error {
	for _, c := range candidates {
		if d.out.Title = scrub.Short(c); d.out.Title != "" {
			return nil
		}
	}
	e := notice.Refuse("Cet avis n'a pas d'objet.", nil)
	e.SourceID = d.out.SourceID
	return e
}

// describe gives the notice its description, unless it says what the title says.
func (d *document) describe(candidates ...string) {
	for _, c := range candidates {
		if c = scrub.Paragraphs(c); c != "" && c != d.out.Title {
			d.out.Description = c
			return
		}
	}
}

// locate gives the notice its departments: the buyer's, those of the places where the
// contract is performed, and what the buyer's own territory adds.
func (d *document) locate(buyer string, performed ...[]string) {
	seat, ok := refdata.DepartmentOfPostcode(d.out.Buyer.Postcode)
	if !ok {
		if seat, ok = refdata.DepartmentOfNUTS(buyer); ok {
			d.place = seat
		}
	}
	if ok {
		d.sited = []string{seat}
	}
	for _, place := range performed {
		if len(place) == 1 {
			d.sited = form.Join(d.sited, place[0])
		}
	}
	d.out.Departments = slices.Clone(d.sited)
	for _, place := range performed {
		d.out.Departments = form.Join(d.out.Departments, place...)
	}
	d.out.Departments = form.Join(d.out.Departments, form.Territory(d.out.Buyer, seat, nil, performed...)...)
}

// close gives the notice its deadline.
func (d *document) close(raw, field string, differ bool) {
	zone, certain := form.Zone(d.place, d.out.Buyer.Postcode, d.sited)
	d.out.TimeZone = zone.String()
	raw = scrub.Token(raw)
	if raw == "" {
		return
	}
	d.out.DeadlineRaw, d.out.DeadlineSource = raw, field
	m, ok := form.ReadMoment(raw)
	if !ok || !form.Possible(m, d.out.PublishedOn) {
		d.out.DeadlineDoubtful = true
		return
	}
	at, sure := form.WrittenOffset(m, zone)
	d.out.Deadline = at
	d.out.DeadlineDoubtful = !sure || !certain || differ || m.Midnight() || !m.Plain(zone)
}

// publish gives the notice its day, the first that can be read.
func (d *document) publish(candidates ...string) {
	for _, c := range candidates {
		if m, ok := form.ReadMoment(c); ok {
			d.out.PublishedOn = m.Wall.Format(time.DateOnly)
			return
		}
	}
}

// code adds CPV codes.
func (d *document) code(codes ...string) {
	for _, raw := range codes {
		if code, ok := refdata.NormaliseCPV(raw); ok && !slices.Contains(d.out.CPV, code) {
			d.out.CPV = append(d.out.CPV, code)
		}
	}
}
