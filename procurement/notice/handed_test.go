package notice_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
)

// TestWhatTheIndexIsHandedIsWhatItWouldRead has a chunk with everything in it handed to
// whoever follows notices, and reads the same notices.
func TestWhatTheIndexIsHandedIsWhatItWouldRead(t *testing.T) {
	noticetest.Each(t, func(t *testing.T, h *noticetest.House) {
		said := make(chan []*notice.Notice, 9)
		follower := h.DB.Follow(func(*db.Tx) error { said <- nil; return nil }, func(tx *db.Tx, changes []db.Change) error {
			for _, c := range changes {
				handed, _ := c.Now.([]*notice.Notice)
				said <- handed
			}
			return nil
		}, "notice")
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { follower.Run(ctx, func(err error) { t.Error(err) }) })
		defer running.Wait()
		defer stop()
		<-said // it runs
		record := func(records ...notice.Record) {
			t.Helper()
			if _, err := h.Notices.Record(ctx, access.Platform("test"), records, false); err != nil {
				t.Fatal(err)
			}
		}

		moved, again := call("26-5", "Toiture de l'école"), call("26-8", "Publié deux fois")
		later := again
		later.Title = "Publié deux fois, et corrigé"
		record(whole(), call("26-4", "Peinture"), moved, until(follows("26-6", notice.Corrigendum, 3, "26-5"), at(28, 16, 0)),
			follows("26-7", notice.Award, 9, "26-4"), again, later, notice.Record{Source: "boamp", SourceID: "bare", Kind: notice.Other})
		handed := <-said
		byID := map[string]*notice.Notice{}
		for _, n := range handed {
			byID[n.ID] = n
		}
		for sourceID, want := range map[string]bool{"26-1": true, "bare": true, "26-6": true, "26-7": true, "26-4": false, "26-5": false, "26-8": false} {
			id := h.IDOf(sourceID)
			n := byID[id]
			if (n != nil) != want {
				t.Errorf("%s: handed over: %v", sourceID, n != nil)
			}
			if n == nil {
				continue
			}
			h.Read(func(tx *db.Tx) error {
				all, err := notice.ByIDs(tx, []string{id})
				if err != nil {
					return err
				}
				n.Bodies, all[0].Bodies = nil, nil // of the register, which the index follows apart
				if diff := cmp.Diff(all[0].Subject(tx.Now), n.Subject(tx.Now)); diff != "" {
					t.Errorf("%s, searched (-read +handed): %s", sourceID, diff)
				}
				if a, b := all[0], n; a.Deadline != b.Deadline || a.VisitAt != b.VisitAt || a.QuestionsUntil != b.QuestionsUntil || a.PublishedOn != b.PublishedOn || a.RecordedAt != b.RecordedAt || a.ChangedAt != b.ChangedAt ||
					a.BuyerID != b.BuyerID || a.Open(tx.Now) != b.Open(tx.Now) || b.CancelledAt != 0 || b.AwardedOn != "" {
					t.Errorf("%s: read %+v, handed %+v", sourceID, a, b)
				}
				return nil
			})
		}
		if record(later); len(said) > 0 { // nothing has changed
			t.Error("handed over what was there")
		}
		later.Title = "Autrement encore"
		if record(later); len(<-said) != 0 {
			t.Error("a later state is read, not handed over")
		}
	})
}
