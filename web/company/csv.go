package company

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"parvis/kit/clock"
	"parvis/kit/text"
	"parvis/kit/xlsx"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/procurement/watch"
	"parvis/web/answer"
)

// fileColumns are the columns of the file, as who answers reads them.
var fileColumns = []xlsx.Column{
	{Head: "Organisme", Width: 30}, {Head: "SIREN", Width: 13}, {Head: "Référence", Width: 16}, {Head: "Objet", Width: 60},
	{Head: "Lots qui correspondent", Width: 40}, {Head: "Nombre de lots", Width: 9}, {Head: "Départements", Width: 20}, {Head: "Codes CPV", Width: 40},
	{Head: "Procédure", Width: 20}, {Head: "Nature", Width: 12}, {Head: "Date de publication", Width: 12}, {Head: "Date limite", Width: 17},
	{Head: "Heure légale", Width: 12}, {Head: "Jours restants", Width: 9}, {Head: "Visite obligatoire", Width: 17}, {Head: "Questions jusqu'au", Width: 17},
	{Head: "Veilles", Width: 20}, {Head: "Pourquoi", Width: 40}, {Head: "Étiquette", Width: 12}, {Head: "Étiquette posée par", Width: 25},
	{Head: "Notes", Width: 40}, {Head: "Doublon probable", Width: 20}, {Head: "Source", Width: 20}, {Head: "Lien", Width: 40},
}

// csv gives the list for programs and for who asks for that format: UTF-8 with its mark,
// semicolons, dates in words that a French spreadsheet reads.
func (p Pages) csv(v *answer.Visit) (answer.Answer, error) {
	return p.file(v, ".csv", "text/csv; charset=utf-8; header=present", p.writeCSV)
}

// workbook gives it for spreadsheets, which take nothing in it for something else.
func (p Pages) workbook(v *answer.Visit) (answer.Answer, error) {
	return p.file(v, ".xlsx", xlsx.Kind, p.writeWorkbook)
}

// file gives all contracts of the list as it is filtered, whatever its pages.
func (p Pages) file(v *answer.Visit, extension, kind string, write func(context.Context, access.Actor, watch.Ask, map[string]*watch.Watch, io.Writer) error) (answer.Answer, error) {
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
	name += "-" + p.Watches.Now().In(clock.Paris).Format("2006-01-02") + extension
	return answer.Stream(name, kind, func(to io.Writer) error {
		return write(v.Context(), v.Actor, ask, byID(watches), to)
	}), nil
}

func (p Pages) writeCSV(ctx context.Context, by access.Actor, ask watch.Ask, watches map[string]*watch.Watch, to io.Writer) error {
	if _, err := io.WriteString(to, "\ufeff"); err != nil { // else Excel takes it for another alphabet
		return err
	}
	w := csv.NewWriter(to)
	w.Comma, w.UseCRLF = ';', true
	row := make([]string, len(fileColumns))
	for i, c := range fileColumns {
		row[i] = c.Head
	}
	if err := w.Write(row); err != nil {
		return err
	}
	err := p.Watches.EachMatch(ctx, by, ask, func(hit watch.Hit, at clock.Instant) error {
		cells, err := p.fileRow(ctx, by, hit, watches, at)
		if err != nil {
			return err
		}
		for i := range row {
			row[i] = written(cells[i])
		}
		return w.Write(row)
	})
	w.Flush()
	if err != nil {
		return err
	}
	return w.Error()
}

func (p Pages) writeWorkbook(ctx context.Context, by access.Actor, ask watch.Ask, watches map[string]*watch.Watch, to io.Writer) error {
	w, err := xlsx.New(to, "Marchés", fileColumns)
	if err != nil {
		return err
	}
	defer w.Abandon()
	if err := p.Watches.EachMatch(ctx, by, ask, func(hit watch.Hit, at clock.Instant) error {
		cells, err := p.fileRow(ctx, by, hit, watches, at)
		if err != nil {
			return err
		}
		return w.Row(cells...)
	}); err != nil {
		return err
	}
	return w.Close()
}

// fileRow is a contract in the order of fileColumns, its cells as a workbook takes them.
func (p Pages) fileRow(ctx context.Context, by access.Actor, hit watch.Hit, watches map[string]*watch.Watch, at clock.Instant) ([]any, error) {
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
	var left, count, published any
	due := local(n, n.Deadline)
	switch {
	case due != nil:
		left = n.Deadline.DaysLeft(at, n.Zone())
	case n.DeadlineDoubtful: // there is one, which only the notice tells
		due = unbroken(n.NoDeadline())
	}
	if len(n.Lots) > 0 {
		count = len(n.Lots)
	}
	published = n.PublishedOn
	if day, err := time.Parse(time.DateOnly, n.PublishedOn); err == nil {
		published = xlsx.Day{Time: day}
	}
	return []any{
		buyerName(n), siren(hit.SIREN), reference(n), title(n), strings.Join(lots, "\n"), count, strings.Join(places, ", "), strings.Join(codes, ", "),
		n.Procedure.Label(), n.Category.Label(), published, due, legalTime(n), left, local(n, n.VisitAt), local(n, n.QuestionsUntil),
		strings.Join(names, ", "), strings.Join(why, "\u00a0; "), choice, chosenBy, strings.Join(notes, "\n"), strings.Join(twins, ", "),
		n.SourceLabel(), p.Base + "/annonces/" + n.ID,
	}, nil
}

// written is a cell of a workbook as a text that a French spreadsheet reads.
func written(v any) string {
	switch v := v.(type) {
	case string:
		return cell(v)
	case int:
		return strconv.Itoa(v)
	case xlsx.Day:
		return v.Format("02/01/2006")
	case time.Time:
		return v.Format("02/01/2006 15:04")
	}
	return "" // nothing
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

// local is a moment on the clocks of the buyer's place, nil for none.
func local(n *notice.Notice, at clock.Instant) any {
	if at.IsZero() {
		return nil
	}
	return at.In(n.Zone())
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
