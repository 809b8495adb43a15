package watch

import (
	"strings"
	"unicode/utf8"

	"parvis/kit/clock"
	"parvis/kit/text"
	"parvis/procurement/notice"
)

// Frequency is a watch's rhythm.
type Frequency string

// Rhythms. Daily, at an hour of Paris, is the default.
const (
	Immediate Frequency = "immediate"
	Daily     Frequency = "daily"
	Weekly    Frequency = "weekly"
)

// DefaultWeekday is Monday: what a weekly digest leaves on unless the company chooses.
const DefaultWeekday = 1

// DefaultHour is when a daily digest leaves unless the company chooses.
const DefaultHour = 7

// Limits of one establishment and one watch.
const (
	MaxWatches    = 50
	MaxRecipients = 10
	maxNameRunes  = 100
)

// Watch is a company's description of what it wants to hear of.
type Watch struct {
	ID              string
	Num             uint64 // its number in the engine
	Scope           string // access.Actor.Scope of whom it belongs to
	EstablishmentID string
	AccountID       string // who made it: their address is the main one
	Name            string
	Criteria        notice.Criteria
	Active          bool
	ActiveSince     clock.Instant
	Frequency       Frequency
	Hour            int           // of Paris, 0–23, when Daily or Weekly
	Weekday         int           // 1, Monday, to 7, when Weekly
	PausedSince     clock.Instant // when it was last asked to be silent; zero: never
	PausedUntil     clock.Instant // until when
	RhythmSince     clock.Instant // when it last went from one frequency to another
	Version         int64
	CreatedAt       clock.Instant
	ChangedAt       clock.Instant
	DeletedAt       clock.Instant
	SharedAt        clock.Instant // since when other establishments of the company see it; zero: they do not
	EditedBy        string        // the account that last saved its form; empty: not known
	Recipients      []Recipient

	named []string // the buyers as they were chosen or excluded, which the register may have made one since
}

// Live tells that the watch may still send anything.
func (w *Watch) Live() bool { return w.Active && w.DeletedAt.IsZero() }

// Paused tells that it is active and silent. What it finds meanwhile is shown, and
// mailed once the pause is over if it can still be answered.
func (w *Watch) Paused(at clock.Instant) bool { return w.Live() && at < w.PausedUntil }

// WeekHour numbers an hour of the week, from 24 for Monday at midnight.
func WeekHour(weekday, hour int) int { return 24*weekday + hour }

// Broken tells why a stored watch can no longer be asked, nil when it can: the
// person has to edit it.
func (w *Watch) Broken() error {
	_, err := notice.Compile(w.Criteria)
	return err
}

// Recipient is an address that a watch is to be mailed to.
type Recipient struct {
	ID          string
	WatchID     string
	Address     string
	AddressKey  string
	Main        bool // the address of the account that made the watch
	AskedAt     clock.Instant
	ConfirmedAt clock.Instant
	StoppedAt   clock.Instant
	FailedAt    clock.Instant
}

// RecipientState is where a recipient stands.
type RecipientState string

// States of a recipient.
const (
	Awaited   RecipientState = "awaited"   // asked, no answer yet
	Confirmed RecipientState = "confirmed" // is mailed
	Stopped   RecipientState = "stopped"   // unsubscribed
	Failed    RecipientState = "failed"    // their server refuses
)

// State computes where a recipient stands from its dated facts.
func (r Recipient) State() RecipientState {
	switch {
	case !r.FailedAt.IsZero():
		return Failed
	case !r.StoppedAt.IsZero():
		return Stopped
	case !r.ConfirmedAt.IsZero():
		return Confirmed
	}
	return Awaited
}

// nameKey makes two names equal that a reader would confuse.
func nameKey(name string) string { return text.Fold(name) }

// properName trims a typed name and folds its spaces to one each.
func properName(typed string) string { return strings.Join(strings.Fields(typed), " ") }

// tooLong counts characters, not bytes.
func tooLong(s string, most int) bool { return utf8.RuneCountInString(s) > most }
