package notice_test

import (
	"testing"

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
