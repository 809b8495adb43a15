package notice_test

import (
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/procurement/notice"
)

func TestAMarkTellsStreamsApart(t *testing.T) {
	read := func(records ...string) (m notice.Mark) {
		for _, r := range records {
			m.Pass([]byte(r))
		}
		return m
	}
	same := read("un", "deux", "trois")
	if again := read("un", "deux", "trois"); again != same || same.Records != 3 {
		t.Errorf("%+v and %+v", same, again)
	}
	for what, other := range map[string]notice.Mark{
		"another last one":  read("un", "deux", "quatre"),
		"another order":     read("deux", "un", "trois"),
		"bytes moved":       read("un", "deuxt", "rois"),
		"one less":          read("un", "deux"),
		"one more":          read("un", "deux", "trois", ""),
		"empty, then these": read("", "un", "deux", "trois"),
	} {
		if other == same {
			t.Errorf("%s: taken for the same", what)
		}
	}
}

// sequence is a stream of records and refusals; « ! » is where it breaks.
func sequence(texts ...string) iter.Seq2[notice.Record, error] {
	return func(yield func(notice.Record, error) bool) {
		for i, text := range texts {
			r, err := notice.Record{Raw: text}, error(nil)
			if refused, ok := strings.CutPrefix(text, "?"); ok || text == "!" {
				r, err = notice.Record{}, &notice.RecordError{Index: i + 1, Reason: refused, Ends: text == "!"}
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// after reads what follows a mark, in short.
func after(all iter.Seq2[notice.Record, error], from notice.Mark) (got []string, at notice.Mark) {
	for r, err := range notice.After(all, from, &at) {
		var bad *notice.RecordError
		switch {
		case errors.As(err, &bad) && bad.Ends:
			got = append(got, "!")
		case errors.As(err, &bad):
			got = append(got, "?"+bad.Reason)
		case err != nil:
			got = append(got, "another")
		default:
			got = append(got, r.Raw)
		}
	}
	return got, at
}

func TestWhatFollowsAMark(t *testing.T) {
	_, mark := after(sequence("a", "?b"), notice.Mark{})
	for name, c := range map[string]struct {
		texts []string
		want  []string
	}{
		"the same and more":      {[]string{"a", "?b", "c", "?d"}, []string{"c", "?d"}},
		"the same":               {[]string{"a", "?b"}, nil},
		"the same, that breaks":  {[]string{"a", "?b", "c", "!"}, []string{"c", "!"}},
		"another":                {[]string{"a", "b", "c"}, []string{"another"}},
		"shorter":                {[]string{"a"}, []string{"another"}},
		"empty":                  {nil, []string{"another"}},
		"breaks before the mark": {[]string{"!"}, []string{"!"}},
		"breaks at the mark":     {[]string{"a", "!"}, []string{"!"}},
	} {
		got, _ := after(sequence(c.texts...), mark)
		if diff := cmp.Diff(append([]string{}, c.want...), append([]string{}, got...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got, at := after(sequence("a", "!", "c"), notice.Mark{}); len(got) != 3 || at.Records != 3 {
		t.Errorf("%q, %+v", got, at)
	}
	n := 0
	for range notice.After(sequence("a", "?b", "c", "d"), mark, &notice.Mark{}) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("read on after it was enough: %d", n)
	}
}
