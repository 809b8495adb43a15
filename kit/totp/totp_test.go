package totp_test

import (
	"bytes"
	"image/png"
	"net/url"
	"strings"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/totp"
)

// The secret of RFC 6238, appendix B, in base 32: « 12345678901234567890 ».
const known = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

func at(seconds int64) clock.Instant { return clock.At(time.Unix(seconds, 0)) }

// The vectors of RFC 6238, appendix B, of which six digits are shown.
func TestTheCodesAreThoseOfTheStandard(t *testing.T) {
	for seconds, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		got, err := totp.Code(known, totp.StepAt(at(seconds)))
		if err != nil || got != want {
			t.Errorf("at %d: %q (%v), want %q", seconds, got, err, want)
		}
	}
}

func TestACodeServesOneStepAroundItsOwnAndOnce(t *testing.T) {
	now := at(1234567890)
	step := totp.StepAt(now)
	for _, c := range []struct {
		name    string
		of      int64 // the step whose code is typed
		last    int64
		matches bool
	}{
		{"of this step", step, 0, true},
		{"of the one before: a slow hand", step - 1, 0, true},
		{"of the next one: a fast clock", step + 1, 0, true},
		{"two steps old", step - 2, 0, false},
		{"two steps early", step + 2, 0, false},
		{"used already", step, step, false},
		{"older than the last one used", step - 1, step, false},
		{"newer than the last one used", step + 1, step, true},
	} {
		code, err := totp.Code(known, c.of)
		if err != nil {
			t.Fatal(err)
		}
		got, ok, err := totp.Match(known, code[:3]+"\u00a0"+code[3:]+" ", now, c.last)
		if err != nil || ok != c.matches || ok && got != c.of {
			t.Errorf("%s: step %d, %v (%v)", c.name, got, ok, err)
		}
	}
}

func TestWhatIsNoCodeMatchesNothing(t *testing.T) {
	for _, typed := range []string{"", " ", "00592", "0059241", "00592a", "005924\x00", strings.Repeat("0", 10000), "٠٠٥٩٢٤"} {
		if _, ok, err := totp.Match(known, typed, at(1234567890), 0); ok || err != nil {
			t.Errorf("%.20q: %v (%v)", typed, ok, err)
		}
	}
	if _, _, err := totp.Match("pas de la base 32 !", "005924", at(1234567890), 0); err == nil {
		t.Error("a damaged secret is no fault of whoever types")
	} else if strings.Contains(err.Error(), "base 32 !") {
		t.Error("the secret is in the error: " + err.Error())
	}
}

func FuzzMatch(f *testing.F) {
	for _, s := range []string{"005924", "005 924", "\xff", "１２３４５６"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		step, ok, err := totp.Match(known, typed, at(1234567890), 0)
		if err != nil {
			t.Fatal(err)
		}
		if code, _ := totp.Code(known, step); ok && strings.Join(strings.Fields(typed), "") != code {
			t.Fatalf("%q passes for %s", typed, code)
		}
	})
}

func TestSecretsDifferAndAreTypedByGroups(t *testing.T) {
	a, b := totp.NewSecret(), totp.NewSecret()
	if a == b || len(a) != 32 {
		t.Errorf("%q and %q", a, b)
	}
	if got := totp.Spaced("ABCDEFGHIJ"); got != "ABCD EFGH IJ" {
		t.Errorf("%q", got)
	}
	if strings.ReplaceAll(totp.Spaced(a), " ", "") != a || strings.HasSuffix(totp.Spaced(a), " ") {
		t.Errorf("%q", totp.Spaced(a))
	}
}

func TestTheAddressSurvivesAnyName(t *testing.T) {
	for _, account := range []string{"odile.muller", "odile+devis@exemple.fr", "a&secret=x", "Éloïse / B:C", "100 %"} {
		address := totp.Address("Parvis (marches.exemple.fr)", account, known)
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Parvis (marches.exemple.fr):"+account || u.Query().Get("secret") != known ||
			u.Query().Get("issuer") != "Parvis (marches.exemple.fr)" || strings.Contains(u.RawQuery, "+") {
			t.Errorf("%q", address)
		}
		picture, err := totp.Picture(address)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(picture))
		if err != nil {
			t.Fatal(err)
		}
		b := img.Bounds()
		dark := 0
		for x := b.Min.X; x < b.Max.X; x++ {
			for y := b.Min.Y; y < b.Max.Y; y++ {
				r, _, _, _ := img.At(x, y).RGBA()
				if r != 0 {
					continue
				}
				dark++
				if min(x, y, b.Max.X-1-x, b.Max.Y-1-y) < 20 {
					t.Fatalf("%s: the margin is not white at %d, %d", account, x, y)
				}
			}
		}
		if dark < b.Dx()*b.Dy()/10 {
			t.Errorf("%s: %d dark points only", account, dark)
		}
	}
}
