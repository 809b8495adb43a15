package bench_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"parvis/kit/db"
	"parvis/procurement/notice"
)

// noticeColumns are those that a notice must have.
var noticeColumns = []string{
	"id", "source", "source_id", "kind", "category", "procedure_type", "title", "description", "reference", "buyer_id", "buyer_name",
	"departments", "cpv", "descriptors", "lots", "detail", "published_on", "deadline", "deadline_raw", "deadline_source", "deadline_doubtful",
	"url", "linked", "content_hash", "recorded_at", "changed_at",
}

func noticeRow(t testing.TB, n *notice.Notice) []any {
	t.Helper()
	lots, err := json.Marshal(n.Lots)
	if err != nil {
		t.Fatal(err)
	}
	var deadline any
	if !n.Deadline.IsZero() {
		deadline = int64(n.Deadline)
	}
	return []any{
		n.ID, n.Source, n.SourceID, string(n.Kind), string(n.Category), "", n.Title, n.Description, n.Reference, n.BuyerID, n.Buyer.Name,
		strings.Join(n.Departments, ","), strings.Join(n.CPV, ","), strings.Join(n.Descriptors, "\n"), string(lots), "{}", n.PublishedOn, deadline, "", "", false,
		"", "", n.SourceID, int64(n.RecordedAt), int64(n.ChangedAt),
	}
}

// fillNotices writes the corpus into the table, faster than by recording it.
func fillNotices(t testing.TB, d *db.DB, c *corpus, many int) {
	t.Helper()
	if err := d.Write(context.Background(), func(tx *db.Tx) error {
		if pg := tx.Pgx(); pg != nil {
			i := 0
			_, err := pg.CopyFrom(tx.Context(), pgx.Identifier{"notice"}, noticeColumns, pgx.CopyFromFunc(func() ([]any, error) {
				if i++; i > many {
					return nil, nil
				}
				return noticeRow(t, c.notice(i-1, many)), nil
			}))
			return err
		}
		insert, err := tx.SQL().PrepareContext(tx.Context(), "INSERT INTO notice ("+strings.Join(noticeColumns, ", ")+") VALUES ("+db.Placeholders(1, len(noticeColumns))+")")
		if err != nil {
			return err
		}
		for i := range many {
			if _, err := insert.ExecContext(tx.Context(), noticeRow(t, c.notice(i, many))...); err != nil {
				return err
			}
		}
		return insert.Close()
	}); err != nil {
		t.Fatal(err)
	}
}
