package bench_test

import (
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"syscall"
	"testing"
	"time"

	"parvis/procurement/notice"
)

func TestScratch(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("N"))
	if n == 0 {
		t.Skip()
	}
	c := newCorpus(t)
	x := notice.NewIndex()
	start := time.Now()
	var put time.Duration
	words := 0
	if f, err := os.Create("/tmp/parvis/put.prof"); err == nil {
		pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
	}
	for i := 0; i < n; {
		var some []*notice.Notice
		for ; i < n && len(some) < 4000; i++ {
			one := c.notice(i, n)
			words += len(one.Title) + len(one.Description)
			for _, l := range one.Lots {
				words += len(l.Title)
			}
			some = append(some, one)
		}
		s := time.Now()
		x.Put(some)
		put += time.Since(s)
		if i%100000 == 0 {
			t.Logf("%d: put %v", i, put)
		}
	}
	var ru syscall.Rusage
	syscall.Getrusage(0, &ru)
	t.Logf("user %d.%03d", ru.Utime.Sec, ru.Utime.Usec/1000)
	t.Logf("%d notices, %d bytes each, all %v, put %v", n, words/n, time.Since(start), put)
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("heap %d MB, %d B per notice", m.HeapAlloc>>20, int(m.HeapAlloc)/n)
	runtime.KeepAlive(x)
}
