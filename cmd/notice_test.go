package cmd_test

import (
	"strings"
	"testing"
)

func TestTheOperatorReadsANoticeAsItCame(t *testing.T) {
	eachDatabase(t, func(t *testing.T, place []string) {
		before := strings.SplitAfter(threeBuyers, "\n")[0]
		if _, errOut, status := run(t, threeBuyers, append([]string{"import", "boamp", "-"}, place...)...); status != 0 {
			t.Fatal(errOut)
		}
		raw := func(source, number string) (string, string, int) {
			return run(t, "", append([]string{"notice", "raw", source, number}, place...)...)
		}
		if out, errOut, status := raw("boamp", "26-1"); status != 0 || out != before {
			t.Errorf("%d, %q, %s", status, out, errOut)
		}
		// A later state takes the place of the first one, in the list as in what is kept.
		later := strings.Replace(before, "Voirie", "Voirie et réseaux", 1)
		if _, errOut, status := run(t, later, append([]string{"import", "boamp", "-"}, place...)...); status != 0 {
			t.Fatal(errOut)
		}
		if out, _, _ := raw("boamp", "26-1"); out != later {
			t.Errorf("after its later state: %q", out)
		}
		if out, _, _ := raw("boamp", "26-3"); !strings.Contains(out, "Ordures") {
			t.Errorf("its neighbour: %q", out)
		}
		if out, errOut, status := raw("boamp", "26-99"); status == 0 || out != "" || !strings.Contains(errOut, "aucun avis de ce numéro") {
			t.Errorf("%d, %q, %s", status, out, errOut)
		}
		if _, errOut, status := raw("jorf", "26-1"); status != 2 || strings.Contains(errOut, "panic") {
			t.Errorf("%d, %s", status, errOut)
		}
	})
}
