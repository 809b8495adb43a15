package tree_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/tree"
)

type m = map[string]any

// plain is a tree whose objects are compared whatever the order of their fields.
func plain(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plain(v[i])
		}
		return out
	case tree.Object:
		out := m{}
		for _, f := range v {
			out[f.Name] = plain(f.Value)
		}
		return out
	}
	return v
}

func TestADocumentIsATree(t *testing.T) {
	for name, c := range map[string]struct {
		raw  string
		want m
	}{
		"texts and lists":    {`<A><N>1</N><B>x</B><N>2</N><N>3</N></A>`, m{"a": m{"n": []any{"1", "2", "3"}, "b": "x"}}},
		"empty elements":     {`<A><FNS/><X></X></A>`, m{"a": m{"fns": "", "x": ""}}},
		"attributes":         {`<A><M DEVISE="EUR"> 12 </M><N CODE="x"/></A>`, m{"a": m{"m": m{"@devise": "EUR", "#text": "12"}, "n": m{"@code": "x"}}}},
		"namespaces":         {`<x:A xmlns:x="urn:x" xmlns="urn:y" xmlns:cbc="urn:z"><cbc:ID schemeName="a_b">1</cbc:ID></x:A>`, m{"a": m{"id": m{"@schemename": "a_b", "#text": "1"}}}},
		"keys are unified":   {`<DON-NEES><NUM_LOT>1</NUM_LOT><numLot>2</numLot></DON-NEES>`, m{"donnees": m{"numlot": []any{"1", "2"}}}},
		"predefined entity":  {`<A>R&amp;D &#233; &lt;b&gt;</A>`, m{"a": "R&D é <b>"}},
		"section of text":    {`<A><![CDATA[<b> & c]]></A>`, m{"a": "<b> & c"}},
		"comments and marks": {"\ufeff<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- x --><A>é</A>", m{"a": "é"}},
		"latin 1":            {"<?xml version='1.0' encoding='ISO-8859-1'?><A>\xe9\xe8</A>", m{"a": "éè"}},
		"windows 1252":       {"<?xml version=\"1.0\" encoding=\"windows-1252\"?><A>\x92\x80</A>", m{"a": "’€"}},
	} {
		got, err := tree.XML([]byte(c.raw))
		if diff := cmp.Diff(any(c.want), plain(got)); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestWhatNoDocumentMayHave(t *testing.T) {
	for name, c := range map[string]struct {
		raw  string
		want error
	}{
		"a document type":         {`<!DOCTYPE a><a/>`, tree.ErrDocumentType},
		"an external entity":      {`<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`, tree.ErrDocumentType},
		"a bomb":                  {`<!DOCTYPE a [<!ENTITY x "x"><!ENTITY y "&x;&x;">]><a>&y;</a>`, tree.ErrDocumentType},
		"a document type, within": {`<a><!DOCTYPE b></a>`, tree.ErrDocumentType},
		"an entity of nobody":     {`<a>&eacute;</a>`, nil},
		"UTF-16":                  {"\xff\xfe<\x00a\x00/\x00>\x00", tree.ErrEncoding},
		"UTF-16 without a mark":   {"<\x00a\x00/\x00>\x00", tree.ErrEncoding},
		"UTF-16 by its word":      {`<?xml version="1.0" encoding="UTF-16"?><a/>`, tree.ErrEncoding},
		"UTF-7":                   {`<?xml version="1.0" encoding="UTF-7"?><a/>`, tree.ErrEncoding},
		"too many levels":         {strings.Repeat("<a>", 101) + strings.Repeat("</a>", 101), tree.ErrTooDeep},
		"too many elements":       {"<a>" + strings.Repeat("<b/>", 200_001) + "</a>", tree.ErrTooLarge},
		"too many attributes":     {"<a" + attributes(200_001) + "/>", tree.ErrTooLarge},
		"nothing":                 {"", io.ErrUnexpectedEOF},
		"text":                    {"bonjour", io.ErrUnexpectedEOF},
		"cut":                     {"<a><b>", nil},
		"not closed in order":     {"<a><b></a></b>", nil},
		"no UTF-8":                {"<a>\xff</a>", nil},
	} {
		got, err := tree.XML([]byte(c.raw))
		if err == nil || got != nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` a%d=""`, i)
	}
	return b.String()
}

var wanted = map[string]bool{"ANNONCE": true, "Notice": true}

// elements gives what a stream yields: the raw text of each element, or « ! ».
func elements(in io.Reader, limit int) (got []string) {
	tree.Elements(in, limit, wanted, func(e tree.Element, err error) bool {
		if err != nil {
			got = append(got, "! "+e.Name)
		} else {
			got = append(got, string(e.Raw))
		}
		return true
	})
	return got
}

func TestElementsOfAStream(t *testing.T) {
	for name, c := range map[string]struct {
		raw  string
		want []string
	}{
		"alone":                  {"<?xml version=\"1.0\"?>\n<ANNONCE>\n <A/>é</ANNONCE>\n", []string{"<ANNONCE>\n <A/>é</ANNONCE>"}},
		"in a list":              {`<L><ANNONCE a="1"/> <x/> <ANNONCE>2</ANNONCE></L>`, []string{`<ANNONCE a="1"/>`, "<ANNONCE>2</ANNONCE>"}},
		"one after the other":    {`<ANNONCE/><?xml version="1.0"?><n:Notice xmlns:n="u"/>`, []string{"<ANNONCE/>", `<n:Notice xmlns:n="u"/>`}},
		"one within the other":   {`<ANNONCE><ANNONCE/></ANNONCE>`, []string{`<ANNONCE><ANNONCE/></ANNONCE>`}},
		"none":                   {`<a><b/></a>`, nil},
		"one, then a broken end": {`<L><ANNONCE/><x></L>`, []string{"<ANNONCE/>", "! "}},
		"cut":                    {`<L><ANNONCE/><ANNONCE><a>`, []string{"<ANNONCE/>", "! ANNONCE"}},
		"one too large":          {`<L><ANNONCE>` + strings.Repeat("<p>"+strings.Repeat("x", 50)+"</p>", 10) + `</ANNONCE><ANNONCE/></L>`, []string{"! ANNONCE", "<ANNONCE/>"}},
		"one text too large":     {`<L><ANNONCE>` + strings.Repeat("x", 1000) + `</ANNONCE><ANNONCE/></L>`, []string{"! ANNONCE", "! "}},
		"a document type":        {`<!DOCTYPE a><ANNONCE/>`, []string{"! "}},
		"a document type within": {`<ANNONCE><!DOCTYPE a></ANNONCE>`, []string{"! ANNONCE"}},
		"latin 1":                {"<?xml version='1.0' encoding='ISO-8859-1'?><ANNONCE>\xe9</ANNONCE>", []string{"<ANNONCE>é</ANNONCE>"}},
	} {
		if diff := cmp.Diff(c.want, elements(strings.NewReader(c.raw), 300)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// manyElements writes n elements without holding them.
func manyElements(n int) io.Reader {
	r, w := io.Pipe()
	go func() {
		_, _ = io.WriteString(w, "<L>")
		for i := range n {
			_, _ = fmt.Fprintf(w, "<ANNONCE><N>%d</N>%s</ANNONCE>\n", i, strings.Repeat("<P>texte</P>", 100))
		}
		_, _ = io.WriteString(w, "</L>")
		_ = w.Close()
	}()
	return r
}

func TestALongListIsReadPieceByPiece(t *testing.T) {
	const n = 3000 // several times what is kept at once
	next := 0
	tree.Elements(manyElements(n), 1<<20, wanted, func(e tree.Element, err error) bool {
		doc, readErr := tree.XML(e.Raw)
		if err != nil || readErr != nil || tree.First(doc, "annonce.n") != fmt.Sprint(next) || e.Line != next+1 {
			t.Fatalf("%d: line %d, %v %v", next, e.Line, err, readErr)
		}
		next++
		return true
	})
	if next != n {
		t.Errorf("%d elements", next)
	}
}

func FuzzXML(f *testing.F) {
	for _, seed := range []string{
		`<A><N>1</N><N b="c">2</N></A>`, `<!DOCTYPE a><a/>`, "<L><ANNONCE>é</ANNONCE><x/><Notice/></L>", "<?xml version='1.0' encoding='latin1'?><ANNONCE>\xe9</ANNONCE>",
		"<a>&amp;<![CDATA[x]]></a>", "\xff\xfe<\x00", "<ANNONCE><ANNONCE/>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		doc, err := tree.XML(raw)
		if (err == nil) != (len(doc) == 1) {
			t.Fatalf("%v, %v", doc, err)
		}
		ended := false
		tree.Elements(strings.NewReader(string(raw)), 1000, wanted, func(e tree.Element, err error) bool {
			if ended {
				t.Fatal("something follows the end")
			}
			if err != nil {
				ended = !errors.Is(err, tree.ErrTooLarge) || e.Name == ""
				return true
			}
			if !utf8.Valid(e.Raw) || len(e.Raw) > 1000 {
				t.Fatalf("%q", e.Raw)
			}
			if _, err := tree.XML(e.Raw); err != nil && !errors.Is(err, tree.ErrTooDeep) && !strings.HasPrefix(string(e.Raw), "<") {
				t.Fatalf("%q: %v", e.Raw, err)
			}
			return true
		})
	})
}
