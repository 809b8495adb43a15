package watch

import (
	"context"
	"slices"
	"strings"

	"parvis/kit/clock"
	"parvis/kit/text"
	"parvis/procurement/access"
	"parvis/procurement/account"
	"parvis/procurement/cpv"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

// Preview is what a watch would do if it were saved as it stands: asked by the index that
// answers lists, with the queries that alert.
type Preview struct {
	As       *Watch // that would be saved: what it asks
	At       clock.Instant
	Index    notice.Progress // whether what follows is about all notices
	Now      int             // calls that match and can be answered
	Examples []Hit           // a few of them, those first that have most of the words
	Past     bool            // none can be answered: the examples are closed
	Forecast
	Rhythm     Rhythm
	Everything bool // nothing is asked
	Active     bool
	NeverCalls bool // only kinds of notice that no watch mails
	Ignored    []string
	Contrary   Contrary
	Words      []WordNote
	Uncoded    notice.Counts // of codes without a word: the calls of ninety days otherwise asked for, and those that no code can find
	FromLabels []string      // words of the labels of those codes, to be added
	Codes      []cpv.Entry   // codes whose labels have the words, to be added
}

// WordNote is what there is to say of one keyword.
type WordNote struct {
	Word       string
	Unseen     bool     // no notice of a year has it
	Nearest    []string // words that some have, then
	Related    []string // words of the same trade, that notices have
	Share      int      // percent of the calls of ninety days that have it, 0 when that is no flood
	Code       cpv.Entry
	WrongKey   string // why it is no code, though it looks like one: its check digit
	Department refdata.Department
}

// said tells that there is anything to say.
func (n WordNote) said() bool {
	return n.Unseen || len(n.Related) > 0 || n.Share > 0 || n.Code.Code != "" || n.WrongKey != "" || n.Department.Code != ""
}

// How much a preview looks at and says.
const (
	examples    = 3
	mostWords   = 20 // that are looked at
	mostUnseen  = 5  // whose neighbours are sought
	mostOffered = 3  // of each kind of offer
	flood       = 10 // percent of all calls from which a word says too little
	fewCalls    = 20 // with which no share means anything
)

// Preview says what a form would do. What has no part in it (the name, the recipients)
// may still be missing; what is wrong with the rest is a fault.
func (s *Service) Preview(ctx context.Context, by access.Actor, f Form, codes *cpv.Service) (Preview, error) {
	if err := by.Must(access.EditWatches); err != nil {
		return Preview{}, err
	}
	now := s.db.Clock.Now()
	f.Name, f.Recipients, f.Pause, f.AcceptEmpty = "-", nil, "", true
	d, err := f.check(account.Address{}, now)
	if err != nil {
		return Preview{}, err
	}
	if strange(d.criteria.Buyers) || strange(d.criteria.ExcludeBuyers) {
		return Preview{}, errBuyer
	}
	if err := s.notices.Resolve(ctx, &d.criteria); err != nil {
		return Preview{}, err
	}
	q, err := notice.Compile(d.criteria)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{
		As: &Watch{Criteria: d.criteria}, At: now, Everything: d.criteria.Empty(), Active: d.active, Ignored: d.ignored,
		Rhythm:     Rhythm{Frequency: d.frequency, Hour: d.hour, Weekday: d.weekday, Everything: d.criteria.Empty()},
		NeverCalls: len(d.criteria.Kinds) > 0 && !slices.Contains(d.criteria.Kinds, notice.Contract),
		Contrary:   contraryOf(d.criteria),
	}
	q = s.notices.Index().Remembering(q, now.Add(-90*day-longest), now)
	p.Forecast = forecast(s.notices.Index().Heard(q, now.Add(-90*day-longest), now), p.Rhythm, now)
	if err := s.exemplify(ctx, &p, d.criteria, q); err != nil {
		return Preview{}, err
	}
	s.readWords(&p, d.criteria, q)
	return p, s.readCodes(ctx, by, &p, d.criteria, codes)
}

// Contrary is what a watch asks for and leaves out at once: it finds nothing by it.
type Contrary struct {
	Words, CPV []string
	Buyers     int
}

// None tells that there is nothing of the kind.
func (c Contrary) None() bool { return len(c.Words)+len(c.CPV)+c.Buyers == 0 }

func contraryOf(c notice.Criteria) (out Contrary) {
	same := func(a, b string) bool { return text.Fold(a) == text.Fold(b) }
	for _, w := range c.Keywords {
		if slices.ContainsFunc(c.Exclude, func(out string) bool { return same(w, out) }) {
			out.Words = append(out.Words, w)
		}
	}
	for _, code := range c.CPV {
		if slices.ContainsFunc(c.ExcludeCPV, func(out string) bool { return strings.HasPrefix(code, out) }) {
			out.CPV = append(out.CPV, code)
		}
	}
	for _, id := range c.Buyers {
		if slices.Contains(c.ExcludeBuyers, id) {
			out.Buyers++
		}
	}
	return out
}

// strange tells that some of the ids are none: what a forged form holds, a database may
// refuse.
func strange(ids []string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return !IsID(id) })
}

// exemplify finds a few calls that match, closed ones when none can be answered.
func (s *Service) exemplify(ctx context.Context, p *Preview, c notice.Criteria, q *notice.Query) error {
	f := notice.Filter{At: p.At, Open: true, Order: notice.ByPublication}
	if len(c.Keywords) > 0 {
		f.Order = notice.ByRelevance
	}
	found := s.notices.Index().Page(f, 0, examples, q)
	if p.Now = found.Total; p.Now == 0 && p.Calls90 > 0 {
		c.MinDays, c.Kinds = 0, []notice.Kind{notice.Contract}
		past := *q
		past.MinDays, past.Kinds = c.MinDays, c.Kinds
		q = &past
		f.Open, f.Since, p.Past = false, p.At.Add(-90*day), true
		found = s.notices.Index().Page(f, 0, examples, q)
	}
	page, err := s.notices.Read(ctx, found)
	if err != nil {
		return err
	}
	p.Index = page.Index
	as := []*Watch{{Criteria: c}}
	for _, n := range page.Notices {
		reasons, err := Reasons(as, n, p.At)
		if err != nil {
			return err
		}
		p.Examples = append(p.Examples, Hit{Notice: n, Reasons: reasons})
	}
	return nil
}

// readWords looks at each keyword by itself.
func (s *Service) readWords(p *Preview, c notice.Criteria, q *notice.Query) {
	if !p.Index.Ready {
		return // what is not found may only not be there yet
	}
	index, keywords := s.notices.Index(), q.Keywords[:min(len(q.Keywords), mostWords)]
	all, each := index.CountWords(q, keywords, p.At.Add(-90*day))
	alone := len(q.Keywords) == 1 || !q.All
	unseen := 0
	for i, k := range keywords {
		n := WordNote{Word: k.Typed}
		if code, ok := refdata.NormaliseCPV(k.Typed); ok && !k.Quoted {
			if wrong := refdata.CPVKeyFault(k.Typed); wrong != nil {
				n.WrongKey = wrong.Text
			}
			n.Code = cpv.Entry{Code: code, Label: refdata.CPVFamily(code)}
		}
		if d, ok := DepartmentOf(k.Typed); ok && !slices.Contains(c.Departments, d.Code) {
			n.Department = d
		}
		switch calls := each[i]; {
		case calls == 0 && n.Code.Code == "" && n.Department.Code == "" && !index.Seen(k, p.At.Add(-365*day)):
			if n.Unseen = true; unseen < mostUnseen && !k.Quoted {
				unseen++
				n.Nearest = index.Nearest(k.Typed, mostOffered)
			}
		case alone && all >= fewCalls && calls*100 >= all*flood:
			n.Share = calls * 100 / all
		}
		n.Related = s.offered(text.Related(k.Typed), q.Keywords, p.At)
		n.Nearest = slices.DeleteFunc(n.Nearest, func(w string) bool { return slices.Contains(n.Related, w) })
		if n.said() {
			p.Words = append(p.Words, n)
		}
	}
}

// offered keeps of some words those that notices have and that are not asked yet.
func (s *Service) offered(words []string, asked []text.Keyword, now clock.Instant) []string {
	var out []string
	for _, w := range words {
		for _, k := range text.ParseKeywords(w).Keywords {
			has := slices.ContainsFunc(asked, func(a text.Keyword) bool { return a.In(text.Analyse(w)) })
			if !has && len(out) < mostOffered && s.notices.Index().Seen(k, now.Add(-365*day)) {
				out = append(out, w)
			}
		}
	}
	return out
}

// DepartmentOf is the department that a word names, by its number or its name.
func DepartmentOf(word string) (refdata.Department, bool) {
	folded := text.Fold(word)
	if code, ok := refdata.NormaliseDepartment(folded); ok && len(folded) > 1 { // one digit counts something else
		if d, ok := refdata.DepartmentByCode(code); ok {
			return d, true
		}
	}
	all := refdata.Departments()
	i := slices.IndexFunc(all, func(d refdata.Department) bool { return text.Fold(d.Name) == folded })
	if i < 0 {
		return refdata.Department{}, false
	}
	return all[i], true
}

// readCodes says what codes cannot find, and which codes the words may mean.
func (s *Service) readCodes(ctx context.Context, by access.Actor, p *Preview, c notice.Criteria, codes *cpv.Service) error {
	var named []string
	for _, n := range p.Words {
		if n.Code.Code != "" {
			named = append(named, n.Code.Code)
		}
	}
	labels, err := codes.Labels(ctx, by, slices.Concat(named, c.CPV))
	if err != nil {
		return err
	}
	for i := range p.Words {
		if label := labels[p.Words[i].Code.Code]; label != "" {
			p.Words[i].Code.Label = label
		}
	}
	if len(c.CPV) == 0 {
		return s.proposeCodes(ctx, by, p, c, codes)
	}
	if len(c.Keywords) > 0 || !p.Index.Ready {
		return nil
	}
	rest := c
	rest.CPV = nil
	q, err := notice.Compile(rest)
	if err != nil {
		return err
	}
	p.Uncoded = s.notices.Index().Count(q, p.At.Add(-90*day), p.At)
	p.FromLabels = s.wordsOf(c.CPV, labels, p.At)
	return nil
}

// proposeCodes offers the codes whose label has the words.
func (s *Service) proposeCodes(ctx context.Context, by access.Actor, p *Preview, c notice.Criteria, codes *cpv.Service) error {
	for _, word := range c.Keywords[:min(len(c.Keywords), mostOffered)] {
		if slices.ContainsFunc(p.Words, func(n WordNote) bool { return n.Word == word && n.Share > 0 }) && len(c.Keywords) > 1 {
			continue // it says as little of codes
		}
		if _, ok := refdata.NormaliseCPV(word); ok {
			continue
		}
		found, err := codes.Search(ctx, by, word, mostOffered)
		if err != nil {
			return err
		}
		for _, e := range found[:min(len(found), max(1, mostOffered/len(c.Keywords)))] {
			if len(p.Codes) < mostOffered && !slices.Contains(p.Codes, e) {
				p.Codes = append(p.Codes, e)
			}
		}
	}
	return nil
}

// wordsOf gives the words of the labels of codes that would make good keywords: notices
// have them, and not one notice in ten.
func (s *Service) wordsOf(codes []string, labels map[string]string, now clock.Instant) []string {
	const most = 6
	var out []string
	var words []text.Keyword
	for _, code := range codes {
		label := labels[code]
		if label == "" {
			label = refdata.CPVFamily(code)
		}
		words = append(words, text.ParseKeywords(label).Keywords...)
	}
	words = words[:min(len(words), mostWords)]
	all, each := s.notices.Index().CountWords(&notice.Query{}, words, now.Add(-90*day))
	for i, k := range words {
		word := strings.ToLower(k.Typed)
		if each[i] > 0 && (all < fewCalls || each[i]*100 < all*flood) && len(out) < most && !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	return out
}
