package cpvfile_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"parvis/gateway/cpvfile"
	"parvis/procurement/cpv"
)

func TestTablesOfTheVocabulary(t *testing.T) {
	want := []cpv.Entry{
		{Code: "45000000", CheckDigit: "7", Label: "Travaux de construction"},
		{Code: "03111000", CheckDigit: "2", Label: "Graines; semences é"},
	}
	for name, in := range map[string]string{
		"one language":      "code,code8,cle,libelle_fr\n45000000-7,45000000,7,Travaux de construction\n03111000-2,03111000,2,Graines; semences é\n",
		"every language":    "CODE;DE;FR;EN\n45000000-7;Bauarbeiten;Travaux de construction.;Construction work\n03111000-2;;\"Graines; semences é\";\n",
		"with tabs":         "CODE\tFR\n45000000-7\tTravaux de construction\n03111000-2\tGraines; semences é\n",
		"a mark, and lines": "\ufeffCODE;FR\r\n45000000-7;  Travaux  de construction \r\n3111000-2;\"Graines; semences é\"\r\n\r\n45000000-7;encore\r\n",
		"windows 1252":      "CODE;FR\n45000000-7;Travaux de construction\n03111000-2;\"Graines; semences \xe9\"\n",
	} {
		got, refused, err := cpvfile.Read(strings.NewReader(in))
		if diff := cmp.Diff(want, got); diff != "" || err != nil || len(refused) > 0 {
			t.Errorf("%s: %v %v\n%s", name, err, refused, diff)
		}
	}
}

func TestWhatIsNoVocabulary(t *testing.T) {
	for name, in := range map[string]string{"nothing": "", "other columns": "a,b\n1,2\n", "no label": "CODE;EN\n45000000-7;Work\n"} {
		if _, _, err := cpvfile.Read(strings.NewReader(in)); err == nil {
			t.Errorf("%s is read", name)
		}
	}
	got, refused, err := cpvfile.Read(strings.NewReader("CODE;FR\nAA01-1;Métal\n45000000;Sans clé\n45000000-7;\n45000000-7\n99000000-1;x\n09000000-3;Pétrole\n"))
	if err != nil || len(got) != 1 || len(refused) != 5 || refused[0].Error() != "ligne 2\u00a0: ce n'est pas un code CPV" {
		t.Errorf("%v, %v, %v", got, refused, err)
	}
}

func TestTheWholeVocabularyIsRead(t *testing.T) {
	dir := os.Getenv("PARVIS_TEST_DATA")
	if dir == "" {
		t.Skip("PARVIS_TEST_DATA is not set: it names a folder with the whole vocabulary, which this project may not contain")
	}
	f, err := os.Open(filepath.Join(dir, "cpv", "cpv_2008_fr.csv"))
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	entries, refused, err := cpvfile.Read(f)
	if err != nil || len(entries) != 9454 || len(refused) != 0 {
		t.Errorf("%d codes, %d refused, %v", len(entries), len(refused), err)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"CODE;FR\n45000000-7;Travaux\n", "code,libelle_fr\n\"a\nb\",c\n", "CODE\tFR\n\xff\t\xfe\n", "\ufeff", "CODE;FR\n\"45000000-7;"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		entries, _, _ := cpvfile.Read(bytes.NewReader(raw))
		for _, e := range entries {
			if len(e.Code) != 8 || len(e.CheckDigit) != 1 || e.Label == "" || !utf8.ValidString(e.Label) {
				t.Fatalf("%+v", e)
			}
		}
	})
}
