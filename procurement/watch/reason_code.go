package watch

import (
	"slices"
	"strings"

	"parvis/procurement/notice"
)

// MatchedCodes lists the codes of a notice that a watch asks for, each once: why it
// matched, beside its words.
func MatchedCodes(w *Watch, n *notice.Notice) (codes []string) {
	q, err := notice.Compile(w.Criteria)
	if err != nil {
		return nil
	}
	for _, code := range n.Subject(n.RecordedAt).CPV {
		asked := slices.ContainsFunc(q.CPV, func(prefix string) bool {
			return strings.HasPrefix(code, prefix) || q.Broader && strings.HasPrefix(prefix, notice.Generic(code))
		})
		if asked && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}
