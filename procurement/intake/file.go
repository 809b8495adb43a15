package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/notice"
)

// Tally counts what became of the records of a stream.
type Tally struct {
	notice.Outcome
	Refused int
}

// Read is how many records came.
func (t Tally) Read() int { return t.New + t.Changed + t.Same + t.Refused }

func (t *Tally) add(o Tally) {
	t.New, t.Changed, t.Same, t.Refused = t.New+o.New, t.Changed+o.Changed, t.Same+o.Same, t.Refused+o.Refused
}

// FileID tells a file by what it is: of which source, how large (-1 when nobody knows),
// and how it begins. Two that are told apart by none of these differ further on, which
// the mark tells.
func FileID(source string, size int64, head []byte) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%d\n", source, size)
	_, _ = sum.Write(head) // a hash refuses nothing
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// File is the import of one file.
type File struct {
	ID     string // tells the file: what it is, never where it is
	Source string
	At     notice.Mark   // how far it is in
	Bytes  int64         // of the file as it is kept, for whoever looks on
	Before Tally         // what became of that much
	Begun  clock.Instant // zero: it has not begun
}

// Step is one chunk of a file, and where the file stands after it.
type Step struct {
	Records notice.Prepared
	Refused int
	At      notice.Mark
	Bytes   int64
	Alerts  bool
	Last    bool // the file came to its end
}

// Find says how far a file is in.
func (s *Service) Find(ctx context.Context, by access.Actor, source, id string) (File, error) {
	f := File{ID: id, Source: source}
	if err := by.Must(access.RecordNotices); err != nil {
		return f, err
	}
	err := s.db.Read(ctx, func(tx *db.Tx) error { return findFile(tx, &f) })
	if errors.Is(err, db.ErrNone) {
		err = nil
	}
	return f, err
}

// Restart forgets how far a file is in.
func (s *Service) Restart(ctx context.Context, by access.Actor, id string) error {
	if err := by.Must(access.RecordNotices); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error { return forgetFile(tx, id) })
}

// Take records a chunk, and how far the file is in, together: whoever is killed in
// between has neither.
func (s *Service) Take(ctx context.Context, by access.Actor, f *File, step Step) (notice.Outcome, error) {
	var out notice.Outcome
	if err := by.Must(access.RecordNotices); err != nil {
		return out, err
	}
	after := *f
	err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
		if out, err = s.notices.RecordIn(tx, by, step.Records, step.Alerts); err != nil {
			return err
		}
		after.At, after.Bytes = step.At, step.Bytes
		after.Before.add(Tally{out, step.Refused})
		if step.Last {
			return forgetFile(tx, f.ID)
		}
		if after.Begun.IsZero() {
			after.Begun = tx.Now
		}
		return saveFile(tx, after)
	})
	if err == nil {
		*f = after
	}
	return out, err
}

// keepFiles is how long an import that was given up may still go on.
const keepFiles = 30 * 24 * time.Hour

// ForgetFiles removes the imports that were given up long ago: they would begin again.
func (s *Service) ForgetFiles(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM import_progress WHERE moved_at < $1", tx.Now.Add(-keepFiles))
		return err
	})
}

func findFile(tx *db.Tx, f *File) error {
	var row struct {
		Records, Bytes, Added, Changed, Same, Refused int64
		Digest                                        string
		BegunAt                                       clock.Instant
	}
	if err := tx.One(&row, `SELECT records, digest, bytes, added, changed, same, refused, begun_at FROM import_progress
		WHERE id = $1 AND source = $2`, f.ID, f.Source); err != nil {
		return err
	}
	digest, err := strconv.ParseUint(row.Digest, 16, 64)
	if err != nil {
		return err
	}
	f.At, f.Bytes, f.Begun = notice.Mark{Records: int(row.Records), Digest: digest}, row.Bytes, row.BegunAt
	f.Before = Tally{notice.Outcome{New: int(row.Added), Changed: int(row.Changed), Same: int(row.Same)}, int(row.Refused)}
	return nil
}

func saveFile(tx *db.Tx, f File) error {
	_, err := tx.Exec(`INSERT INTO import_progress (id, source, records, digest, bytes, added, changed, same, refused, begun_at, moved_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (id) DO UPDATE SET records = excluded.records, digest = excluded.digest, bytes = excluded.bytes, added = excluded.added,
			changed = excluded.changed, same = excluded.same, refused = excluded.refused, moved_at = excluded.moved_at`,
		f.ID, f.Source, f.At.Records, strconv.FormatUint(f.At.Digest, 16), f.Bytes,
		f.Before.New, f.Before.Changed, f.Before.Same, f.Before.Refused, f.Begun, tx.Now)
	return err
}

func forgetFile(tx *db.Tx, id string) error {
	_, err := tx.Exec("DELETE FROM import_progress WHERE id = $1", id)
	return err
}
