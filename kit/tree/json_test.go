package tree

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
)

// standard is JSON by the standard library.
func standard(raw []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after the JSON value")
	}
	return v, nil
}

var documents = []string{
	``, ` `, `{}`, `[]`, `{`, `[`, `[,]`, `[1,]`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a":1 "b":2}`, `{a:1}`, `{"a":1}x`, `[1][2]`, ` { "a" : [ 1 , 2 ] } `, "\ufeff{}",
	`null`, `nul`, `nulll`, `true`, `tru`, `false`, `fals`, `falsee`, `"`, `""`, `"a`, `"a"b`, `1`, `-1`, `-`, `01`, `1.`, `1.5`, `.5`, `1e5`, `1E+05`, `1e`, `1e+`, `-0`, `-01`, `+1`, `0x1`, `1e999999`, `NaN`,
	`"\n\t\r\b\f\/\\\""`, `"\x"`, `"\`, `"\u"`, `"\u00e9"`, `"\u00E9\u00"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ud83d\u0041"`, `"\ude00\ud83d"`, `"\ud83d\n"`, `"\ud83d\ud83d\ude00"`, `"\ud83dx"`, `"\ud83d\`, `"\ud83d\u12"`,
	"\"\x00\"", "\"a\nb\"", "\"a\tb\"", "\"\xff\xfeé\xc3\"", "\"\\n\xff\xfe\xc3\"", "\"\u2028\U0001F600\"", "\"\xed\xa0\x80\"", `"` + "\x7f" + `"`,
	`{"a":1,"a":2}`, `{"a":{"b":1},"a":{"c":2}}`, `{"":0}`, "{\"\xff\":1}", `{"é\u00e9":[{"b":null},true,"x",-1.50e+3]}`,
	strings.Repeat("[", 200) + strings.Repeat("]", 200), strings.Repeat("[", 20_000),
	strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000), strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001), strings.Repeat(`{"a":`, 10_001),
}

func agree(t *testing.T, raw []byte) {
	t.Helper()
	want, wantErr := standard(raw)
	got, err := JSON(raw)
	if (err == nil) != (wantErr == nil) {
		t.Errorf("%.200q: %v, the standard library says %v", raw, err, wantErr)
	} else if err == nil && !reflect.DeepEqual(got, want) {
		t.Errorf("%.200q: %#v, the standard library says %#v", raw, got, want)
	}
}

func TestJSONIsWhatTheStandardLibraryReads(t *testing.T) {
	for _, d := range documents {
		agree(t, []byte(d))
	}
}

func FuzzJSON(f *testing.F) {
	for _, d := range documents {
		if len(d) < 1000 {
			f.Add([]byte(d))
		}
	}
	f.Fuzz(agree)
}

func TestAKeyIsUnifiedTheSameEachTime(t *testing.T) {
	for name, want := range map[string]string{"NUM_LOT": "numlot", "numLot": "numlot", "cbc:ID": "id", "@listName": "@listname", "#text": "#text", "a-b c": "abc", "": ""} {
		for range 2 {
			if got := Key(name); got != want {
				t.Errorf("%q: %q, want %q", name, got, want)
			}
		}
	}
	for i := range 3 * maxKeys { // what a hostile file invents is read, and forgotten
		if got := Key("K_" + strings.Repeat("x", i%90) + string(rune('A'+i%26)) + string(rune(0x4e00+i))); !strings.HasPrefix(got, "k") {
			t.Fatal(got)
		}
	}
	if got := Key("Encore_Une"); got != "encoreune" {
		t.Error(got)
	}
}
