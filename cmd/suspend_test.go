package cmd_test

import (
	"strings"
	"testing"
)

// TestAnAddressIsSuspendedBesideAServer suspends the address of somebody while a platform
// serves, as an operator does who has read that a mail did not arrive.
func TestAnAddressIsSuspendedBesideAServer(t *testing.T) {
	eachDatabase(t, func(t *testing.T, place []string) {
		const address = "personne@entreprise.example"
		serveHere(t, place, address, "voirie")
		suspend := func(who string) (string, string, int) {
			return run(t, "", append([]string{"account", "suspend-address", who}, place...)...)
		}
		for typed, want := range map[string]string{"inconnue@entreprise.example": "Aucune veille n'est envoyée", "pas une adresse": "adresse"} {
			if out, errOut, status := suspend(typed); status != 1 || out != "" || !strings.Contains(errOut, want) {
				t.Errorf("%s: %d %s%s", typed, status, out, errOut)
			}
		}
		out, errOut, status := suspend(strings.ToUpper(address))
		if status != 0 || errOut != "" || !strings.Contains(out, "ne reçoit plus la veille") {
			t.Errorf("%d %s%s", status, out, errOut)
		}
		if _, errOut, status := suspend(address); status != 1 || !strings.Contains(errOut, "déjà suspendue") {
			t.Errorf("twice: %d %s", status, errOut)
		}
	})
}
