package account

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/event"
	"parvis/procurement/refdata"
)

// ErrStale says that a link must not be mailed any more: used, expired, replaced or
// unknown. The composer drops the mail.
var ErrStale = errors.New("account: link is used, expired or replaced")

// signUpLife is how long the link of a sign-up works.
const signUpLife = 24 * time.Hour

// France is the country of companies that have a SIRET.
const France = "FR"

// SignUpForm is what the sign-up page asks.
type SignUpForm struct {
	SIRET       string
	Country     string // ISO 3166, two letters; empty is France
	NationalID  string // abroad: the identifier in the country's own register
	CompanyName string
	Postal      PostalAddress
	ListedAt    clock.Instant // when the directory gave the name and address; zero: they are typed
	Name        string
	Address     string
	LeadsTo     string // a path of this site, where they were going; "" for nowhere
}

// SignUp is a sign-up that waits for its mailbox to answer.
type SignUp struct {
	ID          string
	Address     string
	AddressKey  string
	Name        string
	Country     string // ISO 3166, two letters
	Number      string // SIRET in France, the national identifier elsewhere
	CompanyName string
	Street      string
	Postcode    string
	City        string
	ListedAt    clock.Instant // when the directory gave the name and address; zero: they were typed
	AskedAt     clock.Instant
	ExpiresAt   clock.Instant
	UsedAt      clock.Instant
	LeadsTo     string // where they were going; whoever leads them there checks it again
}

// Pretty is the company's number as people read it.
func (s SignUp) Pretty() string {
	if s.Country == France {
		return refdata.SIRET(s.Number).Pretty()
	}
	return s.Country + "\u00a0" + s.Number
}

func (s SignUp) open(at clock.Instant) bool { return s.UsedAt.IsZero() && at < s.ExpiresAt }

// SignUpBody is the body of event.SignUpAsked and event.SignUpRepeated: which
// sign-up it was, so that the mails of two of them are told apart.
type SignUpBody struct {
	SignUpID string `json:"sign_up_id"`
}

// limits of what is typed about oneself, in characters.
const (
	maxName        = 100
	maxCompanyName = 200
	maxNationalID  = 40
	maxLeadsTo     = 2000 // bytes: a longer path is not kept
)

// AskSignUp takes a sign-up and has a mail owed to its address: a link when the
// address is free, a reminder to sign in when it has an account, a word that it is kept
// for the account that has just left it, nothing when it was written to often enough
// today. The answer is the same and so is the work. Faults are on siret, pays,
// identifiant_national, entreprise, rue, code_postal, ville, nom, adresse; a network
// that asks too much is told how long to wait (fault.Unavailable).
func (s *Service) AskSignUp(ctx context.Context, form SignUpForm, from Visitor) error {
	asked, err := form.read()
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := signUpQuota.ofNetwork(tx, from); err != nil {
			return err
		}
		allowed, err := Solicit(tx, asked.AddressKey)
		if err != nil {
			return err
		}
		known, err := holderOf(tx, asked.AddressKey)
		if err != nil && !errors.Is(err, db.ErrNone) {
			return err
		}
		asked.ID, asked.AskedAt, asked.ExpiresAt = db.NewID(), tx.Now, tx.Now.Add(signUpLife)
		kind, subject := event.SignUpAsked, asked.ID
		switch {
		case !allowed:
			asked.UsedAt = tx.Now // a closed sign-up is mailed to nobody
			s.log.WarnContext(ctx, "sign-up not mailed: too many mails for one address", "address", keyOf(asked.AddressKey)[:12])
		case err == nil:
			kind, subject, asked.UsedAt = event.SignUpRepeated, known.ID, tx.Now
		}
		if err := insertSignUp(tx, asked); err != nil {
			return err
		}
		return s.journal.Record(tx, access.Anybody(), kind, subject, SignUpBody{asked.ID})
	})
}

// read checks all fields together.
func (f SignUpForm) read() (SignUp, error) {
	var out SignUp
	var faults fault.List
	on := func(field string, err error) {
		if e, ok := fault.As(err); ok {
			faults = append(faults, e.On(field))
		}
	}
	f.readNumber(&out, on)
	f.readCompany(&out, on)
	var err error
	if len(f.LeadsTo) <= maxLeadsTo && utf8.ValidString(f.LeadsTo) && !hidden(f.LeadsTo) {
		out.LeadsTo = f.LeadsTo
	}
	out.Name, err = readName(f.Name)
	on("nom", err)
	address, err := ParseAddress(f.Address)
	on("adresse", err)
	out.Address, out.AddressKey = address.Text, address.Key
	return out, faults.Err()
}

// readCompany takes the name and the address, which are the person's to correct only
// when the directory did not give them.
func (f SignUpForm) readCompany(out *SignUp, on func(string, error)) {
	postal := f.Postal
	if f.ListedAt.IsZero() {
		var err error
		out.CompanyName, err = ParseCompanyName(f.CompanyName)
		on("entreprise", err)
		postal, err = ParsePostal(out.Country, postal)
		for _, e := range fault.All(err) {
			on(e.Field, e)
		}
	} else {
		out.CompanyName, out.ListedAt = f.CompanyName, f.ListedAt
	}
	out.Street, out.Postcode, out.City = postal.Street, postal.Postcode, postal.City
}

// readNumber takes the SIRET of a French company, or a foreign one's identifier,
// which has no common form: letters, digits and a few separators.
func (f SignUpForm) readNumber(out *SignUp, on func(string, error)) {
	out.Country = strings.ToUpper(strings.TrimSpace(f.Country))
	if out.Country == "" || out.Country == France {
		out.Country = France
		siret, err := refdata.ParseSIRET(f.SIRET)
		on("siret", err)
		out.Number = siret.String()
		return
	}
	region, err := language.ParseRegion(out.Country)
	if err != nil || len(out.Country) != 2 || !region.IsCountry() {
		on("pays", refuse("Choisissez un pays dans la liste."))
	}
	number, err := oneLine(f.NationalID, "l'identifiant national de l'entreprise", maxNationalID)
	if err == nil && strings.ContainsFunc(number, func(r rune) bool {
		return !asciiLetterOrDigit(r) && !strings.ContainsRune(" .-/", r)
	}) {
		err = refuse("Un identifiant national s'écrit en lettres sans accent et en chiffres.")
	}
	on("identifiant_national", err)
	out.Number = TidyNationalID(number)
}

// TidyNationalID takes the separators out of a foreign identifier: they are habits of
// writing, and one company must not become two.
func TidyNationalID(typed string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", ".", "", "-", "", "/", "").Replace(typed))
}

// MintSignUpToken makes the secret of the link, in the transaction that freezes
// its mail, and replaces any earlier one: only the last mail written counts.
// ErrStale when the sign-up must not be mailed any more.
func MintSignUpToken(tx *db.Tx, signUpID string) (token string, s SignUp, err error) {
	s, err = signUpByID(tx, signUpID)
	if errors.Is(err, db.ErrNone) || err == nil && !s.open(tx.Now) {
		return "", SignUp{}, ErrStale
	}
	if err != nil {
		return "", SignUp{}, err
	}
	token, hash := newToken()
	return token, s, setSignUpToken(tx, s.ID, hash)
}

// SignUpOf reads the sign-up of a link, for the page where it leads. Reading
// consumes nothing: mail scanners follow links before people do. What is used,
// expired or unknown is one fault.NotFound.
func (s *Service) SignUpOf(ctx context.Context, token string) (SignUp, error) {
	var out SignUp
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) { out, err = openSignUp(tx, token); return err })
	return out, err
}

func openSignUp(tx *db.Tx, token string) (SignUp, error) {
	return behind(tx, token, SignUp.open, staleLink, func(hash string) (SignUp, error) { return signUpByToken(tx, hash) })
}

// staleLink is one sentence for every reason, because which one it is could tell a
// stranger whether the address has an account.
func staleLink() *fault.Error {
	return fault.New(fault.NotFound, "Ce lien n'est plus valable\u00a0: il a déjà servi, il date de plus de 24 heures ou il est incomplet. "+
		"Si vous avez déjà un compte, connectez-vous\u00a0; sinon, recommencez l'inscription.")
}
