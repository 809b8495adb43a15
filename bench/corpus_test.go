package bench_test

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"parvis/kit/clock"
	"parvis/kit/db/dbtest"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

// corpus writes any number of notices, the same ones each time: the n-th is the n-th
// whatever was asked before. Words follow one another as they do in the notices of the
// demonstration, so that there are phrases; one content word in eight is another, drawn
// by Zipf's law among names of places and trades that no lexicon knows, as half of the
// vocabulary of a million notices is.
type corpus struct {
	titles  []string            // where titles begin
	follow  map[string][]string // which words follow a word, as often as they do
	tail    []string
	rare    zipf
	buyers  zipf
	codes   []string
	code    zipf
	regions [][]string // departments that go together
	lasts   time.Duration
}

const (
	corpusBuyers = 15_000
	corpusTail   = 400_000
)

// zipf draws numbers below n, the first ones most often.
type zipf struct{ n, s float64 }

func (z zipf) draw(r *rand.Rand) int {
	// The inverse of the distribution's continuous form.
	u := r.Float64()
	x := math.Pow(1+u*(math.Pow(z.n, 1-z.s)-1), 1/(1-z.s))
	return min(int(x)-1, int(z.n)-1)
}

func newCorpus(t testing.TB) *corpus {
	t.Helper()
	c := &corpus{follow: map[string][]string{}, lasts: lasts, rare: zipf{corpusTail, 0.9}, buyers: zipf{corpusBuyers, 0.8}, code: zipf{1, 0.7}}
	files, err := filepath.Glob("../app/demo/notice/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no notices of the demonstration: %v", err)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(f); lines.Scan(); {
			var l struct {
				Title       string `json:"objet"`
				Description string `json:"x_description"`
			}
			if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
				t.Fatal(err)
			}
			c.learn(l.Title, true)
			c.learn(l.Description, false)
		}
		_ = f.Close()
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range corpusTail {
		c.tail = append(c.tail, invented(r))
	}
	for _, g := range refdata.CPVGroups() {
		for range 1 + r.IntN(20) {
			c.codes = append(c.codes, fmt.Sprintf("%s%d%d000", g.Code[:3], r.IntN(10), r.IntN(10)))
		}
	}
	r.Shuffle(len(c.codes), func(i, j int) { c.codes[i], c.codes[j] = c.codes[j], c.codes[i] })
	c.code.n = float64(len(c.codes))
	for _, region := range refdata.Regions() {
		var codes []string
		for _, d := range region.Departments {
			codes = append(codes, d.Code)
		}
		c.regions = append(c.regions, codes)
	}
	return c
}

func (c *corpus) learn(s string, title bool) {
	words := strings.Fields(s)
	for i, w := range words {
		if i == 0 && title {
			c.titles = append(c.titles, w)
		}
		if i+1 < len(words) {
			c.follow[w] = append(c.follow[w], words[i+1])
		}
	}
}

// invented makes a word that could be a name.
func invented(r *rand.Rand) string {
	heads := []string{"b", "br", "c", "ch", "d", "f", "g", "gr", "l", "m", "mont", "n", "p", "pl", "r", "s", "st", "t", "tr", "v", "vill", "qu", "j", "h"}
	cores := []string{"a", "e", "i", "o", "u", "ou", "oi", "au", "an", "en", "in", "on", "é", "è", "ai", "ei"}
	ends := []string{"ac", "ville", "y", "ères", "ange", "court", "heim", "ot", "ard", "eux", "es", "is", "ette", "ois", "el", "er", "in", "ay"}
	var b strings.Builder
	for range 1 + r.IntN(3) {
		b.WriteString(heads[r.IntN(len(heads))])
		b.WriteString(cores[r.IntN(len(cores))])
	}
	b.WriteString(ends[r.IntN(len(ends))])
	return b.String()
}

// text writes about n words.
func (c *corpus) text(r *rand.Rand, b *strings.Builder, n int) {
	word := c.titles[r.IntN(len(c.titles))]
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		if len(word) > 3 && r.IntN(8) == 0 {
			b.WriteString(c.tail[c.rare.draw(r)])
		} else {
			b.WriteString(word)
		}
		next := c.follow[word]
		if len(next) == 0 {
			next = c.titles
		}
		word = next[r.IntN(len(next))]
	}
}

func (c *corpus) write(r *rand.Rand, n int) string {
	var b strings.Builder
	c.text(r, &b, n)
	return b.String()
}

// lasts is how long the corpus goes back, unless told; the last of its notices are open.
const lasts = 3 * 365 * 24 * time.Hour

// notice writes the i-th of so many notices.
func (c *corpus) notice(i, of int) *notice.Notice {
	r := rand.New(rand.NewPCG(uint64(i), 20261124))
	published := dbtest.Start.Add(-time.Duration(float64(c.lasts) * (1 - float64(i+1)/float64(of))))
	n := &notice.Notice{ID: corpusID(i, published), BuyerID: buyerID(c.buyers.draw(r)), RecordedAt: clock.At(published), ChangedAt: clock.At(published)}
	n.Source, n.SourceID = notice.SourceBOAMP, fmt.Sprintf("%02d-%d", published.Year()%100, i)
	if r.IntN(5) == 0 {
		n.Source = notice.SourceTED
	}
	n.Kind = drawn(r, []notice.Kind{notice.Contract, notice.Award, notice.Corrigendum, notice.Amendment, notice.Prior}, 62, 26, 8, 2, 2)
	n.Category = drawn(r, []refdata.Category{refdata.Works, refdata.Services, refdata.Supplies, ""}, 40, 32, 20, 8)
	n.Title = c.write(r, 5+r.IntN(16))
	if r.IntN(4) > 0 {
		n.Description = c.write(r, min(600, int(60*math.Exp(0.8*r.NormFloat64()))))
	}
	n.Reference = fmt.Sprintf("%d-%s%03d", published.Year(), string(rune('A'+r.IntN(26))), r.IntN(1000))
	n.Descriptors = []string{c.titles[r.IntN(len(c.titles))]}
	n.Buyer = notice.BuyerRecord{Name: "Commune de " + c.tail[r.IntN(corpusBuyers)]}
	region := c.regions[r.IntN(len(c.regions))]
	for range drawn(r, []int{0, 1, 2, 4}, 3, 80, 12, 5) {
		if d := region[r.IntN(len(region))]; !slices.Contains(n.Departments, d) {
			n.Departments = append(n.Departments, d)
		}
	}
	for range drawn(r, []int{0, 1, 2}, 45, 45, 10) {
		n.CPV = append(n.CPV, c.codes[c.code.draw(r)])
	}
	if r.IntN(3) == 0 {
		for lot := range 2 + r.IntN(1+r.IntN(10)) {
			n.Lots = append(n.Lots, notice.Lot{Number: fmt.Sprint(lot + 1), Title: c.write(r, 2+r.IntN(7))})
		}
	}
	n.PublishedOn = published.Format(time.DateOnly)
	if n.Kind == notice.Contract && r.IntN(10) > 0 {
		n.Deadline = clock.At(published.AddDate(0, 0, 12+r.IntN(40)).Truncate(24 * time.Hour).Add(11 * time.Hour))
	}
	return n
}

// drawn picks one of the values, as often as its weight says.
func drawn[T any](r *rand.Rand, values []T, weights ...int) T {
	total := 0
	for _, w := range weights {
		total += w
	}
	at := r.IntN(total)
	for i, w := range weights {
		if at -= w; at < 0 {
			return values[i]
		}
	}
	return values[0]
}

// corpusID is an identifier as the platform makes them: in the order of time.
func corpusID(i int, at time.Time) string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:], uint64(at.UnixMilli())<<16|0x7000)
	binary.BigEndian.PutUint64(id[8:], 1<<63|uint64(i)*0x9e3779b97f4a7c15>>2)
	return id.String()
}

func buyerID(i int) string {
	return uuid.NewSHA1(uuid.Nil, binary.BigEndian.AppendUint32(nil, uint32(i))).String()
}
