package cmd

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"parvis/kit/fault"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
	"parvis/procurement/watch/engine"
)

// Match answers which watches match which notices, from files, with the engine
// that serves the platform and no database.
type Match struct {
	Watches string `required:"" placeholder:"FICHIER" help:"Veilles, un objet JSON par ligne\u00a0: id, mode (any ou all), keywords, exclude, buyers, departments, cpv, combine (or ou and), broader, natures, kinds, sources, title_only, no_national, min_days."`
	Notices string `required:"" placeholder:"FICHIER" help:"Avis, un objet JSON par ligne\u00a0: id, title, description, reference, buyer, departments, cpv, nature, kind, source, days_left, lots. «\u00a0-\u00a0» lit l'entrée standard."`
	Out     string `placeholder:"FICHIER" help:"Où écrire les réponses (par défaut, la sortie standard)."`
	Stats   bool   `help:"Écrire les mesures, un objet JSON, sur la sortie d'erreur."`
	Threads int    `default:"1" placeholder:"NOMBRE" help:"Nombre d'avis examinés en même temps."`
}

// watchLine is one line of the watches' file.
type watchLine struct {
	ID string `json:"id"`
	notice.Criteria
}

// noticeLine is one line of the notices' file.
type noticeLine struct {
	ID          string    `json:"id"`
	Title       string    `json:"title"`
	Description string    `json:"description"`
	Reference   string    `json:"reference"`
	Buyer       string    `json:"buyer"`
	Departments []string  `json:"departments"`
	CPV         []string  `json:"cpv"`
	Nature      string    `json:"nature"`
	Kind        string    `json:"kind"`   // a call unless said otherwise
	Source      string    `json:"source"` // none is of no source that a watch may ask for
	DaysLeft    *int      `json:"days_left"`
	Lots        []lotLine `json:"lots"`
}

// lotLine is a lot: its text, or its text in fields.
type lotLine notice.Lot

// UnmarshalJSON accepts a text in the place of an object.
func (l *lotLine) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &l.Title)
	}
	return json.Unmarshal(data, (*notice.Lot)(l))
}

// subjectLine is a notice line ready to be asked.
type subjectLine struct {
	id      string
	subject notice.Subject
}

// sampleSize is how many notices tell the engine which words are frequent.
const sampleSize = 1000

// errLines says that some lines could not be read: they are named on stderr.
var errLines = errors.New("certaines lignes n'ont pas pu être lues")

// Run matches the files.
func (m *Match) Run(std Std) error {
	if m.Threads < 1 || m.Threads > 256 {
		return fault.New(fault.Invalid, "--threads attend un nombre entre 1 et 256.")
	}
	if m.Watches == "-" && m.Notices == "-" {
		return fault.New(fault.Invalid, "L'entrée standard ne peut pas donner à la fois les veilles et les avis.")
	}
	complain := &complaints{out: std.Err}
	entries, names, err := readWatches(m.Watches, std.In, complain)
	if err != nil {
		return err
	}
	subjects, err := readNotices(m.Notices, std.In, complain)
	if err != nil {
		return err
	}
	start := time.Now()
	e := engine.Build(entries, sampleOf(subjects))
	built := time.Since(start)
	entries = nil
	stats := matchStats{Watches: len(names), Notices: len(subjects), BuildSeconds: built.Seconds(), IndexBytes: e.Bytes()}
	if err := m.answer(std, e, names, subjects, &stats); err != nil {
		return err
	}
	if m.Stats {
		stats.measure(e, subjects, m.Threads)
		if err := json.NewEncoder(std.Err).Encode(stats); err != nil {
			return err
		}
	}
	if complain.count > 0 {
		return errLines
	}
	return nil
}

// complaints names unreadable lines.
type complaints struct {
	out   io.Writer
	count int
}

func (c *complaints) add(file string, line int, why string) {
	c.count++
	fmt.Fprintf(c.out, "%s, ligne %d\u00a0: %s\n", file, line, why)
}

func readWatches(path string, in io.Reader, complain *complaints) ([]engine.Entry, []string, error) {
	var entries []engine.Entry
	var names []string
	err := eachLine(path, in, func(n int, line []byte) {
		var w watchLine
		if err := json.Unmarshal(line, &w); err != nil {
			complain.add(path, n, "ce n'est pas une veille en JSON ("+err.Error()+")")
			return
		}
		if w.ID == "" {
			complain.add(path, n, "la veille n'a pas d'«\u00a0id\u00a0»")
			return
		}
		var places []string
		for _, d := range w.Departments {
			codes := refdata.DepartmentsOfPlace(d)
			if len(codes) == 0 {
				codes = []string{d} // refused below, by name
			}
			places = append(places, codes...)
		}
		w.Departments = places
		if err := w.Check(); err != nil {
			for _, f := range fault.All(err) {
				complain.add(path, n, "veille "+w.ID+"\u00a0: "+f.Text)
			}
			return
		}
		q, err := notice.Compile(w.Criteria)
		if err != nil {
			complain.add(path, n, "veille "+w.ID+"\u00a0: "+err.Error())
			return
		}
		entries = append(entries, engine.Entry{Num: uint64(len(names)), Query: q})
		names = append(names, w.ID)
	})
	return entries, names, err
}

func readNotices(path string, in io.Reader, complain *complaints) ([]subjectLine, error) {
	var subjects []subjectLine
	err := eachLine(path, in, func(n int, line []byte) {
		var l noticeLine
		if err := json.Unmarshal(line, &l); err != nil {
			complain.add(path, n, "ce n'est pas un avis en JSON ("+err.Error()+")")
			return
		}
		if l.ID == "" {
			complain.add(path, n, "l'avis n'a pas d'«\u00a0id\u00a0»")
			return
		}
		s, why := l.subject()
		if why != "" {
			complain.add(path, n, "avis "+l.ID+"\u00a0: "+why)
			return
		}
		subjects = append(subjects, subjectLine{l.ID, s})
	})
	return subjects, err
}

// subject reads a notice line. A department that does not exist is refused by name,
// because a notice without a place would match everywhere.
func (l *noticeLine) subject() (s notice.Subject, why string) {
	n := notice.Notice{BuyerID: l.Buyer, Record: notice.Record{Title: l.Title, Description: l.Description, Reference: l.Reference}}
	for _, d := range l.Departments {
		codes := refdata.DepartmentsOfPlace(d) // one code may be two: 20, 6AE
		if len(codes) == 0 {
			return s, "le département «\u00a0" + d + "\u00a0» n'existe pas"
		}
		n.Departments = append(n.Departments, codes...)
	}
	for _, c := range l.CPV {
		if code, ok := refdata.NormaliseCPV(c); ok {
			n.CPV = append(n.CPV, code)
		} else if prefix := refdata.CPVPrefix(c); prefix != "" { // the beginning of a code stands for it
			n.CPV = append(n.CPV, (prefix + "00000000")[:8])
		} // what is no code at all is left out, as importers do: the notice is worth more than one bad code
	}
	if l.Nature != "" {
		category, ok := refdata.ParseCategory(l.Nature)
		if !ok {
			return s, "la nature «\u00a0" + l.Nature + "\u00a0» n'existe pas"
		}
		n.Category = category
	}
	if n.Kind = notice.Kind(l.Kind); l.Kind == "" {
		n.Kind = notice.Contract
	} else if n.Kind.Label() == "" {
		return s, "le type d'avis «\u00a0" + l.Kind + "\u00a0» n'existe pas"
	}
	for _, lot := range l.Lots {
		n.Lots = append(n.Lots, notice.Lot(lot))
	}
	n.Source = l.Source
	s = n.Subject(0)
	if s.DaysLeft = notice.MaxDaysLeft; l.DaysLeft != nil { // unknown: enough for any watch
		s.DaysLeft = *l.DaysLeft
	}
	return s, ""
}

// maxLine is the longest line read: a notice with hundreds of lots fits.
const maxLine = 64 << 20

func eachLine(path string, in io.Reader, f func(n int, line []byte)) error {
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return fault.New(fault.Invalid, "Le fichier «\u00a0"+path+"\u00a0» ne peut pas être ouvert.").Because(err)
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 1<<20), maxLine)
	n := 0
	for lines.Scan() {
		n++
		line := bytes.TrimPrefix(lines.Bytes(), []byte("\ufeff"))
		if len(bytes.TrimSpace(line)) > 0 {
			f(n, line)
		}
	}
	if err := lines.Err(); err != nil {
		return fault.New(fault.Invalid, "La lecture de «\u00a0"+path+"\u00a0» s'est arrêtée à la ligne "+strconv.Itoa(n+1)+".").Because(err)
	}
	return nil
}

func sampleOf(subjects []subjectLine) engine.Sample {
	var sample engine.Sample
	for _, s := range subjects[:min(len(subjects), sampleSize)] {
		sample = append(sample, s.subject)
	}
	return sample
}

// answer writes one line per notice, in the order of the file.
func (m *Match) answer(std Std, e *engine.Engine, names []string, subjects []subjectLine, stats *matchStats) (err error) {
	out := std.Out
	if m.Out != "" {
		file, err := os.Create(m.Out)
		if err != nil {
			return fault.New(fault.Invalid, "Le fichier «\u00a0"+m.Out+"\u00a0» ne peut pas être écrit.").Because(err)
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		out = file
	}
	quoted := make([][]byte, len(names))
	for i, name := range names {
		quoted[i], _ = json.Marshal(name)
	}
	w := bufio.NewWriterSize(out, 1<<20)
	matcher := engine.NewMatcher(e)
	var line []byte
	for i := range subjects {
		id, _ := json.Marshal(subjects[i].id)
		line = append(append(append(line[:0], `{"notice":`...), id...), `,"watches":[`...)
		for j, num := range matcher.Match(&subjects[i].subject) {
			if j > 0 {
				line = append(line, ',')
			}
			line = append(line, quoted[num]...)
			stats.Matches++
		}
		line = append(line, "]}\n"...)
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return w.Flush()
}

// matchStats is what --stats writes. Times are of matching alone, text analysis
// included, one notice at a time, after one warm-up pass.
type matchStats struct {
	Watches      int     `json:"watches"`
	Notices      int     `json:"notices"`
	BuildSeconds float64 `json:"build_seconds"`
	P50          float64 `json:"match_p50_us"`
	P99          float64 `json:"match_p99_us"`
	PerSecond    float64 `json:"notices_per_second"`
	Matches      int64   `json:"matches"`
	IndexBytes   int     `json:"index_bytes"`
	RSSBytes     int64   `json:"rss_bytes"`
}

func (s *matchStats) measure(e *engine.Engine, subjects []subjectLine, threads int) {
	debug.FreeOSMemory() // what reading the files took is not the engine
	matcher := engine.NewMatcher(e)
	for i := range subjects {
		matcher.Match(&subjects[i].subject)
	}
	times := make([]time.Duration, len(subjects))
	for i := range subjects {
		start := time.Now()
		matcher.Match(&subjects[i].subject)
		times[i] = time.Since(start)
	}
	slices.Sort(times)
	if n := len(times); n > 0 {
		s.P50 = float64(times[n/2].Nanoseconds()) / 1e3
		s.P99 = float64(times[min(n-1, n*99/100)].Nanoseconds()) / 1e3
	}
	s.PerSecond = throughput(e, subjects, threads)
	s.RSSBytes = residentBytes()
}

// throughput matches every notice with that many threads, each warmed up.
func throughput(e *engine.Engine, subjects []subjectLine, threads int) float64 {
	if len(subjects) == 0 {
		return 0
	}
	var warm, done sync.WaitGroup
	warm.Add(threads)
	begin := make(chan struct{})
	for t := range threads {
		done.Go(func() {
			m := engine.NewMatcher(e)
			for i := t; i < len(subjects); i += threads {
				m.Match(&subjects[i].subject)
			}
			warm.Done()
			<-begin
			for i := t; i < len(subjects); i += threads {
				m.Match(&subjects[i].subject)
			}
		})
	}
	warm.Wait()
	start := time.Now()
	close(begin)
	done.Wait()
	return float64(len(subjects)) / time.Since(start).Seconds()
}

// residentBytes is the memory that the system counts for this process; 0 where
// it does not say.
func residentBytes() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
