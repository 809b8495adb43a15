package alert

import (
	"errors"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/mail"
	"parvis/procurement/event"
	"parvis/procurement/intake"
)

// mailSourceSilent goes to who runs the platform: a gazette is fetched no more.
const mailSourceSilent = "source_silent"

// mailSourceSilent tells whoever runs the platform, if they gave an address; the log
// says it anyway.
func (s *Service) mailSourceSilent(tx *db.Tx, e event.Event) error {
	if s.operator == "" {
		return nil
	}
	return s.owe(tx, mailSourceSilent, e.ID, s.operator)
}

// silentLetter is what the operator needs to find out what is wrong.
type silentLetter struct {
	Title, Name, Since, Tried, Fault, Command string
	Never                                     bool // nothing has ever come
	Stale                                     bool // it answers, with what is known
	Failures                                  int
}

// composeSourceSilent writes nothing when it has come again meanwhile.
func (s *Service) composeSourceSilent(tx *db.Tx, ref, _ string) (mail.Message, error) {
	e, err := event.Find(tx, ref)
	if err != nil {
		return mail.Message{}, err
	}
	st, err := intake.StateOf(tx, e.Subject)
	if errors.Is(err, db.ErrNone) {
		return mail.Message{}, mail.ErrUnwanted
	}
	if err != nil {
		return mail.Message{}, err
	}
	silence, still := st.Silent(tx.Now)
	if !still {
		return mail.Message{}, mail.ErrUnwanted
	}
	l := silentLetter{Title: silence.Text(), Name: intake.Name(e.Subject), Since: silence.Since.Long(clock.Paris), Never: st.ReceivedAt.IsZero(),
		Fault: oneLine(st.Fault), Failures: st.Failures, Command: "parvis fetch " + e.Subject}
	if !l.Never {
		l.Since = st.ReceivedAt.Long(clock.Paris)
	}
	if l.Stale = st.Stale(); l.Stale {
		l.Since = st.NewsAt.Long(clock.Paris)
	}
	if !st.TriedAt.IsZero() {
		l.Tried = st.TriedAt.Long(clock.Paris)
	}
	return write("source_silent", l.Title, l)
}
