package notice_test

import (
	"fmt"
	"testing"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/notice"
)

// TestAPhraseOfFrequentWordsIsReadInAllTexts has so many texts with both words that they
// are shared among the processors.
func TestAPhraseOfFrequentWordsIsReadInAllTexts(t *testing.T) {
	x := notice.NewIndex()
	var all []*notice.Notice
	want := map[string]bool{}
	for i := range 2501 {
		n := &notice.Notice{ID: db.NewID(), Record: notice.Record{Kind: notice.Contract, Source: notice.SourceBOAMP, Title: fmt.Sprintf("Gros œuvre du lot %d", i)}}
		if i%3 > 0 {
			n.Title = fmt.Sprintf("Œuvre de gros lot %d", i)
			n.Lots = []notice.Lot{{Title: "Serrurerie, gros et second œuvre"}}
		}
		if i%5 == 0 {
			n.Lots = []notice.Lot{{Title: "Le gros œuvre"}}
		}
		want[n.ID] = i%3 == 0 || i%5 == 0
		all = append(all, n)
	}
	x.Put(all)
	q, err := notice.Compile(notice.Criteria{Keywords: []string{`"gros œuvre"`}})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, id := range x.Find(notice.Filter{At: clock.At(dbtest.Start)}, q) {
		got[id] = true
	}
	for i, n := range all {
		if got[n.ID] != want[n.ID] {
			t.Fatalf("notice %d, %q, %v: found: %v", i, n.Title, n.Lots, got[n.ID])
		}
	}
}
