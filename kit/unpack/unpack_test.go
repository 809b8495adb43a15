package unpack_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"parvis/kit/unpack"
)

type entry struct{ name, text string }

func gz(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zst(t testing.TB, text string) string {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(z.EncodeAll([]byte(text), nil))
}

func tarOf(t testing.TB, entries ...entry) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: "d/", Mode: 0o755, Format: tar.FormatPAX}); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: "link", Linkname: "/etc/passwd"}); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := w.WriteHeader(&tar.Header{Name: e.name, Size: int64(len(e.text)), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zipOf(t testing.TB, entries ...entry) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		f, err := w.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, e.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// files gives what a stream holds: « ! » for a file that cannot be read.
func files(in string) (got []entry) {
	for f, err := range unpack.Files(strings.NewReader(in)) {
		if err != nil {
			got = append(got, entry{f.Name, "!"})
			continue
		}
		text, err := io.ReadAll(f)
		if err != nil {
			text = []byte("!")
		}
		got = append(got, entry{f.Name, string(text)})
	}
	return got
}

func TestFilesOfEveryPacking(t *testing.T) {
	a, b := entry{"a.xml", "<a/>"}, entry{"d/b.xml", "<b/>"}
	for name, c := range map[string]struct {
		in   string
		want []entry
	}{
		"alone":                       {"<a/>", []entry{{"", "<a/>"}}},
		"empty":                       {"", []entry{{"", ""}}},
		"gzip":                        {gz(t, "<a/>"), []entry{{"", "<a/>"}}},
		"zstd":                        {zst(t, "<a/>"), []entry{{"", "<a/>"}}},
		"tar":                         {tarOf(t, a, b), []entry{a, b}},
		"tar.gz":                      {gz(t, tarOf(t, a, b)), []entry{a, b}},
		"tar.zst":                     {zst(t, tarOf(t, a, b)), []entry{a, b}},
		"zip":                         {zipOf(t, a, b), []entry{a, b}},
		"tar of compressed files":     {tarOf(t, entry{"a.gz", gz(t, "<a/>")}, entry{"b.zst", zst(t, "<b/>")}), []entry{{"a.gz", "<a/>"}, {"b.zst", "<b/>"}}},
		"what systems add":            {zipOf(t, entry{"__MACOSX/a.xml", "x"}, entry{"d/.DS_Store", "x"}, b), []entry{b}},
		"names of anybody":            {tarOf(t, entry{"../../etc/passwd", "x"}, entry{"a\x1b[31m.xml", "y"}), []entry{{"../../etc/passwd", "x"}, {"a[31m.xml", "y"}}},
		"a broken gzip":               {"\x1f\x8b\x08\x00", []entry{{"", "!"}}},
		"a broken zip":                {"PK\x03\x04 and then nothing", []entry{{"", "!"}}},
		"a broken file in an archive": {tarOf(t, entry{"a.gz", "\x1f\x8b!"}, b), []entry{{"a.gz", "!"}, b}},
		"a cut archive":               {tarOf(t, a, b)[:2300], []entry{a, {"", "!"}}},
		"an archive in an archive":    {tarOf(t, entry{"a.zip", zipOf(t, a)}), []entry{{"a.zip", zipOf(t, a)}}},
	} {
		if diff := cmp.Diff(c.want, files(c.in), cmp.AllowUnexported(entry{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWhoStopsReadsNoFurther(t *testing.T) {
	for _, in := range []string{tarOf(t, entry{"a", "1"}, entry{"b", "2"}), zipOf(t, entry{"a", "1"}, entry{"b", "2"})} {
		n := 0
		for range unpack.Files(strings.NewReader(in)) {
			n++
			break
		}
		if n != 1 {
			t.Errorf("%d files", n)
		}
	}
}

func FuzzFiles(f *testing.F) {
	a := entry{"a.xml", "<a/>"}
	for _, seed := range []string{"", "<a/>", gz(f, "<a/>"), zst(f, "x"), tarOf(f, a), zipOf(f, a), gz(f, tarOf(f, a)), "PK\x03\x04", "\x1f\x8b"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for file, err := range unpack.Files(bytes.NewReader(in)) {
			if err == nil && file.Reader == nil {
				t.Fatal("neither a file nor an error")
			}
			if err == nil {
				_, _ = io.Copy(io.Discard, io.LimitReader(file, 1<<20))
			}
			if strings.ContainsAny(file.Name, "\x00\x1b\n") {
				t.Fatalf("name %q", file.Name)
			}
		}
	})
}
