package org

import (
	"context"
	"errors"
	"time"

	"parvis/kit/clock"
	"parvis/procurement/account"
	"parvis/procurement/refdata"
)

// Directory is the public register of companies, as a gateway reaches it.
type Directory interface {
	// Find gives what the register says of an establishment. An answer got earlier will
	// do when it is no older than maxAge. The error is ErrUnlisted when the register
	// knows of none; any other says that it did not answer, soon enough for somebody
	// who waits for a page.
	Find(ctx context.Context, siret refdata.SIRET, maxAge time.Duration) (Entry, error)
}

// ErrUnlisted says that the directory knows no such establishment.
var ErrUnlisted = errors.New("org: no such establishment in the directory")

// Entry is what the directory publishes of an establishment.
type Entry struct {
	Name   string                // of the company; empty when its people keep it from the public
	Postal account.PostalAddress // zero when they keep it, or when none is understood
	Closed bool
	At     clock.Instant // when the directory said so
}

// How old an answer of the directory may be: names and addresses change rarely; who
// asks to bring their profile up to date has just been told that it changed.
const (
	listedFor  = 30 * 24 * time.Hour
	refreshFor = time.Hour
)

// Listing is an answer to whoever looks a company up: what to show, and what to say.
type Listing struct {
	Outcome Outcome
	Entry
}

// Outcome is how a look-up ended.
type Outcome string

// The outcomes. Only Found gives a name; it may be of a closed establishment.
const (
	Found    Outcome = "found"
	Hidden   Outcome = "hidden"   // listed, but its name is not published
	Unlisted Outcome = "unlisted" // no such SIRET
	Silent   Outcome = "silent"   // the directory does not answer
	TooMany  Outcome = "too_many" // look-ups from one place
)

// Found tells whether the listing has a name to take.
func (l Listing) Found() bool { return l.Outcome == Found }

// Text says in a sentence what came of the look-up, and what to do. Empty when all is
// said by the name itself.
func (l Listing) Text() string {
	switch {
	case l.Outcome == Found && l.Closed:
		return "L'annuaire des entreprises dit cet établissement fermé. Vérifiez le SIRET\u00a0; s'il est bon, vous pouvez continuer."
	case l.Outcome == Hidden && l.Closed:
		return "L'annuaire des entreprises dit cet établissement fermé, et ne publie pas son nom. Vérifiez le SIRET\u00a0; s'il est bon, saisissez le nom de l'entreprise."
	case l.Outcome == Hidden:
		return "L'annuaire des entreprises connaît ce SIRET mais ne publie pas le nom de l'entreprise\u00a0: saisissez-le."
	case l.Outcome == Unlisted:
		return "L'annuaire des entreprises ne connaît pas ce SIRET. Vérifiez-le\u00a0; si l'établissement est récent, saisissez le nom de l'entreprise."
	case l.Outcome == Silent:
		return "L'annuaire des entreprises ne répond pas pour le moment\u00a0: saisissez le nom de l'entreprise."
	case l.Outcome == TooMany:
		return "Beaucoup de recherches viennent de votre réseau\u00a0: saisissez le nom de l'entreprise, ou réessayez dans quelques minutes."
	}
	return ""
}

// Fill puts what the directory says in the place of what was typed, and takes back
// what a form may have said that the directory said.
func (l Listing) Fill(form account.SignUpForm) account.SignUpForm {
	form.ListedAt = 0
	if l.Found() {
		form.CompanyName, form.Postal, form.ListedAt = l.Name, l.Postal, l.At
	}
	return form
}

// Purpose is why a company is looked up: each is counted apart, so that whoever has
// looked up too much can still sign up.
type Purpose string

// The purposes.
const (
	ForTheEye  Purpose = "eye"     // to show a name as it is typed
	ForSignUp  Purpose = "sign-up" // to take the name in
	ForProfile Purpose = "profile"
)

// HasDirectory tells whether the operator has configured one.
func (p *Profiles) HasDirectory() bool { return p.directory != nil }

// LookUp asks the directory about a SIRET for a visitor of a network. It tells of
// companies, never of people, and nothing of who has an account. It always answers.
func (p *Profiles) LookUp(ctx context.Context, siret refdata.SIRET, why Purpose, remote string) Listing {
	return p.ask(ctx, siret, listedFor, string(why)+"\x00"+account.NetworkOf(remote))
}

func (p *Profiles) ask(ctx context.Context, siret refdata.SIRET, maxAge time.Duration, who string) Listing {
	if p.directory == nil {
		return Listing{Outcome: Silent}
	}
	if !p.lookUps.Allow(who, time.Now()) {
		return Listing{Outcome: TooMany}
	}
	found, err := p.directory.Find(ctx, siret, maxAge)
	switch {
	case errors.Is(err, ErrUnlisted):
		return Listing{Outcome: Unlisted}
	case err != nil:
		if ctx.Err() == nil {
			p.log.WarnContext(ctx, "the directory of companies does not answer", "error", err)
		}
		return Listing{Outcome: Silent}
	}
	if found.Name = account.ListedName(found.Name); found.Name == "" {
		return Listing{Hidden, found}
	}
	if tidy, err := account.ParsePostal(account.France, found.Postal); err == nil {
		found.Postal = tidy
	} else {
		found.Postal = account.PostalAddress{} // the name is what matters
	}
	return Listing{Found, found}
}
