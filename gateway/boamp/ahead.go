package boamp

import (
	"io"
	"iter"
	"runtime"
	"sync"

	"parvis/procurement/notice"
)

// Limits of what is read ahead of whoever takes records in.
const (
	batchPieces = 64
	batchBytes  = 256 << 10
	aheadBytes  = 32 << 20 // of records that are read, and not taken yet; one more may be begun
)

// Ahead is Resume for a file of millions of records: they are found by one goroutine,
// understood by as many as there are processors, and handed over in their order while
// the next ones are being read. Whoever stops before the end does not wait for a read
// that is under way: r may be read once more.
func Ahead(r io.Reader, from notice.Mark, at *notice.Mark) iter.Seq2[notice.Record, error] {
	*at = notice.Mark{}
	return func(yield func(notice.Record, error) bool) {
		a := &ahead{}
		a.changed.L = &a.mu
		defer a.leave()
		go a.read(r, from)
		for range runtime.GOMAXPROCS(0) {
			go a.understand()
		}
		for b := a.next(); b != nil; b = a.next() {
			for i := range b.pieces {
				p := &b.pieces[i]
				if p.panicked != nil {
					panic(p.panicked) // where it would have been without goroutines
				}
				*at = p.mark
				if !yield(p.rec, p.err) {
					return
				}
				*p = piece{}
			}
			a.release(b)
		}
	}
}

// ahead is one file that is read so.
type ahead struct {
	mu      sync.Mutex
	changed sync.Cond
	queue   []*batch // what was found and is not handed over, in its order
	taken   int      // how many of the queue's batches somebody understands, or has understood
	held    int      // bytes in all of them
	ended   bool     // nothing more will be found
	left    bool     // nobody takes any more
}

// batch is some records that follow one another.
type batch struct {
	pieces []piece
	bytes  int
	done   bool // understood
}

// piece is one record, found and then understood; or an end.
type piece struct {
	raw      string
	read     func(*piece) // nil: there is nothing to understand
	rec      notice.Record
	err      error
	mark     notice.Mark // after it
	panicked any
}

// read finds the records.
func (a *ahead) read(r io.Reader, from notice.Mark) {
	var at notice.Mark
	s := &stream{from: from, at: &at, ahead: a}
	defer func() {
		if p := recover(); p != nil {
			a.add(piece{panicked: p, mark: at})
		}
		a.mu.Lock()
		a.ended = true
		a.changed.Broadcast()
		a.mu.Unlock()
	}()
	s.files(r, func(n notice.Record, err error) bool { return a.add(piece{rec: n, err: err, mark: at}) })
}

// later has a record understood by another goroutine.
func (a *ahead) later(raw []byte, mark notice.Mark, read func(*piece)) bool {
	return a.add(piece{raw: string(raw), mark: mark, read: read})
}

// add puts a piece in the last batch, unless somebody has taken it; false when nobody
// takes any more.
func (a *ahead) add(p piece) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.held > aheadBytes && !a.left {
		a.changed.Wait()
	}
	if a.left {
		return false
	}
	last := len(a.queue) - 1
	if last < a.taken || len(a.queue[last].pieces) >= batchPieces || a.queue[last].bytes >= batchBytes {
		a.queue, last = append(a.queue, &batch{pieces: make([]piece, 0, batchPieces)}), last+1
	}
	b := a.queue[last]
	b.pieces = append(b.pieces, p)
	b.bytes += len(p.raw)
	a.held += len(p.raw)
	a.changed.Broadcast()
	return true
}

// understand reads batches until there are none.
func (a *ahead) understand() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for {
		for a.taken == len(a.queue) && !a.ended && !a.left {
			a.changed.Wait()
		}
		if a.taken == len(a.queue) || a.left {
			return
		}
		b := a.queue[a.taken]
		a.taken++
		a.mu.Unlock()
		for i := range b.pieces {
			b.pieces[i].understand()
			runtime.Gosched() // whoever writes what was read goes first, and waits no turn of ten milliseconds
		}
		a.mu.Lock()
		b.done = true
		a.changed.Broadcast()
	}
}

// next waits for the first batch of the queue; nil when there is none any more.
func (a *ahead) next() *batch {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.queue) == 0 && !a.ended || len(a.queue) > 0 && !a.queue[0].done {
		a.changed.Wait()
	}
	if len(a.queue) == 0 {
		return nil
	}
	b := a.queue[0]
	a.queue, a.taken = a.queue[1:], a.taken-1
	return b
}

// release makes room for more.
func (a *ahead) release(b *batch) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.held -= b.bytes
	a.changed.Broadcast()
}

// leave has everybody stop.
func (a *ahead) leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.left = true
	a.changed.Broadcast()
}

func (p *piece) understand() {
	if p.read == nil {
		return
	}
	defer func() { p.panicked = recover() }()
	p.read(p)
	if p.raw = ""; p.err == nil {
		p.rec.Hash = notice.HashOf(&p.rec)
	}
}
