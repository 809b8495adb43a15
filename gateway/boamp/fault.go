package boamp

import "regexp"

var idwebInText = regexp.MustCompile(`"idweb"\s*:\s*"([0-9A-Za-z._-]{1,64})"`)

// guessID makes out the number of a record that is no JSON, so that the report
// names the notice and somebody can look it up.
func guessID(raw string) string {
	const enough = 64 << 10
	if m := idwebInText.FindStringSubmatch(raw[:min(len(raw), enough)]); m != nil {
		return m[1]
	}
	return ""
}
