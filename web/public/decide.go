package public

import (
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/web/answer"
	"parvis/web/tag"
)

// tagOf reads what the company of the reader says of a call; nil for a visitor, and for
// what is no call.
func (p Pages) tagOf(v *answer.Visit, n *notice.Notice) (*tag.Contract, error) {
	if !v.Actor.May(access.EditWatches) || n.Kind != notice.Contract {
		return nil, nil
	}
	said, err := p.Watches.Tagged(v.Context(), v.Actor, n)
	if err != nil {
		return nil, err
	}
	return &tag.Contract{ID: n.ID, Title: title(n), Said: said[n.ID], Back: noticeURL(n) + "#decision"}, nil
}
