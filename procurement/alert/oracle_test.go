package alert_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/watch"
)

// edits is how many random acts TestF19 does on each database: a few hundred in an
// ordinary run; « go test ./procurement/alert -run F19 -edits 10000 » does what the list
// of faults asks.
var edits = flag.Int("edits", 150, "random acts of the test of edits against the oracle")

// oracle recomputes, from the whole history and by reading it, who is to be told of what:
// it shares nothing with the program but the rule.
type oracle struct {
	now     int // counts acts: an order in time
	notices []oracleNotice
	set     map[string]*oracleWatch
	told    map[string]bool // address and title
	slots   [2]int          // when the hours struck the last two times
}

type oracleNotice struct {
	title string
	word  string
	at    int
}

type oracleWatch struct {
	name, word  string
	addresses   []string
	stopped     map[string]bool
	frequency   watch.Frequency
	hour        int
	since       int // active since
	rhythmSince int
	changed     int
	answered    int // until when its digests have answered
}

// tell notes that an address is told of a notice, and gives the line of the mail; false
// when it knows.
func (o *oracle) tell(address, title string) bool {
	key := address + " " + title
	if o.told[key] {
		return false
	}
	o.told[key] = true
	return true
}

func (w *oracleWatch) receivers() (out []string) {
	for _, a := range w.addresses {
		if !w.stopped[a] {
			out = append(out, a)
		}
	}
	return out
}

// publish tells the immediate watches.
func (o *oracle) publish(n oracleNotice) map[string][]string {
	o.notices = append(o.notices, n)
	out := map[string][]string{}
	for _, w := range o.set {
		if w.frequency != watch.Immediate || w.word != n.word {
			continue
		}
		for _, a := range w.receivers() {
			if o.tell(a, n.title) {
				out[a] = append(out[a], n.title)
			}
		}
	}
	return out
}

// strike tells the watches of an hour what came since each one's last digest, by its
// criteria of now; and what an immediate one owes from when it was not, or to whoever
// takes up again what they had stopped within the hour.
func (o *oracle) strike(hour int) map[string][]string {
	out := map[string][]string{}
	for _, w := range o.set {
		due := w.frequency == watch.Daily && w.hour == hour
		if !due && w.frequency != watch.Immediate {
			continue
		}
		for _, n := range o.notices {
			late := w.frequency == watch.Immediate && n.at >= w.rhythmSince && n.at < w.changed
			from := w.answered
			if w.frequency == watch.Immediate && w.rhythmSince <= o.slots[0] {
				from = max(from, o.slots[1]) // it was immediate all along: the rest left at once
			}
			if n.at < w.since || n.at <= from || n.word != w.word || late {
				continue
			}
			for _, a := range w.receivers() {
				if o.tell(a, n.title) {
					out[a] = append(out[a], n.title)
				}
			}
		}
	}
	for _, w := range o.set {
		if w.hour == hour {
			w.answered = o.now
		}
	}
	o.slots = [2]int{o.slots[1], o.now}
	return out
}

// F19: a watch edited while notices come and between digests. After each random act the
// mails that left are those that the oracle computes.
func TestF19DigestsAreWhatTheOracleRecomputes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d, %d acts", seed, *edits)
		f := &field{house: h, t: t, by: h.odile(), random: rand.New(rand.NewPCG(seed, 19)), hour: 12,
			oracle: oracle{set: map[string]*oracleWatch{}, told: map[string]bool{}}}
		h.start()
		h.digests()
		for i := range *edits {
			f.now = i + 1
			if f.act(); t.Failed() {
				t.Fatalf("after %d acts:\n%s", i+1, strings.Join(f.log[max(0, len(f.log)-40):], "\n"))
			}
		}
	})
}

// field is where the random acts are done: the program and the oracle beside it.
type field struct {
	*house
	oracle
	t      *testing.T
	by     access.Actor
	random *rand.Rand
	hour   int
	made   int
	log    []string
}

var (
	oracleWords     = []string{"menuiserie", "voirie", "nettoyage"}
	oracleAddresses = []string{"a@exemple.fr", "b@exemple.fr", "c@exemple.fr"}
)

func pick[T any](r *rand.Rand, all []T) T { return all[r.IntN(len(all))] }

// some is a watch that is there, nil when none is.
func (f *field) some() (id string, w *oracleWatch) {
	ids := slices.Sorted(maps.Keys(f.set))
	if len(ids) == 0 {
		return "", nil
	}
	id = pick(f.random, ids)
	return id, f.set[id]
}

func (f *field) act() {
	f.Clock.Move(time.Second)
	id, w := f.some()
	switch n := f.random.IntN(10); {
	case w == nil || n == 0 && len(f.set) < 6:
		f.makeWatch()
	case n <= 3:
		f.publishOne()
	case n <= 5:
		f.strikeHour()
	case n == 6:
		f.say("word of %s", w.name)
		w.word = pick(f.random, oracleWords)
		f.save(id, w)
	case n == 7:
		f.say("rhythm of %s", w.name)
		was := w.frequency
		w.frequency, w.hour = pick(f.random, []watch.Frequency{watch.Daily, watch.Immediate}), f.random.IntN(4)
		if was != w.frequency {
			w.rhythmSince = f.now
		}
		f.save(id, w)
	case n == 8:
		f.say("delete %s", w.name)
		f.delete(f.by, id)
		delete(f.set, id)
	default:
		a := pick(f.random, w.addresses)
		w.stopped[a] = !w.stopped[a]
		f.say("%s stops %s: %t", a, w.name, w.stopped[a])
		f.Write(func(tx *db.Tx) error { return f.house.watches.Stop(tx, a, []string{id}, !w.stopped[a]) })
	}
}

func (f *field) say(format string, args ...any) {
	f.log = append(f.log, fmt.Sprintf("%d %d h ", f.now, f.hour)+fmt.Sprintf(format, args...))
}

func (f *field) form(w *oracleWatch) watch.Form {
	return watch.Form{Name: w.name, Keywords: w.word, Mode: "any", Active: true, Frequency: string(w.frequency), Hour: w.hour, Recipients: w.addresses}
}

func (f *field) makeWatch() {
	f.made++
	w := &oracleWatch{name: fmt.Sprint("veille ", f.made), word: pick(f.random, oracleWords), stopped: map[string]bool{},
		frequency: pick(f.random, []watch.Frequency{watch.Daily, watch.Immediate}), hour: f.random.IntN(4), since: f.now, rhythmSince: f.now, changed: f.now}
	for _, a := range oracleAddresses {
		if f.random.IntN(2) == 0 {
			w.addresses = append(w.addresses, a)
		}
	}
	f.say("make %s %s %s %d %v", w.name, w.word, w.frequency, w.hour, w.addresses)
	w.addresses = append(w.addresses, "sur@exemple.fr")
	id := f.create(f.by, f.form(w))
	f.Write(func(tx *db.Tx) error { // their consent, and nothing for odile
		_, err := tx.Exec("UPDATE watch_recipient SET confirmed_at = $1 WHERE watch_id = $2", tx.Now, id)
		if err == nil {
			_, err = tx.Exec("UPDATE watch_recipient SET stopped_at = $1 WHERE watch_id = $2 AND main", tx.Now, id)
		}
		return err
	})
	f.AwaitIdle()
	f.mails()
	f.set[id] = w
}

func (f *field) save(id string, w *oracleWatch) {
	f.edit(f.by, id, f.form(w))
	w.changed = f.now
}

func (f *field) publishOne() {
	n := oracleNotice{word: pick(f.random, oracleWords), at: f.now}
	n.title = fmt.Sprintf("%s numéro %d", n.word, f.now)
	f.say("publish %s", n.title)
	r := call(fmt.Sprint("26-", f.now), n.title)
	r.Deadline = clock.At(f.Clock.Now().Time().AddDate(1, 0, 0))
	f.Record(true, r)
	f.AwaitIdle()
	f.compare(f.oracle.publish(n))
}

// strikeHour goes on to the next of four hours of the day.
func (f *field) strikeHour() {
	now := f.Clock.Now().In(clock.Paris)
	next := time.Date(now.Year(), now.Month(), now.Day(), now.Hour()+1, 0, 1, 0, clock.Paris)
	if next.Hour() >= 4 { // nothing is due until midnight
		next = time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 1, 0, clock.Paris)
	}
	f.hour = next.Hour()
	f.say("strike")
	f.Set(next)
	f.digests()
	f.compare(f.strike(f.hour))
}

// compare looks at what left.
func (f *field) compare(want map[string][]string) {
	f.t.Helper()
	got := map[string][]string{}
	for _, m := range f.mails() {
		for _, title := range titles(m) {
			name, _, _ := strings.Cut(title, " (")
			got[m.To[0]] = append(got[m.To[0]], name)
		}
	}
	for _, m := range []map[string][]string{got, want} {
		for _, titles := range m {
			slices.Sort(titles)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		f.t.Errorf("-oracle +mails:\n%s", diff)
	}
}
