package boamp_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/gateway/boamp"
	"parvis/procurement/notice"
)

// handed is one record, or what is wrong with one, as it was handed over.
type handed struct {
	Record notice.Record
	Error  string
	At     notice.Mark
}

type way func(io.Reader, notice.Mark, *notice.Mark) iter.Seq2[notice.Record, error]

func all(read way, file []byte, from notice.Mark) (out []handed) {
	var at notice.Mark
	for r, err := range read(bytes.NewReader(file), from, &at) {
		h := handed{Record: r, At: at}
		if err != nil {
			h.Error = fmt.Sprintf("%v %+v", err, errors.Unwrap(err))
		} else if h.Record.Hash == "" {
			h.Record.Hash = notice.HashOf(&r)
		}
		out = append(out, h)
	}
	return out
}

// many is a file of n lines, some of which are no notices.
func many(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		switch {
		case i%97 == 13:
			b.WriteString("pas du JSON\n")
		case i%101 == 7:
			fmt.Fprintf(&b, `{"idweb":"26-%d"}`+"\n", i)
		case i%89 == 3:
			fmt.Fprintf(&b, `{"idweb":"26-%d","objet":"%s"}`+"\n", i, strings.Repeat("Voirie ", 3000))
		default:
			fmt.Fprintf(&b, `{"idweb":"26-%d","objet":"Voirie, lot %d","donnees":"{\"MAPA\":{\"initial\":{\"description\":{\"objet\":\"Rue %d\"}}}}"}`+"\n", i, i, i)
		}
	}
	return b.Bytes()
}

func TestReadingAheadGivesWhatReadingInTurnDoes(t *testing.T) {
	files := map[string][]byte{"many": many(700), "nothing": nil, "one": many(1), "broken": append(many(200), `{"idweb":`...), "no JSON": []byte("<html>")}
	paths, err := filepath.Glob("testdata/*")
	if err != nil || len(paths) == 0 {
		t.Fatal("no fixtures", err)
	}
	for _, path := range paths {
		if data, err := os.ReadFile(path); err == nil {
			files[path] = data
		}
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write(many(150))
	_ = w.Close()
	files["compressed"], files["cut"] = zipped.Bytes(), zipped.Bytes()[:zipped.Len()/2]
	for name, file := range files {
		want := all(boamp.Resume, file, notice.Mark{})
		if diff := cmp.Diff(want, all(boamp.Ahead, file, notice.Mark{})); diff != "" {
			t.Errorf("%s: %.2000s", name, diff)
		}
		for _, i := range []int{0, len(want) / 3, len(want) - 1} { // again, after a record of it
			if i < 0 || i >= len(want) {
				continue
			}
			from := want[i].At
			if diff := cmp.Diff(all(boamp.Resume, file, from), all(boamp.Ahead, file, from)); diff != "" {
				t.Errorf("%s, after %d records: %.2000s", name, from.Records, diff)
			}
			from.Digest++
			if diff := cmp.Diff(all(boamp.Resume, file, from), all(boamp.Ahead, file, from)); diff != "" {
				t.Errorf("%s, another file of %d records: %.2000s", name, from.Records, diff)
			}
		}
	}
}

// A pipe that stays open is not waited for beyond the lines that are there.
func TestReadingAheadHandsOverWhatIsThere(t *testing.T) {
	in, feed := io.Pipe()
	var at notice.Mark
	next, stop := iter.Pull2(boamp.Ahead(in, notice.Mark{}, &at))
	defer stop()
	const lines = 300 // more than is looked at to tell what the file is
	go func() {
		for i := range lines {
			_, _ = fmt.Fprintf(feed, `{"idweb":"26-%d","objet":"Voirie"}`+"\n", i)
		}
	}()
	for i := range lines {
		if r, err, ok := next(); !ok || err != nil || r.SourceID != fmt.Sprintf("26-%d", i) || at.Records != i+1 {
			t.Fatalf("%d: %s, %v, %v, at %d", i, r.SourceID, err, ok, at.Records)
		}
	}
	// Who stops while the next line is awaited does not wait for it.
	stop()
	if at.Records != lines {
		t.Errorf("at %d", at.Records)
	}
	_ = feed.Close()
}

func TestWhoeverStopsReadingAheadIsLeftAlone(t *testing.T) {
	file := many(1500)
	for _, after := range []int{1, 64, 65, 700} {
		var at notice.Mark
		n := 0
		for range boamp.Ahead(bytes.NewReader(file), notice.Mark{}, &at) {
			if n++; n == after {
				break
			}
		}
		if at.Records != after {
			t.Errorf("stopped after %d records at %d", after, at.Records)
		}
	}
}

// broken panics as no reader should.
type broken struct{ left io.Reader }

func (b broken) Read(p []byte) (int, error) {
	if n, err := b.left.Read(p); err == nil {
		return n, nil
	}
	panic("a fault of ours")
}

func TestAPanicIsTheReadersOwn(t *testing.T) {
	defer func() {
		if p := recover(); p != "a fault of ours" {
			t.Errorf("recovered %v", p)
		}
	}()
	var at notice.Mark
	for range boamp.Ahead(broken{bytes.NewReader(many(10))}, notice.Mark{}, &at) {
		continue
	}
	t.Error("no panic came through")
}
