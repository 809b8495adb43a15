package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"parvis/gateway/boamp"
	"parvis/gateway/ted"
	"parvis/procurement/access"
	"parvis/procurement/intake"
	"parvis/procurement/notice"
)

// Import is what became of one import.
type Import struct {
	intake.Tally
	Before intake.Tally // of the same file, by runs that were interrupted
	Cut    bool         // the file is broken, or was cut: what follows could not be read
}

// sources are what can be imported, by the name of the command: how to read it, after a
// mark, which is moved.
var sources = map[string]func(r io.Reader, from notice.Mark, at *notice.Mark) iter.Seq2[notice.Record, error]{
	"boamp": boamp.Ahead,
	"ted": func(r io.Reader, from notice.Mark, at *notice.Mark) iter.Seq2[notice.Record, error] {
		return notice.After(ted.Records(r), from, at)
	},
}

// factsOf reads the facts of a record as it came.
func factsOf(source, raw string) ([]notice.Fact, error) {
	if source == ted.Source {
		return ted.Facts([]byte(raw))
	}
	return boamp.Facts(raw)
}

// Reading is one file to import.
type Reading struct {
	Source    string
	ID        string // see intake.FileID
	In        io.Reader
	Alerts    bool              // companies are told of what is new and still open
	FromStart bool              // whatever went in already is read again
	Bytes     func() int64      // how much of the file was read
	Refused   func(error)       // told what cannot be read, one by one: it stops nothing
	Resumed   func(intake.File) // told when the file went in as far as this, before it is passed over
	Reached   func()            // told when what was in is passed over
	Progress  func(Import)      // told after each chunk
}

// ImportNotices takes in the records of a stream of that source, from its beginning.
// What cannot be read is told to refused, one by one, and stops nothing; progress is
// called after each chunk. Companies are told of the new notices only with alerts.
func (a *App) ImportNotices(ctx context.Context, source string, r io.Reader, alerts bool, refused func(error), progress func(Import)) (Import, error) {
	return a.ImportFile(ctx, Reading{Source: source, ID: "once " + source, In: r, Alerts: alerts, FromStart: true, Bytes: func() int64 { return 0 },
		Refused: refused, Resumed: func(intake.File) {}, Reached: func() {}, Progress: progress})
}

// ImportFile takes in the records of a file, after those that an interrupted import of
// the same file took in. It is notice.ErrAnother when the file turns out to be another
// one, of which nothing was read.
func (a *App) ImportFile(ctx context.Context, f Reading) (Import, error) {
	t := &taking{App: a, of: f, by: access.Platform("import " + strings.ToUpper(f.Source))}
	var err error
	if f.FromStart {
		t.file = intake.File{ID: f.ID, Source: f.Source}
		err = a.Intake.Restart(ctx, t.by, f.ID)
	} else {
		t.file, err = a.Intake.Find(ctx, t.by, f.Source, f.ID)
	}
	if err != nil {
		return Import{}, err
	}
	if t.did.Before = t.file.Before; t.file.At.Records > 0 {
		f.Resumed(t.file)
	}
	err = t.all(ctx)
	return t.did, err
}

// What has a chunk written before it has as many records as it might: how much of the
// source waits in memory (one record may have 16 MiB), and how long, when it comes slowly.
const chunkBytes = 32 << 20

var chunkWait = 5 * time.Second

// taking is one import under way: while a chunk is written, the next one is read and
// made ready.
type taking struct {
	*App
	of   Reading
	by   access.Actor
	file intake.File // where it stands in the database; whoever writes has it
	did  Import

	chunk   []notice.Record
	size    int
	begun   time.Time   // when its first record came
	refused int         // of this chunk
	at      notice.Mark // after this chunk
	sent    notice.Mark // after the last chunk that was sent to be written
	writing chan written
}

// written is what became of a chunk.
type written struct {
	intake.Tally
	err error
}

func (t *taking) all(ctx context.Context) (err error) {
	defer rooms.enter()()
	defer func() { err = errors.Join(err, t.wait()) }()
	var at notice.Mark
	broken, reached, most := false, false, notice.Bulk(t.DB.Dialect())
	if t.of.Alerts {
		most = notice.Chunk
	}
	t.at, t.sent = t.file.At, t.file.At
	for r, err := range sources[t.of.Source](t.of.In, t.file.At, &at) {
		var bad *notice.RecordError
		switch {
		case err != nil && !errors.As(err, &bad):
			return errors.Join(fmt.Errorf("read: %w", err), t.flush(ctx, false))
		case bad != nil && bad.Ends: // where it ended is not kept: more may follow another time
			t.of.Refused(err)
			t.did.Cut, broken = true, true
			continue
		}
		if !reached {
			reached = true
			t.of.Reached()
		}
		if t.at, broken = at, false; bad != nil {
			t.of.Refused(err)
			t.refused++
			continue
		}
		if len(t.chunk) == 0 {
			t.begun = time.Now()
		}
		t.chunk, t.size = append(t.chunk, r), t.size+len(r.Raw)
		if len(t.chunk) == most || t.size >= chunkBytes || time.Since(t.begun) >= chunkWait {
			if err := t.flush(ctx, false); err != nil {
				return err
			}
		}
	}
	return t.flush(ctx, !broken)
}

// flush has the chunk recorded, once the one before is; last is that the file came to
// its end.
func (t *taking) flush(ctx context.Context, last bool) error {
	if t.at == t.sent && !last {
		return nil // nothing came
	}
	rooms.adapt()
	step := intake.Step{Records: notice.Prepare(t.chunk), Refused: t.refused, At: t.at, Bytes: t.of.Bytes(), Alerts: t.of.Alerts, Last: last}
	if err := t.wait(); err != nil {
		return err
	}
	t.writing = make(chan written, 1)
	go func() {
		out, err := t.Intake.Take(ctx, t.by, &t.file, step)
		t.writing <- written{intake.Tally{Outcome: out, Refused: step.Refused}, err}
	}()
	t.chunk, t.size, t.refused, t.sent = make([]notice.Record, 0, len(t.chunk)), 0, 0, t.at
	return nil
}

// wait waits for the chunk that is being written, if there is one.
func (t *taking) wait() error {
	if t.writing == nil {
		return nil
	}
	w := <-t.writing
	if t.writing = nil; w.err != nil {
		return w.err
	}
	t.did.New, t.did.Changed, t.did.Same, t.did.Refused = t.did.New+w.New, t.did.Changed+w.Changed, t.did.Same+w.Same, t.did.Refused+w.Refused
	t.of.Progress(t.did)
	return nil
}
