package company

import (
	"net/url"
	"slices"
	"strings"

	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/kit/text"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/tag"
	"parvis/web/ui"
)

// tagPage is the page of what a company decides about one contract.
type tagPage struct {
	notice.Story
	By     access.Actor
	Said   watch.Tagged
	Chosen string // as it was typed
	Note   string
	Back   string
	Errors ui.Errors
	Less   []sparing // how to see fewer like it
}

// sparing is a watch that found the contract, and what could be left out of it.
type sparing struct {
	Name  string
	Links []ui.Link
}

func (p Pages) tagOf(v *answer.Visit) (answer.Answer, error) {
	page, err := p.readTag(v)
	if err != nil {
		return answer.Answer{}, err
	}
	page.Chosen, page.Note = string(page.Said.Choice), page.Said.Mine()
	return answer.Show(ui.Page{Title: page.pageTitle(), Narrow: true}, tagBody(page)), nil
}

func (p Pages) tag(v *answer.Visit) (answer.Answer, error) {
	f := tag.Read(v.PostForm)
	err := p.Watches.Tag(v.Context(), v.Actor, v.PathValue("id"), f)
	if err != nil {
		faults, err := answer.Errors(err)
		if err != nil {
			return answer.Answer{}, err
		}
		page, err := p.readTag(v)
		if err != nil {
			return answer.Answer{}, err
		}
		page.Chosen, page.Errors = f.Choice, faults
		if f.Note != nil {
			page.Note = *f.Note
		}
		return answer.Refused(ui.Page{Title: page.pageTitle(), Narrow: true}, tagBody(page)), nil
	}
	where := afterTag(v.PathValue("id"), f, back(v))
	if strings.Contains(where, "#"+anchorPassed) {
		return answer.SeeOther(where, ""), nil // the page says it, with what can be done next
	}
	return answer.SeeOther(where, tagDone(f)), nil
}

// tagDone says what a choice did.
func tagDone(f watch.TagForm) string {
	switch watch.Choice(f.Choice) {
	case watch.Pass:
		return "On passe\u00a0: ce marché ne vous sera plus signalé."
	case watch.Untagged:
		return "Ce marché n'a plus d'étiquette."
	}
	return "Ce marché est étiqueté " + quoted(watch.Choice(f.Choice).Label()) + "."
}

// afterTag is where to go: back, and for what one passes on, where its like can be left
// out too.
func afterTag(id string, f watch.TagForm, back string) string {
	u, err := url.Parse(back)
	if watch.Choice(f.Choice) != watch.Pass || err != nil {
		return back
	}
	if u.Path != watchesURL {
		return tag.URL(id, back)
	}
	q := u.Query()
	q.Set(fieldPassed, id)
	u.RawQuery, u.Fragment = q.Encode(), anchorPassed
	return u.String()
}

// back is where the form asks to return, if it is here.
func back(v *answer.Visit) string {
	if where := v.Form.Get(tag.FieldBack); answer.Here(where) {
		return where
	}
	return watchesURL + "#marches"
}

func (p Pages) readTag(v *answer.Visit) (tagPage, error) {
	page := tagPage{By: v.Actor, Back: back(v)}
	var err error
	if page.Story, err = p.Notices.Find(v.Context(), v.Actor, v.PathValue("id")); err != nil {
		return page, err
	}
	said, err := p.Watches.Tagged(v.Context(), v.Actor, page.Notice)
	if err != nil {
		return page, err
	}
	page.Said = said[page.ID]
	if page.Said.Choice == watch.Pass {
		page.Less, err = p.lessLike(v, page.Notice, page.At)
	}
	return page, err
}

// lessLike says, for each active watch that finds a contract, what would keep its like
// out: the form opens filled in, and nothing changes until it is saved.
func (p Pages) lessLike(v *answer.Visit, n *notice.Notice, at clock.Instant) ([]sparing, error) {
	watches, err := p.Watches.List(v.Context(), v.Actor)
	if err != nil {
		return nil, err
	}
	watches = slices.DeleteFunc(watches, func(w *watch.Watch) bool { return !w.Live() })
	reasons, err := watch.Reasons(watches, n, at)
	if err != nil {
		return nil, err
	}
	words := leftWords(n.Title, reasons)
	labels, err := p.CPV.Labels(v.Context(), v.Actor, n.CPV)
	if err != nil {
		return nil, err
	}
	var out []sparing
	for _, r := range reasons[:min(len(reasons), mostSparing)] {
		l := sparing{Name: r.Name}
		add := func(label, field, value string) {
			l.Links = append(l.Links, ui.Link{Label: label, URL: watchesURL + "/" + r.WatchID + "/modifier?" + url.Values{field: {value}}.Encode()})
		}
		for _, w := range words {
			add("le mot "+quoted(w), leaveWord, w)
		}
		w := watches[slices.IndexFunc(watches, func(w *watch.Watch) bool { return w.ID == r.WatchID })]
		if n.BuyerID != "" && !slices.Contains(w.Criteria.Buyers, n.BuyerID) {
			add("l'organisme "+quoted(buyerName(n)), leaveBuyer, n.BuyerID)
		}
		for _, code := range n.CPV[:min(len(n.CPV), mostLeftCodes)] {
			label := "le code CPV " + code
			if labels[code] != "" {
				label += " (" + labels[code] + ")"
			}
			add(label, leaveCode, code)
		}
		out = append(out, l)
	}
	return out, nil
}

// What the form of a watch is asked to leave out, in its address.
const (
	leaveWord     = "exclure-mot"
	leaveBuyer    = "exclure-organisme"
	leaveCode     = "exclure-cpv"
	mostLeftWords = 4
	mostLeftCodes = 2
	mostSparing   = 3 // watches
)

// leftWords are the words of a title on which no watch matched: those that say in what
// the contract is not what one looks for.
func leftWords(title string, reasons []watch.Reason) []string {
	found := map[text.Term]bool{}
	for _, r := range reasons {
		for _, word := range r.Words {
			for _, token := range text.Analyse(word) {
				for _, term := range token.Terms {
					found[term] = true
				}
			}
		}
	}
	var out []string
	for _, token := range text.Analyse(title) {
		const short = 4 // « lot », « rue »: they tell nothing apart
		word := strings.ToLower(title[token.Start:token.End])
		wanted := slices.ContainsFunc(token.Terms, func(t text.Term) bool { return found[t] })
		if token.Function || wanted || len([]rune(word)) < short || token.Span > 1 || slices.Contains(out, word) || !strings.ContainsFunc(word, letter) {
			continue
		}
		if out = append(out, word); len(out) == mostLeftWords {
			break
		}
	}
	return out
}

func letter(r rune) bool { return r >= 'a' && r <= 'z' }

func (p tagPage) pageTitle() string { return "Votre décision\u00a0: " + title(p.Notice) }

// noticeURL is the contract's own page.
func (p tagPage) noticeURL() string { return "/annonces/" + p.ID }

// backLabel names where one comes from.
func (p tagPage) backLabel() string {
	switch u, _ := url.Parse(p.Back); {
	case u == nil || u.Path == watchesURL:
		return "Ma veille de marchés"
	case u.Path == spaceURL:
		return "Mon espace"
	case strings.HasPrefix(u.Path, "/annonces"):
		return "Retour à l'annonce"
	}
	return "Retour"
}

// others are the notes that are not one's own.
func (p tagPage) others() []watch.Note {
	return slices.DeleteFunc(slices.Clone(p.Said.Notes), func(n watch.Note) bool { return n.Mine })
}

// facts are what decides.
func (p tagPage) facts() []ui.Criterion {
	out := []ui.Criterion{{Label: "Organisme", Values: ui.Values(buyerName(p.Notice))}, {Label: "Référence", Values: ui.Values(reference(p.Notice))}}
	if !p.Deadline.IsZero() {
		d := due(p.Notice, p.At)
		badge := d.Badge()
		out = append(out, ui.Criterion{Label: "Date limite", Values: []ui.Value{{Text: p.Deadline.Long(p.Zone()), State: &badge}}})
	}
	return out
}

// fieldPassed names the contract that one has just passed on, in the list's address.
const (
	fieldPassed  = "passe"
	anchorPassed = "on-passe"
)

// unknown tells a contract that does not exist, which an old address may name, from what
// went wrong.
func unknown(err error) bool { return fault.Is(err, fault.NotFound) }
