package cmd_test

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"parvis/kit/db"
	"parvis/procurement/notice"
)

// sizeOfExport is how many notices an import has that is killed in its middle.
var sizeOfExport = 2 * notice.Bulk(db.SQLite)

func tarred(t *testing.T, texts ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i, text := range texts {
		if err := w.WriteHeader(&tar.Header{Name: fmt.Sprintf("%d.jsonl", i), Size: int64(len(text)), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// killed imports something and kills the program once more than a thousand notices are
// in; it gives how many are.
func killed(t *testing.T, place []string, what string) (before int, d *db.DB) {
	t.Helper()
	imports(t, place, "", "-", counts{}) // makes the tables, so that they can be watched
	d = openDatabase(t, place)
	p := launch(t, nil, nil, append([]string{"import", "boamp", what}, place...)...)
	eventually(t, "a thousand notices", func() bool { return countOf(t, d, "notice") >= 1000 })
	p.signal(t, syscall.SIGKILL)
	if status := p.status(t); status != -1 {
		t.Fatalf("it ended before: status %d", status)
	}
	return int(countOf(t, d, "notice")), d
}

// TestEveryContainerGoesOnWhereItWasKilled kills the import of each kind of file, and
// types the command again: what was in is passed over.
func TestEveryContainerGoesOnWhereItWasKilled(t *testing.T) {
	text := export(sizeOfExport)
	third := len(text)/3 + strings.Index(text[len(text)/3:], "\n") + 1
	list := "[" + strings.ReplaceAll(strings.TrimSpace(text), "\n", ",") + "]"
	for name, content := range map[string]string{
		"plain": text, "list": list, "answer of the API": fmt.Sprintf(`{"total_count": %d, "results": `, sizeOfExport) + list + "}",
		"gzip": gzipped(t, text), "zstd": zstandard(t, text), "archive": gzipped(t, tarred(t, text[:third], text[third:])),
	} {
		t.Run(name, func(t *testing.T) {
			place := where(t, db.SQLite)
			file := write(t, "avis", content)
			before, d := killed(t, place, file)
			errOut := imports(t, place, "", file, counts{read: sizeOfExport - before, new: sizeOfExport - before, before: before})
			if !regexp.MustCompile(`^` + regexp.QuoteMeta(file) + `\x{a0}: reprise à \d+\x{a0}%, après 4\x{202f}000 avis déjà lus\n$`).MatchString(errOut) {
				t.Errorf("says %q", errOut)
			}
			if n := int(countOf(t, d, "notice")); n != sizeOfExport {
				t.Errorf("%d notices", n)
			}
			if n := countOf(t, d, "import_progress"); n != 0 {
				t.Errorf("%d imports are still under way", n)
			}
			imports(t, place, "", file, counts{read: sizeOfExport, same: sizeOfExport})
		})
	}
}

// TestWhatIsToBeReadFromTheStartIs ignores how far the file is in.
func TestWhatIsToBeReadFromTheStartIs(t *testing.T) {
	place := where(t, db.SQLite)
	file := write(t, "avis.jsonl", export(sizeOfExport))
	before, _ := killed(t, place, file)
	errOut := imports(t, place, "", file, counts{read: sizeOfExport, new: sizeOfExport - before, same: before}, "--from-start")
	if errOut != "" {
		t.Error(errOut)
	}
}

// TestAnotherFileIsNotTakenForTheOneThatWasInterrupted puts a file in its place that has
// the same size and the same beginning.
func TestAnotherFileIsNotTakenForTheOneThatWasInterrupted(t *testing.T) {
	place := where(t, db.SQLite)
	text := export(sizeOfExport)
	file := write(t, "avis.jsonl", text)
	before, d := killed(t, place, file)
	other := strings.Replace(text, "Travaux de voirie, rue 700", "Travaux de voirie, rue 7oo", 1)
	if err := os.WriteFile(file, []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	errOut := imports(t, place, "", file, counts{read: sizeOfExport, new: sizeOfExport - before, changed: 1, same: before - 1})
	if !strings.HasSuffix(errOut, file+"\u00a0: ce n'est plus le contenu dont l'import avait été interrompu\u00a0; il est lu depuis le début.\n") {
		t.Error(errOut)
	}
	if n := countOf(t, d, "import_progress"); n != 0 {
		t.Errorf("%d imports are still under way", n)
	}
	// The standard input cannot be read twice: it says so, and keeps nothing of it.
	place = where(t, db.SQLite)
	from, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	imports(t, place, "", "-", counts{})
	d = openDatabase(t, place)
	p := launch(t, nil, from, append([]string{"import", "boamp", "-"}, place...)...)
	go func() { _, _ = io.WriteString(to, text) }() // until it is killed
	eventually(t, "a thousand notices", func() bool { return countOf(t, d, "notice") >= 1000 })
	p.signal(t, syscall.SIGKILL)
	p.status(t)
	_, _ = from.Close(), to.Close()
	n := int(countOf(t, d, "notice"))
	_, errOut, status := run(t, other, append([]string{"import", "boamp", "-"}, place...)...)
	if status != 4 || !strings.Contains(errOut, "parvis\u00a0: L'entrée standard n'est pas celle dont l'import avait été interrompu") || int(countOf(t, d, "notice")) != n {
		t.Errorf("status %d, %s; %d notices, before %d", status, errOut, countOf(t, d, "notice"), n)
	}
	imports(t, place, other, "-", counts{read: sizeOfExport, new: sizeOfExport - n, changed: 1, same: n - 1}, "--from-start")
}

// TestWhatWasRefusedBeforeAnInterruptionStillCounts in the exit status of what goes on.
func TestWhatWasRefusedBeforeAnInterruptionStillCounts(t *testing.T) {
	place := where(t, db.SQLite)
	file := write(t, "avis.jsonl", "bonjour\n"+export(sizeOfExport))
	before, _ := killed(t, place, file)
	out, errOut, status := run(t, "", append([]string{"import", "boamp", file}, place...)...)
	if status != 3 || !strings.Contains(out, ", dont 1 refusé\n") || strings.Contains(errOut, "bonjour") {
		t.Errorf("status %d, %s%s", status, out, errOut)
	}
	if got := summaries(t, out); len(got) != 1 || got[0].before != before+1 {
		t.Errorf("%+v, %d were in", got, before)
	}
}

// host gives a file at an address; some of its answers are cut.
type host struct {
	text   string
	etag   string
	cuts   atomic.Int64 // how many answers are still to be cut
	ranges atomic.Int64 // how many questions were for a part
}

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.etag != "" {
		w.Header().Set("ETag", h.etag)
	}
	if r.Header.Get("Range") != "" {
		h.ranges.Add(1)
	}
	if h.cuts.Add(-1) >= 0 {
		w.Header().Set("Content-Length", fmt.Sprint(len(h.text)))
		_, _ = io.WriteString(w, h.text[:len(h.text)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(h.text))
}

func (h *host) serve(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL + "/avis"
}

func TestAnAddressGoesInLikeAFile(t *testing.T) {
	text := export(600)
	for name, content := range map[string]string{"plain": text, "gzip": gzipped(t, text), "zstd": zstandard(t, text), "archive": tarred(t, text)} {
		t.Run(name, func(t *testing.T) {
			place := where(t, db.SQLite)
			h := &host{text: content, etag: `"v1"`}
			address := h.serve(t)
			if errOut := imports(t, place, "", address, counts{read: 600, new: 600}); errOut != "" {
				t.Error(errOut)
			}
			h.cuts.Store(1)
			errOut := imports(t, place, "", address, counts{read: 600, same: 600})
			if h.ranges.Load() != 1 || !strings.Contains(errOut, "a download was cut; it goes on") {
				t.Errorf("%d questions for the rest; %s", h.ranges.Load(), errOut)
			}
		})
	}
}

// TestAnAddressThatIsCutForGoodGoesOnNextTime has a server that cannot go on from a byte.
func TestAnAddressThatIsCutForGoodGoesOnNextTime(t *testing.T) {
	place := where(t, db.SQLite)
	h := &host{text: export(sizeOfExport)}
	h.cuts.Store(1)
	address := h.serve(t)
	out, errOut, status := run(t, "", append([]string{"import", "boamp", address}, place...)...)
	if status != 4 || !strings.HasSuffix(out, "\u00a0; la suite du fichier n'a pas pu être lue\n") || !strings.Contains(errOut, "le serveur ne permet pas de la reprendre où elle en était\u00a0: relancez la commande.") {
		t.Errorf("status %d, %s%s", status, out, errOut)
	}
	first := summaries(t, out)[0]
	if first.new != first.read || first.refused != 0 || first.read < sizeOfExport/3 {
		t.Errorf("%+v", first)
	}
	errOut = imports(t, place, "", address, counts{read: sizeOfExport - first.read, new: sizeOfExport - first.read, before: first.read})
	if !strings.Contains(errOut, "\u00a0: reprise à ") {
		t.Error(errOut)
	}
}

func TestAnAddressWithoutAFileIsSaid(t *testing.T) {
	place := where(t, db.SQLite)
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	for address, says := range map[string]string{
		s.URL + "/x":            "parvis\u00a0: Il n'y a pas de fichier à cette adresse (le serveur répond 404).\n",
		"ftp://boamp.example/x": "parvis\u00a0: L'adresse «\u00a0ftp://boamp.example/x\u00a0» n'est pas comprise\u00a0: elle commence par https:// ou http://.\n",
		"https://moi:secret@/x": "parvis\u00a0: L'adresse «\u00a0https://moi:xxxxx@/x\u00a0» n'est pas comprise\u00a0: elle commence par https:// ou http://.\n",
	} {
		out, errOut, status := run(t, "", append([]string{"import", "boamp", address}, place...)...)
		if status != 4 || errOut != says || out != "" {
			t.Errorf("%s: status %d, %s%s", address, status, out, errOut)
		}
	}
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<!doctype html><title>Connexion</title>")
	}))
	defer page.Close()
	_, errOut, status := run(t, "", append([]string{"import", "boamp", page.URL}, place...)...)
	if status != 4 || !strings.Contains(errOut, "Ce fichier est une page web") {
		t.Errorf("status %d, %s", status, errOut)
	}
}
