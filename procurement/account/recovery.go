package account

import (
	"context"
	"crypto/rand"
	"strings"
	"unicode"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/event"
)

// RecoveryCodes is how many recovery codes are given at a time.
const RecoveryCodes = 10

// A recovery code has 80 bits: nobody guesses one, even offline from its digest, so that
// a fast digest is enough. Its letters cannot be taken for one another: Crockford's
// alphabet, without i, l, o and u.
const (
	codeLetters = "0123456789abcdefghjkmnpqrstvwxyz"
	codeLength  = 16
	codeGroup   = 4
)

// newCode makes a code as it is shown: « 7k2m-9xqa-0dft-h4rs ».
func newCode() string {
	random := make([]byte, codeLength)
	_, _ = rand.Read(random) // never fails: see crypto/rand
	var out strings.Builder
	for i, b := range random {
		if i > 0 && i%codeGroup == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(codeLetters[int(b)%len(codeLetters)]) // 32 divides 256: no letter is favoured
	}
	return out.String()
}

// codeHash is what is stored of a code, however it is typed; ok is false for what cannot
// be one.
func codeHash(accountID, typed string) (hash string, ok bool) {
	if len(typed) > 200 {
		return "", false
	}
	code := strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); {
		case unicode.IsSpace(r), unicode.Is(unicode.Pd, r):
			return -1
		case r == 'o':
			return '0'
		case r == 'i', r == 'l':
			return '1'
		}
		return r
	}, typed)
	if len(code) != codeLength || strings.Trim(code, codeLetters) != "" {
		return "", false
	}
	return keyOf("recovery\x00" + accountID + "\x00" + code), true
}

// replaceCodes gives new codes; the old ones serve no more.
func replaceCodes(tx *db.Tx, accountID string) ([]string, error) {
	if err := deleteCodes(tx, accountID); err != nil {
		return nil, err
	}
	codes := make([]string, RecoveryCodes)
	for i := range codes {
		codes[i] = newCode()
		hash, _ := codeHash(accountID, codes[i])
		if err := insertCode(tx, accountID, hash); err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// RenewCodes gives new recovery codes to the person signed in, who says their password
// again; those that they had serve no more. Faults are on mot_de_passe_actuel;
// fault.Conflict without a factor that the codes would stand in for.
func (s *Service) RenewCodes(ctx context.Context, sessionToken, password string, from Visitor) (codes []string, err error) {
	err = s.proved(ctx, sessionToken, password, from, func(tx *db.Tx, _ Session, a Account) error {
		n, err := countFactors(tx, a.ID)
		switch {
		case err != nil:
			return err
		case n == 0:
			return fault.New(fault.Conflict, "Ajoutez d'abord une clé d'accès ou une application de codes\u00a0: les codes de secours les remplacent quand elles manquent.")
		}
		if codes, err = replaceCodes(tx, a.ID); err != nil {
			return err
		}
		return s.journal.Record(tx, a.actor(), event.CodesRenewed, a.ID, struct{}{})
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// RecoveryBody is the body of event.CodeUsed.
type RecoveryBody struct {
	Left int `json:"left"`
}

// useCode spends a recovery code and tells its owner; false when it is none of theirs.
func (s *Service) useCode(tx *db.Tx, a Account, typed string) (bool, error) {
	hash, ok := codeHash(a.ID, typed)
	if !ok {
		return false, nil
	}
	spent, err := spendCode(tx, a.ID, hash)
	if err != nil || !spent {
		return false, err
	}
	left, err := countCodes(tx, a.ID)
	if err != nil {
		return false, err
	}
	return true, s.journal.Record(tx, a.actor(), event.CodeUsed, a.ID, RecoveryBody{left})
}
