package cmd

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"parvis/app"
	"parvis/web/ui"
)

// progressEvery is how often a long import says how far it is.
var progressEvery = time.Second

// progress follows the import of one file.
type progress struct {
	name string
	in   io.Reader
	size int64 // bytes, 0 when the end cannot be foreseen
	to   io.Writer

	taken        atomic.Int64 // bytes read, by another goroutine than shows them
	start, shown time.Time
}

func (p *progress) begin() { p.start, p.shown = time.Now(), time.Now() }

// Read reads the file and counts.
func (p *progress) Read(b []byte) (int, error) {
	n, err := p.in.Read(b)
	p.taken.Add(int64(n))
	return n, err
}

// show writes a line when the last one is old enough.
func (p *progress) show(did app.Import) {
	if time.Since(p.shown) < progressEvery {
		return
	}
	p.shown = time.Now()
	share := ""
	if p.size > 0 {
		share = strconv.FormatInt(min(100, p.taken.Load()*100/p.size), 10) + "\u00a0% du fichier, "
	}
	perSecond := float64(did.Read()) / time.Since(p.start).Seconds()
	fmt.Fprintf(p.to, "%s\u00a0: %s%s, %s par seconde\n", p.name, share, read(did), ui.Number(int(perSecond)))
}

// summary is the last line: what became of the file.
func (p *progress) summary(did app.Import) string {
	seconds := strings.Replace(strconv.FormatFloat(time.Since(p.start).Seconds(), 'f', 1, 64), ".", ",", 1)
	s := fmt.Sprintf("%s\u00a0: %s en %s\u00a0s\u00a0: %s, %s, %s, %s", p.name, read(did), seconds,
		count(did.New, "nouveau", "nouveaux"), count(did.Changed, "modifié", "modifiés"),
		count(did.Same, "inchangé", "inchangés"), count(did.Refused, "refusé", "refusés"))
	if did.Cut {
		s += "\u00a0; la suite du fichier n'a pas pu être lue"
	}
	return s
}

func read(did app.Import) string { return count(did.Read(), "avis lu", "avis lus") }

func count(n int, one, many string) string {
	return ui.Number(n) + " " + ui.Plural(n, one, many)
}
