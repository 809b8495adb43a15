package ui

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// PickerModel is a choice of departments. The form sends "departement" once per ticked
// department, and "region" once per region ticked as a whole, which the server expands.
type PickerModel struct {
	Field         // its id leads to the list; its name is not sent
	Regions       []PickerRegion
	NothingPicked string // what an empty choice means; empty: « Aucun département choisi »
}

// PickerRegion is a region and its departments.
type PickerRegion struct {
	Code, Name  string
	Departments []PickerDepartment
}

// PickerDepartment is a department, or an overseas collectivity, by its INSEE code.
type PickerDepartment struct {
	Code, Name string
	Checked    bool
	Count      int // how many notices are there; 0: none, or nobody has counted
}

// Label is how a department is named everywhere: « (67) Bas-Rhin ».
func (d PickerDepartment) Label() string { return "(" + d.Code + ") " + d.Name }

func (d PickerDepartment) id() string { return "departement-" + d.Code }

func (d PickerDepartment) attributes() templ.Attributes {
	a := templ.Attributes{"type": "checkbox", "name": "departement", "id": d.id(), "value": d.Code}
	if d.Checked {
		a["checked"] = true
	}
	if d.Count > 0 {
		a["data-count"] = strconv.Itoa(d.Count)
	}
	return a
}

// checked counts the departments ticked in the region.
func (r PickerRegion) checked() int {
	n := 0
	for _, d := range r.Departments {
		if d.Checked {
			n++
		}
	}
	return n
}

// tally says how many of the region are ticked, or how many it has.
func (r PickerRegion) tally() string {
	all := strconv.Itoa(len(r.Departments))
	if n := r.checked(); n > 0 {
		return strconv.Itoa(n) + " sur " + all
	}
	return all
}

func (r PickerRegion) class() string {
	if r.checked() > 0 {
		return "fold has-picked"
	}
	return "fold"
}

// groups gives the regions as the list shows them: those of a single department, which
// overseas are the rule, stand together, where « toute la région » would say nothing more
// than the department.
func (m PickerModel) groups() []PickerRegion {
	var groups []PickerRegion
	overseas := PickerRegion{Name: "Outre-mer"}
	for _, r := range m.Regions {
		if len(r.Departments) == 1 {
			overseas.Departments = append(overseas.Departments, r.Departments...)
			continue
		}
		groups = append(groups, r)
	}
	if len(overseas.Departments) == 0 {
		return groups
	}
	// The other territories overseas, a group of their own, come last.
	at := slices.IndexFunc(groups, func(r PickerRegion) bool { return r.Code == "COM" })
	if at < 0 {
		at = len(groups)
	}
	return slices.Insert(groups, at, overseas)
}

// counted tells whether departments come with how many notices they have.
func (m PickerModel) counted() bool {
	return slices.ContainsFunc(m.Regions, func(r PickerRegion) bool {
		return slices.ContainsFunc(r.Departments, func(d PickerDepartment) bool { return d.Count > 0 })
	})
}

func (m PickerModel) nothing() string {
	if m.NothingPicked == "" {
		return "Aucun département choisi"
	}
	return m.NothingPicked
}

// summary writes the choice: « (67) Bas-Rhin, (68) Haut-Rhin ».
func (m PickerModel) summary() string {
	var picked []string
	for _, r := range m.Regions {
		for _, d := range r.Departments {
			if d.Checked {
				picked = append(picked, d.Label())
			}
		}
	}
	if len(picked) == 0 {
		return m.nothing()
	}
	return strings.Join(picked, ", ")
}

// LookupModel is a choice among too many things for a list: they are looked for by a few
// letters. The form sends Sent once per chosen one (its id), the text left in the field
// under the field's name, and perhaps "action=<Add>" or "<Drop>=<id>".
type LookupModel struct {
	Field      // the text field's
	Text       string
	SuggestURL string // answers GET ?q=… with [{"id","label"}]
	Chosen     []Picked
	Candidates []Picked // those that the text may mean, when it was sent without scripts
	Max        int      // how many may be chosen; 0: any number
	Least      int      // letters from which something is proposed; 0: the first

	Sent      string // name of the chosen ones
	Add, Drop string // what the buttons send
	AddLabel  string
	One, Many string // what is chosen, masculine: « organisme », « organismes »
	List      string // name of the list of those chosen; empty: « Organismes choisis »
}

// Picked is one thing chosen, or that may be.
type Picked struct{ ID, Label string }

func (m LookupModel) least() string { return strconv.Itoa(max(1, m.Least)) }

func (m LookupModel) list() string {
	if m.List == "" {
		return Capital(m.Many) + " choisis"
	}
	return m.List
}

// candidatesLegend asks which of several was meant.
func (m LookupModel) candidatesLegend() string {
	return "Plusieurs " + m.Many + " correspondent à «\u00a0" + m.Text + "\u00a0»\u00a0: cochez les vôtres"
}

// BuyerPickerModel is a choice of organisms. The form sends "organisme" once per chosen
// one (its id), "organisme-saisi" (the text left in the field), and perhaps
// "action=ajouter-organisme" or "retirer-organisme=<id>".
type BuyerPickerModel struct {
	Field      // the text field's; Name empty means "organisme-saisi"
	Text       string
	SuggestURL string // answers GET ?q=… with [{"id","label"}]
	Chosen     []Picked
	Candidates []Picked // those that the text may mean, when it was sent without scripts
	Max        int      // how many may be chosen; 0: any number
}

// buyerHint is the guide's sentence.
const buyerHint = "Veuillez saisir au moins une lettre pour afficher la liste des organismes"

func (m BuyerPickerModel) field() Field {
	f := m.Field
	if f.Name == "" {
		f.Name = "organisme-saisi"
	}
	if f.Label == "" {
		f.Label = "Organisme"
	}
	if f.Hint == "" {
		f.Hint = buyerHint
	}
	return f
}

func (m BuyerPickerModel) lookup() LookupModel {
	return LookupModel{
		Field: m.field(), Text: m.Text, SuggestURL: m.SuggestURL, Chosen: m.Chosen, Candidates: m.Candidates, Max: m.Max,
		Sent: "organisme", Add: "ajouter-organisme", Drop: "retirer-organisme", AddLabel: "Ajouter un organisme supplémentaire", One: "organisme", Many: "organismes",
	}
}

// CodePicker is a choice of CPV codes. The form sends "cpv" once per chosen one, the text
// left in the field as "cpv-saisi", and perhaps "action=ajouter-cpv" or
// "retirer-cpv=<code>".
func CodePicker(m BuyerPickerModel) LookupModel {
	m.Field.Label = "Codes CPV"
	m.Field.Hint = "Saisissez ce qui est acheté («\u00a0menuiserie\u00a0»), ou le début d'un code. Un code vaut avec tous ceux qui le précisent."
	return m.codes("cpv", "Ajouter un code", "")
}

// OutCodePicker is a choice of codes to be left out, sent as "cpv_exclu" and so on.
func OutCodePicker(m BuyerPickerModel) LookupModel {
	m.Field.Label = "Codes CPV exclus"
	m.Field.Hint = "Un avis n'est écarté que si tous ses codes le sont."
	return m.codes("cpv_exclu", "Exclure un code", "Codes exclus")
}

func (m BuyerPickerModel) codes(sent, add, list string) LookupModel {
	f := m.Field
	f.Name = sent + "-saisi"
	return LookupModel{
		Field: f, Text: m.Text, SuggestURL: m.SuggestURL, Chosen: m.Chosen, Candidates: m.Candidates, Max: m.Max, Least: 2,
		Sent: sent, Add: "ajouter-" + sent, Drop: "retirer-" + sent, AddLabel: add, List: list, One: "code", Many: "codes",
	}
}

// OutBuyerPicker is a choice of organisms to be left out, sent as "organisme_exclu" and so
// on.
func OutBuyerPicker(m BuyerPickerModel) LookupModel {
	f := m.Field
	f.Name, f.Label = "organisme_exclu-saisi", "Organismes exclus"
	f.Hint = "Leurs avis sont écartés, mais pas ceux de leurs services. Saisissez au moins une lettre pour afficher la liste."
	return LookupModel{
		Field: f, Text: m.Text, SuggestURL: m.SuggestURL, Chosen: m.Chosen, Candidates: m.Candidates, Max: m.Max,
		Sent: "organisme_exclu", Add: "ajouter-organisme_exclu", Drop: "retirer-organisme_exclu", AddLabel: "Exclure un organisme", List: "Organismes exclus",
		One: "organisme", Many: "organismes",
	}
}

// AddressState is what became of a further address.
type AddressState string

// The states of a further address; a new one has none.
const (
	AddressNew          AddressState = ""
	AddressUnconfirmed  AddressState = "à confirmer"
	AddressLapsed       AddressState = "sans réponse"
	AddressConfirmed    AddressState = "confirmée"
	AddressUnsubscribed AddressState = "désabonnée"
	AddressFailing      AddressState = "en échec"
)

// Badge is the state as a tag.
func (s AddressState) Badge() Badge {
	switch s {
	case AddressConfirmed:
		return OK(string(s))
	case AddressUnconfirmed:
		return Soon(string(s))
	case AddressLapsed, AddressFailing:
		return Late(string(s))
	}
	return Off(string(s))
}

// AddressListModel is a list of recipients. The form sends "destinataire" once per row,
// and perhaps "action=ajouter-destinataire" or "retirer-destinataire=<rank from 0>".
type AddressListModel struct {
	Field // its name is not sent; its error is about the list as a whole
	Main  string
	Rows  []AddressRow
	Max   int // rows allowed; 0: any number
}

// AddressRow is one further address.
type AddressRow struct {
	Value string
	State AddressState
	Error string
}

func (m AddressListModel) field() Field {
	f := m.Field
	if f.Label == "" {
		f.Label = "Adresses mails où sera envoyée la veille de marché"
	}
	if f.Name == "" {
		f.Name = "destinataires"
	}
	return f
}

// rowField is the control of the row of that rank. Its id is the one that faults name:
// "destinataires-1" for the first.
func (m AddressListModel) rowField(rank int) Field {
	return Field{Name: "destinataire", ID: m.field().id() + "-" + strconv.Itoa(rank+1), Error: m.Rows[rank].Error}
}

func (m AddressListModel) rowAttributes(rank int) templ.Attributes {
	i := Input{Field: m.rowField(rank), Value: m.Rows[rank].Value, Type: "email", Autocomplete: "off"}
	return i.attributes()
}

// full says that no row may be added.
func (m AddressListModel) full() bool { return m.Max > 0 && len(m.Rows) >= m.Max }
