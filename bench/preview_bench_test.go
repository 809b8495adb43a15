package bench_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/access"
	"parvis/procurement/cpv"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/company"
)

// What is promised of the region of a watch's form, and about what.
const (
	previewWithin = 30 * time.Millisecond // ninety-nine answers of a hundred
	ninetyDays    = 90 * 24 * time.Hour
	inNinetyDays  = 40_000 // notices, 440 a day
	oneIn         = 20     // notices are scanned by the peer, whose time is told for all
)

// BenchmarkPreview has the page of a watch say what it would do, form after form, over
// ninety days of notices: the whole answer of the server, from the form to the HTML. Its
// peer, in the same run, is a naive scan: each notice of those days read and judged by the
// same query. See README.md.
func BenchmarkPreview(b *testing.B) {
	c := newCorpus(b)
	c.lasts = ninetyDays
	many := inNinetyDays
	if os.Getenv("PARVIS_BENCH_NOTICES") != "" {
		many, c.lasts = notices(), time.Duration(float64(ninetyDays)*float64(notices())/inNinetyDays)
	}
	all := make([]*notice.Notice, many/oneIn)
	for i := range all {
		all[i] = c.notice(i*oneIn, many)
	}
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		b.Run(string(dialect), func(b *testing.B) {
			d, at := dbtest.Open(b, dbtest.URL(b, dialect))
			fillNotices(b, d, c, many)
			h := noticetest.Open(b, d, at)
			codes := cpv.New(d)
			if _, err := codes.Import(context.Background(), access.Platform("bench"), nomenclature(c)); err != nil {
				b.Fatal(err)
			}
			by := h.Join(noticetest.Seat, "odile", "odile@muller.example")
			site := answer.New(func(context.Context, string) (access.Actor, error) { return by, nil }, noticetest.Silent)
			company.Routes(site, company.Pages{Watches: watch.NewService(d, h.Journal, h.Notices), Org: h.Orgs, CPV: codes})
			server := site.Server()
			took := times{}
			forms := previewForms(c, 40)
			ask := func(f url.Values) string {
				r := httptest.NewRequest(http.MethodPost, "/entreprise/veilles/apercu", strings.NewReader(f.Encode()))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				w := httptest.NewRecorder()
				server.ServeHTTP(w, r)
				if w.Code != 200 || !strings.Contains(w.Body.String(), "aurait envoyé") {
					b.Fatalf("%v: %d %s", f, w.Code, w.Body)
				}
				return w.Body.String()
			}
			var scanned []time.Duration
			worked := times{}
			for round := range 3 {
				for kind, of := range forms {
					for i, f := range of {
						began, before := time.Now(), spent()
						ask(f)
						took[kind], worked[kind] = append(took[kind], time.Since(began)), append(worked[kind], spent()-before)
						if round == 0 && i == 0 {
							began = time.Now()
							naively(b, all, f, at.Now())
							scanned = append(scanned, time.Since(began)*oneIn)
						}
					}
				}
			}
			const all = "all"
			for _, kind := range append(previewKinds, all) {
				if kind != all {
					took[all], worked[all] = append(took[all], took[kind]...), append(worked[all], worked[kind]...)
				}
				fmt.Printf("| %s | %s | %s | %s | %s |\n", kind, milliseconds(at50(took[kind])), milliseconds(at99(took[kind])), milliseconds(at50(worked[kind])), milliseconds(at99(worked[kind])))
			}
			every := took[all]
			fmt.Printf("%s: %d notices; answered within, median and p99, and processor taken; the naive scan, median %s ms of %d; %s\n",
				b.Name(), many, milliseconds(at50(scanned)), len(scanned), load())
			if p99 := at99(every); many == inNinetyDays && p99 > previewWithin {
				b.Errorf("p99 is %v, promised %v", p99, previewWithin)
			}
		})
	}
}

func at50(t []time.Duration) time.Duration { return at(t, 50) }
func at99(t []time.Duration) time.Duration { return at(t, 99) }

// nomenclature is as many codes as the regulation has, with invented labels.
func nomenclature(c *corpus) (all []cpv.Entry) {
	r := rand.New(rand.NewPCG(5, 6))
	codes := slices.Compact(slices.Sorted(slices.Values(c.codes)))
	for len(all) < 9000 && len(all) < len(codes) {
		all = append(all, cpv.Entry{Code: codes[len(all)], CheckDigit: "1", Label: c.write(r, 2+r.IntN(6))})
	}
	return all
}

// previewKinds are what people are doing with the form, in the order of the README.
var previewKinds = []string{"nothing asked yet", "one word", "four words, any of them", "a phrase and departments", "a misspelt word and others", "codes alone", "everything at once"}

// previewForms writes so many forms of each kind.
func previewForms(c *corpus, n int) map[string][]url.Values {
	r := rand.New(rand.NewPCG(3, 4))
	word := func() string {
		for {
			w := strings.Trim(c.titles[r.IntN(len(c.titles))], ".,:;()")
			if r.IntN(4) == 0 {
				w = c.tail[c.rare.draw(r)]
			}
			if words, _, err := notice.ReadKeywords(notice.FieldKeywords, w); err == nil && len(words) == 1 && len(w) > 3 {
				return w
			}
		}
	}
	words := func(n int) string {
		var all []string
		for len(all) < n {
			if w := word(); !slices.Contains(all, w) {
				all = append(all, w)
			}
		}
		return strings.Join(all, " ")
	}
	out := map[string][]url.Values{}
	for i := range n {
		f := func(kind string, change func(f url.Values)) {
			form := url.Values{"mode": {"any"}, "alerte": {"oui"}, "rythme": {[]string{"daily", "weekly", "immediate"}[i%3]}, "heure": {"7"}, "jour": {"1"}}
			change(form)
			out[kind] = append(out[kind], form)
		}
		some := c.regions[r.IntN(len(c.regions))]
		f(previewKinds[0], func(url.Values) {})
		f(previewKinds[1], func(f url.Values) { f.Set("mots_cles", word()) })
		f(previewKinds[2], func(f url.Values) { f.Set("mots_cles", words(4)) })
		f(previewKinds[3], func(f url.Values) {
			f.Set("mots_cles", `"`+words(2)+`"`)
			f["departement"] = some
		})
		f(previewKinds[4], func(f url.Values) {
			w := []rune(word())
			f.Set("mots_cles", words(2)+" "+string(append(w[:len(w)/2:len(w)/2], append([]rune("xq"), w[len(w)/2:]...)...)))
		})
		f(previewKinds[5], func(f url.Values) { f["cpv"] = []string{c.codes[c.code.draw(r)], c.codes[c.code.draw(r)]} })
		f(previewKinds[6], func(f url.Values) {
			f.Set("mots_cles", words(8)+` "`+words(2)+`" 67 45421000`)
			f.Set("exclus", words(2))
			f["departement"], f["cpv"], f["nature"] = some, []string{c.codes[c.code.draw(r)]}, []string{"works"}
			f.Set("jours_restants", "10")
		})
	}
	return out
}

// naively counts what a form would have told, one notice after the other.
func naively(b *testing.B, all []*notice.Notice, f url.Values, now clock.Instant) (told int) {
	b.Helper()
	criteria := notice.Criteria{Mode: notice.Any, Departments: f["departement"], CPV: f["cpv"]}
	criteria.Keywords, _, _ = notice.ReadKeywords(notice.FieldKeywords, f.Get("mots_cles"))
	criteria.Exclude, _, _ = notice.ReadKeywords(notice.FieldExclude, f.Get("exclus"))
	q, err := notice.Compile(criteria)
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range all {
		if n.Kind == notice.Contract && q.Matches(n.Subject(now)) {
			told++
		}
	}
	return told
}
