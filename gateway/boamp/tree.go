package boamp

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
)

// decode reads JSON with its numbers as they are written.
func decode(raw []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, unexpected(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after the JSON value")
	}
	return v, nil
}

// tree is one of the record's two inner documents: it may be an object, JSON in a
// string (twice encoded at times), an empty string, or no JSON at all. The keys
// are unified; root is the first key as it was written. It gives nil for an absent
// document and false for an unreadable one.
func tree(v any) (doc any, root string, ok bool) {
	for range 3 {
		text, isText := v.(string)
		if !isText {
			break
		}
		if text = strings.TrimSpace(text); text == "" {
			return nil, "", true
		}
		if tooDeep(text) {
			return nil, "", false
		}
		inner, err := decode([]byte(text))
		if err != nil {
			return nil, "", false
		}
		v = inner
	}
	switch v := v.(type) {
	case nil:
		return nil, "", true
	case map[string]any:
		if len(v) > 0 {
			root = keys(v)[0]
		}
		return unify(v), root, true
	}
	return nil, "", false
}

// unify rewrites every key as key does. Two keys that become one give a list.
func unify(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = unify(v[i])
		}
		return v
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, k := range keys(v) {
			name, child := key(k), unify(v[k])
			if before, twice := out[name]; twice {
				child = append(slices.Clone(each(before)), each(child)...)
			}
			out[name] = child
		}
		return out
	}
	return v
}

// key is a name without namespace, case and separators: NUM_LOT and numLot are
// one, and so are cbc:ID and ID. Attributes keep their @ and text its #.
func key(name string) string {
	if i := strings.IndexByte(name, ':'); i >= 0 && !strings.HasPrefix(name, "@") {
		name = name[i+1:]
	}
	return strings.ToLower(keySeparators.Replace(name))
}

var keySeparators = strings.NewReplacer("_", "", "-", "", " ", "")

// keys are in alphabetical order, so that the same record always reads the same.
func keys(m map[string]any) []string {
	names := make([]string, 0, len(m))
	for k := range m {
		names = append(names, k)
	}
	slices.Sort(names)
	return names
}

// each gives a value's elements: a list's, or the value alone; none for nothing
// and for the empty string that stands for an empty object.
func each(v any) []any {
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

// at follows a path of unified keys through objects and lists, and gives every
// value at its end.
func at(v any, path ...string) []any {
	found := each(v)
	for _, name := range path {
		var next []any
		for _, f := range found {
			if m, ok := f.(map[string]any); ok {
				next = append(next, each(m[name])...)
			}
		}
		found = next
	}
	return found
}

// find gives every value under one of these keys at any depth, outermost first
// within each branch.
func find(v any, names ...string) []any {
	var found []any
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			found = append(found, find(e, names...)...)
		}
	case map[string]any:
		for _, k := range keys(v) {
			if slices.Contains(names, k) {
				found = append(found, each(v[k])...)
			}
			found = append(found, find(v[k], names...)...)
		}
	}
	return found
}

// has tells whether an object has one of these keys.
func has(v any, names ...string) bool {
	m, ok := v.(map[string]any)
	return ok && slices.ContainsFunc(names, func(n string) bool { _, found := m[n]; return found })
}

// text is the first text in a value: itself, its #text, or that of an element.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case map[string]any:
		return text(v["#text"])
	case []any:
		for _, e := range v {
			if s := text(e); strings.TrimSpace(s) != "" {
				return s
			}
		}
	}
	return ""
}

// first is the first text at the end of one of these paths, written with dots.
func first(v any, paths ...string) string {
	for _, p := range paths {
		for _, found := range at(v, strings.Split(p, ".")...) {
			if s := text(found); strings.TrimSpace(s) != "" {
				return s
			}
		}
	}
	return ""
}

// firstDeep is the first text under one of these keys at any depth, in the order
// of the keys.
func firstDeep(v any, names ...string) string {
	for _, n := range names {
		for _, found := range find(v, n) {
			if s := text(found); strings.TrimSpace(s) != "" {
				return s
			}
		}
	}
	return ""
}

// choice is the name of the empty element by which the gazette's XML ticks a box:
// {"STATUT": {"INITIAL": ""}} gives "initial". A plain text is given as it is.
func choice(v any) string {
	for _, e := range each(v) {
		if m, ok := e.(map[string]any); ok {
			for _, k := range keys(m) {
				if !strings.HasPrefix(k, "@") && k != "#text" {
					return k
				}
			}
		}
		if s := text(e); s != "" {
			return s
		}
	}
	return ""
}
