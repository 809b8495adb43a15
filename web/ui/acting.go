package ui

import "context"

// ActingField is the hidden field by which a form says under which membership it was
// shown, so that what is typed for one establishment never lands in another one to which
// the person has switched in another tab.
const ActingField = "agissant_pour"

type actingKey struct{}

// WithActing has the forms of a page say under which membership it is shown.
func WithActing(ctx context.Context, membershipID string) context.Context {
	return context.WithValue(ctx, actingKey{}, membershipID)
}

// actingUnder reads it, "" on a page that nobody is signed in for.
func actingUnder(ctx context.Context) string {
	id, _ := ctx.Value(actingKey{}).(string)
	return id
}

// ForField names, in the address of a page that a mail leads to, the establishment that
// the mail was about; NextField is where to go once one acts for it.
const (
	ForField  = "pour"
	NextField = "suite"
)
