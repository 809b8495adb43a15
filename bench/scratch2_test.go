package bench_test

import (
	"os"
	"runtime/pprof"
	"strconv"
	"testing"
	"time"

	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/job"
	"parvis/procurement/event"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
)

func TestScratchLoad(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("NL"))
	if n == 0 {
		t.Skip()
	}
	dialect := db.Dialect(os.Getenv("D"))
	c := newCorpus(t)
	path := os.Getenv("DB")
	fresh := path == ""
	if fresh {
		path = dbtest.URL(t, dialect)
	} else if _, err := os.Stat(path); err != nil {
		fresh = true
	}
	d, _ := dbtest.Open(t, path)
	if fresh {
		start := time.Now()
		fillNotices(t, d, c, n)
		t.Logf("filled in %v", time.Since(start))
	}
	s := notice.NewService(d, event.NewJournal(job.New(d, noticetest.Silent)))
	if f, err := os.Create("/tmp/parvis/load.prof"); err == nil {
		pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
	}
	start := time.Now()
	if err := s.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("loaded %d in %v", s.Index().Len(), time.Since(start))
}
