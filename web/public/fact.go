package public

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/web/ui"
)

// factGroup is facts that one reads together.
type factGroup struct {
	ID, Title string
	Topics    []notice.Topic
}

// contractGroups are the cards of what is bought, before its lots; factGroups those that
// come after, in the order of the page. The addresses of the documents, of the buyer
// profile and of where to answer come before all of them.
var contractGroups = []factGroup{
	{"marche", "Le marché", []notice.Topic{notice.Value, notice.Duration, notice.Performance, notice.Quantity, notice.Technique, notice.Phases, notice.Options,
		notice.Renewal, notice.Recurrence, notice.Auction, notice.UnionFunds, notice.Financing, notice.Prize}},
}

var factGroups = []factGroup{
	{"criteres", "Critères d'attribution", []notice.Topic{notice.Criterion}},
	{"conditions", "Conditions de participation", []notice.Topic{notice.Reserved, notice.Suitability, notice.Economic, notice.Technical, notice.Selection, notice.Candidates,
		notice.Proofs, notice.Grouping, notice.Guarantee, notice.Execution}},
	{"repondre", "Pour répondre", []notice.Topic{notice.Visit, notice.Documents, notice.Answering, notice.LotRule, notice.Variants, notice.Electronic, notice.Signature, notice.Catalogue,
		notice.Languages, notice.Validity, notice.Opening, notice.Negotiation}},
	{"acheteur", "L'acheteur", []notice.Topic{notice.Contact, notice.Address, notice.Phone, notice.Mail, notice.Website, notice.Identifier, notice.BuyerType, notice.Activity}},
	{"recours", "Recours", []notice.Topic{notice.Recourse, notice.RecourseInfo, notice.Mediation, notice.RecourseNote}},
	{"renseignements", "Renseignements complémentaires", []notice.Topic{notice.More}},
}

// single tells that the card's title says all that the label of its only topic would.
func (g factGroup) single() bool { return len(g.Topics) == 1 }

// publicationTopics are what the gazette says of its own notice.
var publicationTopics = []notice.Topic{notice.Scope, notice.Simplified, notice.ShownUntil, notice.ProcedureID}

// factLine is what is said on one topic.
type factLine struct {
	Label string
	Said  []factText
}

// factText is one thing that is said: words, with the address to which they lead.
type factText struct {
	Text, URL string
	Note      string // the weight of a criterion
}

// long tells that a text would hide what comes after it.
func (t factText) long() bool { return utf8.RuneCountInString(t.Text) > 500 }

// size says how long it is.
func (t factText) size() string {
	return ui.Number(utf8.RuneCountInString(t.Text)) + nbsp + "caractères"
}

// relation says where the address leads, when that is out of the platform.
func (t factText) relation() templ.Attributes {
	if strings.HasPrefix(t.URL, "mailto:") {
		return nil
	}
	return templ.Attributes{"rel": "noopener noreferrer external"}
}

// way is an address by which one goes on: to the documents, to the buyer profile.
type way struct {
	Label, URL, Host string
	Main             bool // the one that one wants most
}

// ways are those addresses, the documents first; one that serves for several things is
// there once.
func (p noticePage) ways() []way {
	var out []way
	for _, topic := range []notice.Topic{notice.Documents, notice.Answering, notice.Profile} {
		for _, f := range p.Facts {
			address := followable(f.Text)
			if f.Topic != topic || address == "" {
				continue
			}
			label := topic.Label()
			if f.Lot != "" {
				label += ", lot" + nbsp + f.Lot
			}
			i := slices.IndexFunc(out, func(w way) bool { return w.URL == address })
			switch {
			case i < 0:
				out = append(out, way{label, address, host(address), topic == notice.Documents && len(out) == 0})
			case f.Lot == "" && !strings.Contains(out[i].Label, label):
				out[i].Label += " · " + label
			}
		}
	}
	return out
}

// groups are the cards that have something to say of the whole contract.
func (p noticePage) groups(of []factGroup) (out []factGroup) {
	for _, g := range of {
		if len(p.lines("", g.Topics...)) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// lines are what is said on these topics, of a lot or, when that is "", of the whole.
func (p noticePage) lines(lot string, topics ...notice.Topic) []factLine {
	var out []factLine
	for _, topic := range topics {
		line := factLine{Label: topic.Label()}
		for _, f := range p.Facts {
			if f.Topic != topic || f.Lot != lot {
				continue
			}
			said := factSaid(f)
			if said.Text == "" || said.URL != "" && leads(topic) {
				continue // an address among the ways
			}
			if topic == notice.Identifier {
				line.Label = identifierLabel(f.Text)
			}
			if !slices.Contains(line.Said, said) {
				line.Said = append(line.Said, said)
			}
		}
		if len(line.Said) > 0 {
			out = append(out, line)
		}
	}
	return out
}

// lotLines are what is said of one lot, on every topic.
func (p noticePage) lotLines(lot string) []factLine {
	if lot == "" {
		return nil
	}
	var out []factLine
	for _, g := range slices.Concat(contractGroups, factGroups) {
		out = append(out, p.lines(lot, g.Topics...)...)
	}
	return out
}

// leads tells the topics whose addresses stand first on the page.
func leads(topic notice.Topic) bool {
	return topic == notice.Documents || topic == notice.Answering || topic == notice.Profile
}

// factSaid is a fact as a page writes it.
func factSaid(f notice.Fact) factText {
	switch {
	case f.Cents > 0 || f.UpTo > 0:
		return factText{Text: between(f)}
	case f.From != "" || f.Until != "":
		return factText{Text: lasting(f)}
	case f.Weight != "":
		return factText{Text: f.Text, Note: weight(f.Weight)}
	case f.Topic == notice.Identifier:
		return factText{Text: identifier(f.Text)}
	case f.Topic == notice.Mail && strings.Count(f.Text, "@") == 1 && !strings.ContainsAny(f.Text, " \n,;:<>\"'?&%"):
		return factText{Text: f.Text, URL: "mailto:" + f.Text}
	case leads(f.Topic) || f.Topic == notice.Website:
		if address := followable(f.Text); address != "" {
			return factText{Text: host(address), URL: address}
		}
	}
	return factText{Text: f.Text}
}

func between(f notice.Fact) string {
	least, most := money(f.Cents, f.Currency), money(f.UpTo, f.Currency)
	switch {
	case most == "":
		return least
	case least == "":
		return "jusqu'à " + most
	}
	return "de " + least + " à " + most
}

func lasting(f notice.Fact) string {
	from, until := day(f.From), day(f.Until)
	switch {
	case f.Topic == notice.Opening || f.Topic == notice.ShownUntil:
		return from + until
	case until == "":
		return "à partir du " + from
	case from == "":
		return "jusqu'au " + until
	}
	return "du " + from + " au " + until
}

// weight says what a criterion counts for; a bare number is a weight in no unit that the
// notice gives.
func weight(written string) string {
	if strings.Trim(written, "0123456789.,") == "" {
		return "pondération" + nbsp + ": " + strings.Replace(written, ".", ",", 1)
	}
	return written
}

// identifier writes the buyer's number as it is in the notice, in groups when it is one.
func identifier(found string) string {
	if siret, err := refdata.ParseSIRET(found); err == nil {
		return siret.Pretty()
	}
	if siren, err := refdata.ParseSIREN(found); err == nil {
		return siren.Pretty()
	}
	return found
}

// identifierLabel names it: a number that is none is shown for what it is.
func identifierLabel(found string) string {
	if _, err := refdata.ParseSIRET(found); err == nil {
		return "SIRET dans l'avis"
	}
	if _, err := refdata.ParseSIREN(found); err == nil {
		return "SIREN dans l'avis"
	}
	return "Identifiant dans l'avis"
}

// followable is an address of the web that a page may lead to, "" for anything else.
func followable(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return ""
	}
	return u.String()
}

// host is the name of a site, as one reads it.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}
