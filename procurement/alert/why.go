package alert

import (
	"cmp"
	"net/url"
	"slices"

	"parvis/kit/db"
	"parvis/procurement/access"
	"parvis/procurement/cpv"
	"parvis/procurement/refdata"
	"parvis/procurement/watch"
)

// What the form of a watch is asked to add, from a mail: nothing changes until somebody
// has read it there and saved it.
const (
	excludeWord  = "exclure-mot"
	excludeBuyer = "exclure-organisme"
	excludeCode  = "exclure-cpv"
)

// A mail offers a few ways to hear of fewer contracts like one, not all.
const (
	mostExcludedWords = 2
	mostReasons       = 5
	mostExclusions    = 2 // watches
)

// NameCodes has mails say what the codes of the nomenclature are, as the operator's
// import labels them; until then they say what a code's group buys.
func (s *Service) NameCodes(codes *cpv.Service) { s.codes = codes }

// why says why the reader is told of a notice, and how to be told of fewer like it.
func (s *Service) why(tx *db.Tx, out *letterItem, f finding) error {
	n := f.notice
	reasons, err := watch.Reasons(f.watches, n, n.RecordedAt)
	if err != nil {
		return err
	}
	if len(reasons) == 0 { // the criteria were edited since: it was right when it was matched
		for _, w := range f.watches {
			reasons = append(reasons, watch.Reason{WatchID: w.ID, Name: w.Name})
		}
	}
	for i, r := range reasons {
		w := f.watches[slices.IndexFunc(f.watches, func(w *watch.Watch) bool { return w.ID == r.WatchID })]
		codes := watch.MatchedCodes(w, n)
		codes = codes[:min(len(codes), mostExcludedWords)]
		labels, err := s.labels(tx, codes)
		if err != nil {
			return err
		}
		text := r.Text()
		for j, code := range codes {
			switch {
			case j > 0:
				text += " et "
			case len(r.Words) > 0:
				text += ", et "
			default:
				text += ", sur "
			}
			text += "le code CPV " + labels[code]
		}
		if i < mostReasons {
			out.Reasons = append(out.Reasons, oneLine(text))
		}
		if i < mostExclusions {
			out.Excludes = append(out.Excludes, s.exclusions(w, r, f, codes))
		}
	}
	return nil
}

// exclusions lead to the form of a watch with something more to leave out.
func (s *Service) exclusions(w *watch.Watch, r watch.Reason, f finding, codes []string) letterExclusion {
	out := letterExclusion{Watch: oneLine(w.Name)}
	add := func(what, key, value string) {
		out.Links = append(out.Links, letterLink{oneLine(what), s.watchURL(w, url.Values{key: {value}})})
	}
	for _, word := range r.Words[:min(len(r.Words), mostExcludedWords)] {
		add("le mot «\u00a0"+word+"\u00a0»", excludeWord, word)
	}
	if f.notice.BuyerID != "" && !contains(w.Criteria.Buyers, f.notice.BuyerID) {
		add("cet acheteur", excludeBuyer, f.notice.BuyerID)
	}
	for _, code := range codes[:min(len(codes), 1)] {
		add("le code CPV "+code, excludeCode, code)
	}
	return out
}

// labels names codes as people read them: « 45421000 (Travaux de menuiserie) ».
func (s *Service) labels(tx *db.Tx, codes []string) (map[string]string, error) {
	out := map[string]string{}
	if len(codes) == 0 {
		return out, nil
	}
	known := map[string]string{}
	if s.codes != nil {
		var err error
		if known, err = s.codes.Labels(tx.Context(), access.Platform("alertes"), codes); err != nil {
			return nil, err
		}
	}
	for _, code := range codes {
		out[code] = code
		if label := cmp.Or(known[code], refdata.CPVFamily(code)); label != "" {
			out[code] = code + " (" + label + ")"
		}
	}
	return out, nil
}
