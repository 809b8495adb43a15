package tree

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Object is the fields of an object in the alphabetical order of their names, so that
// the same record always reads the same; each name is there once.
type Object []Field

// Field is one of an object's.
type Field struct {
	Name  string
	Value any
}

// Get is the value of a field, nil when there is none.
func (o Object) Get(name string) any {
	if i, found := o.at(name); found {
		return o[i].Value
	}
	return nil
}

func (o Object) at(name string) (int, bool) {
	const few = 40 // of which to look at each is faster
	if len(o) <= few {
		for i := range o {
			if o[i].Name == name {
				return i, true
			}
		}
		return 0, false
	}
	return slices.BinarySearchFunc(o, name, func(f Field, name string) int { return strings.Compare(f.Name, name) })
}

func byName(a, b Field) int { return strings.Compare(a.Name, b.Name) }

func ordered(fields []Field) bool {
	for i := 1; i < len(fields); i++ {
		if fields[i-1].Name > fields[i].Name {
			return false
		}
	}
	return true
}

// Unify rewrites every name as Key does, in place. Two names that become one give a list.
func Unify(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = Unify(v[i])
		}
	case Object:
		for i := range v {
			v[i] = Field{Key(v[i].Name), Unify(v[i].Value)}
		}
		if !ordered(v) {
			slices.SortStableFunc(v, byName)
		}
		return together(v)
	}
	return v
}

// together makes one list of the values of one name.
func together(o Object) Object {
	n := 0
	for i, f := range o {
		if i > 0 && o[n-1].Name == f.Name {
			o[n-1].Value = append(slices.Clone(Each(o[n-1].Value)), Each(f.Value)...)
			continue
		}
		o[n] = f
		n++
	}
	return o[:n]
}

// Key is a name without namespace, case and separators: NUM_LOT and numLot are
// one, and so are cbc:ID and ID. Attributes keep their @ and text its #.
func Key(name string) string {
	if known, ok := keys.Load(name); ok {
		return known.(string)
	}
	key := unified(name)
	if len(name) < 100 && keysKnown.Add(1) <= maxKeys {
		keys.Store(strings.Clone(name), key)
	}
	return key
}

// keys are those met so far: the same few hundred in millions of records. What a file
// invents beyond maxKeys is not kept.
var (
	keys      sync.Map
	keysKnown atomic.Int64
)

const maxKeys = 10_000

func unified(name string) string {
	if i := strings.IndexByte(name, ':'); i >= 0 && !strings.HasPrefix(name, "@") {
		name = name[i+1:]
	}
	return strings.Clone(strings.ToLower(keySeparators.Replace(name))) // it may outlive its document
}

var keySeparators = strings.NewReplacer("_", "", "-", "", " ", "")

// Each gives a value's elements: a list's, or the value alone; none for nothing
// and for the empty string that stands for an empty object.
func Each(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	case string:
		if strings.TrimSpace(v) == "" {
			return nil
		}
	}
	return []any{v}
}

// At follows a path of unified keys through objects and lists, and gives every
// value at its end.
func At(v any, path ...string) []any {
	found := Each(v)
	for _, name := range path {
		var next []any
		for _, f := range found {
			if o, ok := f.(Object); ok {
				next = append(next, Each(o.Get(name))...)
			}
		}
		found = next
	}
	return found
}

// Find gives every value under one of these keys at any depth, outermost first
// within each branch.
func Find(v any, names ...string) (found []any) {
	find(v, names, func(f any) bool { found = append(found, Each(f)...); return true })
	return found
}

// find visits what Find gives, before it is taken apart, until visit says no.
func find(v any, names []string, visit func(any) bool) bool {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if !find(e, names, visit) {
				return false
			}
		}
	case Object:
		for _, f := range v {
			if slices.Contains(names, f.Name) && !visit(f.Value) || !find(f.Value, names, visit) {
				return false
			}
		}
	}
	return true
}

// Has tells whether an object has one of these keys.
func Has(v any, names ...string) bool {
	o, ok := v.(Object)
	return ok && slices.ContainsFunc(names, func(n string) bool { _, found := o.at(n); return found })
}

// Text is the first text in a value: itself, its #text, or that of an element.
func Text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case Object:
		return Text(v.Get("#text"))
	case []any:
		for _, e := range v {
			if s := Text(e); strings.TrimSpace(s) != "" {
				return s
			}
		}
	}
	return ""
}

// First is the first text at the end of one of these paths, written with dots.
func First(v any, paths ...string) string {
	for _, p := range paths {
		if s := firstAt(v, p); s != "" {
			return s
		}
	}
	return ""
}

// firstAt is the first of the texts to which At would lead.
func firstAt(v any, path string) string {
	if path == "" {
		return said(Text(v))
	}
	name, rest, _ := strings.Cut(path, ".")
	if list, many := v.([]any); many {
		for _, e := range list {
			if o, ok := e.(Object); ok {
				if s := firstAt(o.Get(name), rest); s != "" {
					return s
				}
			}
		}
	} else if o, ok := v.(Object); ok {
		return firstAt(o.Get(name), rest)
	}
	return ""
}

// said leaves out what is only spaces.
func said(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return s
}

// FirstDeep is the first text under one of these keys at any depth, in the order
// of the keys.
func FirstDeep(v any, names ...string) (first string) {
	for i := range names {
		find(v, names[i:i+1], func(f any) bool {
			for _, e := range Each(f) {
				if first = said(Text(e)); first != "" {
					return false
				}
			}
			return true
		})
		if first != "" {
			return first
		}
	}
	return ""
}

// Choice is the name of the empty element by which the gazette's XML ticks a box:
// {"STATUT": {"INITIAL": ""}} gives "initial". A plain text is given as it is.
func Choice(v any) string {
	for _, e := range Each(v) {
		if o, ok := e.(Object); ok {
			for _, f := range o {
				if !strings.HasPrefix(f.Name, "@") && f.Name != "#text" {
					return f.Name
				}
			}
		}
		if s := Text(e); s != "" {
			return s
		}
	}
	return ""
}

// Walk visits every object of a document, the outer before the inner.
func Walk(v any, visit func(Object)) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			Walk(e, visit)
		}
	case Object:
		visit(v)
		for _, f := range v {
			Walk(f.Value, visit)
		}
	}
}

// FirstOf is the first of some values, nil when there is none.
func FirstOf(values []any) any {
	if len(values) == 0 {
		return nil
	}
	return values[0]
}
