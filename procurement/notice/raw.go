package notice

import (
	"context"
	"errors"
	"slices"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/kit/pack"
	"parvis/procurement/access"
)

// Records are kept as they came, for whoever doubts what we read in them, or reads more
// in them one day. Those of one chunk make a few packs. A record whose later state came
// stays in its pack, where nothing leads to it any more.

// packed is how many records make one pack: to read one of them again unpacks them all.
const packed = 1000

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
	packs := p.packs
	if len(fresh) < len(p.records) {
		packs = nil
		for some := range slices.Chunk(fresh, packed) {
			packs = append(packs, packRaw(some))
		}
	}
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
