package rehearsal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The platform's limits.
const (
	most     = 100
	farthest = 10_000
)

// Record is a record of the dataset: its bytes, which may be no JSON, and what it is
// found by.
type Record struct {
	ID  string // idweb
	Day string // dateparution, YYYY-MM-DD
	Raw string
}

// Make is a record of these fields.
func Make(fields map[string]any) Record {
	raw, err := json.Marshal(fields)
	if err != nil {
		panic(err) // what tests and demonstrations write is plain
	}
	r := Record{Raw: string(raw)}
	r.ID, _ = fields["idweb"].(string)
	r.Day, _ = fields["dateparution"].(string)
	return r
}

// Program answers under /api/explore/v2.1/catalog/datasets/boamp/.
type Program struct {
	mu      sync.Mutex
	records []Record
	faults  []Fault
	always  Fault
	before  func(n int)
	asked   []string
	gzip    bool
}

// New makes a program that has published these records.
func New(records ...Record) *Program {
	p := &Program{}
	p.Publish(records...)
	return p
}

// Publish adds records, or puts them in the place of those of the same number and day.
func (p *Program) Publish(records ...Record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range records {
		p.drop(r.ID, r.Day)
		p.records = append(p.records, r)
	}
}

// Repeat adds a record even though there is one of its number: the platform has some.
func (p *Program) Repeat(r Record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.records = append(p.records, r)
}

// Drop takes a record away.
func (p *Program) Drop(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(id, "")
}

func (p *Program) drop(id, day string) {
	p.records = slices.DeleteFunc(p.records, func(r Record) bool { return id != "" && r.ID == id && (day == "" || r.Day == day) })
}

// Compress has answers come compressed, to whoever takes them so.
func (p *Program) Compress() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gzip = true
}

// Before has f called before each question is answered, with its rank from 1.
func (p *Program) Before(f func(n int)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.before = f
}

// Asked lists the questions, in order.
func (p *Program) Asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

// ServeHTTP answers.
func (p *Program) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.URL.RequestURI())
	n, before, fault := len(p.asked), p.before, p.next()
	p.mu.Unlock()
	if before != nil {
		before(n)
	}
	if fault != nil {
		fault(w, r, p.answer)
		return
	}
	p.answer(w, r)
}

const root = "/api/explore/v2.1/catalog/datasets/boamp/"

func (p *Program) answer(w http.ResponseWriter, r *http.Request) {
	what, ours := strings.CutPrefix(r.URL.Path, root)
	if !ours || what != "records" && what != "exports/json" {
		refuse(w, http.StatusNotFound, "NotFoundError", "The requested resource was not found on the server")
		return
	}
	q := r.URL.Query()
	p.mu.Lock()
	defer p.mu.Unlock()
	found, message := p.find(q)
	if message != "" {
		refuse(w, http.StatusBadRequest, "ODSQLSyntaxError", message)
		return
	}
	if what == "exports/json" {
		p.write(w, r, "["+joined(found)+"]")
		return
	}
	limit, offset, message := page(q)
	if message != "" {
		refuse(w, http.StatusBadRequest, "InvalidRESTParameterError", message)
		return
	}
	part := found[min(offset, len(found)):min(offset+limit, len(found))]
	p.write(w, r, fmt.Sprintf(`{"total_count": %d, "results": [%s]}`, len(found), joined(part)))
}

func joined(records []Record) string {
	var b strings.Builder
	for i, r := range records {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(r.Raw)
	}
	return b.String()
}

// clause is a condition on the day of publication.
var clause = regexp.MustCompile(`^dateparution (=|>=|<=|<|>) date'(\d{4}-\d\d-\d\d)'$`)

// find gives the records that a question is about, in the order that it asks for.
func (p *Program) find(q url.Values) (found []Record, refusal string) {
	found = slices.Clone(p.records)
	for part := range strings.SplitSeq(q.Get("where"), " and ") {
		if part == "" {
			continue
		}
		m := clause.FindStringSubmatch(strings.TrimSpace(part))
		if m == nil {
			return nil, "ODSQL query is malformed: " + part
		}
		found = slices.DeleteFunc(found, func(r Record) bool { return !compared(strings.Compare(r.Day, m[2]), m[1]) })
	}
	if order := q.Get("order_by"); order == "idweb" {
		slices.SortStableFunc(found, func(a, b Record) int { return strings.Compare(a.ID, b.ID) })
	} else if order != "" {
		return nil, "Unknown field: " + order
	}
	return found, ""
}

func compared(order int, how string) bool {
	switch how {
	case "=":
		return order == 0
	case ">=":
		return order >= 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order < 0
}

// page reads limit and offset, within the platform's limits.
func page(q url.Values) (limit, offset int, refusal string) {
	limit = 10
	for name, into := range map[string]*int{"limit": &limit, "offset": &offset} {
		if s := q.Get(name); s != "" {
			n, err := strconv.Atoi(s)
			if err != nil || n < 0 {
				return 0, 0, "Invalid value for " + name + " API parameter: " + s + " was found"
			}
			*into = n
		}
	}
	if limit > most {
		return 0, 0, fmt.Sprintf("Invalid value for limit API parameter: %d was found but -1 <= limit <= 100 is expected.", limit)
	}
	if limit+offset > farthest {
		return 0, 0, fmt.Sprintf("Invalid value for sum of offset + limit API parameter: %d was found but <= 10000 is expected.", limit+offset)
	}
	return limit, offset, ""
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error_code": code, "message": message}) // who has left does not read it
}

func (p *Program) write(w http.ResponseWriter, r *http.Request, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	text := []byte(body)
	if p.gzip && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		text = compressed(text)
	}
	_, _ = bytes.NewReader(text).WriteTo(w) // who has left does not read it
}
