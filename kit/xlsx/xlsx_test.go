package xlsx_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/xlsx"
)

// sheet is what a spreadsheet reads of the only sheet.
type sheet struct {
	Rows []struct {
		Cells []struct {
			Place string `xml:"r,attr"`
			Style string `xml:"s,attr"`
			Type  string `xml:"t,attr"`
			Value string `xml:"v"`
			Text  string `xml:"is>t"`
			Sum   string `xml:"f"`
		} `xml:"c"`
	} `xml:"sheetData>row"`
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
		"ligne 1\r\nligne 2\rligne 3": "ligne 1\nligne 2\nligne 3", "a\x00b\xffc": "a\ufffdb\ufffdc", "_x0041_": "_x005F_x0041_", "_x00G1_": "_x00G1_", "\U0001f600": "\U0001f600",
	} {
		cell := read(t, write(t, []any{typed})).Rows[1].Cells[0]
		if cell.Text != want || cell.Type != "inlineStr" || cell.Style != "1" || cell.Sum != "" || cell.Value != "" || cell.Place != "A2" {
			t.Errorf("%q: %+v", typed, cell)
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
	w, err := xlsx.New(&to, "x", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Row(1.5); err == nil {
		t.Error("a cell of a kind that is none")
	}
	for _, room := range []broken{0, 500, 1500} {
		w, err := xlsx.New(&room, "x", []xlsx.Column{{"a", 1}})
		if err == nil {
			_ = w.Row(strings.Repeat("texte ", 10_000))
			err = w.Close()
		}
		if !errors.Is(err, errBroken) {
			t.Errorf("cut off: %v", err)
		}
	}
}

func FuzzRow(f *testing.F) {
	for _, seed := range []string{"2026-03", "=1", "\x00\xff", "_x0000_", "]]>", "\ufffe\uffff", "\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		cells := read(t, write(t, []any{s})).Rows[1].Cells
		if (s == "") != (len(cells) == 0) || len(cells) > 0 && (cells[0].Type != "inlineStr" || !utf8.ValidString(cells[0].Text)) {
			t.Errorf("%q: %+v", s, cells)
		}
	})
}
