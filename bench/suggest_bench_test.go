package bench_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/mail/mailbox"
	"parvis/kit/text"
	"parvis/procurement/org"
)

// buyersInFrance is about how many bodies buy in a year.
const buyersInFrance = 15_000

// suggestWithin is the promise: nobody who types waits longer.
const suggestWithin = 20 * time.Millisecond

// bodies makes as many buyers as a country has, always the same: kinds of bodies, towns
// whose names are made of the syllables of real ones, a fifth in capitals.
func bodies(n int) []org.Sighting {
	r := rand.New(rand.NewPCG(2026, 11))
	kinds := []string{"Commune de %s", "Ville de %s", "Mairie de %s", "%s", "Communauté de communes du Pays de %s", "Communauté d'agglomération de %s",
		"Syndicat intercommunal des eaux de %s", "Centre hospitalier de %s", "Office public de l'habitat de %s", "Lycée de %s", "Département de %s", "SDIS de %s", "Université de %s"}
	starts := []string{"Saint-", "Mont", "Ville", "Château", "Sar", "Ober", "Ple", "Cour", "Beau", "Vil", "Lam", "Bri", "Gran", "Roche", "Auber", "Mar", "Cham", "Bel", "Ro", "É"}
	ends := []string{"gny", "ville", "bach", "heim", "ac", "court", "rac", "lles", "neuf", "lonnes", "bert", "mer", "zac", "tte", "vin", "nes", "sur-Loire", "les-Bains", "en-Bresse", "le-Vieux"}
	middles := []string{"", "a", "i", "au", "e", "ou", "ier", "on", "an", "el"}
	out := make([]org.Sighting, n)
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	for i := range out {
		town := pick(starts) + pick(middles) + pick(ends)
		name := fmt.Sprintf(pick(kinds), town)
		if r.IntN(5) == 0 {
			name = strings.ToUpper(name)
		}
		out[i] = org.Sighting{Name: name, Postcode: fmt.Sprintf("%05d", 1000+r.IntN(94)*1000+i%999), City: town, On: "2026-01-05"}
	}
	return out
}

// typing is what people type to find buyers, letter by letter.
func typing(all []org.Sighting) (typed []string) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 40 {
		letters := []rune(all[r.IntN(len(all))].Name)
		for n := 1; n <= min(len(letters), 12); n++ {
			typed = append(typed, string(letters[:n]))
		}
	}
	return append(typed, "s", "de", "saint", "ville 67", "zzz", "commune saint mont")
}

// BenchmarkSuggest asks a running program for organisms over HTTP, as each letter typed
// does, and asks PostgreSQL the same of the same names: pg_trgm with ILIKE, and no HTTP.
// It fails when one in a hundred waits longer than promised. See README.md.
func BenchmarkSuggest(b *testing.B) {
	all := bodies(buyersInFrance)
	typed := typing(all)
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		b.Run(string(dialect), func(b *testing.B) {
			box, err := mailbox.Listen("127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = box.Close() })
			p := settle(b, dialect, 0, 0, "smtp://"+box.Addr()+"?starttls=no")
			p.write(func(tx *db.Tx) error {
				cache := org.NewBuyerCache(tx)
				if err := cache.Prime(all); err != nil {
					return err
				}
				for _, s := range all {
					if _, err := cache.Sight(s); err != nil {
						return err
					}
				}
				return cache.Close()
			})
			p.listen(b)
			ask := func(q string) int {
				res, err := http.Get(p.url + "/organismes?q=" + url.QueryEscape(q))
				if err != nil {
					b.Fatal(err)
				}
				defer func() { _ = res.Body.Close() }()
				var found []struct{ ID, Label string }
				if body, err := io.ReadAll(res.Body); err != nil || res.StatusCode != 200 || json.Unmarshal(body, &found) != nil {
					b.Fatalf("%q: %s, %s (%v)", q, res.Status, body, err)
				}
				return len(found)
			}
			quantiles(b, "Parvis, over HTTP, on "+string(dialect), typed, ask, suggestWithin)
		})
	}
	b.Run("peer", func(b *testing.B) { quantiles(b, "PostgreSQL, pg_trgm and ILIKE, no HTTP", typed, trigrams(b, all), 0) })
}

// listen serves until the benchmark ends.
func (p *place) listen(b *testing.B) {
	b.Helper()
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
}

// quantiles asks b.N times, going round what is typed, and says how long it took.
func quantiles(b *testing.B, who string, typed []string, ask func(string) int, promise time.Duration) {
	for _, q := range typed[:min(len(typed), 50)] {
		ask(q)
	}
	took := make([]time.Duration, b.N)
	found := 0
	worked := spent()
	b.ResetTimer()
	for i := range b.N {
		start := time.Now()
		found += ask(typed[i%len(typed)])
		took[i] = time.Since(start)
	}
	b.StopTimer()
	worked = (spent() - worked) / time.Duration(b.N)
	if b.N < enough {
		return
	}
	if found == 0 {
		b.Fatal("nothing was found at all")
	}
	slices.Sort(took)
	at := func(share float64) time.Duration { return took[int(share*float64(len(took)-1))] }
	for name, share := range map[string]float64{"p50-ms": 0.5, "p99-ms": 0.99} {
		b.ReportMetric(float64(at(share).Microseconds())/1000, name)
	}
	b.Logf("%s: %d questions, %.1f answers each, p50 %v, p99 %v, max %v; %v of processor each, client and server, a database server's left out; %s",
		who, b.N, float64(found)/float64(b.N), at(0.5), at(0.99), took[len(took)-1], worked, load())
	if promise > 0 && at(0.99) > promise {
		b.Errorf("p99 is %v, more than %v", at(0.99), promise)
	}
}

// trigrams puts the names in a table as one would without Parvis: folded names, an index
// of trigrams, words found at their beginning, the same order.
func trigrams(b *testing.B, all []org.Sighting) func(string) int {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dbtest.URL(b, db.Postgres))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close(ctx) })
	rows := make([][]any, len(all))
	for i, s := range all {
		rows[i] = []any{i, s.Name, " " + text.Fold(s.Name), s.City, s.Postcode}
	}
	for _, sql := range []string{"CREATE EXTENSION pg_trgm", "CREATE TABLE body (id INT PRIMARY KEY, name TEXT, folded TEXT, city TEXT, postcode TEXT)"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			b.Skipf("the peer is not here: %v", err)
		}
	}
	if _, err := conn.CopyFrom(ctx, pgx.Identifier{"body"}, []string{"id", "name", "folded", "city", "postcode"}, pgx.CopyFromRows(rows)); err != nil {
		b.Fatal(err)
	}
	for _, sql := range []string{"CREATE INDEX ON body USING gin (folded gin_trgm_ops)", "ANALYZE body"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			b.Fatal(err)
		}
	}
	return func(q string) (n int) {
		words := strings.Fields(text.Fold(q))
		where, args := []string{"true"}, []any{}
		for _, w := range words {
			args = append(args, "% "+w+"%")
			where = append(where, fmt.Sprintf("folded ILIKE $%d", len(args)))
		}
		args = append(args, " "+strings.Join(words, " ")+"%")
		found, err := conn.Query(ctx, "SELECT id, name, city, postcode FROM body WHERE "+strings.Join(where, " AND ")+
			fmt.Sprintf(" ORDER BY folded LIKE $%d DESC, folded LIMIT 20", len(args)), args...)
		if err != nil {
			b.Fatal(err)
		}
		for found.Next() {
			n++
		}
		if err := found.Err(); err != nil {
			b.Fatal(err)
		}
		return n
	}
}
