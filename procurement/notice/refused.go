package notice

import (
	"fmt"
	"strings"
)

// RecordError says that a record of a source could not be read, and where it stands.
type RecordError struct {
	File     string `json:",omitempty"` // within the archive that was read, "" for a file alone
	Index    int    // rank of the record in what was read, from 1; 0 when it was read alone
	Line     int    // line on which it begins, from 1; 0 when the source has no lines
	SourceID string // the source's number when it could be made out
	Reason   string // French, a whole sentence, for the import's report
	Ends     bool   // the file itself is broken: nothing of it follows
	Cause    error  // for the log; may be nil
}

// Refuse is the error of a record that cannot be read for this reason.
func Refuse(reason string, cause error) *RecordError {
	return &RecordError{Reason: reason, Cause: cause}
}

// Where says where the record stands: « a.xml, ligne 3 ».
func (e *RecordError) Where() string {
	place := fmt.Sprintf("enregistrement %d", e.Index)
	if e.Line > 0 {
		place = fmt.Sprintf("ligne %d", e.Line)
	}
	if e.File != "" {
		return e.File + ", " + place
	}
	return place
}

// Error is for the log and the end of a report's line.
func (e *RecordError) Error() string {
	var place []string
	if e.Line > 0 || e.Index > 0 {
		place = append(place, e.Where())
	}
	if e.SourceID != "" {
		place = append(place, "avis "+e.SourceID)
	}
	text := e.Reason
	if len(place) > 0 {
		text = strings.Join(place, ", ") + "\u00a0: " + text
	}
	if e.Cause != nil {
		text += " (" + e.Cause.Error() + ")"
	}
	return text
}

// Unwrap gives the cause.
func (e *RecordError) Unwrap() error { return e.Cause }
