package public

import (
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/web/answer"
)

// followAct is « Suivre cette consultation » on the page of a call.
type followAct struct {
	URL     string
	Visitor bool // who must sign in first, and comes back
	Follows bool
	Address string // where mails go
	Pass    bool   // one's company passes on the call: nothing is sent
}

// followURL is where the act is sent; asked, it leads back to the page by the sign-in.
func followURL(n *notice.Notice) string { return noticeURL(n) + "/suivi" }

// followed is where one comes back to.
func followed(n *notice.Notice) string { return noticeURL(n) + "#suivi" }

// followOf reads whether the reader follows a call; nil for what is no call, and for who
// can follow none. A visitor's page says the same whoever they are.
func (p Pages) followOf(v *answer.Visit, n *notice.Notice) (*followAct, error) {
	if n.Kind != notice.Contract {
		return nil, nil
	}
	act := &followAct{URL: followURL(n), Address: v.Actor.Address}
	if v.Actor.Role == access.Visitor {
		act.Visitor = true
		return act, nil
	}
	if !v.Actor.May(access.EditWatches) {
		return nil, nil
	}
	var err error
	act.Follows, err = p.Alerts.Follows(v.Context(), v.Actor, n.ID)
	return act, err
}

// askFollow leads to the page of a notice whoever comes by the sign-in.
func (p Pages) askFollow(v *answer.Visit) (answer.Answer, error) {
	story, err := p.storyOf(v)
	if err != nil {
		return answer.Answer{}, err
	}
	n := story.Notice
	return answer.SeeOther(followed(n), ""), nil
}

// followHere follows a call from its page, or no more.
func (p Pages) followHere(v *answer.Visit) (answer.Answer, error) {
	story, err := p.storyOf(v)
	if err != nil {
		return answer.Answer{}, err
	}
	n := story.Notice
	on := v.PostForm.Get(fieldAction) != actionLeave
	if err := p.Alerts.FollowOpenly(v.Context(), v.Actor, n.ID, on); err != nil {
		return answer.Answer{}, err
	}
	done := "Vous suivez cette consultation."
	if !on {
		done = "Vous ne suivez plus cette consultation."
	}
	return answer.SeeOther(followed(n), done), nil
}
