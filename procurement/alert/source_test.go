package alert_test

import (
	"context"
	"testing"
	"time"

	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/access"
	"parvis/procurement/intake"
	"parvis/procurement/notice/noticetest"
)

// silent has the gazette come no more, for 27 hours.
func (h *house) silent(never bool) *intake.Service { return h.silentSince(never, 0) }

// silentSince has it come whole some time after it last brought something new.
func (h *house) silentSince(never bool, stale time.Duration) *intake.Service {
	h.t.Helper()
	ctx := context.Background()
	s := intake.New(h.DB, h.Journal, h.Notices, "https://parvis.example", noticetest.Silent)
	h.Set(dbtest.Start)
	h.must(s.Await(ctx, access.Platform("relève"), "boamp", true))
	h.Write(func(tx *db.Tx) error {
		var received, news any = tx.Now.Add(stale), tx.Now
		if never {
			received, news = nil, nil
		}
		_, err := tx.Exec("UPDATE gazette SET received_at = $1, news_at = $2, failures = 14, fault = $3, tried_at = $4", received, news, "La source est en panne\u00a0: elle répond 503. (<b>503</b>\r\nBcc: x)", tx.Now.Add(26*time.Hour))
		return err
	})
	h.Set(dbtest.Start.Add(27 * time.Hour))
	_, _, err := s.Look(ctx, "boamp")
	h.must(err)
	return s
}

func TestTheMailAboutASilentGazetteSaysWhatItSays(t *testing.T) {
	h := quiet(t)
	h.operatorMail()
	h.silent(false)
	h.Work()
	golden(t, "source_silent", h.to("exploitant@parvis.example"))
	h = quiet(t)
	h.operatorMail()
	h.silent(true)
	h.Work()
	golden(t, "source_never", h.to("exploitant@parvis.example"))
	h = quiet(t)
	h.operatorMail()
	h.silentSince(false, 26*time.Hour+time.Minute)
	h.Work()
	golden(t, "source_stale", h.to("exploitant@parvis.example"))
}

// Without an address nobody is mailed; and what has come again meanwhile is not told.
func TestNobodyIsToldOfASilenceThatIsOver(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.silent(false)
		h.Work()
		if n := len(h.mails()); n != 0 {
			t.Errorf("%d mails to nobody", n)
		}
	})
	h := quiet(t)
	h.operatorMail()
	h.silent(false)
	h.Write(func(tx *db.Tx) error { _, err := tx.Exec("UPDATE gazette SET silent_at = NULL"); return err })
	h.Work()
	if n := len(h.mails()); n != 0 {
		t.Errorf("%d mails about what is over", n)
	}
}
