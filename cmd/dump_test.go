package cmd_test

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"slices"
	"testing"

	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/event"
	"parvis/procurement/notice"
)

// everything writes the rows that an import makes, ids and instants included.
func everything(t *testing.T, d *db.DB) []string {
	return dump(t, d, "id", "buyer_id", "recorded_at", "changed_at", "cancelled_at")
}

// content writes the rows that an import makes, without what two imports of the
// same file may do differently: ids and instants.
func content(t *testing.T, d *db.DB) []string {
	return dump(t, d, "cancelled_at IS NOT NULL")
}

// dump writes notices with these columns besides their content, raw records, links
// between notices, and the register of buyers.
func dump(t *testing.T, d *db.DB, columns ...string) (all []string) {
	t.Helper()
	columns = append(columns, "source", "source_id", "kind", "category", "procedure_type", "title", "description", "reference", "buyer_name",
		"departments", "cpv", "descriptors", "lots", "detail", "published_on", "deadline", "deadline_raw", "deadline_source", "deadline_doubtful",
		"visit_at", "questions_until", "url", "linked", "content_hash")
	notices := ""
	for _, c := range columns {
		notices += ", " + c
	}
	if err := d.Read(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
		for _, q := range []struct {
			query string
			width int
		}{
			{"SELECT 'notice'" + notices + " FROM notice", len(columns) + 1},
			{"SELECT 'link', l.source, l.target, n.source_id FROM notice_link l JOIN notice n ON n.id = l.notice_id", 4},
			{"SELECT 'buyer of', n.source_id, b.name, b.folded, b.siren, b.postcode, b.city FROM notice n JOIN buyer b ON b.id = n.buyer_id", 7},
			{"SELECT 'buyer', b.folded, b.siren, b.postcode, b.city FROM buyer b", 5},
			{"SELECT 'alias', a.key, a.name, b.name FROM buyer_alias a JOIN buyer b ON b.id = a.buyer_id", 4},
		} {
			values := make([]any, q.width)
			into := make([]any, q.width)
			for i := range values {
				into[i] = &values[i]
			}
			if err := tx.Each(func(scan func(...any) error) error {
				if err := scan(into...); err != nil {
					return err
				}
				all = append(all, fmt.Sprintf("%q", printable(values)))
				return nil
			}, q.query); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	all = append(all, raws(t, d)...)
	slices.Sort(all)
	return all
}

// printable gives values one form for both databases.
func printable(values []any) []string {
	out := make([]string, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case nil:
		case bool:
			out[i] = "0"
			if v {
				out[i] = "1"
			}
		default:
			out[i] = fmt.Sprint(v)
		}
	}
	return out
}

// recordedEvents are the journal's lines about notices, in their order.
func recordedEvents(t *testing.T, d *db.DB) (all []notice.Recorded) {
	t.Helper()
	var bodies []string
	if err := d.Read(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
		return tx.All(&bodies, "SELECT body FROM event WHERE kind = $1 ORDER BY id", string(event.NoticesRecorded))
	}); err != nil {
		t.Fatal(err)
	}
	for _, body := range bodies {
		var r notice.Recorded
		if err := json.Unmarshal([]byte(body), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// raws are the records as they came, of the notices that have one.
func raws(t *testing.T, d *db.DB) (all []string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	var keys []struct{ Source, SourceID string }
	if err := d.Read(ctx, func(tx *db.Tx) error { return tx.All(&keys, "SELECT source, source_id FROM notice") }); err != nil {
		t.Fatal(err)
	}
	s := notice.NewService(d, nil)
	for _, k := range keys {
		if len(keys) > 20_000 && crc32.ChecksumIEEE([]byte(k.SourceID))%16 != 0 {
			continue // one by one takes a minute; the same are read of the other database
		}
		raw, err := s.Raw(ctx, access.Platform("test"), k.Source, k.SourceID)
		if err != nil {
			t.Fatal(err)
		}
		if raw != "" {
			all = append(all, "raw "+k.Source+" "+k.SourceID+" "+raw)
		}
	}
	return all
}
