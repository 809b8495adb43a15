package xlsx

import (
	"archive/zip"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Kind is the media type of what is written.
const Kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// Column is a column of the table: what it is called, and how wide, in characters.
type Column struct {
	Head  string
	Width int
}

// Day is a date without an hour.
type Day struct{ time.Time }

// Writer writes one sheet, row after row. Nothing is written before Close: until then rows
// wait as XML, 16 MiB of them in memory, and when there are more, in a file of the system's
// temporary folder (still in memory where none can be made). Close and Abandon remove it.
type Writer struct {
	to     io.Writer
	file   *excelize.File
	sheet  *excelize.StreamWriter
	styles [len(looks)]int // ids of the looks
	rows   int
}

// Looks of cells.
const (
	textLook = iota
	headLook
	dayLook
	momentLook
	numberLook
)

// looks says that texts have format 49, « Texte »: what is typed over one later is a text
// too. Formats 14 and 22 are dates as the reader's country writes them.
var looks = [...]excelize.Style{
	textLook:   {NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}},
	headLook:   {NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}, Font: &excelize.Font{Bold: true, Family: "Calibri", Size: 11}},
	dayLook:    {NumFmt: 14, Alignment: &excelize.Alignment{Vertical: "top"}},
	momentLook: {NumFmt: 22, Alignment: &excelize.Alignment{Vertical: "top"}},
	numberLook: {NumFmt: 1, Alignment: &excelize.Alignment{Vertical: "top"}},
}

// New begins a workbook whose only sheet is called name: 31 characters at most, none of
// []:*?/\. Its first row has the heads and stays in view. Whoever may leave it before
// Close calls Abandon.
func New(to io.Writer, name string, columns []Column) (*Writer, error) {
	w := &Writer{to: to, file: excelize.NewFile()}
	if err := w.begin(name, columns); err != nil {
		w.Abandon()
		return nil, fmt.Errorf("xlsx: %w", err)
	}
	return w, nil
}

func (w *Writer) begin(name string, columns []Column) error {
	// The library would gather the whole workbook before it writes it.
	w.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w.to) })
	// It would name its own author, and a day in 2006.
	w.file.Pkg.Delete("docProps/core.xml")
	if err := w.file.SetDocProps(&excelize.DocProperties{}); err != nil {
		return err
	}
	for i := range looks {
		id, err := w.file.NewStyle(&looks[i])
		if err != nil {
			return err
		}
		w.styles[i] = id
	}
	if err := w.file.SetSheetName(w.file.GetSheetName(0), name); err != nil {
		return err
	}
	var err error
	if w.sheet, err = w.file.NewStreamWriter(name); err != nil {
		return err
	}
	if err := w.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	heads := make([]any, len(columns))
	for i, c := range slices.Backward(columns) { // the library puts each before the others
		if err := w.sheet.SetColWidth(i+1, i+1, float64(c.Width)); err != nil {
			return err
		}
		heads[i] = w.text(c.Head, headLook)
	}
	return w.row(heads)
}

func (w *Writer) row(cells []any) error {
	place, err := excelize.CoordinatesToCellName(1, w.rows+1) // fails after the last row of a sheet
	if err != nil {
		return err
	}
	w.rows++
	return w.sheet.SetRow(place, cells)
}

// Row writes a row: of string, int, time.Time (as the clocks of its zone show it) and Day;
// nil, "" and the zero time are empty cells. After an error all that can be done is Abandon.
func (w *Writer) Row(cells ...any) error {
	row := make([]any, len(cells))
	for i, cell := range cells {
		switch v := cell.(type) {
		case nil:
		case string:
			row[i] = w.text(v, textLook)
		case int:
			row[i] = excelize.Cell{StyleID: w.styles[numberLook], Value: v}
		case Day:
			row[i] = w.moment(v.Time, dayLook, time.DateOnly)
		case time.Time:
			row[i] = w.moment(v, momentLook, "2006-01-02 15:04")
		default:
			return fmt.Errorf("xlsx: a cell cannot be a %T", cell)
		}
	}
	if err := w.row(row); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	return nil
}

// Close writes the workbook; what it is written to stays open.
func (w *Writer) Close() error {
	defer w.Abandon()
	if err := w.sheet.Flush(); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	if err := w.file.Write(w.to); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	return nil
}

// Abandon lets go of rows that are not to be written. After Close there are none.
func (w *Writer) Abandon() {
	_ = w.file.Close() // of a file that is thrown away
}

// text is a cell, nil when it is empty.
func (w *Writer) text(s string, look int) any {
	if s == "" {
		return nil
	}
	return excelize.Cell{StyleID: w.styles[look], Value: uncoded(held(s))}
}

// moment is a date as spreadsheets count them: days from the end of 1899. They are wrong
// about the first weeks of 1900 and know nothing before; what they cannot count is a text.
func (w *Writer) moment(t time.Time, look int, layout string) any {
	switch {
	case t.IsZero():
		return nil
	case t.Year() <= 1900 || t.Year() > 9999:
		return w.text(t.Format(layout), textLook)
	}
	hour, minute, second := t.Clock()
	if look == dayLook {
		hour, minute, second = 0, 0, 0
	}
	return excelize.Cell{StyleID: w.styles[look], Value: time.Date(t.Year(), t.Month(), t.Day(), hour, minute, second, 0, time.UTC)}
}

// held is as much of a text as a cell holds, in valid UTF-8: the library would cut it
// without a sign.
func held(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"), "\ufffd")
	if len(s) <= excelize.TotalCellChars {
		return s // no more units than bytes
	}
	units, end := 0, 0 // end leaves room for the sign that something is cut
	for i, r := range s {
		if units += utf16.RuneLen(r); units < excelize.TotalCellChars {
			end = i + utf8.RuneLen(r)
		} else if units > excelize.TotalCellChars {
			return s[:end] + "…"
		}
	}
	return s
}

// coded is how a workbook writes a character that XML cannot. The library says of a text
// that looks so that it is none, but for what lost finds: it drops halves of pairs, and
// sees every second only of those that share an underscore.
var (
	coded = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)
	lost  = regexp.MustCompile(`_x(?:[Dd][89A-Fa-f][0-9A-Fa-f]{2}|[0-9A-Fa-f]{4}_x[0-9A-Fa-f]{4})_`)
)

// uncoded is a text for the library, in pieces of which none looks coded if it would lose some.
func uncoded(s string) any {
	if !lost.MatchString(s) {
		return s
	}
	var pieces []excelize.RichTextRun
	for at := coded.FindStringIndex(s); at != nil; at = coded.FindStringIndex(s) {
		pieces = append(pieces, excelize.RichTextRun{Text: s[:at[0]+1]})
		s = s[at[0]+1:]
	}
	return append(pieces, excelize.RichTextRun{Text: s})
}
