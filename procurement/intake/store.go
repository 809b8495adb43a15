package intake

import (
	"parvis/kit/clock"
	"parvis/kit/db"
)

// State is what is known of the fetch of a gazette.
type State struct {
	Source     string
	AwaitedAt  clock.Instant // since when it is to come
	TellsFrom  string        // the first day whose notices alert
	WholeTo    string        // all up to this day was read whole once; "": none
	DueAt      clock.Instant
	TriedAt    clock.Instant
	ReceivedAt clock.Instant // when all of it last came, be there something new in it or not
	NewsAt     clock.Instant // when something new or corrected last came
	Failures   int           // since then
	Fault      string        // the last one, as an operator reads it
	Last       Tally         // of what last came
	SilentAt   clock.Instant // since when it is said that nothing comes; zero: it is not
	LeaseOwner string
	LeaseUntil clock.Instant
}

const columns = `source, awaited_at, tells_from, whole_to, due_at, tried_at, received_at, news_at, failures, fault, added, changed, same, refused,
	silent_at, lease_owner, lease_until`

// await makes the row of a gazette, unless there is one. The first run is due at once.
func await(tx *db.Tx, source string) error {
	_, err := tx.Exec(`INSERT INTO gazette (source, awaited_at, tells_from, whole_to, due_at, failures, fault, added, changed, same, refused, lease_owner)
		VALUES ($1, $2, $3, '', $2, 0, '', 0, 0, 0, 0, '') ON CONFLICT (source) DO NOTHING`, source, tx.Now, day(tx.Now))
	return err
}

func find(tx *db.Tx, source string) (State, error) {
	var row struct {
		State
		Added, Changed, Same, Refused int
	}
	err := tx.One(&row, "SELECT "+columns+" FROM gazette WHERE source = $1", source)
	st := row.State
	st.Last.New, st.Last.Changed, st.Last.Same, st.Last.Refused = row.Added, row.Changed, row.Same, row.Refused
	return st, err
}

// lock reads the row once everybody else who writes it is done.
func lock(tx *db.Tx, source string) (State, error) {
	if _, err := tx.Exec("UPDATE gazette SET failures = failures WHERE source = $1", source); err != nil {
		return State{}, err
	}
	return find(tx, source)
}

// save writes a row that was locked; the days that were read are hold's, and when
// something new came is news's.
func save(tx *db.Tx, st State) error {
	_, err := tx.Exec(`UPDATE gazette SET tells_from = $1, due_at = $2, tried_at = $3, received_at = $4, failures = $5, fault = $6,
		added = $7, changed = $8, same = $9, refused = $10, silent_at = $11, lease_owner = $12, lease_until = $13 WHERE source = $14`,
		st.TellsFrom, st.DueAt, st.TriedAt, st.ReceivedAt, st.Failures, st.Fault,
		st.Last.New, st.Last.Changed, st.Last.Same, st.Last.Refused, st.SilentAt, st.LeaseOwner, st.LeaseUntil, st.Source)
	return err
}

// news writes down that something new has come.
func news(tx *db.Tx, source string) error {
	_, err := tx.Exec("UPDATE gazette SET news_at = $1 WHERE source = $2", tx.Now, source)
	return err
}
