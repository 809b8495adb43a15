package public

import (
	"time"

	"parvis/procurement/notice"
	"parvis/web/answer"
	"parvis/web/ui"
)

// newestShown is how many calls the front page shows.
const newestShown = 5

// newFor is how long a call counts as new.
const newFor = 7 * 24 * time.Hour

// homePage is the front page.
type homePage struct {
	Open     int // calls that can be answered now
	New      int // calls that the platform first had these last days
	Newest   []ui.Found
	Index    ui.IndexState
	SignedIn bool
}

// home counts what is there at this moment. The newest calls are the open ones
// that appeared last: a closed one, however new, is of no use to whoever comes in.
func (p Pages) home(v *answer.Visit) (answer.Answer, error) {
	page, err := p.Notices.Search(v.Context(), v.Actor, notice.Search{Open: true, Order: notice.ByPublication, Size: newestShown})
	if err != nil {
		return answer.Answer{}, err
	}
	everything := &notice.Query{}
	h := homePage{
		Open: page.Total, New: p.Notices.Index().CallsSince(everything, p.DB.Clock.Now().Add(-newFor)), SignedIn: v.Actor.SignedIn(),
		Index: ui.IndexState(page.Index),
	}
	for _, n := range page.Notices {
		h.Newest = append(h.Newest, found(n, page.At, everything))
	}
	return answer.Show(ui.Page{Title: "Les marchés publics, sans en manquer un"}, homeView(h)), nil
}
