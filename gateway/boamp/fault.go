package boamp

import (
	"fmt"
	"regexp"
	"strings"
)

// RecordError says that a record could not be read, and where it stands.
type RecordError struct {
	Index    int    // rank of the record in the stream, from 1; 0 from Parse
	Line     int    // line on which it begins, from 1; 0 when the source has no lines
	SourceID string // the gazette's number when it could be made out
	Reason   string // French, a whole sentence, for the import's report
	Ends     bool   // the container itself is broken: nothing follows
	Cause    error  // for the log; may be nil
}

// Error is for the log and the end of a report's line.
func (e *RecordError) Error() string {
	var b strings.Builder
	b.WriteString("boamp")
	if e.Line > 0 {
		fmt.Fprintf(&b, ", ligne %d", e.Line)
	} else if e.Index > 0 {
		fmt.Fprintf(&b, ", enregistrement %d", e.Index)
	}
	if e.SourceID != "" {
		b.WriteString(", avis " + e.SourceID)
	}
	b.WriteString("\u00a0: " + e.Reason)
	if e.Cause != nil {
		b.WriteString(" (" + e.Cause.Error() + ")")
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *RecordError) Unwrap() error { return e.Cause }

func refuse(reason string, cause error) *RecordError {
	return &RecordError{Reason: reason, Cause: cause}
}

var idwebInText = regexp.MustCompile(`"idweb"\s*:\s*"([0-9A-Za-z._-]{1,64})"`)

// guessID makes out the number of a record that is no JSON, so that the report
// names the notice and somebody can look it up.
func guessID(raw []byte) string {
	const enough = 64 << 10
	if m := idwebInText.FindSubmatch(raw[:min(len(raw), enough)]); m != nil {
		return string(m[1])
	}
	return ""
}
