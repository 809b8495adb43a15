package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"parvis/gateway/boamp"
	"parvis/gateway/ted"
	"parvis/procurement/access"
	"parvis/procurement/notice"
)

// Import is what became of one import.
type Import struct {
	notice.Outcome
	Refused int
	Cut     bool // the file is broken: what follows could not be read
}

// Read is how many records were read.
func (i Import) Read() int { return i.New + i.Changed + i.Same + i.Refused }

// sources are what can be imported, by the name of the command.
var sources = map[string]func(io.Reader) iter.Seq2[notice.Record, error]{"boamp": boamp.Records, "ted": ted.Records}

// ImportNotices takes in the records of a stream of that source. What cannot be read
// is told to refused, one by one, and stops nothing; progress is called after each
// chunk. Companies are told of the new notices only with alerts.
func (a *App) ImportNotices(ctx context.Context, source string, r io.Reader, alerts bool, refused func(error), progress func(Import)) (Import, error) {
	return a.take(ctx, "import "+strings.ToUpper(source), sources[source](r), alerts, refused, progress)
}

// chunkBytes is how much of the source waits in memory for one transaction, beyond
// which a chunk has fewer records than notice.Chunk: one record may have 16 MiB.
const chunkBytes = 32 << 20

func (a *App) take(ctx context.Context, name string, records iter.Seq2[notice.Record, error], alerts bool, refused func(error), progress func(Import)) (Import, error) {
	var did Import
	chunk, size := make([]notice.Record, 0, notice.Chunk), 0
	flush := func() error {
		out, err := a.Notices.Record(ctx, access.Platform(name), chunk, alerts)
		did.New, did.Changed, did.Same = did.New+out.New, did.Changed+out.Changed, did.Same+out.Same
		clear(chunk)
		chunk, size = chunk[:0], 0
		progress(did)
		return err
	}
	for r, err := range records {
		if err != nil {
			var bad *notice.RecordError
			if !errors.As(err, &bad) {
				return did, errors.Join(fmt.Errorf("read: %w", err), flush())
			}
			refused(err)
			if did.Cut = did.Cut || bad.Ends; !bad.Ends {
				did.Refused++
			}
			continue
		}
		chunk, size = append(chunk, r), size+len(r.Raw)
		if len(chunk) == notice.Chunk || size >= chunkBytes {
			if err := flush(); err != nil {
				return did, err
			}
		}
	}
	return did, flush()
}
