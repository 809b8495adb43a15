package xlsx_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"parvis/kit/xlsx"
)

// sheet is what a spreadsheet reads of the only sheet.
type sheet struct {
	Columns []struct {
		First int     `xml:"min,attr"`
		Last  int     `xml:"max,attr"`
		Width float64 `xml:"width,attr"`
	} `xml:"cols>col"`
	Rows []struct {
		Cells []cell `xml:"c"`
	} `xml:"sheetData>row"`
}

type cell struct {
	Place  string   `xml:"r,attr"`
	Style  string   `xml:"s,attr"`
	Type   string   `xml:"t,attr"`
	Value  string   `xml:"v"`
	Text   string   `xml:"is>t"`
	Pieces []string `xml:"is>r>t"`
	Sum    string   `xml:"f"`
}

var code = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)

// decoded is the text of a cell as ECMA-376 has it read (part 1, 22.9.2.19, ST_Xstring).
func (c cell) decoded() string {
	all := ""
	for _, piece := range append([]string{c.Text}, c.Pieces...) {
		all += code.ReplaceAllStringFunc(piece, func(s string) string {
			n, _ := strconv.ParseUint(s[2:6], 16, 32)
			return string(rune(n))
		})
	}
	return all
}

func read(t testing.TB, file []byte) (s sheet) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		var any struct{}
		if err := xml.Unmarshal(content, &any); err != nil {
			t.Fatalf("%s: %v\n%s", f.Name, err, content)
		}
		if f.Name == "xl/worksheets/sheet1.xml" {
			if err := xml.Unmarshal(content, &s); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s
}

func write(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	var to bytes.Buffer
	w, err := xlsx.New(&to, "Marchés & lots", []xlsx.Column{{Head: "Référence", Width: 20}, {Head: "Date", Width: 12}})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return to.Bytes()
}

func TestATextStaysATextWhateverItLooksLike(t *testing.T) {
	for typed, want := range map[string]string{
		"2026-03": "2026-03", "0123": "0123", "1E5": "1E5", "=1+1": "=1+1", "@SUM(A1)": "@SUM(A1)", "+33": "+33", "<b> & \"«": "<b> & \"«", " bord ": " bord ",
		"ligne 1\r\nligne 2\rligne 3": "ligne 1\nligne 2\nligne 3", "a\x00b\xffc": "a\ufffdb\ufffdc", "_x0041_": "_x005F_x0041_", "_x00G1_": "_x00G1_", "\U0001f600": "\U0001f600", "a  b\tc": "a  b\tc",
	} {
		cell := read(t, write(t, []any{typed})).Rows[1].Cells[0]
		if cell.Text != want || cell.Type != "inlineStr" || cell.Style != "1" || cell.Sum != "" || cell.Value != "" || cell.Pieces != nil || cell.Place != "A2" {
			t.Errorf("%q: %+v", typed, cell)
		}
	}
}

// The library drops or misses some of what looks like the code of a character.
func TestWhatLooksCodedIsReadAsItWasTyped(t *testing.T) {
	for _, typed := range []string{
		"_x0041_", "_x000D_\nsuite_x000d_", "_x005F_", "_x005F_x0041_", "_x0041__x0042_", "_x0041_x0042_", "_x0041_x0042_x0043_", "_x0041_x005F_x0042_ ",
		"plan_xdada_v2", "_xD83D_xDE00_", "_xD83D__xDE00_", " _xDFFF_<é> ", "_x12345_", "_x0041", "x0041_", "_X0041_",
	} {
		if c := read(t, write(t, []any{typed})).Rows[1].Cells[0]; c.decoded() != typed || c.Type != "inlineStr" || c.Style != "1" {
			t.Errorf("%q: %q %+v", typed, c.decoded(), c)
		}
	}
}

func TestDatesAndNumbersAreCounted(t *testing.T) {
	reunion := time.FixedZone("", 4*60*60)
	s := read(t, write(t, []any{xlsx.Day{Time: time.Date(2026, 12, 1, 23, 0, 0, 0, reunion)}, time.Date(2026, 12, 1, 18, 0, 0, 0, reunion), 7, nil, "", time.Time{}, time.Date(1850, 1, 2, 3, 4, 0, 0, time.UTC)}))
	var got []string
	for _, c := range s.Rows[1].Cells {
		got = append(got, c.Place+" "+c.Style+" "+c.Value+c.Text)
	}
	// 1 December 2026 is day 46357; what is empty is not there.
	if diff := cmp.Diff([]string{"A2 3 46357", "B2 4 46357.75", "C2 5 7", "G2 1 1850-01-02 03:04"}, got); diff != "" {
		t.Error(diff)
	}
	if head := s.Rows[0].Cells; len(head) != 2 || head[0].Text != "Référence" || head[1].Place != "B1" || head[0].Style != "2" {
		t.Errorf("%+v", head)
	}
	wide := read(t, write(t, append(make([]any, 27), "loin"))).Rows[1].Cells
	if len(wide) != 1 || wide[0].Place != "AB2" {
		t.Errorf("%+v", wide)
	}
}

func TestASpreadsheetShowsWhatWasMeant(t *testing.T) {
	file := write(t, []any{"texte", xlsx.Day{Time: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}, time.Date(2026, 12, 1, 18, 0, 1, 999, time.UTC), 7})
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	const name = "Marchés & lots"
	if diff := cmp.Diff([]string{name}, book.GetSheetList()); diff != "" {
		t.Fatal(diff)
	}
	if panes, err := book.GetPanes(name); err != nil || !panes.Freeze || panes.YSplit != 1 || panes.XSplit != 0 || panes.TopLeftCell != "A2" {
		t.Errorf("the heads go out of sight: %+v %v", panes, err)
	}
	if about, err := book.GetDocProps(); err != nil || *about != (excelize.DocProperties{}) {
		t.Errorf("somebody else's name or day: %+v %v", about, err)
	}
	for place, want := range map[string]struct {
		format     int
		bold, wrap bool
	}{"A1": {49, true, true}, "B1": {49, true, true}, "A2": {49, false, true}, "B2": {14, false, false}, "C2": {22, false, false}, "D2": {1, false, false}} {
		id, err := book.GetCellStyle(name, place)
		if err != nil {
			t.Fatal(err)
		}
		look, err := book.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		if look.NumFmt != want.format || look.Font.Bold != want.bold || look.Alignment.WrapText != want.wrap || look.Alignment.Vertical != "top" || look.Font.Size != 11 || look.Font.Family != "Calibri" {
			t.Errorf("%s: %+v %+v %+v", place, look, look.Font, look.Alignment)
		}
	}
	rows, err := book.GetRows(name, excelize.Options{RawCellValue: true})
	if diff := cmp.Diff([][]string{{"Référence", "Date"}, {"texte", "46357", rows[1][2], "7"}}, rows); diff != "" || err != nil {
		t.Error(diff, err)
	}
	days, _ := strconv.ParseFloat(rows[1][2], 64)
	if at, err := excelize.ExcelDateToTime(days, false); err != nil || !at.Equal(time.Date(2026, 12, 1, 18, 0, 1, 0, time.UTC)) {
		t.Errorf("%s is %v, %v", rows[1][2], at, err)
	}
	columns := read(t, file).Columns
	if len(columns) != 2 || columns[0].First != 1 || columns[0].Last != 1 || columns[0].Width != 20 || columns[1].First != 2 || columns[1].Last != 2 || columns[1].Width != 12 {
		t.Errorf("%+v", columns)
	}
}

func TestACellHoldsSoMuch(t *testing.T) {
	for what, long := range map[string]string{"letters": strings.Repeat("é", 40_000), "pairs": strings.Repeat("\U0001f600", 20_000), "just": strings.Repeat("é", 32_767)} {
		text := read(t, write(t, []any{long})).Rows[1].Cells[0].Text
		units := 0
		for _, r := range text {
			if units++; r > 0xffff {
				units++
			}
		}
		if units > 32_767 || units < 32_700 || what != "just" && !strings.HasSuffix(text, "…") || what == "just" && text != long {
			t.Errorf("%s: %d units, ending in %q", what, units, text[len(text)-4:])
		}
	}
}

// broken takes so many bytes.
type broken int

var errBroken = errors.New("broken")

func (b *broken) Write(p []byte) (int, error) {
	if *b -= broken(len(p)); *b < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

func TestWhatCannotBeWrittenIsSaid(t *testing.T) {
	var to bytes.Buffer
	for _, name := range []string{"", "a/b", strings.Repeat("a", 32)} {
		if _, err := xlsx.New(&to, name, nil); err == nil {
			t.Errorf("a sheet called %q", name)
		}
	}
	w, err := xlsx.New(&to, "x", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abandon()
	if err := w.Row(1.5); err == nil {
		t.Error("a cell of a kind that is none")
	}
	if err := w.Row(make([]any, 16_384)...); err != nil {
		t.Errorf("the last column: %v", err)
	}
	if err := w.Row(append(make([]any, 16_384), "trop loin")...); err == nil {
		t.Error("a column that no sheet has")
	}
	whole := broken(len(write(t, []any{strings.Repeat("texte ", 10_000)})))
	for room := range whole {
		if room%97 != 0 && room != whole-1 {
			continue
		}
		w, err := xlsx.New(&room, "Marchés & lots", []xlsx.Column{{Head: "Référence", Width: 20}, {Head: "Date", Width: 12}})
		if err == nil {
			_ = w.Row(strings.Repeat("texte ", 10_000))
			err = w.Close()
		}
		if !errors.Is(err, errBroken) {
			t.Errorf("cut off: %v", err)
		}
	}
}

func TestASheetHoldsSoManyRows(t *testing.T) {
	w, err := xlsx.New(io.Discard, "x", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abandon()
	for n := 2; n <= 1<<20; n++ { // the heads are the first
		if err := w.Row(); err != nil {
			t.Fatalf("row %d: %v", n, err)
		}
	}
	if err := w.Row(); err == nil {
		t.Error("a row too many")
	}
}

// Rows are somebody's: those that waited on the disk do not stay there.
func TestRowsThatWaitInAFileAreWrittenAndRemoved(t *testing.T) {
	const rows = 700 // of 32 KB: more than wait in memory
	long := strings.Repeat("é", 16_000)
	for how, end := range map[string]func(*xlsx.Writer) error{
		"closed":          (*xlsx.Writer).Close,
		"closed and left": func(w *xlsx.Writer) error { defer w.Abandon(); return w.Close() },
		"left":            func(w *xlsx.Writer) error { w.Abandon(); return nil },
		"cut off":         (*xlsx.Writer).Close,
		"nowhere to wait": (*xlsx.Writer).Close,
	} {
		t.Run(how, func(t *testing.T) {
			folder := t.TempDir()
			t.Setenv("TMPDIR", folder)
			waiting := 1
			if how == "nowhere to wait" {
				t.Setenv("TMPDIR", filepath.Join(folder, "absent"))
				waiting = 0
			}
			var file bytes.Buffer
			var to io.Writer = &file
			if how == "cut off" {
				room := broken(3000)
				to = &room
			}
			w, err := xlsx.New(to, "x", nil)
			if err != nil {
				t.Fatal(err)
			}
			for range rows {
				if err := w.Row(long); err != nil {
					t.Fatal(err)
				}
			}
			if found, err := os.ReadDir(folder); err != nil || len(found) != waiting || file.Len() > 0 {
				t.Errorf("before the end: %v, %v, %d bytes written", found, err, file.Len())
			}
			if err := end(w); (err != nil) != (how == "cut off") {
				t.Error(err)
			}
			if found, err := os.ReadDir(folder); err != nil || len(found) != 0 {
				t.Errorf("left behind: %v, %v", found, err)
			}
			if how == "left" || how == "cut off" {
				return
			}
			all := read(t, file.Bytes()).Rows
			if len(all) != rows+1 || all[rows].Cells[0].Text != long {
				t.Errorf("%d rows", len(all))
			}
		})
	}
}

func FuzzRow(f *testing.F) {
	for _, seed := range []string{"2026-03", "=1", "\x00\xff", "_x0000_", "]]>", "\ufffe\uffff", "\r\n", "_x0041_x0042_", "_xD83D_", " \t"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		cells := read(t, write(t, []any{s})).Rows[1].Cells
		if s == "" && len(cells) == 0 {
			return
		}
		if len(cells) != 1 || cells[0].Type != "inlineStr" || cells[0].Style != "1" || cells[0].Value+cells[0].Sum != "" {
			t.Fatalf("%q: %+v", s, cells)
		}
		if got, want := cells[0].decoded(), said(s); got != want && len(want) <= 32_767 {
			t.Errorf("%q is read as %q, want %q", s, got, want)
		}
	})
}

// said is what XML can say of a text (XML 1.0, 2.2).
func said(s string) string {
	s = strings.ToValidUTF8(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), "\ufffd")
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r >= 0x20 && r != 0xfffe && r != 0xffff {
			return r
		}
		return 0xfffd
	}, s)
}
