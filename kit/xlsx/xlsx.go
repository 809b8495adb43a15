package xlsx

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// Kind is the media type of what is written.
const Kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// What a spreadsheet can hold.
const (
	mostRows = 1 << 20
	mostText = 32_767 // UTF-16 units of a cell
)

// Column is a column of the table: what it is called, and how wide, in characters.
type Column struct {
	Head  string
	Width int
}

// Day is a date without an hour.
type Day struct{ time.Time }

// Writer writes one sheet, row after row: nothing is kept.
type Writer struct {
	file  *zip.Writer
	sheet *bufio.Writer
	rows  int
}

// Styles by their place in the list of styles.xml.
const (
	styleText = iota + 1
	styleHead
	styleDay
	styleMoment
	styleNumber
)

// parts are the files of a workbook of one sheet, but for the sheet. Texts have format 49,
// « Texte »: what is typed over one later is a text too. Formats 14 and 22 are dates as the
// reader's country writes them.
var parts = [][2]string{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="%s" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`},
	{"xl/styles.xml", `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
		`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>` +
		`<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>` +
		`<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top"/></xf>` +
		`<xf numFmtId="22" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top"/></xf>` +
		`<xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top"/></xf></cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`},
}

// New begins a workbook whose only sheet is called name: 31 characters at most, none of
// []:*?/\. Its first row has the heads and stays in view.
func New(to io.Writer, name string, columns []Column) (*Writer, error) {
	w := &Writer{file: zip.NewWriter(to)}
	for _, part := range parts {
		content := part[1]
		if strings.Contains(content, "%s") {
			content = fmt.Sprintf(content, escaped(name))
		}
		entry, err := w.file.Create(part[0])
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(entry, xml.Header+content); err != nil {
			return nil, err
		}
	}
	sheet, err := w.file.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return nil, err
	}
	w.sheet = bufio.NewWriter(sheet)
	w.write(xml.Header, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0">`,
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`)
	for i, c := range columns {
		w.write(fmt.Sprintf(`<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, c.Width))
	}
	w.write(`</cols><sheetData>`)
	w.begin()
	for i, c := range columns {
		w.text(i, c.Head, styleHead)
	}
	w.write(`</row>`)
	return w, nil
}

// write passes over errors: bufio keeps the first, which Close gives.
func (w *Writer) write(all ...string) {
	for _, s := range all {
		_, _ = w.sheet.WriteString(s)
	}
}

func (w *Writer) begin() {
	w.rows++
	w.write(`<row r="`, strconv.Itoa(w.rows), `">`)
}

// Row writes a row: of string, int, time.Time (as the clocks of its zone show it) and Day;
// nil, "" and the zero time are empty cells.
func (w *Writer) Row(cells ...any) error {
	if w.rows == mostRows {
		return fmt.Errorf("xlsx: a sheet holds %d rows", mostRows)
	}
	w.begin()
	for i, cell := range cells {
		switch v := cell.(type) {
		case nil:
		case string:
			w.text(i, v, styleText)
		case int:
			w.number(i, strconv.Itoa(v), styleNumber)
		case Day:
			w.moment(i, v.Time, styleDay, time.DateOnly)
		case time.Time:
			w.moment(i, v, styleMoment, "2006-01-02 15:04")
		default:
			return fmt.Errorf("xlsx: a cell cannot be a %T", cell)
		}
	}
	w.write(`</row>`)
	return nil
}

// Close ends the workbook; what it is written to stays open.
func (w *Writer) Close() error {
	w.write(`</sheetData></worksheet>`)
	if err := w.sheet.Flush(); err != nil {
		return err
	}
	return w.file.Close()
}

func (w *Writer) text(column int, s string, style int) {
	if s == "" {
		return
	}
	w.write(`<c r="`, place(column, w.rows), `" s="`, strconv.Itoa(style), `" t="inlineStr"><is><t xml:space="preserve">`, escaped(held(s)), `</t></is></c>`)
}

func (w *Writer) number(column int, n string, style int) {
	w.write(`<c r="`, place(column, w.rows), `" s="`, strconv.Itoa(style), `"><v>`, n, `</v></c>`)
}

// moment writes a date as spreadsheets count them: days from the end of 1899. They are wrong
// about the first weeks of 1900 and know nothing before; what they cannot count is a text.
func (w *Writer) moment(column int, t time.Time, style int, layout string) {
	switch {
	case t.IsZero():
	case t.Year() <= 1900 || t.Year() > 9999:
		w.text(column, t.Format(layout), styleText)
	default:
		wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
		if style == styleDay {
			wall = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
		}
		seconds := wall.Unix() - time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Unix()
		w.number(column, strconv.FormatFloat(float64(seconds)/(24*60*60), 'f', -1, 64), style)
	}
}

// place names a cell: A1, AB12.
func place(column, row int) string {
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name + strconv.Itoa(row)
}

// held is as much of a text as a cell holds, in valid UTF-8.
func held(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"), "\ufffd")
	if len(s) <= mostText {
		return s // no more units than bytes
	}
	units, end := 0, 0 // end leaves room for the sign that something is cut
	for i, r := range s {
		if units += utf16.RuneLen(r); units < mostText {
			end = i + utf8.RuneLen(r)
		} else if units > mostText {
			return s[:end] + "…"
		}
	}
	return s
}

// coded is how a workbook writes a character that XML cannot: a text that looks so must
// say that it is none.
var coded = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// escaped is a text within XML; what XML cannot say is �.
func escaped(s string) string {
	s = coded.ReplaceAllStringFunc(s, func(c string) string { return "_x005F" + c })
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(s)) // a builder never fails
	return out.String()
}
