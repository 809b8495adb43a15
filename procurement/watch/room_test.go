package watch_test

import (
	"context"
	"encoding/json"
	"testing"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
)

// house is the program up to its watches.
type house struct {
	*noticetest.House
	t       *testing.T
	watches *watch.Service
}

func open(t *testing.T, d *db.DB, c *clock.Movable) *house {
	t.Helper()
	h := &house{House: noticetest.Open(t, d, c), t: t}
	h.watches = watch.NewService(d, h.Journal, h.Notices)
	h.catchUp()
	return h
}

func each(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Movable) { f(t, open(t, d, c)) })
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) catchUp() {
	h.t.Helper()
	h.must(h.watches.Matcher().CatchUp(context.Background()))
}

func (h *house) create(by access.Actor, f watch.Form) string {
	h.t.Helper()
	saved, err := h.watches.Create(context.Background(), by, f)
	h.must(err)
	return saved.ID
}

func (h *house) find(by access.Actor, id string) *watch.Watch {
	h.t.Helper()
	w, err := h.watches.Find(context.Background(), by, id)
	h.must(err)
	return w
}

// plant writes an active watch of any criteria straight into the table: the form
// of today offers only some of them.
func (h *house) plant(num uint64, c notice.Criteria) {
	h.t.Helper()
	text, err := json.Marshal(c)
	h.must(err)
	id := db.NewID()
	h.Write(func(tx *db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO watch (id, num, scope, establishment_id, account_id, name, name_key, criteria, active, active_since,
				frequency, hour, rhythm_since, version, created_at, changed_at)
			VALUES ($1, $2, 'establishment:test', 'test', 'test', $1, $1, $3, $4, $5, 'daily', 7, $5, 1, $5, $5)`,
			id, int64(num), string(text), true, tx.Now); err != nil {
			return err
		}
		return tx.Changed("watch", id)
	})
}

// form is a watch as people make them.
func form(name string) watch.Form {
	return watch.Form{Name: name, Keywords: "menuiserie voirie", Mode: "any", Departments: []string{"67"}, Active: true, Frequency: "daily", Hour: 7}
}
