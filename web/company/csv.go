package company

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"unicode"

	"parvis/kit/clock"
	"parvis/kit/text"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/procurement/watch"
	"parvis/web/answer"
)

// csvHeads are the columns of the file, as who answers reads them.
var csvHeads = []string{
	"Organisme", "SIREN", "Référence", "Objet", "Lots qui correspondent", "Nombre de lots", "Départements", "Codes CPV", "Procédure", "Nature",
	"Date de publication", "Date limite", "Heure légale", "Jours restants", "Visite obligatoire", "Questions jusqu'au",
	"Veilles", "Pourquoi", "Étiquette", "Étiquette posée par", "Notes", "Doublon probable", "Source", "Lien",
}

// csv gives all contracts of the list as it is filtered, whatever its pages, for a
// French spreadsheet: UTF-8 with its mark, semicolons, dates in words that it reads.
func (p Pages) csv(v *answer.Visit) (answer.Answer, error) {
	page := p.readList(v)
	ask := page.ask()
	ask.From, ask.Size = 0, 0
	if _, err := p.Watches.Matches(v.Context(), v.Actor, ask); err != nil { // refused now or never
		return answer.Answer{}, err
	}
	watches, err := p.Watches.List(v.Context(), v.Actor)
	if err != nil {
		return answer.Answer{}, err
	}
	name := "marches"
	if w := byID(watches)[ask.WatchID]; w != nil {
		name += "-" + slug(w.Name)
	}
	name += "-" + p.Watches.Now().In(clock.Paris).Format("2006-01-02") + ".csv"
	return answer.Stream(name, "text/csv; charset=utf-8; header=present", func(to io.Writer) error {
		return p.writeCSV(v.Context(), v.Actor, ask, byID(watches), to)
	}), nil
}

func (p Pages) writeCSV(ctx context.Context, by access.Actor, ask watch.Ask, watches map[string]*watch.Watch, to io.Writer) error {
	if _, err := io.WriteString(to, "\ufeff"); err != nil { // else Excel takes it for another alphabet
		return err
	}
	w := csv.NewWriter(to)
	w.Comma, w.UseCRLF = ';', true
	if err := w.Write(csvHeads); err != nil {
		return err
	}
	err := p.Watches.EachMatch(ctx, by, ask, func(hit watch.Hit, at clock.Instant) error {
		row, err := p.csvRow(ctx, by, hit, watches, at)
		if err != nil {
			return err
		}
		for i := range row {
			row[i] = cell(row[i])
		}
		return w.Write(row)
	})
	w.Flush()
	if err != nil {
		return err
	}
	return w.Error()
}

// csvRow is a contract in the order of csvHeads.
func (p Pages) csvRow(ctx context.Context, by access.Actor, hit watch.Hit, watches map[string]*watch.Watch, at clock.Instant) ([]string, error) {
	n := hit.Notice
	labels, err := p.CPV.Labels(ctx, by, n.CPV)
	if err != nil {
		return nil, err
	}
	var codes, names, why, places, lots, twins, notes []string
	for _, code := range n.CPV {
		codes = append(codes, labelled(code, labels[code]))
	}
	for _, code := range n.Departments {
		if d, ok := refdata.DepartmentByCode(code); ok {
			places = append(places, d.Name+" ("+d.Code+")")
		}
	}
	var matching []*watch.Watch
	for _, r := range hit.Reasons {
		names, why = append(names, r.Name), append(why, unbroken(r.Text()))
		if w := watches[r.WatchID]; w != nil {
			matching = append(matching, w)
		}
	}
	for _, lot := range watch.MatchingLots(matching, n, at) {
		lots = append(lots, lotName(lot))
	}
	for _, twin := range hit.Twins {
		twins = append(twins, twin.SourceLabel())
	}
	for _, note := range hit.Tagged.Notes {
		notes = append(notes, authored(note))
	}
	choice, chosenBy := "", ""
	if c := hit.Tagged.Choice; c != watch.Untagged {
		choice, chosenBy = c.Label(), hit.Tagged.By+", le "+hit.Tagged.At.Day(clock.Paris)
	}
	deadline, left := "", ""
	if !n.Deadline.IsZero() {
		deadline, left = n.Deadline.Short(n.Zone()), strconv.Itoa(n.Deadline.DaysLeft(at, n.Zone()))
	}
	count := ""
	if len(n.Lots) > 0 {
		count = strconv.Itoa(len(n.Lots))
	}
	return []string{
		buyerName(n), siren(hit.SIREN), reference(n), title(n), strings.Join(lots, "\n"), count, strings.Join(places, ", "), strings.Join(codes, ", "),
		n.Procedure.Label(), n.Category.Label(), frenchDay(n.PublishedOn), deadline, legalTime(n), left, local(n, n.VisitAt), local(n, n.QuestionsUntil),
		strings.Join(names, ", "), strings.Join(why, "\u00a0; "), choice, chosenBy, strings.Join(notes, "\n"), strings.Join(twins, ", "),
		n.SourceLabel(), p.Base + "/annonces/" + n.ID,
	}, nil
}

// cell keeps a spreadsheet from taking a text for a formula, which could send what is
// beside it to whoever wrote the notice: an apostrophe comes before what begins one,
// behind blanks and what cannot be seen too.
func cell(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	if rest := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }); rest != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(rest)[0]) {
		return "'" + s
	}
	if s != "" && strings.ContainsRune("\t\n\r\x00", rune(s[0])) {
		return "'" + s
	}
	return s
}

// siren is the number in groups, which no spreadsheet takes for a quantity.
func siren(number string) string {
	return strings.ReplaceAll(refdata.SIREN(number).Pretty(), "\u00a0", " ")
}

func labelled(code, label string) string {
	if label == "" {
		label = refdata.CPVFamily(code)
	}
	if label == "" {
		return code
	}
	return code + " (" + label + ")"
}

func authored(n watch.Note) string {
	if n.By == "" {
		return n.Text
	}
	return n.By + "\u00a0: " + n.Text
}

// local is a moment on the clocks of the buyer's place, "" for none.
func local(n *notice.Notice, at clock.Instant) string {
	if at.IsZero() {
		return ""
	}
	return at.Short(n.Zone())
}

// legalTime says on whose clocks the deadline is.
func legalTime(n *notice.Notice) string {
	switch {
	case n.Deadline.IsZero():
		return ""
	case zone(n) == "":
		return "Paris"
	}
	return n.Clock()
}

// slug makes a name of letters and figures, for that of a file.
func slug(name string) string {
	const most = 40
	var b strings.Builder
	for _, r := range text.Fold(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == most {
			break
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "veille"
}
