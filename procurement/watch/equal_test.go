package watch_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/kit/text"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/refdata"
	"parvis/procurement/watch"
)

// several is a list that the gazette writes without brackets when it has one value.
type several []string

func (s *several) UnmarshalJSON(b []byte) error {
	if b[0] != '"' {
		return json.Unmarshal(b, (*[]string)(s))
	}
	*s = []string{""}
	return json.Unmarshal(b, &(*s)[0])
}

// gazetteLine is what the test needs of a line of the gazette.
type gazetteLine struct {
	ID          string  `json:"idweb"`
	Title       string  `json:"objet"`
	Buyer       string  `json:"nomacheteur"`
	Departments several `json:"code_departement"`
	Descriptors several `json:"descripteur_libelle"`
	Categories  several `json:"type_marche"`
	Description string  `json:"x_description"`
	BuyerPlace  struct {
		Postcode string `json:"cp"`
	} `json:"x_acheteur"`
	Lots []struct {
		Number string `json:"numero"`
		Title  string `json:"intitule"`
	} `json:"x_lots"`
}

var categories = map[string]refdata.Category{"TRAVAUX": refdata.Works, "FOURNITURES": refdata.Supplies, "SERVICES": refdata.Services}

// gazette reads real titles when the machine has them, those of the demonstration
// otherwise.
func gazette(t *testing.T) []notice.Record {
	t.Helper()
	files, err := filepath.Glob("../../app/demo/notice/*.jsonl")
	if dir := os.Getenv("PARVIS_TEST_DATA"); dir != "" {
		files = []string{filepath.Join(dir, "boamp", "boamp_2019_2021.jsonl")}
	}
	if err != nil || len(files) == 0 {
		t.Fatalf("no notices to read: %v", err)
	}
	seen := map[string]bool{}
	var all []notice.Record
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 4<<20)
		for lines.Scan() {
			if r := recordOf(t, lines.Bytes()); !seen[r.SourceID] && r.Title != "" {
				seen[r.SourceID] = true
				all = append(all, r)
			}
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
	return all
}

func recordOf(t *testing.T, line []byte) notice.Record {
	t.Helper()
	var l gazetteLine
	if err := json.Unmarshal(line, &l); err != nil {
		t.Fatal(err)
	}
	r := noticetest.Call(l.ID, l.Title)
	r.Buyer = notice.BuyerRecord{Name: l.Buyer, Postcode: l.BuyerPlace.Postcode}
	r.Departments = slices.DeleteFunc(l.Departments, func(d string) bool { _, ok := refdata.DepartmentByCode(d); return !ok })
	r.Descriptors, r.Description = l.Descriptors, l.Description
	if len(l.Categories) > 0 {
		r.Category = categories[l.Categories[0]]
	}
	for _, lot := range l.Lots {
		r.Lots = append(r.Lots, notice.Lot{Number: lot.Number, Title: lot.Title})
	}
	return r
}

// codes are given to some of the notices: the gazette of those years has none.
var codes = []string{"45000000", "45421000", "45421150", "45233140", "33651630", "71300000", "90910000"}

// sample draws n notices and gives some of them codes and lots, which titles of
// those years lack: the halves of a neighbour's title.
func sample(t *testing.T, n int) []notice.Record {
	t.Helper()
	all := gazette(t)
	seed := int(time.Now().UnixNano())
	t.Logf("sample of seed %d", seed)
	indices := make([]int, len(all))
	for i := range indices {
		indices[i] = i
	}
	places := rapid.Permutation(indices).Example(seed)[:n]
	out := make([]notice.Record, n)
	for i, p := range places {
		r := all[p]
		r.Kind = notice.Kinds()[max(0, i%20-12)] // most are calls
		if i%7 == 0 {
			r.Source = notice.SourceTED
		}
		r.Deadline = clock.At(dbtest.Start.AddDate(0, 0, i%30))
		switch i % 4 {
		case 1:
			r.CPV = []string{codes[i/4%len(codes)]}
		case 2:
			words := strings.Fields(all[places[(i+1)%n]].Title)
			half := len(words) / 2
			r.Lots = append(r.Lots, notice.Lot{Number: "1", Title: strings.Join(words[:half], " ")},
				notice.Lot{Number: "2", Title: strings.Join(words[half:], " "), CPV: []string{codes[i/4%len(codes)]}})
		}
		out[i] = r
	}
	return out
}

// asked draws criteria from the words of the notices themselves, written as
// people would: in capitals, without accents, in the other number, side by side.
func asked(t *rapid.T, notices []*notice.Notice) notice.Criteria {
	one := rapid.SampledFrom(notices)
	keyword := rapid.Custom(func(t *rapid.T) string { return keywordOf(t, one.Draw(t, "notice")) })
	buyer := rapid.Custom(func(t *rapid.T) string { return one.Draw(t, "buyer").BuyerID })
	department := rapid.SampledFrom(refdata.Departments())
	c := notice.Criteria{
		Mode:       rapid.SampledFrom([]notice.Mode{"", notice.Any, notice.All}).Draw(t, "mode"),
		Keywords:   rapid.SliceOfN(keyword, 0, 4).Draw(t, "keywords"),
		CPV:        sometimes(t, rapid.SampledFrom(append([]string{"45", "4542"}, codes...)), "cpv"),
		Combine:    rapid.SampledFrom([]notice.Combine{"", notice.Or, notice.And}).Draw(t, "combine"),
		Exclude:    sometimes(t, keyword, "exclude"),
		Buyers:     sometimes(t, buyer, "buyers"),
		Categories: sometimes(t, rapid.SampledFrom(refdata.Categories()), "natures"),
		Kinds:      sometimes(t, rapid.SampledFrom(notice.Kinds()), "kinds"),
		Sources:    sometimes(t, rapid.SampledFrom(notice.Sources()), "sources"),
		TitleOnly:  rapid.IntRange(0, 3).Draw(t, "title only") == 0,
		Services:   rapid.Bool().Draw(t, "services"),
		NoNational: rapid.IntRange(0, 3).Draw(t, "no national") == 0,
		Broader:    rapid.Bool().Draw(t, "broader"),
		MinDays:    rapid.SampledFrom([]int{0, 0, 0, 5, 20}).Draw(t, "days"),

		ExcludeBuyers: sometimes(t, buyer, "buyers out"),
		ExcludeCPV:    sometimes(t, rapid.SampledFrom(append([]string{"45", "4542"}, codes...)), "cpv out"),
	}
	for _, d := range sometimes(t, department, "departments") {
		c.Departments = append(c.Departments, d.Code)
	}
	return c
}

// sometimes draws one to three values, for a criterion that most watches lack.
func sometimes[T any](t *rapid.T, g *rapid.Generator[T], label string) []T {
	if rapid.IntRange(0, 3).Draw(t, label+"?") > 0 {
		return nil
	}
	return rapid.SliceOfN(g, 1, 3).Draw(t, label)
}

func keywordOf(t *rapid.T, n *notice.Notice) string {
	fields := slices.DeleteFunc(slices.Concat(n.Subject(0).Units...), func(s string) bool { return strings.TrimSpace(s) == "" })
	words := strings.Fields(rapid.SampledFrom(fields).Draw(t, "field"))
	from := rapid.IntRange(0, len(words)-1).Draw(t, "from")
	for i := range words { // a word that can be asked alone, from there on
		if w := words[(from+i)%len(words)]; utf8.RuneCountInString(w) > 3 {
			from = (from + i) % len(words)
			break
		}
	}
	w := words[from]
	switch rapid.SampledFrom([]string{"plain", "plain", "capitals", "folded", "number", "phrase of 2", "phrase of 3"}).Draw(t, "how") {
	case "capitals":
		return strings.ToUpper(w)
	case "folded":
		return text.Fold(w)
	case "number":
		if short, plural := strings.CutSuffix(w, "s"); plural {
			return short
		}
		return w + "s"
	case "phrase of 2":
		return phrase(words[from:min(from+2, len(words))])
	case "phrase of 3":
		return phrase(words[from:min(from+3, len(words))])
	}
	return w
}

func phrase(words []string) string {
	return `"` + strings.NewReplacer(`"`, " ", "«", " ", "»", " ", "“", " ", "”", " ").Replace(strings.Join(words, " ")) + `"`
}

// TestEngineSearchAndScanAgree is the promise of the room: what the page lists,
// what the alert finds and what the criteria mean are one and the same, on notices
// that went through the database and on watches read back from it.
func TestEngineSearchAndScanAgree(t *testing.T) {
	defer watch.RebuildAfter(40)() // so that both of the matcher's engines answer
	const size = 250
	records := sample(t, min(size, len(gazette(t))))
	each(t, func(t *testing.T, h *house) {
		h.Record(false, records...)
		notices := readBack(h, len(records))
		num, matched, compared := uint64(0), 0, 0
		now := h.DB.Clock.Now()
		rapid.Check(t, func(t *rapid.T) {
			queries, said := map[uint64]*notice.Query{}, map[uint64]notice.Criteria{}
			for range rapid.IntRange(1, 5).Draw(t, "watches") {
				c := asked(t, notices)
				q, err := notice.Compile(c)
				if err != nil { // a word that no form accepts
					continue
				}
				num++
				queries[num], said[num] = q, c
				h.plant(num, c)
			}
			h.catchUp()
			reverse := map[uint64][]string{}
			for _, n := range notices {
				for _, found := range h.watches.Matcher().Match(n.Subject(now)) {
					reverse[found] = append(reverse[found], n.ID)
				}
			}
			for num, q := range queries {
				var scan []string
				for _, n := range notices {
					if q.Matches(n.Subject(now)) {
						scan = append(scan, n.ID)
					}
				}
				matched, compared = matched+len(scan), compared+len(notices)
				search := h.Notices.Index().Find(notice.Filter{At: now}, q)
				slices.Sort(search)
				if diff := cmp.Diff(scan, search, emptyIsNil); diff != "" {
					t.Fatalf("the search of %+v (-scan +search):\n%s", said[num], diff)
				}
				if diff := cmp.Diff(scan, reverse[num], emptyIsNil); diff != "" {
					t.Fatalf("the matcher of %+v (-scan +matcher):\n%s", said[num], diff)
				}
			}
		})
		if matched < compared/1000 || matched > compared/2 {
			t.Errorf("%d of %d match: too few or too many to compare anything", matched, compared)
		}
		t.Logf("%d watches, %d matches of %d", num, matched, compared)
	})
}

var emptyIsNil = cmp.Transformer("emptyIsNil", func(s []string) []string {
	if len(s) == 0 {
		return []string{}
	}
	return s
})

// readBack gives every notice as the database has it, in the order of ids.
func readBack(h *house, want int) (out []*notice.Notice) {
	h.t.Helper()
	h.Read(func(tx *db.Tx) (err error) {
		var ids []string
		if err := tx.All(&ids, "SELECT id FROM notice ORDER BY id"); err != nil {
			return err
		}
		out, err = notice.ByIDs(tx, ids)
		return err
	})
	if len(out) != want || h.Notices.Index().Len() != want {
		h.t.Fatal(fmt.Sprintf("%d notices are recorded and %d indexed, want %d", len(out), h.Notices.Index().Len(), want))
	}
	return out
}
