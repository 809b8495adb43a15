package bench_test

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"slices"
	"testing"
	"time"

	"parvis/kit/db"
	"parvis/kit/mail/mailbox"
)

// BenchmarkEnumeration asks each door of a running program about b.N persons who are
// here and b.N who are not, pair by pair in an order drawn at random, and compares how
// long the answers took. See README.md.
func BenchmarkEnumeration(b *testing.B) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		b.Run(string(dialect), func(b *testing.B) {
			for _, d := range doors {
				b.Run(d.name, func(b *testing.B) { measure(b, dialect, d) })
			}
		})
	}
}

// atMost is how far the medians may be apart.
const atMost = 5 * time.Millisecond

// enough is from how many pairs on the figures mean something: go test begins every
// benchmark with one.
const enough = 500

func measure(b *testing.B, dialect db.Dialect, d door) {
	const warmUp = 25
	p := serve(b, dialect, b.N+warmUp)
	for i := range warmUp {
		p.ask(d.ask(p, b.N+i, i%2 == 0))
	}
	took, next := map[bool][]float64{}, map[bool][]float64{}
	runtime.GC()
	b.ResetTimer()
	last := true
	for i := range b.N {
		// The two of a pair one after the other, so that what else the machine does
		// weighs on both; which comes first is drawn.
		first := rand.IntN(2) == 0
		for _, here := range []bool{first, !first} {
			at := p.time(d.ask(p, i, here))
			took[here] = append(took[here], at)
			next[last] = append(next[last], at)
			last = here
		}
	}
	b.StopTimer()
	within := medianWithin(took[true], took[false])
	r := compare(took[true], took[false])
	after := compare(next[true], next[false])
	b.ReportMetric(r.median[0], "here-ms")
	b.ReportMetric(r.median[1], "not-here-ms")
	b.ReportMetric(r.difference, "difference-ms")
	if b.N < enough {
		return
	}
	b.Logf("| %s | %s | %d | %.2f | %.2f | %+.3f [%+.3f ; %+.3f] | %+.3f | %.2f | %.2f | %+.1f | %+.1f | %+.3f |", d.name, dialect, b.N,
		r.median[0], r.median[1], r.difference, r.interval[0], r.interval[1], within, r.ninth[0], r.ninth[1], r.mannWhitney, r.welch, after.difference)
	if limit := float64(atMost) / float64(time.Millisecond); math.Abs(r.difference) > limit || math.Abs(after.difference) > limit {
		b.Errorf("the medians are %.3f ms apart, and %.3f for whoever comes next", r.difference, after.difference)
	}
}

// serve runs the whole program, background work and mail included, with so many
// people.
func serve(b *testing.B, dialect db.Dialect, people int) *place {
	b.Helper()
	box, err := mailbox.Listen("127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = box.Close() })
	p := settle(b, dialect, 40, people, "smtp://"+box.Addr()+"?starttls=no")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	p.url = "http://" + l.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- p.Serve(ctx, l) }()
	b.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			b.Error(err)
		}
	})
	return p
}

// time asks and says how many milliseconds the whole answer took.
func (p *place) time(q question) float64 {
	r := p.request(q)
	start := time.Now()
	res, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		_, err = io.Copy(io.Discard, res.Body)
	}
	took := time.Since(start)
	if err != nil {
		p.t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500 {
		p.t.Fatal(fmt.Sprint("a throttle or a failure is measured: ", res.Status))
	}
	if q.after != nil {
		q.after()
	}
	return float64(took) / float64(time.Millisecond)
}

// comparison is of two samples in milliseconds, the first less the second.
type comparison struct {
	median      [2]float64
	difference  float64
	interval    [2]float64 // of the difference of the medians, 95 %, by bootstrap
	ninth       [2]float64 // the ninth decile
	mannWhitney float64    // z of the rank-sum test
	welch       float64    // t of Welch's test, without the slowest tenth of each
}

func compare(a, b []float64) comparison {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	if len(a) == 0 || len(b) == 0 {
		return comparison{}
	}
	c := comparison{median: [2]float64{quantile(a, 0.5), quantile(b, 0.5)}, ninth: [2]float64{quantile(a, 0.9), quantile(b, 0.9)}}
	c.difference = c.median[0] - c.median[1]
	draws := make([]float64, 1000)
	for i := range draws {
		draws[i] = quantile(again(a), 0.5) - quantile(again(b), 0.5)
	}
	slices.Sort(draws)
	c.interval = [2]float64{quantile(draws, 0.025), quantile(draws, 0.975)}
	c.mannWhitney = rankSum(a, b)
	c.welch = welch(a[:(len(a)*9+9)/10], b[:(len(b)*9+9)/10])
	return c
}

// medianWithin is the median of the differences pair by pair: what else the machine
// does weighs least on it.
func medianWithin(a, b []float64) float64 {
	differences := make([]float64, len(a))
	for i := range a {
		differences[i] = a[i] - b[i]
	}
	return quantile(slices.Sorted(slices.Values(differences)), 0.5)
}

// quantile reads a sorted sample.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}

// again draws a sample of the same size, with repetition, and sorts it.
func again(sample []float64) []float64 {
	drawn := make([]float64, len(sample))
	for i := range drawn {
		drawn[i] = sample[rand.IntN(len(sample))]
	}
	slices.Sort(drawn)
	return drawn
}

// rankSum is the z of Mann and Whitney for two sorted samples; times to the nanosecond
// have few ties.
func rankSum(a, b []float64) float64 {
	var u float64
	j := 0
	for _, x := range a {
		for j < len(b) && b[j] < x {
			j++
		}
		u += float64(j)
	}
	n, m := float64(len(a)), float64(len(b))
	if n+m < 3 {
		return 0
	}
	return (u - n*m/2) / math.Sqrt(n*m*(n+m+1)/12)
}

func welch(a, b []float64) float64 {
	moments := func(s []float64) (mean, variance float64) {
		for _, x := range s {
			mean += x / float64(len(s))
		}
		for _, x := range s {
			variance += (x - mean) * (x - mean) / float64(max(len(s)-1, 1))
		}
		return mean, variance
	}
	ma, va := moments(a)
	mb, vb := moments(b)
	if va+vb == 0 {
		return 0
	}
	return (ma - mb) / math.Sqrt(va/float64(len(a))+vb/float64(len(b)))
}

// What the figures are made with must be able to see a difference, and to see none.
func TestTheStatisticsSeeADifference(t *testing.T) {
	sample := func(middle float64) []float64 {
		drawn := make([]float64, 2000)
		for i := range drawn {
			drawn[i] = middle + rand.ExpFloat64()
		}
		return drawn
	}
	same, apart := compare(sample(3), sample(3)), compare(sample(3.5), sample(3))
	if math.Abs(same.difference) > 0.2 || math.Abs(same.welch) > 6 || math.Abs(same.mannWhitney) > 6 {
		t.Errorf("one distribution: %+v", same)
	}
	if math.Abs(apart.difference-0.5) > 0.2 || apart.interval[0] < 0.2 || apart.welch < 10 || apart.mannWhitney < 10 {
		t.Errorf("half a millisecond apart: %+v", apart)
	}
	if got := medianWithin([]float64{3, 10, 6}, []float64{1, 2, 5}); got != 2 {
		t.Errorf("pair by pair: %v", got)
	}
	if got := compare([]float64{1, 2, 3}, []float64{4, 5, 6}); got.median != [2]float64{2, 5} || got.difference != -3 {
		t.Errorf("by hand: %+v", got)
	}
}
