package api_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/gateway/boamp/api"
	"parvis/gateway/boamp/rehearsal"
	"parvis/kit/fault"
	"parvis/procurement/intake"
	"parvis/procurement/notice"
)

const (
	today     = "2026-11-24"
	yesterday = "2026-11-23"
)

// call is a record of the dataset.
func call(n int, day string, more ...any) rehearsal.Record {
	fields := map[string]any{"idweb": number(n), "objet": fmt.Sprintf("Réfection de la toiture n° %d", n), "dateparution": day, "nature": "APPEL_OFFRE"}
	for i := 0; i+1 < len(more); i += 2 {
		fields[more[i].(string)] = more[i+1]
	}
	return rehearsal.Make(fields)
}

func number(n int) string { return fmt.Sprintf("26-%05d", n) }

// calls are n records of a day, from a number on.
func calls(from, n int, day string) (all []rehearsal.Record) {
	for i := range n {
		all = append(all, call(from+i, day))
	}
	return all
}

// reader asks a program on a server of its own, and notes how long it waited in between.
type reader struct {
	*api.Client
	waits []time.Duration
}

func ask(t *testing.T, p http.Handler, patience time.Duration) *reader {
	t.Helper()
	s := httptest.NewServer(p)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	t.Cleanup(s.Close)
	r := &reader{}
	var err error
	r.Client, err = api.New(api.Config{URL: s.URL, Agent: "Parvis (test)", Log: slog.New(slog.DiscardHandler), Patience: patience, PerSecond: 1000,
		Wait: func(ctx context.Context, d time.Duration) error { r.waits = append(r.waits, d); return ctx.Err() }})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// outcome is what a day gave.
type outcome struct {
	ids     []string
	refused []string
	err     error
}

func read(ctx context.Context, r *reader, day string, onwards bool) (o outcome) {
	for n, err := range r.Published(ctx, day, onwards) {
		var bad *notice.RecordError
		switch {
		case errors.As(err, &bad):
			o.refused = append(o.refused, fmt.Sprintf("%d %s %s", bad.Index, bad.SourceID, bad.Reason))
		case err != nil:
			o.err = err
		default:
			o.ids = append(o.ids, n.SourceID)
		}
	}
	return o
}

func numbers(from, n int) (all []string) {
	for i := range n {
		all = append(all, number(from+i))
	}
	return all
}

func TestADayIsReadPageByPage(t *testing.T) {
	p := rehearsal.New(slices.Concat(calls(1, 250, today), calls(900, 3, yesterday))...)
	r := ask(t, p, time.Minute)
	if o := read(t.Context(), r, today, false); o.err != nil || cmp.Diff(numbers(1, 250), o.ids) != "" || o.refused != nil {
		t.Errorf("%v, %d notices, %v", o.err, len(o.ids), o.refused)
	}
	asked := p.Asked()
	if len(asked) != 3 || !strings.Contains(asked[2], "limit=100") || !strings.Contains(asked[2], "offset=198") || !strings.Contains(asked[0], "order_by=idweb") {
		t.Errorf("asked %q", asked)
	}
	if o := read(t.Context(), r, yesterday, true); o.err != nil || len(o.ids) != 253 {
		t.Errorf("from yesterday on: %v, %d notices", o.err, len(o.ids))
	}
	if o := read(t.Context(), r, "2026-11-20", false); o.err != nil || o.ids != nil {
		t.Errorf("a day without any: %+v", o)
	}
}

// A day of more than ten thousand is refused page by page: the platform says so, and an
// export has no limit.
func TestADayTooLargeForPagesIsAnExport(t *testing.T) {
	p := rehearsal.New(calls(1, 10_001, today)...)
	o := read(t.Context(), ask(t, p, time.Minute), today, false)
	if o.err != nil || len(o.ids) != 10_001 {
		t.Errorf("%v, %d notices", o.err, len(o.ids))
	}
	if asked := p.Asked(); len(asked) != 2 || !strings.Contains(asked[1], "/exports/json?") {
		t.Errorf("asked %q", asked)
	}
	p = rehearsal.New(calls(1, 10_001, today)...)
	p.Fail(rehearsal.Well, rehearsal.Cut(700), rehearsal.Short(900), rehearsal.Changed(func(string) string {
		return `{"error_code":"InternalError","message":"Streaming interrupted"}`
	}))
	if o := read(t.Context(), ask(t, p, time.Minute), today, false); o.err != nil || len(o.ids) != 10_001 {
		t.Errorf("cut thrice: %v, %d notices", o.err, len(o.ids))
	}
}

// TestFaultsOfThePlatform is one line for each thing that goes wrong with somebody
// else's program and that passes: the day comes whole, each notice once.
func TestFaultsOfThePlatformThatPass(t *testing.T) {
	other := func(status int) rehearsal.Fault { return rehearsal.Down(status) }
	for name, c := range map[string]struct {
		faults  []rehearsal.Fault
		asked   int // for 150 notices, two when nothing is wrong
		atLeast time.Duration
	}{
		"503 once":                            {[]rehearsal.Fault{other(503)}, 3, time.Second},
		"500, 502, 504 in a row":              {[]rehearsal.Fault{other(500), other(502), other(504)}, 5, 7 * time.Second},
		"four failures, then the second page": {[]rehearsal.Fault{rehearsal.Well, other(500), other(500), other(500), other(500)}, 6, 15 * time.Second},
		"429 with seconds":                    {[]rehearsal.Fault{rehearsal.TooFast("90")}, 3, 90 * time.Second},
		"429 with a date":                     {[]rehearsal.Fault{rehearsal.TooFast(time.Now().Add(100 * time.Second).UTC().Format(http.TimeFormat))}, 3, 90 * time.Second},
		"429 without a word":                  {[]rehearsal.Fault{rehearsal.TooFast(""), rehearsal.TooFast("jamais")}, 4, 3 * time.Second},
		"429 until the hour":                  {[]rehearsal.Fault{rehearsal.Spent(time.Now().Add(time.Minute))}, 3, 50 * time.Second},
		"hung up before a word":               {[]rehearsal.Fault{rehearsal.HungUp}, 3, time.Second},
		"cut in the middle of a page":         {[]rehearsal.Fault{rehearsal.Cut(500), rehearsal.Well, rehearsal.Cut(990)}, 4, 2 * time.Second},
		"a page that ends too early":          {[]rehearsal.Fault{rehearsal.Short(600)}, 3, time.Second},
		"a page without its last brace":       {[]rehearsal.Fault{rehearsal.Short(999)}, 3, time.Second},
		"nothing at all, with 200":            {[]rehearsal.Fault{rehearsal.Says(200, "application/json", "")}, 3, time.Second},
		"a web page, with 200":                {[]rehearsal.Fault{rehearsal.Says(200, "text/html", "<!doctype html><title>Maintenance</title>")}, 3, time.Second},
		"another JSON, with 200":              {[]rehearsal.Fault{rehearsal.Says(200, "application/json", `{"message":"maintenance"}`)}, 3, time.Second},
		"a list, with 200":                    {[]rehearsal.Fault{rehearsal.Says(200, "application/json", `[]`)}, 3, time.Second},
		"no count":                            {[]rehearsal.Fault{rehearsal.Says(200, "application/json", `{"results":[]}`)}, 3, time.Second},
		"UTF-16":                              {[]rehearsal.Fault{rehearsal.Says(200, "application/json", "\xff\xfe{\x00")}, 3, time.Second},
		"a list that never ends":              {[]rehearsal.Fault{rehearsal.Endless}, 3, time.Second},
		"mute":                                {[]rehearsal.Fault{rehearsal.Mute}, 3, time.Second},
		"compressed, unsaid":                  {[]rehearsal.Fault{rehearsal.Unlabelled, rehearsal.Unlabelled}, 2, 0},
		"said to be a page":                   {[]rehearsal.Fault{rehearsal.Mislabelled, rehearsal.Mislabelled}, 2, 0},
		"in Latin-1":                          {[]rehearsal.Fault{rehearsal.Latin}, 2, 0},
		"the first page twice":                {[]rehearsal.Fault{rehearsal.Well, rehearsal.Repeated}, 4, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := rehearsal.New(calls(1, 150, today)...)
			p.Fail(c.faults...)
			r := ask(t, p, 2*time.Second)
			o := read(t.Context(), r, today, true)
			slices.Sort(o.ids)
			if name == "in Latin-1" || name == "a list that never ends" { // what came was other, and comes again
				o.ids = slices.DeleteFunc(slices.Compact(o.ids), func(id string) bool { return len(id) < 8 })
			}
			if o.err != nil || o.refused != nil || cmp.Diff(numbers(1, 150), o.ids) != "" {
				t.Errorf("%v, %v, %s", o.err, o.refused, cmp.Diff(numbers(1, 150), o.ids))
			}
			waited := time.Duration(0)
			for _, w := range r.waits {
				waited += w
			}
			if n := len(p.Asked()); n != c.asked || waited < c.atLeast || waited > 2*c.atLeast+time.Second {
				t.Errorf("asked %d times, want %d; waited %v, want %v or a little more", n, c.asked, waited, c.atLeast)
			}
		})
	}
}

// Those that do not pass: an error that an operator understands, and never a day that
// would be taken for whole.
func TestFaultsOfThePlatformThatLast(t *testing.T) {
	unclear := "La source a répondu autre chose que des avis."
	for name, c := range map[string]struct {
		fault rehearsal.Fault
		says  string
		asked int
		asks  time.Duration
	}{
		"down": {rehearsal.Down(503), "La source est en panne\u00a0: elle répond 503.", 5, 0},
		"down for an hour": {func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(503)
		}, "La source est en panne\u00a0: elle répond 503.", 1, time.Hour},
		"429, for an hour":      {rehearsal.TooFast("3600"), "La source dit qu'on l'interroge trop (429).", 1, time.Hour},
		"429, for years":        {rehearsal.TooFast("999999999999"), "La source dit qu'on l'interroge trop (429).", 1, 24 * time.Hour},
		"429, again and again":  {rehearsal.TooFast("1"), "La source dit qu'on l'interroge trop (429).", 5, time.Second},
		"forbidden":             {rehearsal.Down(403), "La source refuse la question\u00a0: elle répond 403. L'adresse de --boamp est-elle la bonne\u00a0?", 1, 0},
		"not there":             {rehearsal.Down(404), "La source refuse la question\u00a0: elle répond 404. L'adresse de --boamp est-elle la bonne\u00a0?", 1, 0},
		"a question refused":    {rehearsal.Says(400, "application/json", `{"error_code":"ODSQLSyntaxError","message":"ODSQL query is malformed"}`), "La source refuse la question\u00a0: elle répond 400. L'adresse de --boamp est-elle la bonne\u00a0?", 1, 0},
		"moved":                 {rehearsal.Moved("https://ailleurs.example/"), "La source refuse la question\u00a0: elle répond 302. L'adresse de --boamp est-elle la bonne\u00a0?", 1, 0},
		"hung up":               {rehearsal.HungUp, "La source n'est pas joignable, ou la connexion a été coupée.", 5, 0},
		"cut":                   {rehearsal.Cut(800), unclear, 5, 0},
		"always a page":         {rehearsal.Says(200, "text/html", "<!doctype html><title>Portail</title>"), unclear, 5, 0},
		"mute":                  {rehearsal.Mute, "La source n'a pas répondu à temps.", 5, 0},
		"always the first page": {rehearsal.Repeated, "La source n'a pas donné deux fois de suite les mêmes avis\u00a0: elle est en train de changer.", 6, 0},
		"counts that never hold": {rehearsal.Changed(func(body string) string {
			return strings.Replace(body, `"total_count": 1`, fmt.Sprintf(`"total_count": %d`, time.Now().UnixNano()%1000+200), 1)
		}), "La source n'a pas donné deux fois de suite les mêmes avis\u00a0: elle est en train de changer.", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := rehearsal.New(calls(1, 150, today)...)
			p.FailAlways(c.fault)
			o := read(t.Context(), ask(t, p, 300*time.Millisecond), today, true)
			said := ""
			if e, ok := fault.As(o.err); ok {
				said = e.Text
			} else if o.err != nil {
				said = o.err.Error()
			}
			if said != c.says {
				t.Errorf("says %q (%v)", said, o.err)
			}
			if n := len(p.Asked()); c.asked > 0 && n != c.asked {
				t.Errorf("asked %d times, want %d", n, c.asked)
			}
			var later *intake.Later
			if asks := errors.As(o.err, &later); c.asks > 0 && (!asks || later.For != c.asks) {
				t.Errorf("to be left alone: %+v, want %v", later, c.asks)
			}
		})
	}
}

func TestWhatCannotBeReadIsSaidOnceAndStopsNothing(t *testing.T) {
	records := calls(1, 150, today)
	records[40] = rehearsal.Record{ID: number(41), Day: today, Raw: `{"idweb":"26-00041","objet":}`}
	records[41] = rehearsal.Record{ID: number(42), Day: today, Raw: `{"objet":"Sans numéro","dateparution":"` + today + `"}`}
	records[120] = rehearsal.Record{ID: number(121), Day: today, Raw: `{"idweb":"26-00121","objet":"` + strings.Repeat("x", 17<<20) + `"}`}
	p := rehearsal.New(records...)
	p.Fail(rehearsal.Cut(800), rehearsal.Well, rehearsal.Well) // what could be read comes twice
	o := read(t.Context(), ask(t, p, time.Minute), today, false)
	want := []string{
		"41 26-00041 Cet enregistrement n'est pas du JSON valable ou il est incomplet.",
		"42  Cet enregistrement n'a pas de numéro d'avis (champ idweb).",
		"121 26-00121 Cet enregistrement dépasse 16\u00a0Mio.",
	}
	if diff := cmp.Diff(want, o.refused); diff != "" || o.err != nil || len(o.ids) != 147 {
		t.Errorf("%v, %d notices (-want +got):\n%s", o.err, len(o.ids), diff)
	}
}

// The gazette publishes, corrects and takes away while it is read: nothing is missed.
func TestADayThatChangesWhileItIsReadIsReadAgain(t *testing.T) {
	for name, c := range map[string]struct {
		change func(p *rehearsal.Program)
		want   []string
		asked  int
	}{
		"one more, before those that came": {func(p *rehearsal.Program) { p.Publish(call(50, today)) }, append(numbers(100, 250), number(50)), 6},
		"one more, after":                  {func(p *rehearsal.Program) { p.Publish(call(900, today)) }, append(numbers(100, 250), number(900)), 6},
		"one less, among those that came":  {func(p *rehearsal.Program) { p.Drop(number(120)) }, numbers(100, 250), 6},
		"one less and one more, the same":  {func(p *rehearsal.Program) { p.Drop(number(120)); p.Publish(call(900, today)) }, append(numbers(100, 250), number(900)), 6},
		"corrected, among those that came": {func(p *rehearsal.Program) { p.Publish(call(120, today, "objet", "Autre chose")) }, numbers(100, 250), 3},
		"one of another day":               {func(p *rehearsal.Program) { p.Publish(call(900, yesterday)) }, numbers(100, 250), 3},
		"all but ten gone": {func(p *rehearsal.Program) {
			for n := 110; n < 350; n++ {
				p.Drop(number(n))
			}
		}, numbers(100, 100), 3},
		"one that the platform counts twice": {func(p *rehearsal.Program) { p.Repeat(call(120, today)) }, numbers(100, 250), 6},
	} {
		t.Run(name, func(t *testing.T) {
			p := rehearsal.New(calls(100, 250, today)...)
			p.Before(func(n int) {
				if n == 2 {
					c.change(p)
				}
			})
			o := read(t.Context(), ask(t, p, time.Minute), today, false)
			slices.Sort(o.ids)
			slices.Sort(c.want)
			if diff := cmp.Diff(c.want, o.ids); diff != "" || o.err != nil {
				t.Errorf("%v (-want +got):\n%s", o.err, diff)
			}
			if n := len(p.Asked()); n != c.asked {
				t.Errorf("asked %d times, want %d", n, c.asked)
			}
		})
	}
}

func TestAnswersMayComeCompressed(t *testing.T) {
	p := rehearsal.New(calls(1, 120, today)...)
	p.Compress()
	if o := read(t.Context(), ask(t, p, time.Minute), today, false); o.err != nil || len(o.ids) != 120 {
		t.Errorf("%v, %d notices", o.err, len(o.ids))
	}
}

func TestWhoeverLeavesIsAskedNothingMore(t *testing.T) {
	p := rehearsal.New(calls(1, 250, today)...)
	r := ask(t, p, time.Minute)
	for range r.Published(t.Context(), today, false) {
		break
	}
	if n := len(p.Asked()); n != 1 {
		t.Errorf("asked %d times", n)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	p.FailAlways(rehearsal.Mute)
	p.Before(func(int) { cancel(errors.New("the program stops")) })
	if o := read(ctx, r, today, false); o.err == nil || o.err.Error() != "the program stops" || len(r.waits) > 0 {
		t.Errorf("%v, %v", o.err, r.waits)
	}
}

func TestOnlyAnAddressOfTheOperatorIsAsked(t *testing.T) {
	for _, wrong := range []string{"", "boamp", "ftp://boamp.example", "https://", "https://a@boamp.example", "https://boamp.example?x=1", "https://boamp.example#x", "://"} {
		if _, err := api.New(api.Config{URL: wrong}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	for given, want := range map[string]string{
		"https://boamp.example":       "https://boamp.example/api/explore/v2.1/catalog/datasets/boamp/records",
		"https://boamp.example/":      "https://boamp.example/api/explore/v2.1/catalog/datasets/boamp/records",
		"http://relais.example/boamp": "http://relais.example/boamp/api/explore/v2.1/catalog/datasets/boamp/records",
		"https://boamp.example/api/explore/v2.1/catalog/datasets/avis/records": "https://boamp.example/api/explore/v2.1/catalog/datasets/avis/records",
	} {
		var seen *http.Request
		c, err := api.New(api.Config{URL: given, Agent: "Parvis (https://marches.example)", Log: slog.New(slog.DiscardHandler),
			Transport: roundTrip(func(r *http.Request) (*http.Response, error) { seen = r; return nil, http.ErrNotSupported }),
			Wait:      func(context.Context, time.Duration) error { return nil }})
		if err != nil {
			t.Fatal(err)
		}
		for range c.Published(t.Context(), today, false) {
			break
		}
		if seen == nil || !strings.HasPrefix(seen.URL.String(), want+"?") || seen.UserAgent() != "Parvis (https://marches.example)" {
			t.Errorf("%s: asked %v", given, seen)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
