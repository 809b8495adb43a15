package fault

import (
	"errors"
	"strings"
	"time"
)

// Kind says how a refusal is answered: which page, which HTTP status.
type Kind string

// The kinds of refusal. Invisible is NotFound, never Forbidden: another
// company's watch does not exist for me.
const (
	Invalid     Kind = "invalid"     // what was typed cannot be accepted (422)
	NotFound    Kind = "not_found"   // there is no such thing for this person (404)
	Forbidden   Kind = "forbidden"   // visible, but not theirs to do (403)
	Conflict    Kind = "conflict"    // it was true when the page was shown, not any more (409)
	Unavailable Kind = "unavailable" // try later (503)
	SignIn      Kind = "sign_in"     // needs an account: the web floor leads to the sign-in page (303)
)

// Error is a refusal that may be shown as it is.
type Error struct {
	Kind  Kind
	Field string        // name of the form's field, "" for the whole form
	Text  string        // French, a whole sentence
	Cause error         // for the log only
	Wait  time.Duration // after how long to try again; 0: nobody knows
}

// New makes a refusal with the sentence to show.
func New(kind Kind, text string) *Error { return &Error{Kind: kind, Text: text} }

// On ties the refusal to a field of the form.
func (e *Error) On(field string) *Error { c := *e; c.Field = field; return &c }

// Because keeps the cause for the log.
func (e *Error) Because(cause error) *Error { c := *e; c.Cause = cause; return &c }

// In says after how long the same may be tried again.
func (e *Error) In(wait time.Duration) *Error { c := *e; c.Wait = wait; return &c }

// Error is for the log; people read Text.
func (e *Error) Error() string {
	s := string(e.Kind) + ": " + e.Text
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	if e.Cause != nil {
		s += " (" + e.Cause.Error() + ")"
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// List is several refusals of one form, in the order of its fields.
type List []*Error

// Error joins them for the log.
func (l List) Error() string {
	parts := make([]string, len(l))
	for i, e := range l {
		parts[i] = e.Error()
	}
	return strings.Join(parts, "; ")
}

// Add appends err when it is a refusal (one or several) and gives back any other
// error, which is not the form's business.
func (l *List) Add(err error) error {
	if err == nil {
		return nil
	}
	found := All(err)
	if found == nil {
		return err
	}
	*l = append(*l, found...)
	return nil
}

// Err is nil for an empty list, so that a nil List never becomes a non-nil error.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// As finds the refusal in err.
func As(err error) (*Error, bool) {
	var e *Error
	if errors.As(err, &e) {
		return e, true
	}
	var l List
	if errors.As(err, &l) && len(l) > 0 {
		return l[0], true
	}
	return nil, false
}

// All gives every refusal in err, nil when it holds none.
func All(err error) []*Error {
	var l List
	if errors.As(err, &l) {
		return l
	}
	if e, ok := As(err); ok {
		return []*Error{e}
	}
	return nil
}

// Is tells whether err is a refusal of this kind.
func Is(err error, kind Kind) bool {
	e, ok := As(err)
	return ok && e.Kind == kind
}
