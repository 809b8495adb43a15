package totp

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"parvis/kit/clock"
)

// What every authenticator application understands: HMAC-SHA-1, six digits, steps of
// thirty seconds (RFC 6238, section 4 and appendix A).
const (
	Digits       = 6
	stepMillis   = 30_000
	secretBytes  = 20 // the length of the HMAC's output (RFC 4226, section 4, R6)
	skew         = 1  // steps that a clock may be wrong by (RFC 6238, section 5.2)
	lettersGroup = 4
)

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewSecret makes a secret of 160 bits, in the letters and digits that applications
// take when it is typed by hand.
func NewSecret() string {
	b := make([]byte, secretBytes)
	_, _ = rand.Read(b) // never fails: see crypto/rand
	return base32Text.EncodeToString(b)
}

// Spaced is a secret in groups that a person can type without losing their place.
func Spaced(secret string) string {
	var groups []string
	for ; len(secret) > lettersGroup; secret = secret[lettersGroup:] {
		groups = append(groups, secret[:lettersGroup])
	}
	return strings.Join(append(groups, secret), " ")
}

// StepAt is the number of the step that an instant is in.
func StepAt(at clock.Instant) int64 { return int64(at) / stepMillis }

// Code is what an application shows during a step.
func Code(secret string, step int64) (string, error) {
	code, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return "", fmt.Errorf("totp: %w", err) // the secret is not in the library's errors
	}
	return code, nil
}

// Match looks for the step of a typed code around an instant, among those after the
// last one accepted. Spaces are nothing: applications show « 123 456 ».
func Match(secret, typed string, at clock.Instant, last int64) (step int64, ok bool, err error) {
	typed = digits(typed)
	now := StepAt(at)
	// Every step is compared, so that the time taken tells nothing of which one it was.
	for s := now - skew; s <= now+skew; s++ {
		code, err := Code(secret, s)
		if err != nil {
			return 0, false, err
		}
		if subtle.ConstantTimeCompare([]byte(code), []byte(typed)) == 1 && s > last {
			step, ok = s, true
		}
	}
	return step, ok, nil
}

// digits takes out the spaces of a typed code; what is too long for one is cut.
func digits(typed string) string {
	if len(typed) > 64 {
		typed = typed[:64]
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, typed)
}

// Address is what an application reads in the picture: the secret, and the names
// under which it lists it.
func Address(issuer, account, secret string) string {
	query := url.Values{"secret": {secret}, "issuer": {issuer}}
	// Applications show a plus sign as it is.
	return "otpauth://totp/" + url.PathEscape(issuer+":"+account) + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}
