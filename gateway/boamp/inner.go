package boamp

import (
	"parvis/kit/tree"
	"strings"
)

// inner is one of the record's two inner documents: it may be an object, JSON in a
// string (twice encoded at times), an empty string, or no JSON at all. The keys
// are unified; root is the first key as it was written. It gives nil for an absent
// document and false for an unreadable one.
func inner(v any) (doc any, root string, ok bool) {
	for range 3 {
		text, isText := v.(string)
		if !isText {
			break
		}
		if text = strings.TrimSpace(text); text == "" {
			return nil, "", true
		}
		inner, err := tree.JSON(text)
		if err != nil {
			return nil, "", false
		}
		v = inner
	}
	switch v := v.(type) {
	case nil:
		return nil, "", true
	case tree.Object:
		if len(v) > 0 {
			root = v[0].Name
		}
		return tree.Unify(v), root, true
	}
	return nil, "", false
}
