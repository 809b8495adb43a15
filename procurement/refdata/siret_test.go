package refdata_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parvis/kit/fault"
	"parvis/procurement/refdata"
)

// checkDigit is the digit that makes digits pass the check, written the way the
// norm's table puts it: another formulation than the code's, to be its oracle.
func checkDigit(digits string) string {
	doubled := [10]int{0, 2, 4, 6, 8, 1, 3, 5, 7, 9}
	sum := 0
	for i := range len(digits) {
		d := int(digits[i] - '0')
		if (len(digits)-i)%2 == 1 {
			d = doubled[d]
		}
		sum += d
	}
	return fmt.Sprint((10 - sum%10) % 10)
}

func drawSIRET(t *rapid.T) string {
	siren := rapid.StringMatching(`[1-9][0-9]{7}`).Draw(t, "siren")
	siren += checkDigit(siren)
	order := siren + rapid.StringMatching(`[0-9]{3}[1-9]`).Draw(t, "order")
	return order + checkDigit(order)
}

func TestEveryWellFormedSIRETIsReadAndWrittenBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := drawSIRET(t)
		if strings.HasPrefix(digits, "356000000") {
			t.Skip("La Poste has its own rule")
		}
		siret, err := refdata.ParseSIRET(digits)
		if err != nil || siret.String() != digits {
			t.Fatalf("ParseSIRET(%s) = %s, %v", digits, siret, err)
		}
		if again, err := refdata.ParseSIRET(siret.Pretty()); err != nil || again != siret {
			t.Fatalf("%q is read as %s, %v", siret.Pretty(), again, err)
		}
		if siren, err := refdata.ParseSIREN(digits[:9]); err != nil || siren != siret.SIREN() {
			t.Fatalf("ParseSIREN(%s) = %s, %v", digits[:9], siren, err)
		}
	})
}

func TestOneWrongDigitIsAlwaysSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := []byte(drawSIRET(t))
		i := rapid.IntRange(0, len(digits)-1).Draw(t, "place")
		wrong := byte(rapid.IntRange(1, 9).Draw(t, "shift"))
		digits[i] = '0' + (digits[i]-'0'+wrong)%10
		if strings.HasPrefix(string(digits), "356000000") {
			t.Skip("La Poste has its own rule")
		}
		if siret, err := refdata.ParseSIRET(string(digits)); err == nil {
			t.Fatalf("%s is accepted", siret)
		}
	})
}

func TestASIRETIsReadAsPeopleTypeIt(t *testing.T) {
	const want = refdata.SIRET("12345678200010")
	for _, typed := range []string{
		"12345678200010",
		"123 456 782 00010",
		"123\u00a0456\u00a0782\u00a000010",
		"123\u202f456\u202f782\u202f00010",
		"123.456.782.00010",
		"  12345678200010\r\n",
		"\ufeff12345678200010",
		"\u202d12345678200010\u202c", // as a Windows program puts it on the clipboard
		"1 2 3 4 5 6 7 8 2 0 0 0 1 0",
	} {
		got, err := refdata.ParseSIRET(typed)
		if err != nil || got != want {
			t.Errorf("ParseSIRET(%q) = %q, %v", typed, got, err)
		}
	}
	if got := want.Pretty(); got != "123\u00a0456\u00a0782\u00a000010" {
		t.Errorf("Pretty = %q", got)
	}
	if got := want.SIREN(); got != "123456782" || got.Pretty() != "123\u00a0456\u00a0782" {
		t.Errorf("SIREN = %q, %q", got, got.Pretty())
	}
}

func TestAValueThatNobodyParsedIsShownAsItIs(t *testing.T) {
	if got := refdata.SIRET("123").Pretty(); got != "123" {
		t.Errorf("Pretty = %q", got)
	}
	if got := refdata.SIRET("").SIREN(); got != "" {
		t.Errorf("SIREN of nothing = %q", got)
	}
	if got := refdata.SIREN("12").Pretty(); got != "12" {
		t.Errorf("Pretty = %q", got)
	}
}

func TestARefusalSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"", "Indiquez un numéro SIRET\u00a0: il compte 14 chiffres."},
		{" \u00a0.", "Indiquez un numéro SIRET\u00a0: il compte 14 chiffres."},
		{"1234567820001", "Un numéro SIRET compte 14 chiffres\u00a0: celui-ci en compte 13."},
		{"123456782000100", "Un numéro SIRET compte 14 chiffres\u00a0: celui-ci en compte 15."},
		{"123456782", "Ce numéro de 9 chiffres est un SIREN\u00a0: ajoutez-y les 5 chiffres de l'établissement pour former le SIRET."},
		{"1234567820001O", "Un numéro SIRET ne contient que des chiffres, et non «\u00a0O\u00a0»."},
		{"FR 54 123 456 782", "Un numéro SIRET ne contient que des chiffres, et non «\u00a0F\u00a0»."},
		{"123-456-782-00010", "Un numéro SIRET ne contient que des chiffres, et non «\u00a0-\u00a0»."},
		{"1234567820001\u0660", "Un numéro SIRET ne contient que des chiffres, et non «\u00a0\u0660\u00a0»."},
		{"1234567820001\x00", "Un numéro SIRET ne contient que des chiffres, et non un caractère invisible ou illisible."},
		{"1234567820001\xff", "Un numéro SIRET ne contient que des chiffres, et non un caractère invisible ou illisible."},
		{"12345678300010", "Ce numéro SIRET est inexact\u00a0: ses 9 premiers chiffres ne forment pas un SIREN valable. Vérifiez chaque chiffre."},
		{"12345678200011", "Ce numéro SIRET est inexact\u00a0: ses 5 derniers chiffres ne correspondent pas aux 9 premiers. Vérifiez chaque chiffre."},
		{"00000000000000", "Ce numéro SIRET est inexact\u00a0: ses 9 premiers chiffres ne forment pas un SIREN valable. Vérifiez chaque chiffre."},
		{"12345678200000", "Ce numéro SIRET est incomplet\u00a0: ses 5 derniers chiffres, ceux de l'établissement, ne peuvent pas être tous des zéros."},
	} {
		_, err := refdata.ParseSIRET(c.typed)
		checkRefusal(t, c.typed, err, "siret", c.want)
	}
	for _, c := range []struct{ typed, want string }{
		{"", "Indiquez un numéro SIREN\u00a0: il compte 9 chiffres."},
		{"12345678", "Un numéro SIREN compte 9 chiffres\u00a0: celui-ci en compte 8."},
		{"12345678200010", "Ce numéro de 14 chiffres est un SIRET\u00a0: n'en gardez que les 9 premiers chiffres pour le SIREN."},
		{"12345678X", "Un numéro SIREN ne contient que des chiffres, et non «\u00a0X\u00a0»."},
		{"123456783", "Ce numéro SIREN est inexact\u00a0: son dernier chiffre ne correspond pas aux autres. Vérifiez chaque chiffre."},
		{"000000000", "Ce numéro SIREN est inexact\u00a0: son dernier chiffre ne correspond pas aux autres. Vérifiez chaque chiffre."},
	} {
		_, err := refdata.ParseSIREN(c.typed)
		checkRefusal(t, c.typed, err, "siren", c.want)
	}
}

func checkRefusal(t *testing.T, typed string, err error, field, text string) {
	t.Helper()
	refusal, ok := fault.As(err)
	if !ok {
		t.Errorf("%q: %v is no refusal", typed, err)
		return
	}
	if refusal.Kind != fault.Invalid || refusal.Field != field || refusal.Text != text {
		t.Errorf("%q:\n got %s on %s: %s\nwant %s", typed, refusal.Kind, refusal.Field, refusal.Text, text)
	}
}

func TestLaPosteHasItsOwnRule(t *testing.T) {
	for typed, want := range map[string]bool{
		"356000000 00048": true,  // the seat, which follows the ordinary rule only
		"356000000 00010": true,  // digits add up to 15
		"356000000 10000": true,  // as many, in another order: the rule sees no difference
		"356000000 00011": false, // 16
		"356000000 00030": false, // passes the ordinary check, but adds up to 17
		"356000000 00000": false,
	} {
		siret, err := refdata.ParseSIRET(typed)
		if (err == nil) != want {
			t.Errorf("ParseSIRET(%q) = %s, %v", typed, siret, err)
		}
	}
	if _, err := refdata.ParseSIREN("356000000"); err != nil {
		t.Errorf("La Poste's SIREN: %v", err)
	}
}

func TestRealNumbers(t *testing.T) {
	raw, err := os.ReadFile(realData(t, "entreprises", "siret_vecteurs_de_test.json"))
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Valid   []string `json:"siret_valides_reels"`
		LaPoste []string `json:"siret_la_poste_reels"`
		Invalid []string `json:"identifiants_invalides_vus_dans_les_decp"`
	}
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors.Valid) == 0 || len(vectors.LaPoste) == 0 || len(vectors.Invalid) == 0 {
		t.Fatal("a list of real numbers is empty")
	}
	for _, number := range append(vectors.Valid, vectors.LaPoste...) {
		if _, err := refdata.ParseSIRET(number); err != nil {
			t.Errorf("%s is refused: %v", number, err)
		}
	}
	for _, number := range vectors.Invalid {
		siret, err := refdata.ParseSIRET(number)
		// Some stand in that list only because of spaces around or within them.
		if err == nil && !strings.Contains(number, " ") {
			t.Errorf("%q is accepted as %s", number, siret)
		}
	}
}

func FuzzParseSIRET(f *testing.F) {
	for _, seed := range []string{
		"12345678200010", "123 456 782 00010", "35600000000048", "35600000000010",
		"123456782", "", "FR12345678200010", "\xff", "\u202d12345678200010\u202c",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		siret, err := refdata.ParseSIRET(typed)
		if err != nil {
			if _, ok := fault.As(err); !ok || siret != "" {
				t.Fatalf("%q gives %q, %v", typed, siret, err)
			}
			return
		}
		again, err := refdata.ParseSIRET(siret.Pretty())
		if len(siret) != 14 || err != nil || again != siret {
			t.Fatalf("%q gives %q, then %q, %v", typed, siret, again, err)
		}
		if _, err := refdata.ParseSIREN(siret.SIREN().String()); err != nil {
			t.Fatalf("the SIREN of %q: %v", siret, err)
		}
	})
}

func FuzzParseSIREN(f *testing.F) {
	for _, seed := range []string{"123456782", "123 456 782", "356000000", "", "12345678X", "000000000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		siren, err := refdata.ParseSIREN(typed)
		if (err == nil) != (len(siren) == 9) {
			t.Fatalf("%q gives %q, %v", typed, siren, err)
		}
		if err == nil && checkDigit(siren.String()[:8]) != siren.String()[8:] {
			t.Fatalf("%q has the wrong check digit", siren)
		}
	})
}
