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
}

// Label is how a department is named everywhere: « (67) Bas-Rhin ».
func (d PickerDepartment) Label() string { return "(" + d.Code + ") " + d.Name }

func (d PickerDepartment) id() string { return "departement-" + d.Code }

func (d PickerDepartment) attributes() templ.Attributes {
	a := templ.Attributes{"type": "checkbox", "name": "departement", "id": d.id(), "value": d.Code}
	if d.Checked {
		a["checked"] = true
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

// BuyerPickerModel is a choice of organisms. The form sends "organisme" once per chosen
// one (its id), "organisme-saisi" (the text left in the field), and perhaps
// "action=ajouter-organisme" or "retirer-organisme=<id>".
type BuyerPickerModel struct {
	Field      // the text field's; Name empty means "organisme-saisi"
	Text       string
	SuggestURL string // answers GET ?q=… with [{"id","label"}]
	Chosen     []PickedBuyer
	Candidates []PickedBuyer // those that the text may mean, when it was sent without scripts
	Max        int           // how many may be chosen; 0: any number
}

// PickedBuyer is an organism of the register.
type PickedBuyer struct{ ID, Label string }

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

// AddressState is what became of a further address.
type AddressState string

// The states of a further address; a new one has none.
const (
	AddressNew          AddressState = ""
	AddressUnconfirmed  AddressState = "à confirmer"
	AddressConfirmed    AddressState = "confirmée"
	AddressUnsubscribed AddressState = "désabonnée"
	AddressFailing      AddressState = "en échec"
)

// badge is the state as a tag.
func (s AddressState) badge() Badge {
	switch s {
	case AddressConfirmed:
		return OK(string(s))
	case AddressUnconfirmed:
		return Soon(string(s))
	case AddressFailing:
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
