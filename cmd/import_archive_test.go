package cmd_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/db"
)

// annonce is a notice in the gazette's own XML.
func annonce(id, title string) string {
	return "<ANNONCE><GESTION><REFERENCE><IDWEB>" + id + "</IDWEB><TYPE_AVIS><NATURE><APPEL_OFFRE/></NATURE></TYPE_AVIS></REFERENCE>" +
		"<INDEXATION><DATE_PUBLICATION>2017-01-04</DATE_PUBLICATION><DEP_PUBLICATION>67</DEP_PUBLICATION><RESUME_OBJET>" + title + "</RESUME_OBJET></INDEXATION></GESTION>" +
		"<DONNEES><IDENTITE><DENOMINATION>Ville de Rive</DENOMINATION><CP>67000</CP></IDENTITE></DONNEES></ANNONCE>"
}

// packed gives the same files as a folder, a tar and a zip.
func packed(t *testing.T, files map[string]string) (folder, tarred, zipped string) {
	t.Helper()
	folder = t.TempDir()
	var asTar, asZip bytes.Buffer
	tw, zw := tar.NewWriter(&asTar), zip.NewWriter(&asZip)
	for name, text := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := tw.WriteHeader(&tar.Header{Name: name, Size: int64(len(text)), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		w, err := zw.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(tw, text)
		fmt.Fprint(w, text)
	}
	if err := tw.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return folder, asTar.String(), asZip.String()
}

func TestFoldersAndArchivesGoInLikeTheirFiles(t *testing.T) {
	folder, tarred, zipped := packed(t, map[string]string{
		"17-1.xml": annonce("17-1", "Voirie"), "plus/17-2.xml": "<L>" + annonce("17-2", "Toiture") + annonce("17-3", "Chauffage") + "</L>",
		"plus/26.jsonl": line("26-4", "Peinture"), ".cache": "rien",
	})
	eachDatabase(t, func(t *testing.T, place []string) {
		if errOut := imports(t, place, "", folder, counts{read: 4, new: 4}); errOut != "" {
			t.Error(errOut)
		}
		for _, in := range []string{tarred, zipped, gzipped(t, tarred), zstandard(t, tarred)} {
			imports(t, place, in, "-", counts{read: 4, same: 4})
		}
		imports(t, place, annonce("17-1", "Voirie"), "-", counts{read: 1, same: 1})
		d := openDatabase(t, place)
		if diff := cmp.Diff([]string{"17-1 Voirie", "17-2 Toiture", "17-3 Chauffage", "26-4 Peinture"}, titles(t, d)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestABrokenFileOfAFolderStopsNothing(t *testing.T) {
	folder, _, _ := packed(t, map[string]string{
		"a.xml": "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + annonce("17-1", "&x;"), "b.xml": "<ANNONCE><GESTION>", "c.xml": "<rien/>",
		"d.xml": annonce("17-4", "Voirie"), "e.xml": annonce("", "Sans numéro"),
	})
	place := where(t, db.SQLite)
	out, errOut, status := run(t, "", append([]string{"import", "boamp", folder}, place...)...)
	if got := summaries(t, out); len(got) != 1 || got[0] != (counts{read: 2, new: 1, refused: 1}) || status != 4 || !strings.Contains(out, "la suite du fichier n'a pas pu être lue") {
		t.Errorf("status %d, %q", status, out)
	}
	for _, want := range []string{
		"a.xml, enregistrement 1\u00a0: Ce fichier est une page web, ou du XML avec un DOCTYPE",
		"b.xml, enregistrement 2\u00a0: Ce fichier n'est pas du XML valable, ou il est incomplet.",
		"c.xml, enregistrement 3\u00a0: Ce fichier XML ne contient aucun avis du BOAMP",
		"e.xml, ligne 1, avis sans numéro\u00a0: Cet enregistrement n'a pas de numéro d'avis",
	} {
		if !strings.Contains(errOut, want) {
			t.Errorf("%q is not said:\n%s", want, errOut)
		}
	}
}
