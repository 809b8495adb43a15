package watch

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/procurement/account"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

// Names of the form's fields.
const (
	FieldName       = "nom"
	FieldFrequency  = "rythme"
	FieldHour       = "heure"
	FieldWeekday    = "jour"
	FieldPause      = "pause"
	FieldRecipients = "destinataire"
	FieldEmpty      = "tout_recevoir"
	FieldShared     = "partager"
)

// Form is what a person typed on the watch page, as they typed it.
type Form struct {
	Name        string
	Keywords    string
	Mode        string
	Buyers      []string // ids
	Departments []string
	Regions     []string // « Toute la région », when the page works without JavaScript
	Refine      notice.Refinement
	Active      bool
	Frequency   string
	Hour        int
	Weekday     int      // 1, Monday, to 7; 0 is Monday
	Pause       string   // the last day of silence, as a calendar gives it (2026-12-31); empty: none
	Recipients  []string // beside the main address
	AcceptEmpty bool     // « tout recevoir », asked when no criterion is given
	Resume      bool     // the main address had unsubscribed and wants mail again
	Version     int64    // of the watch that the page showed, when editing
	Shared      bool     // with the other establishments of the company
}

// draft is a form that passed.
type draft struct {
	name       string
	criteria   notice.Criteria
	ignored    []string
	active     bool
	frequency  Frequency
	hour       int
	weekday    int
	pause      clock.Instant // when it ends; zero: none
	recipients []account.Address
	shared     bool
}

// check reads the whole form and says everything that is wrong at once.
func (f Form) check(main account.Address, now clock.Instant) (draft, error) {
	d := draft{name: properName(f.Name), active: f.Active, hour: f.Hour, weekday: max(f.Weekday, DefaultWeekday), shared: f.Shared}
	var faults fault.List
	refuse := func(field, text string) { faults = append(faults, fault.New(fault.Invalid, text).On(field)) }
	switch err := notice.Clean(FieldName, f.Name); {
	case err != nil:
		_ = faults.Add(err)
	case d.name == "":
		refuse(FieldName, "Donnez un nom à la veille, pour la retrouver dans votre espace.")
	case tooLong(d.name, maxNameRunes):
		refuse(FieldName, fmt.Sprintf("Le nom de la veille est trop long\u00a0: %d caractères au plus.", maxNameRunes))
	}
	var err error
	if d.criteria.Keywords, d.ignored, err = notice.ReadKeywords(notice.FieldKeywords, f.Keywords); err != nil {
		_ = faults.Add(err)
	}
	d.criteria.Mode = notice.Mode(f.Mode)
	d.criteria.Buyers = slices.Compact(slices.Clone(f.Buyers))
	if d.criteria.Departments, err = departments(f.Departments, f.Regions); err != nil {
		_ = faults.Add(err)
	}
	if err := (notice.Criteria{Mode: d.criteria.Mode, Buyers: d.criteria.Buyers}).Check(); err != nil {
		_ = faults.Add(err)
	}
	ignored, err := f.Refine.Into(&d.criteria)
	_ = faults.Add(err)
	d.ignored = append(d.ignored, ignored...)
	switch d.frequency = Frequency(f.Frequency); d.frequency {
	case "":
		d.frequency = Daily
	case Immediate, Daily, Weekly:
	default:
		refuse(FieldFrequency, "Choisissez un rythme\u00a0: dès la publication, une fois par jour, ou une fois par semaine.")
	}
	if d.hour < 0 || d.hour > 23 {
		refuse(FieldHour, "Choisissez une heure entre 0 h et 23 h.")
	}
	if d.weekday > 7 {
		refuse(FieldWeekday, "Choisissez un jour de la semaine.")
	}
	if d.pause, err = readPause(f.Pause, now); err != nil {
		_ = faults.Add(err)
	}
	for _, e := range f.readRecipients(&d, main) {
		faults = append(faults, e)
	}
	if len(faults) == 0 && d.criteria.Empty() {
		if d.frequency == Immediate {
			d.frequency = Daily // everything, one mail at a time, would be a flood
		}
		if !f.AcceptEmpty {
			refuse(FieldEmpty, "Cette veille n'a aucun critère\u00a0: elle recevrait tous les avis.")
		}
	}
	return d, faults.Err()
}

// longestPause is how long a watch may be silent: one that is never to speak again is
// not paused but inactive, and its page says so.
const longestPause = 366 * 24 * time.Hour

// readPause reads the last day of silence: the pause ends with it, in Paris.
func readPause(typed string, now clock.Instant) (clock.Instant, error) {
	if typed = strings.TrimSpace(typed); typed == "" {
		return 0, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, typed, clock.Paris)
	if err != nil {
		return 0, fault.New(fault.Invalid, "Cette date n'est pas comprise\u00a0: choisissez-la dans le calendrier, ou écrivez-la comme «\u00a02026-12-31\u00a0».").On(FieldPause)
	}
	end := clock.At(day.AddDate(0, 0, 1))
	switch {
	case end <= now:
		return 0, fault.New(fault.Invalid, "Cette date est passée\u00a0: choisissez le dernier jour de la pause, ou effacez-la.").On(FieldPause)
	case end > now.Add(longestPause):
		return 0, fault.New(fault.Invalid, "Une pause dure un an au plus. Pour arrêter la veille, décochez l'acceptation de l'alerte.").On(FieldPause)
	}
	return end, nil
}

// departments joins the ticked departments and those of the ticked regions, in
// the order of the list.
func departments(codes, regions []string) ([]string, error) {
	chosen := map[string]bool{}
	for _, c := range codes {
		found := refdata.DepartmentsAsked(c)
		if len(found) == 0 {
			return nil, fault.New(fault.Invalid, "Le département «\u00a0"+short(c)+"\u00a0» n'existe pas.").On(notice.FieldDepartments)
		}
		for _, code := range found {
			chosen[code] = true
		}
	}
	for _, r := range regions {
		i := slices.IndexFunc(refdata.Regions(), func(x refdata.Region) bool { return x.Code == r })
		if i < 0 {
			return nil, fault.New(fault.Invalid, "La région «\u00a0"+short(r)+"\u00a0» n'existe pas.").On(notice.FieldDepartments)
		}
		for _, d := range refdata.Regions()[i].Departments {
			chosen[d.Code] = true
		}
	}
	var out []string
	for _, d := range refdata.Departments() {
		if chosen[d.Code] {
			out = append(out, d.Code)
		}
	}
	return out, nil
}

// readRecipients parses the further addresses; empty rows are rows not used.
func (f Form) readRecipients(d *draft, main account.Address) []*fault.Error {
	var faults []*fault.Error
	seen := map[string]bool{main.Key: true}
	for i, typed := range f.Recipients {
		if strings.TrimSpace(typed) == "" {
			continue
		}
		a, err := account.ParseAddress(typed)
		if err != nil {
			for _, e := range fault.All(err) {
				faults = append(faults, e.On(fmt.Sprintf("%s.%d", FieldRecipients, i)))
			}
			continue
		}
		if !seen[a.Key] {
			seen[a.Key] = true
			d.recipients = append(d.recipients, a)
		}
	}
	if len(d.recipients)+1 > MaxRecipients {
		faults = append(faults, fault.New(fault.Invalid, fmt.Sprintf("Une veille compte %d destinataires au plus, adresse principale comprise.", MaxRecipients)).On(FieldRecipients))
	}
	return faults
}

// short keeps a hostile value from filling the page.
func short(s string) string {
	const most = 20
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
