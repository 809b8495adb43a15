package form

import (
	"cmp"

	"parvis/kit/scrub"
	folding "parvis/kit/text"
	"parvis/procurement/notice"
)

// doubt is how far a line of a corrigendum leaves the deadline open.
type doubt int

const (
	settled doubt = iota
	vague         // it speaks of the deadline, and another line may say which it is
	blocked       // it says something of it that no other line can settle
)

// CorrectedDeadline is the new deadline that a corrigendum announces, as ReadMoment reads
// it; "" when it gives none surely. Where it speaks of the deadline without that, what it
// says is given as unread, which is never a date by itself. A deadline that is wrongly late
// makes a company miss it: what is not said in so many words is not applied.
func CorrectedDeadline(lines []notice.Correction) (raw, unread string) {
	var found []Moment
	said := map[doubt]string{}
	inField, ofLot := false, false // the new date stands alone in its place; one of a lot does
	for _, c := range lines {
		in, open, alone := correctedIn(c)
		found = append(found, in...)
		inField, ofLot = inField || alone && open == settled, ofLot || alone && open != settled
		if open != settled && said[open] == "" {
			said[open] = unreadable(c)
		}
	}
	if m, ok := only(found); ok && (said[blocked] == "" || inField && !ofLot) { // prose beside a field takes nothing from it
		return m.Show(), ""
	}
	unread = cmp.Or(said[blocked], said[vague])
	if unread == "" && len(found) > 0 {
		unread = "rectificatif\u00a0: " + found[0].Show() + " ou " + found[len(found)-1].Show()
	}
	return "", unread
}

// unreadable is what a line says, for people to read.
func unreadable(c notice.Correction) string {
	text := scrub.Short(c.New)
	switch _, date := ReadMoment(text); {
	case text == "" && c.Section == "":
		return "rectificatif"
	case text == "":
		return "rubrique " + c.Section
	case date:
		return "rubrique " + cmp.Or(c.Section, "du rectificatif") + "\u00a0: " + text
	}
	return text
}

// only is the one moment that all of these are, with its hour when one of them has it.
func only(found []Moment) (one Moment, ok bool) {
	for _, m := range found {
		switch {
		case !ok:
			one, ok = m, true
		case m == one:
		case m.Show()[:len("02/01/2006")] != one.Show()[:len("02/01/2006")] || m.HasTime && one.HasTime:
			return Moment{}, false
		case m.HasTime:
			one = m
		}
	}
	return one, ok
}

// correctedIn reads a line of a corrigendum: the new deadlines that it gives, and whether
// it leaves something open. alone tells that it is a date and nothing else.
func correctedIn(c notice.Correction) (found []Moment, open doubt, alone bool) {
	before, after := folding.Fold(c.Old), folding.Fold(c.New)
	section := OfDeadline(c.Section)
	if m, ok := wholeCell(after); ok && (section || namesWholly(before)) {
		found, alone = []Moment{m}, true
	} else {
		var named bool
		found, open, named = inWords(after)
		if !named && open == settled {
			open = unnamed(section, before, after)
		} else if section && len(found) == 0 && open == settled && !unchanged(after) {
			open = vague
		}
	}
	if (len(found) > 0 || open != settled) && (ofLots(folding.Fold(c.Section)) || ofLots(before) || ofLots(after)) {
		return nil, blocked, alone
	}
	return found, open, alone
}

// unnamed is what a line whose new text does not name the deadline leaves open, when its
// section or its former text does.
func unnamed(section bool, before, after string) doubt {
	if !section {
		_, _, named := inWords(before)
		if !named || otherSubjects.MatchString(window(before)) || otherSubjects.MatchString(window(after)) {
			return settled
		}
	}
	switch {
	case after == "":
		return vague
	case unchanged(after):
		return settled
	case section && otherSubjects.MatchString(window(after)):
		return vague
	}
	return blocked
}
