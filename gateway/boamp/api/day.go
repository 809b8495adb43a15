package api

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"parvis/gateway/boamp"
	"parvis/procurement/notice"
)

// errStopped says that whoever reads wants no more.
var errStopped = errors.New("api: nobody reads any further")

// Published implements intake.Gazette.
func (c *Client) Published(ctx context.Context, day string, onwards bool) iter.Seq2[notice.Record, error] {
	return func(yield func(notice.Record, error) bool) {
		d := &daily{Client: c, ctx: ctx, where: "dateparution = date'" + day + "'", given: map[string]uint64{}, told: map[string]bool{}}
		if onwards {
			d.where = "dateparution >= date'" + day + "'"
		}
		d.yield = yield
		if err := d.read(); err != nil && !errors.Is(err, errStopped) {
			yield(notice.Record{}, err)
		}
	}
}

// daily is the notices of one day being read.
type daily struct {
	*Client
	ctx   context.Context
	where string
	yield func(notice.Record, error) bool

	given map[string]uint64 // what was handed over, by number: a digest of its content
	told  map[string]bool   // what could not be read and was said
}

// pass is one reading of a day, from its first page to its last.
type pass struct {
	total int             // as the platform counts them, -1 before the first page
	came  map[string]bool // numbers of those that came
	bad   int             // came and cannot be read
	edge  string          // the last one that came
	moved bool            // the records changed meanwhile
}

func (p *pass) read() int { return len(p.came) + p.bad }

// whole tells whether all that the platform counts came.
func (p *pass) whole() bool { return !p.moved && p.read() >= p.total }

// read reads the day until it is whole.
func (d *daily) read() error {
	var before pass
	for n := 1; ; n++ {
		p := pass{total: -1, came: map[string]bool{}}
		if err := d.pages(&p); err != nil {
			return err
		}
		if p.whole() {
			return nil
		}
		// The same twice, and yet not what is counted: the platform counts a record twice.
		if n > 1 && !p.moved && p.total == before.total && p.read() == before.read() {
			d.log.Warn("the gazette's platform counts more notices than it gives", "where", d.where, "counted", p.total, "given", p.read())
			return nil
		}
		if n == passes {
			return errUnsteady
		}
		d.log.Info("the gazette changed while it was read; it is read again", "where", d.where, "counted", p.total, "given", p.read())
		before = p
	}
}

// pages reads page after page; a day that is too large for pages, as one export. Each
// page begins with the last record of the one before: if it does not, the records moved
// in between, and one may have slipped through.
func (d *daily) pages(p *pass) error {
	for offset := 0; ; {
		n, err := d.page(p, offset, min(pageSize, farthest-offset))
		switch {
		case err != nil:
			return err
		case p.total > farthest:
			return d.export(p)
		case n <= min(offset, 1), offset+n >= p.total: // no more, perhaps fewer than were counted: the pass tells
			return nil
		}
		offset += n - 1
	}
}

// page reads one page and tells how many records it had.
func (d *daily) page(p *pass, offset, limit int) (n int, err error) {
	where := d.question("records")
	q := where.Query()
	q.Set("limit", strconv.Itoa(limit))
	q.Set("offset", strconv.Itoa(offset))
	where.RawQuery = q.Encode()
	var last pass
	first := ""
	err = d.ask(d.ctx, where, d.patience, func(res *http.Response) error {
		n, first, last = 0, "", pass{total: -1, came: map[string]bool{}} // what came of it before it was cut comes again
		body := io.LimitReader(res.Body, int64(limit+1)*maxRecord)
		return d.records(boamp.Page(body, &last.total), res.Body, func(key string, bad bool) error {
			if n++; n > limit {
				return &unclear{errEndless}
			}
			if n == 1 {
				if first = key; bad && offset > 0 {
					last.bad-- // it was counted with the page before
				}
			}
			return nil
		}, &last, offset)
	})
	if err != nil {
		return 0, err
	}
	p.moved = p.moved || p.total >= 0 && last.total != p.total || offset > 0 && n > 0 && first != p.edge
	p.total, p.bad, p.edge = last.total, p.bad+last.bad, last.edge
	for id := range last.came {
		p.came[id] = true
	}
	return n, nil
}

// maxRecord is what one record may have, with what stands around it.
const maxRecord = 17 << 20

// export reads all of a day at once. The platform says nothing of how many there are:
// they were counted by the first page.
func (d *daily) export(p *pass) error {
	where := d.question("exports", "json")
	return d.ask(d.ctx, where, max(exporting, d.patience), func(res *http.Response) error {
		p.came, p.bad = map[string]bool{}, 0
		return d.records(boamp.Records(res.Body), res.Body, func(string, bool) error { return nil }, p, 0)
	})
}

// question is the address of a question about the day; by number, so that records keep
// their place from one page to the next.
func (d *daily) question(path ...string) url.URL {
	where := *d.dataset.JoinPath(path...)
	where.RawQuery = url.Values{"where": {d.where}, "order_by": {"idweb"}}.Encode()
	return where
}

// records hands over those that were not yet, and checks that the answer came whole.
func (d *daily) records(from iter.Seq2[notice.Record, error], rest io.Reader, counted func(key string, bad bool) error, p *pass, offset int) error {
	for n, err := range from {
		var bad *notice.RecordError
		switch {
		case errors.As(err, &bad) && bad.Ends:
			return broken(bad)
		case err != nil && bad == nil:
			return &unclear{err}
		}
		if p.edge = n.SourceID; bad != nil {
			p.edge = bad.SourceID + "\n" + bad.Reason
		}
		if err := counted(p.edge, bad != nil); err != nil {
			return err
		}
		if bad != nil {
			p.bad++
			if !d.refuse(bad, offset) {
				return errStopped
			}
			continue
		}
		p.came[n.SourceID] = true
		if !d.give(n) {
			return errStopped
		}
	}
	if p.total < 0 {
		return &unclear{errForm}
	}
	if _, err := io.Copy(io.Discard, io.LimitReader(rest, maxRecord)); err != nil {
		return &unreachable{fmt.Errorf("cut after its end: %w", err)}
	}
	return nil
}

// give hands a record over, unless it was already as it is now.
func (d *daily) give(n notice.Record) bool {
	sum := fnv.New64a()
	_, _ = io.WriteString(sum, n.Raw) // a hash refuses nothing
	if digest, ok := d.given[n.SourceID]; ok && digest == sum.Sum64() {
		return true
	}
	d.given[n.SourceID] = sum.Sum64()
	return d.yield(n, nil)
}

// refuse says once that a record cannot be read.
func (d *daily) refuse(bad *notice.RecordError, offset int) bool {
	bad.Index += offset // within the day, not the page
	key := bad.SourceID + "\n" + bad.Reason
	if bad.SourceID == "" {
		key = fmt.Sprint(bad.Index, key)
	}
	if d.told[key] {
		return true
	}
	d.told[key] = true
	return d.yield(notice.Record{}, bad)
}
