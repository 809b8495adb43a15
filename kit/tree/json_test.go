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

// plain is a tree as the standard library has it.
func plain(t *testing.T, v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plain(t, v[i])
		}
		return out
	case Object:
		out := map[string]any{}
		for i, f := range v {
			if i > 0 && v[i-1].Name >= f.Name {
				t.Errorf("%q after %q", f.Name, v[i-1].Name)
			}
			out[f.Name] = plain(t, f.Value)
		}
		return out
	}
	return v
}

// repeats tells whether an object of a valid document has a key twice, by the tokens of
// the standard library.
func repeats(raw []byte) bool {
	type level struct {
		keys   map[string]bool // nil in a list
		valued bool            // the next token is a value
	}
	var open []level
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	for {
		token, err := dec.Token()
		if err != nil {
			return false
		}
		if mark, ok := token.(json.Delim); ok && (mark == '}' || mark == ']') {
			open = open[:len(open)-1]
			continue
		}
		if n := len(open); n > 0 && open[n-1].keys != nil {
			at := &open[n-1]
			if !at.valued {
				key := token.(string)
				if at.keys[key] {
					return true
				}
				at.keys[key], at.valued = true, true
				continue
			}
			at.valued = false
		}
		switch token {
		case json.Delim('{'):
			open = append(open, level{keys: map[string]bool{}})
		case json.Delim('['):
			open = append(open, level{})
		}
	}
}

func deepest(raw []byte) int {
	var n Nesting
	for _, c := range raw {
		n.Feed(c)
	}
	return n.Deepest
}

var documents = []string{
	``, ` `, `{}`, `[]`, `{`, `[`, `[,]`, `[1,]`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a":1 "b":2}`, `{a:1}`, `{"a":1}x`, `[1][2]`, ` { "a" : [ 1 , 2 ] } `, "\ufeff{}",
	`null`, `nul`, `nulll`, `true`, `tru`, `false`, `fals`, `falsee`, `"`, `""`, `"a`, `"a"b`, `1`, `-1`, `-`, `01`, `1.`, `1.5`, `.5`, `1e5`, `1E+05`, `1e`, `1e+`, `-0`, `-01`, `+1`, `0x1`, `1e999999`, `NaN`,
	`"\n\t\r\b\f\/\\\""`, `"\x"`, `"\`, `"\u"`, `"\u00e9"`, `"\u00E9\u00"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ud83d\u0041"`, `"\ude00\ud83d"`, `"\ud83d\n"`, `"\ud83d\ud83d\ude00"`, `"\ud83dx"`, `"\ud83d\`, `"\ud83d\u12"`,
	"\"\x00\"", "\"a\nb\"", "\"a\tb\"", "\"\xff\xfeé\xc3\"", "\"\\n\xff\xfe\xc3\"", "\"\u2028\U0001F600\"", "\"\xed\xa0\x80\"", `"` + "\x7f" + `"`,
	`{"a":1,"a":2}`, `{"a":{"b":1},"a":{"c":2}}`, `{"b":1,"a":2,"b":3}`, `[{"a":{"x":1,"y":{"z":0,"z":0}}}]`, `{"a":1,"\u0061":2}`, "{\"\xff\":1,\"\xfe\":2}", `{"a":1,"a":}`,
	`{"a":1,"A":2,"b":{"a":1}}`, `[{"a":1},{"a":2}]`, `{"a":"a","b":"a"}`, `{"":0}`, "{\"\xff\":1}", `{"é\u00e9":[{"b":null},true,"x",-1.50e+3]}`,
	strings.Repeat("[", 200) + strings.Repeat("]", 200), strings.Repeat("[", 20_000),
	strings.Repeat("[", 100) + strings.Repeat("]", 100), strings.Repeat("[", 101) + strings.Repeat("]", 101), strings.Repeat(`{"a":`, 10_001),
}

func agree(t *testing.T, raw []byte) {
	t.Helper()
	want, wantErr := standard(raw)
	got, err := JSON(string(raw))
	if errors.Is(err, ErrTooDeep) && deepest(raw) > MaxDepth {
		return
	}
	if wantErr == nil && repeats(raw) { // which the standard library takes
		if !errors.Is(err, ErrRepeated) {
			t.Errorf("%.200q: %v, though a key stands twice", raw, err)
		}
		return
	}
	if (err == nil) != (wantErr == nil) {
		t.Errorf("%.200q: %v, the standard library says %v", raw, err, wantErr)
	} else if err == nil && !reflect.DeepEqual(plain(t, got), want) {
		t.Errorf("%.200q: %#v, the standard library says %#v", raw, got, want)
	}
}

func TestJSONIsWhatTheStandardLibraryReads(t *testing.T) {
	for _, d := range documents {
		agree(t, []byte(d))
	}
}

func TestAKeyThatStandsTwiceIsRefusedByItsName(t *testing.T) {
	for raw, name := range map[string]string{
		`{"idweb":"26-1","idweb":"26-2"}`: `"idweb"`, `{"z":1,"a":{"b":[{"c":1,"d":2,"c":3}]}}`: `"c"`, `{"a":1,"\u0061":1}`: `"a"`,
	} {
		if _, err := JSON(raw); !errors.Is(err, ErrRepeated) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", raw, err)
		}
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

func TestNamesThatBecomeOneGiveAList(t *testing.T) {
	for raw, want := range map[string]any{
		`{"NUM_LOT":1,"numLot":["2","3"],"a":{"B":1}}`: map[string]any{"numlot": []any{json.Number("1"), "2", "3"}, "a": map[string]any{"b": json.Number("1")}},
		`{"b":"x","B":"","x:b":"z"}`:                   map[string]any{"b": []any{"x", "z"}},
		`[{"A_":1,"a":2},{"Z":1,"a":2}]`:               []any{map[string]any{"a": []any{json.Number("1"), json.Number("2")}}, map[string]any{"z": json.Number("1"), "a": json.Number("2")}},
	} {
		v, err := JSON(raw)
		if got := plain(t, Unify(v)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v (%v)", raw, got, err)
		}
	}
}

func TestWhatIsFoundInATree(t *testing.T) {
	v, err := JSON(`{"a":[{"b":" ","c":{"d":"1"}},{"b":"2"},[{"b":"no"}]],"z":{"b":["3",{"b":"4"}],"#text":"5"},"b":"6"}`)
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct{ got, want any }{
		"a path through a list":  {At(v, "a", "b"), []any{"2"}},
		"a path that ends":       {len(At(v, "a", "x", "y")), 0},
		"the first of paths":     {First(v, "a.x", "a.b", "b"), "2"},
		"the text of an object":  {First(v, "z"), "5"},
		"outermost first":        {Find(v, "b"), []any{"2", "no", "6", "3", Object{{"b", "4"}}, "4"}},
		"the first at any depth": {FirstDeep(v, "x", "d", "b"), "1"},
		"the order of the keys":  {FirstDeep(v, "b", "d"), "2"},
		"one of these":           {Has(v, "x", "z"), true},
		"none of these":          {Has(v, "x", "c"), false},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %#v, want %#v", what, c.got, c.want)
		}
	}
}

func TestSkippingChangesNothing(t *testing.T) {
	for _, d := range documents {
		var fed, skipped Nesting
		var closedAt, skippedAt []int
		for i := range len(d) {
			if fed.Feed(d[i]) {
				closedAt = append(closedAt, i)
			}
		}
		for i := 0; i < len(d); i++ {
			if i += skipped.Skip([]byte(d[i:])); i == len(d) {
				break
			}
			if skipped.Feed(d[i]) {
				skippedAt = append(skippedAt, i)
			}
		}
		if fed != skipped || !reflect.DeepEqual(closedAt, skippedAt) {
			t.Errorf("%.100q: %+v %v, skipping %+v %v", d, fed, closedAt, skipped, skippedAt)
		}
	}
}

// BenchmarkJSON reads a record like those of a gazette: forty fields, out of order, and a
// document within.
func BenchmarkJSON(b *testing.B) {
	var record strings.Builder
	record.WriteString(`{"idweb":"26-1","objet":"Réfection de la toiture","code_departement":["67","68"],"donnees":"{\"OBJET\":{\"TITRE\":\"x\"}}"`)
	for i := range 36 {
		record.WriteString(`,"field_` + string(rune('a'+(i*7)%26)) + strings.Repeat("x", i%5) + string(rune('0'+i/26)) + `":"some text of a usual length, with accents: é"`)
	}
	record.WriteString("}")
	b.SetBytes(int64(record.Len()))
	for b.Loop() {
		if _, err := JSON(record.String()); err != nil {
			b.Fatal(err)
		}
	}
}
