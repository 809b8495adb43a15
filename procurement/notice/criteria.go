package notice

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"parvis/kit/fault"
	"parvis/kit/text"
	"parvis/procurement/refdata"
)

// Mode says whether a company wants all of its words or any of them.
type Mode string

// The two radios of the form; Any is where it starts.
const (
	Any Mode = "any"
	All Mode = "all"
)

// Combine says how CPV codes join the words.
type Combine string

// Or is the default: most notices carry no code, or a generic one.
const (
	Or  Combine = "or"
	And Combine = "and"
)

// Limits of what a person may ask for, so that matching stays bounded.
const (
	MaxKeywords     = 50
	MaxKeywordRunes = 60
	MaxWordRunes    = 500
	MaxBuyers       = 20
	MaxCPV          = 50
	MaxDaysLeft     = 365
	MaxExcluded     = 50 // organisms, and codes
)

// Names of the form's fields, in search and watch alike.
const (
	FieldKeywords    = "mots_cles"
	FieldMode        = "mode"
	FieldExclude     = "exclus"
	FieldBuyers      = "organisme"
	FieldDepartments = "departement"
	FieldCPV         = "cpv"
	FieldCategories  = "nature"
	FieldCombine     = "cpv_combine"
	FieldBroader     = "cpv_generaux"
	FieldTitleOnly   = "objet_et_lots"
	FieldNational    = "france_entiere"
	FieldServices    = "services"
	FieldKinds       = "type_avis"
	FieldSources     = "source"
	FieldMinDays     = "jours_restants"

	FieldExcludeBuyers = "organisme_exclu"
	FieldExcludeCPV    = "cpv_exclu"
)

// Criteria are what a search or a watch asks of a notice. Criteria of different
// kinds combine with AND, values of one kind with OR; keywords follow Mode. All
// are optional: empty criteria match everything. The JSON form is stored: a field
// that is missing means what it meant before the field was, so that what is
// included unless a person says otherwise is stored as its contrary.
type Criteria struct {
	Mode        Mode               `json:"mode,omitempty"`
	Keywords    []string           `json:"keywords,omitempty"` // as typed, one word or one "phrase" each
	Exclude     []string           `json:"exclude,omitempty"`
	TitleOnly   bool               `json:"title_only,omitempty"` // « Objet et lots seulement »: wanted and excluded words alike
	Buyers      []string           `json:"buyers,omitempty"`     // ids of the register
	Services    bool               `json:"services,omitempty"`   // « Inclure ses services », see Subject.Bodies
	Departments []string           `json:"departments,omitempty"`
	NoNational  bool               `json:"no_national,omitempty"` // « Inclure les marchés France entière » unticked, see Places.National
	CPV         []string           `json:"cpv,omitempty"`         // a code means its whole subtree
	Broader     bool               `json:"broader,omitempty"`     // « Inclure les codes plus généraux »
	Combine     Combine            `json:"combine,omitempty"`
	Categories  []refdata.Category `json:"natures,omitempty"`
	Kinds       []Kind             `json:"kinds,omitempty"`    // none: every kind, of which watches only mail the open calls
	Sources     []string           `json:"sources,omitempty"`  // see Sources
	MinDays     int                `json:"min_days,omitempty"` // « Jours restants » at least, see Subject.DaysLeft

	// What the mails of a watch offer to leave out, beside words. Of an organism, its own
	// notices: its services stay. Of a code, the notices all of whose codes it covers: one
	// that has another code is about something else too.
	ExcludeBuyers []string `json:"exclude_buyers,omitempty"`
	ExcludeCPV    []string `json:"exclude_cpv,omitempty"`

	// Merged are the buyers that are one with those of Buyers, MergedOut with those of
	// ExcludeBuyers: see Resolve.
	Merged    []string `json:"-"`
	MergedOut []string `json:"-"`
}

// Empty tells that nothing is asked: everything matches.
func (c Criteria) Empty() bool {
	return len(c.Keywords)+len(c.Exclude)+len(c.Buyers)+len(c.Departments)+len(c.CPV)+len(c.Categories)+
		len(c.Kinds)+len(c.Sources)+len(c.ExcludeBuyers)+len(c.ExcludeCPV) == 0 && !c.NoNational && c.MinDays <= 0
}

// ReadKeywords splits what a person typed in « Mots clés » into criteria, says
// which function words it leaves out, and refuses what cannot be searched.
func ReadKeywords(field, typed string) (keywords, ignored []string, err error) {
	if err := Clean(field, typed); err != nil {
		return nil, nil, err
	}
	parsed := text.ParseKeywords(typed)
	var faults fault.List
	for _, r := range parsed.Refused {
		faults = append(faults, fault.New(fault.Invalid, refusal(r)).On(field))
	}
	if len(faults) == 0 && len(parsed.Keywords) == 0 && len(parsed.Ignored) > 0 {
		faults = append(faults, fault.New(fault.Invalid,
			"Les mots saisis sont trop courants pour une recherche («\u00a0"+strings.Join(parsed.Ignored, "\u00a0», «\u00a0")+"\u00a0»)\u00a0: ajoutez au moins un mot précis.").On(field))
	}
	seen := map[string]bool{}
	total := 0
	for _, k := range parsed.Keywords {
		n := utf8.RuneCountInString(k.Typed)
		total += n
		if n > MaxKeywordRunes {
			faults = append(faults, fault.New(fault.Invalid, fmt.Sprintf("Le mot «\u00a0%s…\u00a0» est trop long\u00a0: %d caractères au plus par mot ou expression.", cut(k.Typed, 20), MaxKeywordRunes)).On(field))
			continue
		}
		if !seen[k.Typed] {
			seen[k.Typed] = true
			keywords = append(keywords, k.Typed)
		}
	}
	if len(keywords) > MaxKeywords {
		faults = append(faults, fault.New(fault.Invalid, fmt.Sprintf("Vous avez saisi %d mots clés\u00a0: %d au plus.", len(keywords), MaxKeywords)).On(field))
	} else if total > MaxWordRunes {
		faults = append(faults, fault.New(fault.Invalid, fmt.Sprintf("Vos mots clés comptent %d caractères en tout\u00a0: %d au plus.", total, MaxWordRunes)).On(field))
	}
	return keywords, parsed.Ignored, faults.Err()
}

func refusal(r text.Refusal) string {
	if r.Reason == text.TooShort {
		return "Le mot «\u00a0" + cut(r.Word, 20) + "\u00a0» compte moins de 3 caractères. Écrivez-le en capitales si c'est un sigle («\u00a0TP\u00a0»), ou entre guillemets."
	}
	return "«\u00a0" + cut(r.Word, 20) + "\u00a0» ne contient aucun mot que l'on puisse chercher."
}

// cut keeps the first n runes.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// Clean refuses invalid UTF-8 and control characters, which no keyboard types.
func Clean(field, typed string) error {
	if !utf8.ValidString(typed) {
		return fault.New(fault.Invalid, "Ce texte contient des caractères illisibles\u00a0: saisissez-le à nouveau.").On(field)
	}
	for _, r := range typed {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' || r == '\u202e' || r == '\u202d' {
			return fault.New(fault.Invalid, "Ce texte contient un caractère de contrôle invisible\u00a0: saisissez-le à nouveau.").On(field)
		}
	}
	return nil
}

// Check refuses criteria that no form makes: they come from a file, an address
// or a forged request. It says everything that is wrong.
func (c Criteria) Check() error {
	var faults fault.List
	bad := func(field, text string) { faults = append(faults, fault.New(fault.Invalid, text).On(field)) }
	if c.Mode != "" && c.Mode != Any && c.Mode != All {
		bad(FieldMode, "Choisissez «\u00a0tous les termes\u00a0» ou «\u00a0n'importe lequel de ces termes\u00a0».")
	}
	if c.Combine != "" && c.Combine != Or && c.Combine != And {
		bad(FieldCPV, "Les codes CPV se combinent aux mots clés par «\u00a0ou\u00a0» ou par «\u00a0et\u00a0».")
	}
	if len(c.Buyers) > MaxBuyers {
		bad(FieldBuyers, fmt.Sprintf("Vous avez choisi %d organismes\u00a0: %d au plus.", len(c.Buyers), MaxBuyers))
	}
	for _, d := range c.Departments {
		if _, ok := refdata.DepartmentByCode(d); !ok {
			bad(FieldDepartments, "Le département «\u00a0"+cut(d, 20)+"\u00a0» n'existe pas.")
		}
	}
	for field, codes := range map[string][]string{FieldCPV: c.CPV, FieldExcludeCPV: c.ExcludeCPV} {
		for _, code := range codes {
			if refdata.CPVPrefix(code) == "" {
				bad(field, "«\u00a0"+cut(code, 20)+"\u00a0» n'est pas un code CPV.")
			}
		}
	}
	c.checkFacts(bad)
	_, err := Compile(c)
	if other := faults.Add(err); other != nil {
		return other
	}
	return faults.Err()
}

// checkFacts refuses what is asked of a notice beside words, places and codes.
func (c Criteria) checkFacts(bad func(field, text string)) {
	if len(c.CPV) > MaxCPV {
		bad(FieldCPV, fmt.Sprintf("Vous avez choisi %d codes CPV\u00a0: %d au plus.", len(c.CPV), MaxCPV))
	}
	if len(c.ExcludeCPV) > MaxExcluded {
		bad(FieldExcludeCPV, fmt.Sprintf("Vous avez exclu %d codes CPV\u00a0: %d au plus.", len(c.ExcludeCPV), MaxExcluded))
	}
	if len(c.ExcludeBuyers) > MaxExcluded {
		bad(FieldExcludeBuyers, fmt.Sprintf("Vous avez exclu %d organismes\u00a0: %d au plus.", len(c.ExcludeBuyers), MaxExcluded))
	}
	for _, k := range c.Categories {
		if k.Label() == "" {
			bad(FieldCategories, "La nature «\u00a0"+cut(string(k), 20)+"\u00a0» n'existe pas.")
		}
	}
	for _, k := range c.Kinds {
		if k.Label() == "" {
			bad(FieldKinds, "Le type d'avis «\u00a0"+cut(string(k), 20)+"\u00a0» n'existe pas.")
		}
	}
	for _, s := range c.Sources {
		if SourceLabel(s) == "" {
			bad(FieldSources, "La source «\u00a0"+cut(s, 20)+"\u00a0» n'existe pas.")
		}
	}
	if c.MinDays < 0 || c.MinDays > MaxDaysLeft {
		bad(FieldMinDays, fmt.Sprintf("Le nombre de jours restants va de 0 à %d.", MaxDaysLeft))
	}
}
