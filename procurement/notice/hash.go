package notice

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"sync"
)

// HashOf tells two versions of a notice apart by what we read in them: by every field but
// those that say how it came (Raw, Stamp, Partial) and Hash itself. A record that reads
// otherwise, or a version of this program that reads more, gives another one.
func HashOf(r *Record) string {
	d := digests.Get().(*digest)
	defer digests.Put(d)
	d.bytes = d.bytes[:0]
	d.texts(r.Source, r.SourceID, string(r.Kind), string(r.Category), string(r.Procedure), r.Title, r.Description, r.Reference)
	d.texts(r.Buyer.Name, r.Buyer.SIRET, r.Buyer.Postcode, r.Buyer.City)
	d.list(r.Departments)
	d.list(r.CPV)
	d.list(r.Descriptors)
	d.number(int64(len(r.Lots)))
	for _, l := range r.Lots {
		d.texts(l.Number, l.Title, l.Description)
		d.list(l.CPV)
	}
	d.detail(&r.Detail)
	d.texts(r.PublishedOn, r.DeadlineRaw, r.DeadlineSource, r.TimeZone, r.URL)
	d.number(int64(r.Deadline))
	d.number(int64(r.VisitAt))
	d.number(int64(r.QuestionsUntil))
	if r.DeadlineDoubtful {
		d.number(1)
	} else {
		d.number(0)
	}
	d.list(r.Linked)
	d.list(r.Aliases)
	if all := r.Detail.Unawarded; len(all) > 0 { // at the end, and only then: a notice without any keeps the hash that it had before they were read
		d.number(int64(len(all)))
		for _, u := range all {
			d.texts(u.Lot, string(u.Why))
		}
	}
	sum := sha256.Sum256(d.bytes)
	return hex.EncodeToString(sum[:16])
}

// digest is a record as bytes, each part with its length before it, so that no two
// records are written the same.
type digest struct{ bytes []byte }

var digests = sync.Pool{New: func() any { return new(digest) }}

func (d *digest) number(n int64) { d.bytes = binary.AppendVarint(d.bytes, n) }

func (d *digest) texts(all ...string) {
	for _, text := range all {
		d.bytes = append(binary.AppendUvarint(d.bytes, uint64(len(text))), text...)
	}
}

func (d *digest) list(all []string) {
	d.number(int64(len(all)))
	d.texts(all...)
}

func (d *digest) detail(of *Detail) {
	d.number(int64(len(of.Corrections)))
	for _, c := range of.Corrections {
		d.texts(c.Section, c.Old, c.New)
	}
	d.number(int64(len(of.Awards)))
	for _, a := range of.Awards {
		d.texts(a.Lot, a.Holder, a.Currency, a.On)
		d.number(a.AmountCent)
	}
	d.texts(of.CancelReason, of.Family)
	d.list(of.Criteria)
	d.list(of.Unread)
}
