package watch

import (
	"net/url"

	"parvis/kit/db"
	"parvis/procurement/notice"
	"parvis/procurement/org"
)

// Facts is a notice as programs are told of it, by a feed or a webhook: what a mail says
// of it, under names that do not change. Moments are in RFC 3339, in universal time;
// what is not known is left out.
type Facts struct {
	ID               string     `json:"id"`
	URL              string     `json:"url"`
	Title            string     `json:"title"`
	Buyer            string     `json:"buyer,omitempty"`
	BuyerSIREN       string     `json:"buyer_siren,omitempty"`
	Reference        string     `json:"reference,omitempty"`
	Departments      []string   `json:"departments"`
	Category         string     `json:"category,omitempty"`
	Procedure        string     `json:"procedure,omitempty"`
	CPV              []string   `json:"cpv"`
	Deadline         string     `json:"deadline,omitempty"`
	DeadlineDoubtful bool       `json:"deadline_doubtful,omitempty"`
	VisitAt          string     `json:"visit_at,omitempty"`
	QuestionsUntil   string     `json:"questions_until,omitempty"`
	CancelledAt      string     `json:"cancelled_at,omitempty"`
	Result           string     `json:"result,omitempty"` // awarded, partly_awarded, unsuccessful, discontinued, unawarded, partly_unawarded
	PublishedOn      string     `json:"published_on,omitempty"`
	RecordedAt       string     `json:"recorded_at"`
	Source           string     `json:"source"`
	SourceID         string     `json:"source_id"`
	SourceURL        string     `json:"source_url,omitempty"`
	Lots             []LotFacts `json:"matching_lots"`
	Watches          []WhyFacts `json:"watches"`
}

// LotFacts is a lot that answers by itself.
type LotFacts struct {
	Number string `json:"number"`
	Title  string `json:"title"`
}

// WhyFacts is a watch that the notice matches, and the words on which it does.
type WhyFacts struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Words []string `json:"words"`
}

// FactsOf says what is known of a notice now, and why these watches match it. siren is
// its buyer's, see SIRENs; base begins the address of its page.
func FactsOf(n *notice.Notice, siren string, watches []*Watch, base string) (Facts, error) {
	f := Facts{
		ID: n.ID, URL: base + "/annonces/" + n.ID, Title: n.Title, Buyer: n.Buyer.Name, BuyerSIREN: siren, Reference: n.Reference,
		Departments: some(n.Departments), Category: string(n.Category), Procedure: string(n.Procedure), CPV: some(n.CPV),
		Deadline: n.Deadline.RFC3339(), DeadlineDoubtful: n.DeadlineDoubtful, VisitAt: n.VisitAt.RFC3339(), QuestionsUntil: n.QuestionsUntil.RFC3339(),
		CancelledAt: n.CancelledAt.RFC3339(), Result: string(n.Result), PublishedOn: n.PublishedOn, RecordedAt: n.RecordedAt.RFC3339(),
		Source: n.Source, SourceID: n.SourceID, SourceURL: onTheWeb(n.URL), Lots: []LotFacts{}, Watches: []WhyFacts{},
	}
	reasons, err := Reasons(watches, n, n.RecordedAt)
	if err != nil {
		return f, err
	}
	why := map[string][]string{}
	for _, r := range reasons {
		why[r.WatchID] = r.Words
	}
	for _, w := range watches { // one that was edited since is there all the same: it was right when it matched
		f.Watches = append(f.Watches, WhyFacts{w.ID, w.Name, some(why[w.ID])})
	}
	for _, lot := range MatchingLots(watches, n, n.RecordedAt) {
		f.Lots = append(f.Lots, LotFacts{lot.Number, lot.Title})
	}
	return f, nil
}

// SIRENs gives the number of the buyer of each of these notices, as the register has it
// now; those of which it has none are not there.
func SIRENs(tx *db.Tx, notices []*notice.Notice) (map[string]string, error) {
	ids := make([]string, len(notices))
	for i, n := range notices {
		ids[i] = n.BuyerID
	}
	buyers, err := org.BuyersNamed(tx, unique(ids))
	out := map[string]string{}
	for _, n := range notices {
		if siren := buyers[n.BuyerID].SIREN; siren != "" {
			out[n.ID] = siren
		}
	}
	return out, err
}

// some is a list that is never null: a program that counts it need not ask first.
func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// onTheWeb is what a source gave as an address, if it is one that can be opened.
func onTheWeb(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return u.String()
}
