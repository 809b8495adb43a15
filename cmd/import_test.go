package cmd_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"parvis/cmd"
	"parvis/kit/db"
)

// line is a notice as the gazette writes it, on one line, with other fields or in
// their place.
func line(id, title string, more ...any) string {
	fields := map[string]any{
		"idweb": id, "objet": title, "famille": "MAPA", "nature": "APPEL_OFFRE", "etat": "INITIAL", "nomacheteur": "Ville de Rive",
		"code_departement": []string{"67"}, "dateparution": "2026-07-01", "datelimitereponse": nil, "x_acheteur": map[string]string{"cp": "67000", "ville": "Rive"},
	}
	for i := 0; i+1 < len(more); i += 2 {
		fields[more[i].(string)] = more[i+1]
	}
	text, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	return string(text) + "\n"
}

// write makes a file of a text.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zstandard(t *testing.T, text string) string {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(z.EncodeAll([]byte(text), nil))
}

// imports types the command, and checks its last line: how many were read, new,
// changed, unchanged and refused.
func imports(t *testing.T, place []string, in, file string, want counts, options ...string) (errOut string) {
	t.Helper()
	out, errOut, status := run(t, in, append(append([]string{"import", "boamp", file}, place...), options...)...)
	if got := summaries(t, out); len(got) != 1 || got[0] != want {
		t.Errorf("%s: wrote %q, want %+v\n%s", filepath.Base(file), out, want, errOut)
	}
	if wantStatus := 3 * min(1, want.refused); status != wantStatus {
		t.Errorf("%s: status %d, want %d", filepath.Base(file), status, wantStatus)
	}
	return errOut
}

// counts are the figures of a file's last line.
type counts struct{ read, new, changed, same, refused, before int }

var summary = regexp.MustCompile(`(?m)^.+\x{a0}: ([\d\x{202f}]+) avis lus? en \d+,\d\x{a0}s\x{a0}: ([\d\x{202f}]+) nouv(?:eau|eaux), ([\d\x{202f}]+) modifiés?, ([\d\x{202f}]+) inchangés?, ([\d\x{202f}]+) refusés?(?:\x{a0}; ([\d\x{202f}]+) autres? avai(?:t|ent) été lus? avant l'interruption(?:, dont [\d\x{202f}]+ refusés?)?)?(?:\x{a0}; la suite du fichier n'a pas pu être lue)?$`)

// summaries reads the last line of each file.
func summaries(t *testing.T, out string) (all []counts) {
	t.Helper()
	for _, m := range summary.FindAllStringSubmatch(out, -1) {
		var c counts
		for i, into := range []*int{&c.read, &c.new, &c.changed, &c.same, &c.refused, &c.before} {
			if m[i+1] == "" {
				continue
			}
			if _, err := fmt.Sscan(strings.ReplaceAll(m[i+1], "\u202f", ""), into); err != nil {
				t.Fatal(err)
			}
		}
		all = append(all, c)
	}
	if n := strings.Count(out, "\n"); n != len(all) {
		t.Errorf("%d lines, %d of which are understood:\n%s", n, len(all), out)
	}
	return all
}

func TestEveryContainerGoesInOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, place []string) {
		three := func(first int) (records []string) {
			for i := range 3 {
				records = append(records, strings.TrimSpace(line(fmt.Sprintf("26-%d", first+i), fmt.Sprintf("Voirie, tranche %d", i))))
			}
			return records
		}
		lines := func(r []string) string { return strings.Join(r, "\n") + "\n" }
		list := func(r []string) string { return "[" + strings.Join(r, ",") + "]" }
		page := func(r []string) string { return `{"total_count": 3, "results": ` + list(r) + "}" }
		old := func(r []string) string {
			return `{"nhits": 3, "records": [{"fields": ` + strings.Join(r, `}, {"fields": `) + "}]}"
		}
		d := (*db.DB)(nil)
		for i, c := range []struct{ name, text string }{
			{"lines.jsonl", lines(three(10))},
			{"list.json", list(three(20))},
			{"answer.json", page(three(30))},
			{"answer-1.0.json", old(three(40))},
			{"mark.jsonl", "\ufeff" + lines(three(50))},
			{"lines.jsonl.gz", gzipped(t, lines(three(60)))},
			{"list.json.gz", gzipped(t, list(three(70)))},
			{"answer.json.gz", gzipped(t, page(three(80)))},
			{"lines.jsonl.zst", zstandard(t, lines(three(90)))},
		} {
			file := write(t, c.name, c.text)
			if errOut := imports(t, place, "", file, counts{read: 3, new: 3}); errOut != "" {
				t.Errorf("%s: %s", c.name, errOut)
			}
			if d == nil {
				d = openDatabase(t, place)
			}
			before := everything(t, d)
			imports(t, place, "", file, counts{read: 3, same: 3})
			imports(t, place, c.text, "-", counts{read: 3, same: 3})
			if diff := cmp.Diff(before, everything(t, d)); diff != "" {
				t.Errorf("%s: a second import changes (-before +after):\n%s", c.name, diff)
			}
			if n := countOf(t, d, "notice"); n != int64(3*(i+1)) {
				t.Errorf("%s: %d notices", c.name, n)
			}
		}
	})
}

func TestANoticeThatHasChangedIsChanged(t *testing.T) {
	eachDatabase(t, func(t *testing.T, place []string) {
		imports(t, place, line("26-1", "Voirie")+line("26-2", "Toiture")+line("26-3", "Chauffage"), "-", counts{read: 3, new: 3})
		d := openDatabase(t, place)
		id := func() (id string) {
			if err := d.Read(t.Context(), func(tx *db.Tx) error {
				return tx.One(&id, "SELECT id FROM notice WHERE source_id = '26-2'")
			}); err != nil {
				t.Fatal(err)
			}
			return id
		}
		before := id()
		imports(t, place, line("26-1", "Voirie")+line("26-2", "Toiture et bardage")+line("26-4", "Peinture"), "-", counts{read: 3, new: 1, changed: 1, same: 1})
		if got := titles(t, d); cmp.Diff([]string{"26-1 Voirie", "26-2 Toiture et bardage", "26-3 Chauffage", "26-4 Peinture"}, got) != "" || id() != before {
			t.Errorf("%q; id %s, before %s", got, id(), before)
		}
		// A field that we do not read is no change.
		imports(t, place, line("26-1", "Voirie", "filename", "BOAMP-2"), "-", counts{read: 1, same: 1})
	})
}

func titles(t *testing.T, d *db.DB) (all []string) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.All(&all, "SELECT source_id || ' ' || title FROM notice ORDER BY source_id")
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// dirty has records that cannot be read among others that must not suffer from it,
// with bytes that a database would refuse.
var dirty = line("26-1", "Voirie") +
	"bonjour\n" +
	`{"idweb":"26-2","objet":"coupé au milieu d'un te` + "\n" +
	`{"objet": "sans numéro"}` + "\n" +
	line("26-3", "&nbsp;<br/>") +
	line("26-4 ou 5", "Voirie") +
	"[1,2]\n" +
	line("26-6", "A\u0000B \ufffe", "x_reference", "r\u0000", "descripteur_libelle", []string{"a\u0000"}, "nomacheteur", "Ville\u0000", "annonce_lie", []string{"26-1\u0000"}) +
	`{"idweb": "26-7", "objet": "` + "caf\xe9 \\ud800" + `"}` + "\n" +
	line("26-8", strings.Repeat("long ", 3000)) +
	line("26-9", "Voirie", "donnees", "{\"OBJET\":", "dateparution", "2026-13-45", "x_acheteur", map[string]string{"cp": "\u0000", "siret": "'; --"}) +
	line("26-10", "Voirie")

func TestWhatIsRefusedIsNamedAndStopsNothing(t *testing.T) {
	const (
		notObject = "Cette ligne n'est pas un objet JSON."
		broken    = "Cet enregistrement n'est pas du JSON valable ou il est incomplet."
		noNumber  = "Cet enregistrement n'a pas de numéro d'avis (champ idweb)."
		noTitle   = "Cet avis n'a pas d'objet."
		badNumber = "Le numéro d'avis (champ idweb) n'a pas la forme d'un numéro."
	)
	eachDatabase(t, func(t *testing.T, place []string) {
		file := write(t, "sale.jsonl", dirty)
		want := file + ", ligne 2, avis sans numéro\u00a0: " + notObject + "\n" +
			file + ", ligne 3, avis 26-2\u00a0: " + broken + "\n" +
			file + ", ligne 4, avis sans numéro\u00a0: " + noNumber + "\n" +
			file + ", ligne 5, avis 26-3\u00a0: " + noTitle + "\n" +
			file + ", ligne 6, avis sans numéro\u00a0: " + badNumber + "\n" +
			file + ", ligne 7, avis sans numéro\u00a0: " + notObject + "\n"
		got := imports(t, place, "", file, counts{read: 12, new: 6, refused: 6})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("report (-want +got):\n%s", diff)
		}
		imports(t, place, "", file, counts{read: 12, same: 6, refused: 6})
		list := "[" + line("26-1", "Voirie") + `, {"objet": "sans numéro"}, 7, ` + line("26-11", "Voirie") + "]"
		got = imports(t, place, list, "-", counts{read: 4, new: 1, same: 1, refused: 2})
		want = "entrée standard, enregistrement 2, avis sans numéro\u00a0: " + noNumber + "\n" +
			"entrée standard, enregistrement 3, avis sans numéro\u00a0: Cet enregistrement n'est pas un objet JSON.\n"
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("report of a list (-want +got):\n%s", diff)
		}
		d := openDatabase(t, place)
		if n, raw := countOf(t, d, "notice"), int64(len(raws(t, d))); n != 7 || raw != n {
			t.Errorf("%d notices, %d raw records: %q", n, raw, titles(t, d))
		}
	})
}

func TestABrokenFileGivesWhatItCan(t *testing.T) {
	two := line("26-1", "Voirie") + line("26-2", "Toiture")
	list := "[" + strings.TrimSpace(line("26-1", "Voirie")) + ", " + strings.TrimSpace(line("26-2", "Toiture")) + ", "
	whole := gzipped(t, strings.Repeat(two, 100))
	for _, c := range []struct {
		name, text string
		new        int
		says       string
	}{
		{"a list cut short", list + `{"idweb":"26-3","obj`, 2, "enregistrement 3\u00a0: Le fichier s'arrête au milieu d'un enregistrement."},
		{"a list that never ends", list, 2, "enregistrement 3\u00a0: Le fichier s'arrête au milieu d'un enregistrement."},
		{"a compressed file cut short", whole[:len(whole)-20], 2, "La lecture s'est interrompue avant la fin."},
		{"a compressed file that was damaged", whole[:len(whole)/2] + "dommage" + whole[len(whole)/2+7:], 2, "La lecture s'est interrompue avant la fin."},
		{"no compressed file at all", "\x1f\x8bbonjour, monde", 0, "enregistrement 1\u00a0: Ce fichier ne peut pas être lu."},
		{"a web page", "<!doctype html><title>Erreur</title>", 0, "enregistrement 1\u00a0: Ce fichier est une page web, ou du XML avec un DOCTYPE\u00a0: il est refusé."},
		{"UTF-16", "\xff\xfe[\x00", 0, "enregistrement 1\u00a0: Ce fichier est en UTF-16\u00a0: enregistrez-le en UTF-8."},
		{"a refusal of the source", `{"error_code": "ODSQLSyntaxError", "message": "pas si vite"}`, 0, "enregistrement 1\u00a0: La source a répondu par une erreur au lieu d'enregistrements."},
	} {
		t.Run(c.name, func(t *testing.T) {
			place := where(t, db.SQLite)
			file := write(t, "avis", c.text)
			out, errOut, status := run(t, "", append([]string{"import", "boamp", file}, place...)...)
			if status != 4 || !strings.Contains(errOut, c.says+"\n") {
				t.Errorf("status %d, %s", status, errOut)
			}
			if got := summaries(t, out); len(got) != 1 || got[0].new != c.new || !strings.HasSuffix(out, "\u00a0; la suite du fichier n'a pas pu être lue\n") {
				t.Errorf("wrote %q", out)
			}
			if n := countOf(t, openDatabase(t, place), "notice"); n != int64(c.new) {
				t.Errorf("%d notices went in", n)
			}
			if strings.Contains(c.text, "error_code") && !strings.Contains(errOut, "pas si vite") {
				t.Errorf("what the source said is not repeated: %s", errOut)
			}
		})
	}
}

func TestSeveralFilesGoInAndOneThatIsMissingStopsNoOther(t *testing.T) {
	place := where(t, db.SQLite)
	first, last := write(t, "un.jsonl", line("26-1", "Voirie")), write(t, "deux.jsonl", line("26-2", "Toiture")+line("26-1", "Voirie"))
	folder := t.TempDir()
	missing := filepath.Join(folder, "absent.jsonl")
	out, errOut, status := run(t, line("26-3", "Peinture"), append([]string{"import", "boamp", first, missing, folder, last, "-"}, place...)...)
	if diff := cmp.Diff([]counts{{read: 1, new: 1}, {}, {read: 2, new: 1, same: 1}, {read: 1, new: 1}}, summaries(t, out), cmp.AllowUnexported(counts{})); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if status != 4 || !strings.HasPrefix(errOut, "parvis\u00a0: Le fichier «\u00a0"+missing+"\u00a0» ne peut pas être ouvert.\n") || !strings.Contains(errOut, folder+", enregistrement 1\u00a0: Ce fichier ne peut pas être lu.\n") {
		t.Errorf("status %d, %s", status, errOut)
	}
	_, errOut, status = run(t, "", append([]string{"import", "boamp", first, last}, place...)...)
	if status != 0 || errOut != "" {
		t.Errorf("two good files: status %d, %s", status, errOut)
	}
}

func TestALongImportSaysHowFarItIs(t *testing.T) {
	cmd.ShowProgress(t)
	var b strings.Builder
	for i := range 9600 {
		b.WriteString(line(fmt.Sprintf("26-%d", i), "Voirie"))
	}
	file := write(t, "long.jsonl", b.String())
	place := where(t, db.SQLite)
	for name, in := range map[string]string{file: "", "-": b.String()} {
		_, errOut, status := run(t, in, append([]string{"import", "boamp", name}, place...)...)
		shown, share := name, `\d{1,3}\x{a0}% du fichier, `
		if name == "-" {
			shown, share = "entrée standard", ""
		}
		want := ""
		for _, n := range []string{"4\u202f000", "8\u202f000", "9\u202f600"} {
			want += regexp.QuoteMeta(shown) + `\x{a0}: ` + share + n + ` avis lus, [\d\x{202f}]+ par seconde(?:, reste moins d'une minute)?\n`
		}
		if status != 0 || !regexp.MustCompile("^"+want+"$").MatchString(errOut) {
			t.Errorf("status %d:\n%s", status, errOut)
		}
		if share != "" && !strings.Contains(errOut, "100\u00a0% du fichier, 9\u202f600 avis lus") {
			t.Errorf("the end is not the whole:\n%s", errOut)
		}
	}
}

// TestLargeRecordsDoNotGatherInMemory has what is written together stay within
// bounds, however many notices that makes.
func TestLargeRecordsDoNotGatherInMemory(t *testing.T) {
	cmd.ShowProgress(t)
	var b strings.Builder
	for i, size := range []int{11 << 20, 11 << 20, 11 << 20, 1} {
		b.WriteString(line(fmt.Sprintf("26-%d", i), "Voirie", "filename", strings.Repeat("x", size)))
	}
	errOut := imports(t, where(t, db.SQLite), b.String(), "-", counts{read: 4, new: 4})
	if !regexp.MustCompile(`^[^\n]+\x{a0}: 3 avis lus, .+\n[^\n]+\x{a0}: 4 avis lus, .+\n$`).MatchString(errOut) {
		t.Error(errOut)
	}
}

func TestAnImportThatIsQuickSaysOnlyWhatItDid(t *testing.T) {
	if errOut := imports(t, where(t, db.SQLite), line("26-1", "Voirie"), "-", counts{read: 1, new: 1}); errOut != "" {
		t.Error(errOut)
	}
}
