package tree

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Unify rewrites every key as key does. Two keys that become one give a list.
func Unify(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = Unify(v[i])
		}
		return v
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, k := range Keys(v) {
			name, child := Key(k), Unify(v[k])
			if before, twice := out[name]; twice {
				child = append(slices.Clone(Each(before)), Each(child)...)
			}
			out[name] = child
		}
		return out
	}
	return v
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

// Keys are in alphabetical order, so that the same record always reads the same.
func Keys(m map[string]any) []string {
	names := make([]string, 0, len(m))
	for k := range m {
		names = append(names, k)
	}
	slices.Sort(names)
	return names
}

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
			if m, ok := f.(map[string]any); ok {
				next = append(next, Each(m[name])...)
			}
		}
		found = next
	}
	return found
}

// Find gives every value under one of these keys at any depth, outermost first
// within each branch.
func Find(v any, names ...string) []any {
	var found []any
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			found = append(found, Find(e, names...)...)
		}
	case map[string]any:
		for _, k := range Keys(v) {
			if slices.Contains(names, k) {
				found = append(found, Each(v[k])...)
			}
			found = append(found, Find(v[k], names...)...)
		}
	}
	return found
}

// Has tells whether an object has one of these keys.
func Has(v any, names ...string) bool {
	m, ok := v.(map[string]any)
	return ok && slices.ContainsFunc(names, func(n string) bool { _, found := m[n]; return found })
}

// Text is the first text in a value: itself, its #text, or that of an element.
func Text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case map[string]any:
		return Text(v["#text"])
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
		for _, found := range At(v, strings.Split(p, ".")...) {
			if s := Text(found); strings.TrimSpace(s) != "" {
				return s
			}
		}
	}
	return ""
}

// FirstDeep is the first text under one of these keys at any depth, in the order
// of the keys.
func FirstDeep(v any, names ...string) string {
	for _, n := range names {
		for _, found := range Find(v, n) {
			if s := Text(found); strings.TrimSpace(s) != "" {
				return s
			}
		}
	}
	return ""
}

// Choice is the name of the empty element by which the gazette's XML ticks a box:
// {"STATUT": {"INITIAL": ""}} gives "initial". A plain text is given as it is.
func Choice(v any) string {
	for _, e := range Each(v) {
		if m, ok := e.(map[string]any); ok {
			for _, k := range Keys(m) {
				if !strings.HasPrefix(k, "@") && k != "#text" {
					return k
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
func Walk(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			Walk(e, visit)
		}
	case map[string]any:
		visit(v)
		for _, k := range Keys(v) {
			Walk(v[k], visit)
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
