package cmd

import (
	"bytes"
	"regexp"
	"testing"
	"time"

	"parvis/app"
	"parvis/procurement/intake"
	"parvis/procurement/notice"
)

func did(read int) app.Import {
	return app.Import{Tally: intake.Tally{Outcome: notice.Outcome{New: read}}}
}

// TestProgressSaysHowLongIsLeft has half of what was to be read take ten minutes.
func TestProgressSaysHowLongIsLeft(t *testing.T) {
	var out bytes.Buffer
	p := &progress{name: "avis.jsonl", size: 1000, to: &out}
	p.begin()
	p.taken.Store(200)
	p.resumed(intake.File{At: notice.Mark{Records: 40}, Bytes: 200})
	p.reached()
	p.work, p.shown = time.Now().Add(-10*time.Minute), time.Time{}
	p.taken.Store(600)
	p.show(did(6000))
	want := `^avis\.jsonl\x{a0}: reprise à 20\x{a0}%, après 40 avis déjà lus\navis\.jsonl\x{a0}: 60\x{a0}% du fichier, 6\x{202f}000 avis lus, (9|10) par seconde, reste environ 10\x{a0}min\n$`
	if !regexp.MustCompile(want).MatchString(out.String()) {
		t.Errorf("%q", &out)
	}
	out.Reset()
	p.show(did(6100))
	if out.Len() > 0 {
		t.Errorf("a moment later it says %q", &out)
	}
	p.shown = time.Time{}
	p.taken.Store(1000)
	p.show(did(9000))
	if !regexp.MustCompile(`^avis\.jsonl\x{a0}: 100\x{a0}% du fichier, 9\x{202f}000 avis lus, 1[45] par seconde\n$`).MatchString(out.String()) {
		t.Errorf("at the end: %q", &out)
	}
}

// TestOnATerminalTheLineIsWrittenAnew and makes room for what is to stay.
func TestOnATerminalTheLineIsWrittenAnew(t *testing.T) {
	var out bytes.Buffer
	p := &progress{name: "un-nom-de-fichier-tout-à-fait-trop-long.jsonl", to: &out, terminal: true}
	p.begin()
	p.shown = time.Time{}
	p.show(did(500))
	p.shown = time.Time{}
	p.show(did(1000))
	sayRefused(p.above(), p.name, &notice.RecordError{Index: 7, SourceID: "26-7", Reason: "Cet avis n'a pas d'objet."})
	p.clear() // nothing stands there
	want := `^…-à-fait-trop-long\.jsonl\x{a0}: 500 avis lus, [\d\x{202f}]+ par seconde\r\x1b\[K…[^\n]+: 1\x{202f}000 avis lus, [\d\x{202f}]+ par seconde\r\x1b\[Kun-nom-[^\n]+, enregistrement 7, avis 26-7\x{a0}: Cet avis n'a pas d'objet\.\n$`
	if !regexp.MustCompile(want).MatchString(out.String()) {
		t.Errorf("%q", &out)
	}
}

func TestATerminalHasABar(t *testing.T) {
	var out bytes.Buffer
	p := &progress{name: "avis.jsonl", size: 1000, to: &out, terminal: true}
	p.begin()
	p.shown = time.Time{}
	p.taken.Store(620)
	p.show(did(500))
	if !regexp.MustCompile(`^avis\.jsonl\x{a0}: █{12}░{8} 62\x{a0}%, 500 avis lus, [\d\x{202f}]+ par seconde, reste moins d'une minute$`).MatchString(out.String()) {
		t.Errorf("%q", &out)
	}
	for part, want := range map[int64]string{0: "░░░░░░░░░░░░░░░░░░░░", 999: "███████████████████░", 1000: "████████████████████", 2000: "████████████████████"} {
		if got := bar(part, 1000); got != want {
			t.Errorf("%d: %s", part, got)
		}
	}
}

func TestHowLongThingsLast(t *testing.T) {
	for d, want := range map[time.Duration]string{
		10 * time.Second: "moins d'une minute", 100 * time.Second: "environ 2\u00a0min", 89 * time.Minute: "environ 89\u00a0min", 90 * time.Minute: "environ 1\u00a0h\u00a030", 25*time.Hour + 4*time.Minute: "environ 25\u00a0h\u00a004",
	} {
		if got := about(d); got != want {
			t.Errorf("%v: %q", d, got)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "0,0\u00a0s", 1340 * time.Millisecond: "1,3\u00a0s", 119 * time.Second: "119,0\u00a0s", 125 * time.Second: "2\u00a0min 05\u00a0s", 5*time.Hour + 7*time.Minute: "5\u00a0h 07\u00a0min",
	} {
		if got := lasted(d); got != want {
			t.Errorf("%v: %q", d, got)
		}
	}
}

func TestAFileIsNoTerminal(t *testing.T) {
	if isTerminal(&bytes.Buffer{}) {
		t.Error("a buffer is")
	}
}
