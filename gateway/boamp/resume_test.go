package boamp

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"parvis/procurement/notice"
)

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(data) // memory refuses nothing
	_ = w.Close()
	return b.Bytes()
}

// said puts what a stream yields in short.
func said(n notice.Record, err error) string {
	var refusal *notice.RecordError
	switch {
	case errors.As(err, &refusal) && refusal.Ends:
		return fmt.Sprintf("fin %d", refusal.Index)
	case errors.As(err, &refusal):
		return fmt.Sprintf("refus %d:%d", refusal.Index, refusal.Line)
	case err != nil:
		return err.Error()
	}
	return n.SourceID
}

// resumed reads a stream after a mark, and gives the mark where it stands in the end.
func resumed(r io.Reader, from notice.Mark) (all []string, at notice.Mark) {
	for n, err := range Resume(r, from, &at) {
		all = append(all, said(n, err))
	}
	return all, at
}

// TestAStreamGoesOnWhereItWasLeft reads each container whole, and then after each of
// its records: what follows is the same, numbers included.
func TestAStreamGoesOnWhereItWasLeft(t *testing.T) {
	third := `{"idweb":"20-3","objet":"Peinture"}`
	bad := `{"idweb":"20-2"}`
	for name, data := range map[string]string{
		"lines":                   minimal + "\n" + bad + "\n\n" + third + "\n",
		"several on a line":       minimal + bad + "," + third,
		"list":                    "[" + minimal + "," + bad + "," + third + "]",
		"list that is cut":        "[" + minimal + "," + bad + "," + third + ",",
		"answer of the API":       `{"total_count":3,"results":[` + minimal + "," + bad + "," + third + "]}",
		"compressed":              string(gzipped([]byte(minimal + "\n" + bad + "\n" + third))),
		"the gazette's own XML":   "<A><ANNONCE><GESTION><REFERENCE><IDWEB>20-1</IDWEB></REFERENCE></GESTION></ANNONCE><ANNONCE/><ANNONCE/></A>",
		"the same record, thrice": strings.Repeat(minimal+"\n", 3),
	} {
		var marks []notice.Mark
		var whole []string
		var at notice.Mark
		for n, err := range Resume(strings.NewReader(data), notice.Mark{}, &at) {
			whole, marks = append(whole, said(n, err)), append(marks, at)
		}
		for i, mark := range marks {
			if mark.Records != i+1 {
				t.Errorf("%s: %d records at the %dth", name, mark.Records, i+1)
			}
			if strings.HasPrefix(whole[i], "fin") {
				continue // nobody keeps the mark of an end
			}
			rest, end := resumed(strings.NewReader(data), mark)
			if diff := cmp.Diff(append([]string{}, whole[i+1:]...), append([]string{}, rest...)); diff != "" || end != marks[len(marks)-1] {
				t.Errorf("%s after %d (-whole +rest):\n%s", name, i+1, diff)
			}
		}
	}
}

func TestAnotherStreamIsNotTakenForTheOneThatWasLeft(t *testing.T) {
	one, two, three := minimal+"\n", `{"idweb":"20-2","objet":"Chauffage"}`+"\n", `{"idweb":"20-3","objet":"Peinture"}`+"\n"
	_, mark := resumed(strings.NewReader(one+two), notice.Mark{})
	another := []string{notice.ErrAnother.Error()}
	for name, c := range map[string]struct {
		data string
		want []string
	}{
		"longer":              {one + two + three, []string{"20-3"}},
		"as long":             {one + two, nil},
		"another first one":   {three + two + one, another},
		"one more before":     {three + one + two, another},
		"shorter":             {one, another},
		"empty":               {"", another},
		"a web page":          {"<!doctype html>", []string{"fin 1"}},
		"the same, as a list": {"[" + one + "," + two + "," + three + "]", []string{"20-3"}},
	} {
		got, _ := resumed(strings.NewReader(c.data), mark)
		if diff := cmp.Diff(append([]string{}, c.want...), append([]string{}, got...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestACutWhileRecordsArePassedOverIsSaid cuts the second reading before the place where
// the first one stopped: that is a cut, not another file.
func TestACutWhileRecordsArePassedOverIsSaid(t *testing.T) {
	data := strings.Repeat(minimal+"\n", 5)
	_, mark := resumed(strings.NewReader(data[:4*len(minimal)+4]), notice.Mark{})
	for _, cut := range []int{0, 10, len(minimal) + 1, 3*len(minimal) + 3, 4*len(minimal) - 9} {
		r := io.MultiReader(strings.NewReader(data[:cut]), iotest.ErrReader(errors.New("connection reset")))
		got, _ := resumed(r, mark)
		if len(got) != 1 || !strings.HasPrefix(got[0], "fin") {
			t.Errorf("cut at %d: %q", cut, got)
		}
	}
}

func TestAPageSaysHowManyThereAreInAll(t *testing.T) {
	list := "[" + minimal + `,{"idweb":"20-2"}]`
	for name, c := range map[string]struct {
		data  string
		want  []string
		total int
	}{
		"count first":           {`{"total_count": 12, "results": ` + list + "}", []string{"20-1", "refus 2:0"}, 12},
		"count last":            {`{"results": ` + list + `, "links": [{}], "total_count": 12}` + "\n", []string{"20-1", "refus 2:0"}, 12},
		"none":                  {`{"total_count": 0, "results": []}`, nil, 0},
		"compressed":            {string(gzipped([]byte(`{"total_count": 1, "results": [` + minimal + "]}"))), []string{"20-1"}, 1},
		"no count":              {`{"results": ` + list + "}", []string{"20-1", "refus 2:0"}, -1},
		"a count that is none":  {`{"total_count": "beaucoup", "results": []}`, nil, -1},
		"a negative count":      {`{"total_count": -4, "results": []}`, nil, -1},
		"nothing":               {"", nil, -1},
		"a list":                {list, []string{"fin 1"}, -1},
		"lines":                 {minimal + "\n", []string{"fin 1"}, -1},
		"text":                  {"maintenance", []string{"fin 1"}, -1},
		"another object":        {`{"message": "maintenance"}`, []string{"fin 1"}, -1},
		"an empty object":       {`{}`, []string{"fin 1"}, -1},
		"an error":              {`{"error_code": "InvalidRESTParameterError", "message": "10001"}`, []string{"fin 1"}, -1},
		"a web page":            {"<!doctype html><title>503</title>", []string{"fin 1"}, -1},
		"cut in a record":       {`{"total_count": 2, "results": [` + minimal + `,{"idweb":`, []string{"20-1", "fin 2"}, 2},
		"cut between records":   {`{"total_count": 2, "results": [` + minimal + `,`, []string{"20-1", "fin 2"}, 2},
		"cut after the list":    {`{"total_count": 2, "results": [` + minimal + `]`, []string{"20-1", "fin 2"}, 2},
		"cut in what follows":   {`{"results": [` + minimal + `], "total_count": 2`, []string{"20-1", "fin 2"}, -1},
		"cut in what precedes":  {`{"total_count": 2`, []string{"fin 1"}, -1},
		"cut before the list":   {`{"total_count": 2, "results": `, []string{"fin 1"}, 2},
		"UTF-16":                {"\xff\xfe{\x00", []string{"fin 1"}, -1},
		"an older one":          {`{"nhits": 3, "records": [{"fields": ` + minimal + `}]}`, []string{"20-1"}, 3},
		"not a list of records": {`{"total_count": 2, "results": {}}`, []string{"fin 1"}, 2},
	} {
		var got []string
		var total int
		for n, err := range Page(strings.NewReader(c.data), &total) {
			got = append(got, said(n, err))
		}
		if diff := cmp.Diff(append([]string{}, c.want...), append([]string{}, got...)); diff != "" || total != c.total {
			t.Errorf("%s: total %d, want %d (-want +got):\n%s", name, total, c.total, diff)
		}
	}
}

func TestAPageIsReadNoFurtherThanWanted(t *testing.T) {
	var total int
	n := 0
	for range Page(strings.NewReader(`{"total_count":2,"results":[`+minimal+","+minimal+"]}"), &total) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d records", n)
	}
}

// FuzzPage has anything come in the place of an answer: it ends, and never twice.
func FuzzPage(f *testing.F) {
	for _, seed := range seeds(f) {
		f.Add(append([]byte(`{"total_count":1,"results":[`), seed...))
	}
	f.Add([]byte(`{"results":[],"total_count":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var total int
		ended := false
		for _, err := range Page(bytes.NewReader(data), &total) {
			if ended {
				t.Fatal("something follows the end")
			}
			var refusal *notice.RecordError
			ended = errors.As(err, &refusal) && refusal.Ends
		}
	})
}
