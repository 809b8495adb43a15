package cpv

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"parvis/kit/db"
	"parvis/kit/text"
	"parvis/procurement/access"
	"parvis/procurement/refdata"
)

// changeKind is the kind of change that says that the vocabulary was imported.
const changeKind = "cpv"

// Entry is one code.
type Entry struct {
	Code       string // eight digits
	CheckDigit string // one digit
	Label      string // French
}

// Outcome counts what became of the codes of an import.
type Outcome struct{ New, Changed, Same int }

// Service holds the use cases of the vocabulary.
type Service struct {
	db     *db.DB
	follow *db.Follower

	mu    sync.RWMutex
	known vocabulary
}

// vocabulary is ready to be searched.
type vocabulary struct {
	entries []Entry // in the order of their codes
	words   [][]text.Token
	folded  []string // each label's words, each after a space
	partial bool     // only the divisions and groups: nothing was imported
}

// New makes the room.
func New(d *db.DB) *Service {
	s := &Service{db: d}
	s.follow = d.Follow(s.load, func(tx *db.Tx, _ []db.Change) error { return s.load(tx) }, changeKind)
	return s
}

// carried are the divisions and groups, which need no import.
func carried() (all []Entry) {
	for _, d := range refdata.CPVDivisions() {
		all = append(all, carry(d.Code+"000000", d.Label))
	}
	for _, g := range refdata.CPVGroups() {
		all = append(all, carry(g.Code+"00000", g.Label))
	}
	slices.SortFunc(all, func(a, b Entry) int { return strings.Compare(a.Code, b.Code) })
	return all
}

func carry(code, label string) Entry {
	digit, _ := refdata.CPVCheckDigit(code)
	return Entry{Code: code, CheckDigit: string(digit), Label: label}
}

func (s *Service) load(tx *db.Tx) error {
	var fresh vocabulary
	if err := tx.All(&fresh.entries, "SELECT code, check_digit, label FROM cpv ORDER BY code"); err != nil {
		return err
	}
	if len(fresh.entries) == 0 {
		fresh.entries, fresh.partial = carried(), true
	}
	var reader text.Analyser
	for _, e := range fresh.entries {
		fresh.words = append(fresh.words, reader.Append(nil, e.Label))
		fresh.folded = append(fresh.folded, " "+strings.Join(split(e.Label), " "))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = fresh
	return nil
}

func (s *Service) vocabulary(ctx context.Context) (vocabulary, error) {
	err := s.follow.CatchUp(ctx)
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.known, err
}

// Import takes in the codes of a file: those that it does not have stay as they are.
func (s *Service) Import(ctx context.Context, by access.Actor, entries []Entry) (Outcome, error) {
	var out Outcome
	if err := by.Must(access.RecordNotices); err != nil {
		return out, err
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		out = Outcome{}
		var have []Entry
		if err := tx.All(&have, "SELECT code, check_digit, label FROM cpv"); err != nil {
			return err
		}
		known := make(map[string]Entry, len(have))
		for _, e := range have {
			known[e.Code] = e
		}
		for _, e := range entries {
			switch before, ok := known[e.Code]; {
			case ok && before == e:
				out.Same++
				continue
			case ok:
				out.Changed++
			default:
				out.New++
			}
			known[e.Code] = e
			if _, err := tx.Exec(`INSERT INTO cpv (code, check_digit, label) VALUES ($1, $2, $3)
				ON CONFLICT (code) DO UPDATE SET check_digit = excluded.check_digit, label = excluded.label`, e.Code, e.CheckDigit, e.Label); err != nil {
				return err
			}
		}
		if out.New+out.Changed == 0 {
			return nil
		}
		return tx.Changed(changeKind, "")
	})
	return out, err
}

// Search gives the codes that typed words or digits find, the broadest first, n at
// most: digits find the codes that begin so, words those whose label has them all,
// by their inflections. A check digit that is not the code's finds nothing. Before any
// import a whole code is believed, and named by its group.
func (s *Service) Search(ctx context.Context, by access.Actor, typed string, n int) ([]Entry, error) {
	if err := by.Must(access.SearchNotices); err != nil {
		return nil, err
	}
	v, err := s.vocabulary(ctx)
	if err != nil {
		return nil, err
	}
	digits, check, _ := strings.Cut(strings.Join(strings.Fields(typed), ""), "-")
	var found []ranked
	if digits != "" && strings.Trim(digits, "0123456789") == "" {
		for _, e := range v.entries {
			if strings.HasPrefix(e.Code, digits) && (check == "" || e.CheckDigit == check) {
				found = append(found, ranked{e, 0})
			}
		}
		if code, whole := refdata.NormaliseCPV(typed); whole && v.partial && len(found) == 0 && refdata.CPVKeyFault(typed) == nil {
			found = append(found, ranked{carry(code, refdata.CPVFamily(code)), 0}) // whoever types a whole code knows it
		}
	} else {
		found = v.named(text.ParseKeywords(typed).Keywords)
	}
	return first(found, n), nil
}

// ranked is a code and where in its label the first of the words looked for stands: a
// label that begins with it is about it.
type ranked struct {
	Entry
	at int
}

// first gives n of them, the broadest first, and of those the ones that are most about
// what was looked for.
func first(found []ranked, n int) []Entry {
	slices.SortStableFunc(found, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(depth(a.Code), depth(b.Code)), cmp.Compare(a.at, b.at))
	})
	out := make([]Entry, min(n, len(found)))
	for i := range out {
		out[i] = found[i].Entry
	}
	return out
}

// named gives the codes whose label has all the keywords.
func (v vocabulary) named(keywords []text.Keyword) (found []ranked) {
	if len(keywords) == 0 {
		return nil
	}
	for i, e := range v.entries {
		at, missing := len(e.Label), false
		for _, k := range keywords {
			spans := k.Find(v.words[i])
			if missing = len(spans) == 0; missing {
				break
			}
			at = min(at, spans[0][0])
		}
		if !missing {
			found = append(found, ranked{e, at})
		}
	}
	return found
}

// depth is how many digits of a code say something: two for a division.
func depth(code string) int { return len(refdata.CPVPrefix(code)) }

// Labels gives the labels of codes, by code; those that do not exist are left out.
func (s *Service) Labels(ctx context.Context, by access.Actor, codes []string) (map[string]string, error) {
	if err := by.Must(access.SearchNotices); err != nil {
		return nil, err
	}
	v, err := s.vocabulary(ctx)
	if err != nil {
		return nil, err
	}
	labels := map[string]string{}
	for _, code := range codes {
		i, ok := slices.BinarySearchFunc(v.entries, code, func(e Entry, code string) int { return strings.Compare(e.Code, code) })
		if ok {
			labels[code] = v.entries[i].Label
		}
	}
	return labels, nil
}
