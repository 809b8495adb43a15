package cmd

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"parvis/app"
	"parvis/procurement/intake"
	"parvis/web/ui"
)

// How often a long import says how far it is: where it writes its line anew, and where
// each one stays.
var (
	rewriteEvery  = 200 * time.Millisecond
	progressEvery = 5 * time.Second
)

// progress follows the import of one file.
type progress struct {
	name     string
	in       io.Reader
	size     int64 // bytes, 0 when the end cannot be foreseen
	to       io.Writer
	terminal bool // the line is written anew

	taken        atomic.Int64 // bytes read, by another goroutine than shows them
	start, shown time.Time
	work         time.Time // when the first record came that was not in
	base         int64     // bytes read by then
	line         bool      // one stands on the terminal
}

// isTerminal tells whether somebody looks on, who needs one line only.
func isTerminal(to io.Writer) bool {
	f, ok := to.(*os.File)
	if !ok {
		return false
	}
	about, err := f.Stat()
	return err == nil && about.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

func (p *progress) begin() {
	p.start = time.Now()
	p.shown, p.work = p.start, p.start
}

// Read reads the file and counts.
func (p *progress) Read(b []byte) (int, error) {
	n, err := p.in.Read(b)
	p.taken.Add(int64(n))
	return n, err
}

// resumed says that the file is not at its beginning.
func (p *progress) resumed(f intake.File) {
	where := ""
	if p.size > 0 {
		where = " à " + percent(f.Bytes, p.size)
	}
	fmt.Fprintf(p.above(), "%s\u00a0: reprise%s, après %s\n", p.name, where, count(f.At.Records, "avis déjà lu", "avis déjà lus"))
}

// reached says that what was in is passed over: from now on it works.
func (p *progress) reached() { p.work, p.base = time.Now(), p.taken.Load() }

func percent(part, whole int64) string {
	return strconv.FormatInt(min(100, part*100/max(whole, 1)), 10) + "\u00a0%"
}

// show writes a line when the last one is old enough.
func (p *progress) show(did app.Import) {
	every := progressEvery
	if p.terminal {
		every = min(every, rewriteEvery)
	}
	if time.Since(p.shown) < every {
		return
	}
	p.shown = time.Now()
	name, share, left := p.name, "", ""
	worked := time.Since(p.work)
	if p.size > 0 {
		taken := p.taken.Load()
		share = percent(taken, p.size) + " du fichier, "
		if p.terminal {
			share = bar(taken, p.size) + " " + percent(taken, p.size) + ", "
		}
		if done := taken - p.base; done > 0 && taken < p.size {
			left = ", reste " + about(time.Duration(float64(worked)*float64(p.size-taken)/float64(done)))
		}
	}
	perSecond := float64(did.Read()) / max(worked.Seconds(), 0.001)
	end := "\n"
	if p.terminal {
		end = ""
		if runes := []rune(name); len(runes) > 24 { // one line, or it is not written anew
			name = "…" + string(runes[len(runes)-23:])
		}
	}
	fmt.Fprintf(p.above(), "%s\u00a0: %s%s, %s par seconde%s%s", name, share, read(did), ui.Number(int(perSecond)), left, end)
	p.line = p.terminal
}

// bar draws how much is done, for whoever looks at a terminal.
func bar(part, whole int64) string {
	const cells = 20
	done := int(min(part, whole) * cells / max(whole, 1))
	return strings.Repeat("█", done) + strings.Repeat("░", cells-done)
}

// above is where something else than the line is written: what follows takes its place.
func (p *progress) above() io.Writer {
	p.clear()
	return p.to
}

// clear takes the line away.
func (p *progress) clear() {
	if p.line {
		_, _ = io.WriteString(p.to, "\r\x1b[K") // it is only for show
		p.line = false
	}
}

// about is how long something will last, as nobody can know it better.
func about(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "moins d'une minute"
	case d < 90*time.Minute:
		return "environ " + strconv.Itoa(int((d+30*time.Second)/time.Minute)) + "\u00a0min"
	}
	return fmt.Sprintf("environ %d\u00a0h\u00a0%02d", int(d/time.Hour), int(d%time.Hour/time.Minute))
}

// lasted is how long something was.
func lasted(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return strings.Replace(strconv.FormatFloat(d.Seconds(), 'f', 1, 64), ".", ",", 1) + "\u00a0s"
	case d < time.Hour:
		return fmt.Sprintf("%d\u00a0min %02d\u00a0s", int(d/time.Minute), int(d%time.Minute/time.Second))
	}
	return fmt.Sprintf("%d\u00a0h %02d\u00a0min", int(d/time.Hour), int(d%time.Hour/time.Minute))
}

// summary is the last line: what became of the file.
func (p *progress) summary(did app.Import) string {
	s := fmt.Sprintf("%s\u00a0: %s en %s\u00a0: %s", p.name, read(did), lasted(time.Since(p.start)), outcome(did.Tally))
	if before := did.Before; before.Read() > 0 {
		s += "\u00a0; " + count(before.Read(), "autre avait été lu", "autres avaient été lus") + " avant l'interruption"
		if before.Refused > 0 {
			s += ", dont " + count(before.Refused, "refusé", "refusés")
		}
	}
	if did.Cut {
		s += "\u00a0; la suite du fichier n'a pas pu être lue"
	}
	return s
}

// outcome counts what became of records.
func outcome(t intake.Tally) string {
	return count(t.New, "nouveau", "nouveaux") + ", " + count(t.Changed, "modifié", "modifiés") + ", " +
		count(t.Same, "inchangé", "inchangés") + ", " + count(t.Refused, "refusé", "refusés")
}

func read(did app.Import) string { return count(did.Read(), "avis lu", "avis lus") }

func count(n int, one, many string) string {
	return ui.Number(n) + " " + ui.Plural(n, one, many)
}
