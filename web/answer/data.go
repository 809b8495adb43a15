package answer

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"time"
)

// File answers with a file for the browser to keep, not to show, under this name: plain
// ASCII letters, digits, dots and hyphens. Nobody on the way may keep it.
func File(name, kind string, data []byte) Answer {
	return Answer{data: data, kind: kind, name: name, Secret: true}
}

// Stream is File of data that is written while it is read, of whatever length. What can
// be refused must have been before: once it has begun, all that is left of an error is a
// download that breaks off.
func Stream(name, kind string, write func(io.Writer) error) Answer {
	return Answer{stream: write, kind: kind, name: name, Secret: true}
}

func (s *Site) streamTo(w http.ResponseWriter, v *Visit, a Answer) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Content-Disposition", `attachment; filename="`+a.name+`"`)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	const some = 64 << 10
	to := bufio.NewWriterSize(w, some)
	err := a.stream(to)
	if err == nil {
		err = to.Flush()
	}
	if err == nil || v.Context().Err() != nil {
		return // written, or they have left
	}
	s.Log.Error("file cut off", "route", v.Pattern, "error", err)
	panic(http.ErrAbortHandler) // a file that ends too early must not pass for whole
}

// Document answers with data that anybody may have and that programs ask for again and
// again: who has it already is told so, without it. With a name the browser keeps it.
func Document(name, kind string, data []byte) Answer {
	return Answer{data: data, kind: kind, name: name, open: true}
}

// serveDocument answers what was asked on conditions (RFC 9110, 13) by them: the tag is
// of the bytes, so that no change is missed, were it twice in one second. No date is given:
// what leaves a feed changes it and makes nothing in it younger, and who asks by dates
// alone would go on showing it.
func serveDocument(w http.ResponseWriter, r *http.Request, a Answer) {
	sum := sha256.Sum256(a.data)
	w.Header().Set("ETag", `"`+base64.RawURLEncoding.EncodeToString(sum[:16])+`"`)
	w.Header().Set("Cache-Control", "no-cache")
	if a.Secret { // anybody may who has the address: nobody on the way, and nobody by a search
		w.Header().Set("Cache-Control", "private, no-cache")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("X-Robots-Tag", "noindex")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.data))
}
