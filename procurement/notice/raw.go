package notice

import (
	"context"
	"errors"
	"maps"
	"slices"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/pack"
	"parvis/procurement/access"
)

// Records are kept as they came, for whoever doubts what we read in them, or reads more
// in them one day. Those of one chunk make a few packs. A record whose later state came
// stays in its pack, where nothing leads to it any more.

// What one pack has at most, for to read one record again unpacks them all: so many
// records, and so many bytes, unless one alone has more.
const (
	packed      = 250
	packedBytes = 1 << 20
)

// packEnds gives where each pack ends of records that are kept in this order.
func packEnds(records int, size func(i int) int) (ends []int) {
	bytes, begun := 0, 0
	for i := range records {
		if n := size(i); i > begun && (i-begun == packed || bytes+n > packedBytes) {
			ends, begun, bytes = append(ends, i), i, n
		} else {
			bytes += n
		}
	}
	if begun < records {
		ends = append(ends, records)
	}
	return ends
}

// rawPlace is where a record is kept.
type rawPlace struct {
	packID string
	pack.Place
}

// rawPack is one body of records as they came.
type rawPack struct {
	id   string
	body []byte
}

// packRaw makes one body of these records as they came, and notes where each of them is.
func packRaw(records []preparedRecord) rawPack {
	raws := make([]string, len(records))
	for i, r := range records {
		raws[i] = r.Raw
	}
	body, at := pack.Texts(raws)
	p := rawPack{db.NewID(), body}
	for i := range records {
		records[i].raw = rawPlace{p.id, at[i]}
	}
	return p
}

// keepRaw keeps those of its records that are fresh as they came.
func (p *Prepared) keepRaw(tx *db.Tx, fresh []preparedRecord) error {
	if len(fresh) == len(p.records) {
		return keepPacks(tx, p.packs)
	}
	return packAndKeep(tx, fresh)
}

// keepNewer keeps records that say nothing else than those we have, but came later by the
// source's own mark and are longer or shorter: what is read when it is shown may have
// changed. Nobody is told, and the notice has not changed.
func (p *Prepared) keepNewer(tx *db.Tx, have map[string]*knownNotice) error {
	var newer []preparedRecord
	var rows [][]any
	for _, r := range p.records {
		k := have[r.SourceID]
		if k == nil || k.ContentHash != r.hash || int64(len(r.Raw)) == k.RawSize || r.Stamp == 0 || k.Stamp == 0 || r.Stamp <= k.Stamp {
			continue
		}
		k.Stamp, k.RawSize = r.Stamp, int64(len(r.Raw))
		newer, rows = append(newer, r), append(rows, []any{r.Stamp, "", int64(0), int64(0), k.ID})
	}
	if len(newer) == 0 {
		return nil
	}
	if err := packAndKeep(tx, newer); err != nil {
		return err
	}
	last := map[any][]any{} // of one that came twice
	for i, r := range newer {
		rows[i][1], rows[i][2], rows[i][3] = r.raw.packID, r.raw.At, r.raw.Size
		last[rows[i][4]] = rows[i]
	}
	return tx.Update("notice", []string{"stamp", "raw_pack_id", "raw_at", "raw_size"}, "id", slices.Collect(maps.Values(last)))
}

func packAndKeep(tx *db.Tx, records []preparedRecord) error {
	var packs []rawPack
	from := 0
	for _, to := range packEnds(len(records), func(i int) int { return len(records[i].Raw) }) {
		packs, from = append(packs, packRaw(records[from:to])), to
	}
	return keepPacks(tx, packs)
}

func keepPacks(tx *db.Tx, packs []rawPack) error {
	for _, one := range packs {
		if _, err := tx.Exec("INSERT INTO raw_pack (id, body) VALUES ($1, $2)", one.id, one.body); err != nil {
			return err
		}
	}
	return nil
}

// Raw gives a notice of a source as it was received, to the operator.
func (s *Service) Raw(ctx context.Context, by access.Actor, source, sourceID string) (raw string, err error) {
	if err := by.Must(access.RecordNotices); err != nil {
		return "", err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error { raw, err = rawOf(tx, source, sourceID); return err })
	if errors.Is(err, db.ErrNone) {
		return "", fault.New(fault.NotFound, "Cette source ne nous a donné aucun avis de ce numéro.")
	}
	return raw, err
}

// TakeFacts gives a notice the facts that its record states, as they are read today: they
// are shown, one notice at a time, and neither searched nor kept. A record that is refused
// by now, or that nobody has any more, states none.
func (s *Service) TakeFacts(ctx context.Context, by access.Actor, n *Notice) error {
	if err := by.Must(access.SearchNotices); err != nil || s.FactsOf == nil {
		return err
	}
	raw := ""
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) { raw, err = rawOf(tx, n.Source, n.SourceID); return err })
	if errors.Is(err, db.ErrNone) || raw == "" {
		return nil
	}
	if err != nil {
		return err
	}
	n.Facts, err = s.FactsOf(n.Source, raw)
	var refused *RecordError
	if errors.As(err, &refused) {
		return nil
	}
	return err
}

func rawOf(tx *db.Tx, source, sourceID string) (string, error) {
	var row struct {
		Body        []byte
		Raw         string
		Packed      bool
		RawAt, Size int64
	}
	err := tx.One(&row, `SELECT p.body, coalesce(r.raw, '') AS raw, n.raw_pack_id IS NOT NULL AS packed, coalesce(n.raw_at, 0) AS raw_at, coalesce(n.raw_size, 0) AS size
		FROM notice n LEFT JOIN raw_pack p ON p.id = n.raw_pack_id LEFT JOIN notice_raw r ON r.notice_id = n.id
		WHERE n.source = $1 AND n.source_id = $2`, source, sourceID)
	if err != nil || !row.Packed { // before there were packs
		return row.Raw, err
	}
	return pack.Text(row.Body, pack.Place{At: row.RawAt, Size: row.Size})
}
