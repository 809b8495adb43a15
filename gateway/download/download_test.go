package download_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"parvis/gateway/download"
	"parvis/kit/fault"
)

// content is a file whose every byte says where it is.
var content = func() []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < 1<<20; i++ {
		fmt.Fprintf(&b, "ligne %d\n", i)
	}
	return b.Bytes()
}()

// server gives a file, and does to each answer what a test says, one after the other.
type server struct {
	mu     sync.Mutex
	file   []byte
	etag   string
	asked  []string // the range of each question
	faults []func(w http.ResponseWriter, r *http.Request, as http.HandlerFunc)
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.Header.Get("Range"))
	var f func(http.ResponseWriter, *http.Request, http.HandlerFunc)
	if len(s.faults) > 0 {
		f, s.faults = s.faults[0], s.faults[1:]
	}
	s.mu.Unlock()
	if f != nil {
		f(w, r, s.give)
		return
	}
	s.give(w, r)
}

func (s *server) give(w http.ResponseWriter, r *http.Request) {
	if s.etag != "" {
		w.Header().Set("ETag", s.etag)
	}
	http.ServeContent(w, r, "avis.jsonl", time.Time{}, bytes.NewReader(s.file))
}

// cut gives some bytes of the true answer and hangs up.
func cut(after int) func(http.ResponseWriter, *http.Request, http.HandlerFunc) {
	return func(w http.ResponseWriter, r *http.Request, as http.HandlerFunc) {
		as(&cutter{ResponseWriter: w, left: after}, r)
		panic(http.ErrAbortHandler)
	}
}

// stall gives some bytes and then nothing, until whoever reads has left.
func stall(after int) func(http.ResponseWriter, *http.Request, http.HandlerFunc) {
	return func(w http.ResponseWriter, r *http.Request, as http.HandlerFunc) {
		as(&cutter{ResponseWriter: w, left: after}, r)
		<-r.Context().Done()
	}
}

type cutter struct {
	http.ResponseWriter
	left int
}

func (c *cutter) Write(p []byte) (int, error) {
	n := min(len(p), c.left)
	_, _ = c.ResponseWriter.Write(p[:n])
	_ = http.NewResponseController(c.ResponseWriter).Flush()
	if c.left -= n; c.left == 0 {
		return n, io.ErrShortWrite
	}
	return n, nil
}

func says(status int, headers ...string) func(http.ResponseWriter, *http.Request, http.HandlerFunc) {
	return func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
	}
}

// read downloads all, and gives what came, the waits and the error.
func read(t *testing.T, address string) (got []byte, waits []time.Duration, err error) {
	t.Helper()
	b, err := download.Open(t.Context(), address, download.Config{Agent: "Parvis", Idle: 300 * time.Millisecond,
		Wait: func(ctx context.Context, d time.Duration) error { waits = append(waits, d); return ctx.Err() }})
	if err != nil {
		return nil, waits, err
	}
	defer func() { _ = b.Close() }()
	got, err = io.ReadAll(b)
	return got, waits, err
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	t.Cleanup(s.Close)
	return s.URL + "/avis.jsonl"
}

type answers = []func(http.ResponseWriter, *http.Request, http.HandlerFunc)

func TestWhatIsCutGoesOnWhereItWas(t *testing.T) {
	other := func(w http.ResponseWriter, r *http.Request, as http.HandlerFunc) { // no ranges here
		r.Header.Del("Range")
		as(w, r)
	}
	for name, c := range map[string]struct {
		faults answers
		asked  int
	}{
		"nothing wrong":           {nil, 1},
		"cut once":                {answers{cut(400_000)}, 2},
		"cut at once":             {answers{cut(1), cut(1)}, 3},
		"cut many times":          {answers{cut(100_000), cut(1), cut(100_000), cut(100_000), cut(100_000), cut(100_000), cut(100_000), cut(100_000)}, 9},
		"still":                   {answers{stall(500_000)}, 2},
		"down at first":           {answers{says(503), says(502)}, 3},
		"down after a cut":        {answers{cut(400_000), says(503), says(500)}, 4},
		"told to wait":            {answers{says(429, "Retry-After", "30")}, 2},
		"hung up before a word":   {answers{cut(0)}, 2},
		"from the beginning only": {answers{cut(400_000), other}, 2},
		"from the beginning, and again": {answers{cut(400_000), func(w http.ResponseWriter, r *http.Request, as http.HandlerFunc) {
			cut(100_000)(w, r, func(w http.ResponseWriter, r *http.Request) { other(w, r, as) })
		}}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{file: content, etag: `"v1"`, faults: c.faults}
			got, _, err := read(t, serve(t, s))
			if err != nil || !bytes.Equal(got, content) {
				t.Errorf("%v, %d bytes of %d", err, len(got), len(content))
			}
			if len(s.asked) != c.asked {
				t.Errorf("asked %d times, want %d: %q", len(s.asked), c.asked, s.asked)
			}
		})
	}
}

func TestWhatCannotGoOnIsSaid(t *testing.T) {
	changes := func(s *server) answers {
		return answers{cut(400_000), func(w http.ResponseWriter, r *http.Request, as http.HandlerFunc) { s.etag = `"v2"`; as(w, r) }}
	}
	const changed = "Le fichier a changé sur le serveur pendant qu'il était lu\u00a0: relancez la commande."
	for name, c := range map[string]struct {
		etag   string
		faults func(*server) answers
		says   string
		most   int // bytes that may have come
	}{
		"a server that cannot go on": {"", func(*server) answers { return answers{cut(400_000)} }, "La connexion a été coupée, et le serveur ne permet pas de la reprendre où elle en était\u00a0: relancez la commande.", 400_000},
		"a tag that proves nothing":  {`W/"v1"`, func(*server) answers { return answers{cut(400_000)} }, "La connexion a été coupée, et le serveur ne permet pas de la reprendre où elle en était\u00a0: relancez la commande.", 400_000},
		"another file meanwhile":     {`"v1"`, changes, changed, 400_000},
		"another piece than was asked": {`"v1"`, func(*server) answers {
			return answers{cut(400_000), says(206, "Content-Range", "bytes 0-99/1000", "ETag", `"v1"`)}
		}, changed, 400_000},
		"no piece at all": {`"v1"`, func(*server) answers { return answers{cut(400_000), says(416)} }, changed, 400_000},
		"gone meanwhile":  {`"v1"`, func(*server) answers { return answers{cut(400_000), says(404)} }, "Il n'y a pas de fichier à cette adresse (le serveur répond 404).", 400_000},
		"not there":       {`"v1"`, func(*server) answers { return answers{says(404)} }, "Il n'y a pas de fichier à cette adresse (le serveur répond 404).", 0},
		"forbidden":       {`"v1"`, func(*server) answers { return answers{says(403)} }, "Le serveur refuse de donner ce fichier (il répond 403).", 0},
		"another answer":  {`"v1"`, func(*server) answers { return answers{says(204)} }, "Le serveur répond 204 au lieu de donner ce fichier.", 0},
		"down for good": {`"v1"`, func(*server) answers {
			return answers{says(503), says(503), says(503), says(503), says(503), says(503)}
		}, "Le serveur répond 503.", 0},
		"sent round in circles": {`"v1"`, func(*server) answers { return circles(9) }, "Cette adresse renvoie à d'autres sans fin.", 0},
		"sent to a disk":        {`"v1"`, func(*server) answers { return answers{says(302, "Location", "file:///etc/passwd")} }, "Cette adresse renvoie ailleurs que sur le web.", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{file: content, etag: c.etag}
			s.faults = c.faults(s)
			got, _, err := read(t, serve(t, s))
			e, ok := fault.As(err)
			if !ok || e.Text != c.says {
				t.Errorf("says %v", err)
			}
			if len(got) > c.most || !bytes.HasPrefix(content, got) {
				t.Errorf("%d bytes came", len(got))
			}
		})
	}
}

func circles(n int) (all answers) {
	for range n {
		all = append(all, says(302, "Location", "/encore"))
	}
	return all
}

func TestWaitsGrowAndAreObeyed(t *testing.T) {
	s := &server{file: content, etag: `"v1"`, faults: answers{says(503), says(503), says(503, "Retry-After", "90"), says(429, "Retry-After", "99999")}}
	_, waits, err := read(t, serve(t, s))
	if err != nil || len(waits) != 4 {
		t.Fatalf("%v, %v", err, waits)
	}
	for i, want := range []time.Duration{time.Second, 2 * time.Second, 90 * time.Second, 2 * time.Minute} {
		if waits[i] < want || waits[i] > want*3/2 {
			t.Errorf("the wait no %d was %v, want %v or a little more", i+1, waits[i], want)
		}
	}
}

func TestOneIsSentElsewhereAFewTimes(t *testing.T) {
	s := &server{file: content, etag: `"v1"`, faults: circles(5)}
	if got, _, err := read(t, serve(t, s)); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%v, %d bytes", err, len(got))
	}
}

// A protected connection is not left for one that is not.
func TestNobodyLeavesAProtectedConnection(t *testing.T) {
	plain := serve(t, &server{file: content})
	safe := httptest.NewTLSServer(http.RedirectHandler(plain, http.StatusFound))
	defer safe.Close()
	_, err := download.Open(t.Context(), safe.URL, download.Config{Transport: safe.Client().Transport})
	if e, ok := fault.As(err); !ok || !strings.Contains(e.Text, "n'est pas protégée") {
		t.Errorf("%v", err)
	}
}

func TestWhatIsCompressedComesAsItIs(t *testing.T) {
	packed := []byte("\x1f\x8b\x08 et la suite")
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "identity" {
			t.Errorf("takes %q", r.Header.Get("Accept-Encoding"))
		}
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed)
	}))
	if got, _, err := read(t, address); err != nil || !bytes.Equal(got, packed) {
		t.Errorf("%v, %q", err, got)
	}
}

func TestWhoeverLeavesDoesNotWait(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	s := &server{file: content, etag: `"v1"`, faults: answers{stall(400_000)}}
	b, err := download.Open(ctx, serve(t, s), download.Config{Agent: "Parvis"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, b, 300_000); err != nil {
		t.Fatal(err)
	}
	leave()
	if _, err := io.Copy(io.Discard, b); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if len(s.asked) != 1 {
		t.Errorf("asked %d times", len(s.asked))
	}
}

func TestAddresses(t *testing.T) {
	for s, want := range map[string]bool{
		"https://a.example/b": true, "http://a": true, "ftp://a": true, "avis.jsonl": false, "/tmp/a://b": false, `C:\avis`: false, "./https://a": false, "-": false, "://a": false,
	} {
		if got := download.Is(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
	for _, wrong := range []string{"ftp://a.example/b", "file:///etc/passwd", "https://", "https:///b", "http://a b"} {
		if _, err := download.Open(t.Context(), wrong, download.Config{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if got := download.Shown("https://moi:secret@a.example/b?x=1"); got != "https://moi:xxxxx@a.example/b?x=1" {
		t.Errorf("shown as %q", got)
	}
}
