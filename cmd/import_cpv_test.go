package cmd_test

import (
	"strings"
	"testing"

	"parvis/kit/db"
)

func TestTheVocabularyGoesInOnce(t *testing.T) {
	place := where(t, db.SQLite)
	const table = "CODE;DE;FR\n45000000-7;Bauarbeiten;Travaux de construction\n45261210-9;;Travaux de couverture\n"
	ask := append([]string{"import", "cpv", "-"}, place...)
	for _, c := range []struct {
		in, says string
		status   int
	}{
		{table, "entrée standard\u00a0: 2 codes lus\u00a0: 2 nouveaux, 0 modifié, 0 inchangé, 0 refusé\n", 0},
		{table + "?;x;y\n", "entrée standard\u00a0: 3 codes lus\u00a0: 0 nouveau, 0 modifié, 2 inchangés, 1 refusé\n", 1},
		{"a;b\n", "", 1},
	} {
		out, errOut, status := run(t, c.in, ask...)
		if out != c.says || status != c.status || status != 0 && errOut == "" {
			t.Errorf("status %d, %q, %s", status, out, errOut)
		}
	}
	if _, errOut, status := run(t, "", append([]string{"import", "cpv", "/rien/du/tout.csv"}, place...)...); status != 1 || !strings.Contains(errOut, "ne peut pas être ouvert") {
		t.Errorf("status %d, %s", status, errOut)
	}
}
