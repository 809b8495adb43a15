package boamp

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"parvis/procurement/notice"
)

const minimal = `{"idweb":"20-1","objet":"Toiture de l'école"}`

// outcome is what a stream yields, in short: the number of a record, or the
// refusal with its position.
func outcome(r io.Reader) []string {
	var all []string
	for n, err := range Records(r) {
		var refusal *notice.RecordError
		switch {
		case errors.As(err, &refusal) && refusal.Ends:
			all = append(all, fmt.Sprintf("fin %d", refusal.Index))
		case errors.As(err, &refusal):
			all = append(all, fmt.Sprintf("refus %d:%d", refusal.Index, refusal.Line))
		case err != nil:
			all = append(all, err.Error())
		default:
			all = append(all, n.SourceID)
		}
	}
	return all
}

func TestContainersAndTheirFaults(t *testing.T) {
	second := `{"idweb":"20-2","objet":"Chauffage"}`
	deep := `{"idweb":"20-9","objet":"x","donnees":` + strings.Repeat("[", 101) + strings.Repeat("]", 101) + `}`
	for name, c := range map[string]struct {
		data string
		want []string
	}{
		"nothing":                            {"", nil},
		"spaces only":                        {" \n\t ", nil},
		"one record":                         {minimal, []string{"20-1"}},
		"lines":                              {minimal + "\n" + second + "\n", []string{"20-1", "20-2"}},
		"lines of Windows":                   {minimal + "\r\n\r\n" + second + "\r\n", []string{"20-1", "20-2"}},
		"byte order mark":                    {"\ufeff" + minimal, []string{"20-1"}},
		"list":                               {"[" + minimal + ",\n" + second + "]", []string{"20-1", "20-2"}},
		"empty list":                         {"[]", nil},
		"list with a comma too many":         {"[" + minimal + ",]", []string{"20-1"}},
		"list with a number and a null":      {"[1,null," + minimal + "]", []string{"refus 1:0", "refus 2:0", "20-1"}},
		"list, a record that is no JSON":     {"[{idweb:1}," + second + "]", []string{"refus 1:0", "20-2"}},
		"list cut within a record":           {"[" + minimal + `,{"idweb":"20-`, []string{"20-1", "fin 2"}},
		"list cut between two records":       {"[" + minimal + ",", []string{"20-1", "fin 2"}},
		"list closed by a brace":             {"[" + minimal + "}", []string{"20-1", "fin 2"}},
		"list of records nested too deep":    {"[" + deep + "," + second + "]", []string{"refus 1:0", "20-2"}},
		"line nested too deep":               {deep + "\n" + second, []string{"refus 1:1", "20-2"}},
		"API v2.1":                           {`{"total_count":2,"results":[` + minimal + "," + second + `]}`, []string{"20-1", "20-2"}},
		"API v2.1, records first":            {`{ "results" : [` + minimal + `], "total_count": 1}`, []string{"20-1"}},
		"API v2.1, no result":                {`{"total_count":0,"results":[]}`, nil},
		"API v2.0":                           {`{"total_count":1,"links":[{"href":"a]}"}],"records":[{"record":{"fields":` + minimal + `}}]}`, []string{"20-1"}},
		"API v1.0":                           {`{"nhits":1,"parameters":{"rows":1},"records":[{"fields":` + minimal + `}]}`, []string{"20-1"}},
		"wrapped records in lines":           {`{"fields":` + minimal + "}\n" + `{"record":{"fields":` + second + `}}`, []string{"20-1", "20-2"}},
		"API envelope cut":                   {`{"total_count":2,"results":[` + minimal, []string{"20-1", "fin 2"}},
		"API error":                          {`{"error_code":"ODSQLSyntaxError","message":"bad where"}`, []string{"fin 1"}},
		"an envelope's key in a record":      {`{"links":[],"idweb":"20-3","objet":"x"}`, []string{"20-3"}},
		"web page":                           {"<!doctype html><title>403</title>", []string{"fin 1"}},
		"UTF-16":                             {"\xff\xfe{\x00", []string{"fin 1"}},
		"text":                               {"idweb;objet\n20-1;Toiture\n", []string{"refus 1:1", "refus 2:2"}},
		"line cut in a text":                 {`{"idweb":"20-3","objet":"coup` + "\n" + second, []string{"refus 1:1", "20-2"}},
		"line cut between two fields":        {`{"idweb":"20-3",` + "\n" + second, []string{"refus 1:1", "20-2"}},
		"last line cut":                      {minimal + "\n" + `{"idweb":"20-3"`, []string{"20-1", "refus 2:2"}},
		"one record over lines":              {"{\n \"idweb\":\"20-3\",\n \"objet\":\"x\"\n}\n" + second, []string{"20-3", "20-2"}},
		"two records on one line":            {minimal + " " + second + "\n" + minimal, []string{"20-1", "20-2", "20-1"}},
		"lines with commas between them":     {minimal + ",\n" + second + ",\n", []string{"20-1", "20-2"}},
		"what follows a record is no record": {minimal + " suite\n" + second, []string{"20-1", "refus 2:1", "20-2"}},
		"an escaped quote before a brace":    {`{"idweb":"20-3","objet":"a\"}{"}` + "\n" + second, []string{"20-3", "20-2"}},
		"a key twice":                        {`{"idweb":"20-3","idweb":"20-4","objet":"x"}`, []string{"refus 1:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, outcome(strings.NewReader(c.data))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if diff := cmp.Diff(c.want, outcome(iotest.OneByteReader(strings.NewReader(c.data)))); diff != "" {
				t.Errorf("byte by byte: -want +got\n%s", diff)
			}
		})
	}
}

func compressed(t *testing.T, data string) (gz, zst []byte) {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), enc.EncodeAll([]byte(data), nil)
}

func TestCompressedStreams(t *testing.T) {
	data := "\ufeff" + strings.Repeat(minimal+"\n", 500)
	gz, zst := compressed(t, data)
	for name, packed := range map[string][]byte{"gzip": gz, "zstd": zst} {
		if got := outcome(bytes.NewReader(packed)); len(got) != 500 || got[499] != "20-1" {
			t.Errorf("%s: %d records, last %v", name, len(got), got[len(got)-1:])
		}
		got := outcome(bytes.NewReader(packed[:len(packed)-6]))
		if len(got) == 0 || !strings.HasPrefix(got[len(got)-1], "fin ") {
			t.Errorf("%s cut short: the end is not reported: %v", name, got[max(0, len(got)-1):])
		}
		if got := outcome(bytes.NewReader(packed[:5])); len(got) != 1 || got[0] != "fin 1" {
			t.Errorf("%s with its head only: %v", name, got)
		}
	}
}

func TestAReadingErrorEndsTheStreamAndKeepsItsCause(t *testing.T) {
	failure := errors.New("connection reset")
	for _, data := range []string{"", minimal + "\n", "[" + minimal + ","} {
		var last error
		for _, err := range Records(io.MultiReader(strings.NewReader(data), iotest.ErrReader(failure))) {
			last = err
		}
		var refusal *notice.RecordError
		if !errors.As(last, &refusal) || !refusal.Ends || !errors.Is(last, failure) {
			t.Errorf("after %q: %v", data, last)
		}
	}
}

// endless writes one record that never ends, then would go on for ever.
type endless struct{ head string }

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.head)
	e.head = e.head[n:]
	for i := n; i < len(p); i++ {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestARecordBeyondTheLimitIsRefusedAndTheNextRead(t *testing.T) {
	long := `{"idweb":"20-7","objet":"` + strings.Repeat("x", maxRecord) + `"}`
	for name, data := range map[string]string{
		"lines": long + "\n" + minimal, "list": "[" + long + "," + minimal + "]",
		"over lines": "{\n" + strings.Repeat(" \"a\": 1,\n", maxRecord/9+1) + "\n}\n" + minimal,
	} {
		got := outcome(strings.NewReader(data))
		if len(got) < 2 || got[len(got)-1] != "20-1" || !strings.HasPrefix(got[0], "refus 1:") {
			t.Errorf("%s: %d outcomes, first %q last %q", name, len(got), got[0], got[len(got)-1])
		}
	}
	for _, err := range Records(strings.NewReader(long)) {
		var refusal *notice.RecordError
		if !errors.As(err, &refusal) || refusal.SourceID != "20-7" || !errors.Is(err, errTooLong) {
			t.Errorf("the refusal does not say which and why: %v", err)
		}
	}
}

func TestALineWithoutEndDoesNotFillMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 64 MiB")
	}
	in := io.LimitReader(&endless{head: `{"idweb":"20-8","objet":"`}, 64<<20)
	if got := outcome(in); len(got) != 1 || got[0] != "refus 1:1" {
		t.Errorf("%v", got)
	}
}

func TestTheReaderMayStopEarly(t *testing.T) {
	for _, data := range []string{strings.Repeat(minimal+"\n", 9), "[" + minimal + "," + minimal + "]", "x\nx\nx", minimal + minimal + minimal} {
		n := 0
		for range Records(strings.NewReader(data)) {
			if n++; n == 1 {
				break
			}
		}
		if n != 1 {
			t.Errorf("%q: %d", data, n)
		}
	}
}

func TestRawIsTheRecordAsReceived(t *testing.T) {
	spaced := `{ "idweb" : "20-1",  "objet":"Toiture\u00e9" }`
	for name, data := range map[string]string{
		"lines": spaced + "\n", "list": "[ " + spaced + " ]", "API": `{"results":[` + spaced + `]}`,
		"v1.0": `{"records":[{"recordid":"a","fields":` + spaced + `}]}`, "v2.0": `{"records":[{"record":{"fields":` + spaced + `}}]}`,
	} {
		for n, err := range Records(strings.NewReader(data)) {
			if err != nil || n.Raw != spaced {
				t.Errorf("%s: %q (%v)", name, n.Raw, err)
			}
		}
	}
	n, err := Parse("{\"idweb\":\"20-1\",\"objet\":\"Toit\xe9\"}")
	if err != nil || n.Raw != "{\"idweb\":\"20-1\",\"objet\":\"Toit\ufffd\"}" {
		t.Errorf("bytes of another alphabet: %q (%v)", n.Raw, err)
	}
}

func TestEveryContainerGivesTheSameRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var packed, want []string
		for i := range rapid.IntRange(0, 6).Draw(t, "records") {
			id := fmt.Sprintf("20-%d", i+1)
			raw, err := json.Marshal(map[string]any{
				"idweb": id, "objet": "T" + rapid.String().Draw(t, "title"),
				"donnees": rapid.SampledFrom([]any{nil, "", "{", "{\"A\":[{}]}", map[string]any{"}{": "]["}}).Draw(t, "donnees"),
			})
			if err != nil {
				t.Fatal(err)
			}
			packed, want = append(packed, string(raw)), append(want, id)
		}
		space := rapid.SampledFrom([]string{"", " ", "\n", "\r\n\t"})
		joined := strings.Join(packed, ","+space.Draw(t, "between"))
		for name, data := range map[string]string{
			"lines":    strings.Join(packed, "\n"+space.Draw(t, "blank")),
			"list":     space.Draw(t, "before") + "[" + joined + space.Draw(t, "after") + "]",
			"envelope": `{"total_count": 3,` + space.Draw(t, "key") + `"results":[` + joined + "]}",
		} {
			if diff := cmp.Diff(want, outcome(strings.NewReader(data))); diff != "" {
				t.Fatalf("%s: -want +got\n%s", name, diff)
			}
		}
	})
}

func TestARefusalSaysWhereAndWhy(t *testing.T) {
	e := &notice.RecordError{Index: 3, Line: 7, SourceID: "20-1", Reason: "Trop long.", Cause: errTooLong}
	if got := e.Error(); got != "ligne 7, avis 20-1\u00a0: Trop long. (record longer than the limit)" {
		t.Error(got)
	}
	e = &notice.RecordError{Index: 3, Reason: "Trop long."}
	if got := e.Error(); got != "enregistrement 3\u00a0: Trop long." || e.Unwrap() != nil {
		t.Error(got)
	}
}
