package form

import (
	"regexp"
	"slices"
	"strings"

	"parvis/kit/scrub"
	folding "parvis/kit/text"
	"parvis/procurement/notice"
)

// Corrigenda often give the new deadline in words, in whatever section: « la date limite
// de remise des offres est reportée au 2 juin 2026 à 12h00 ». What follows reads texts as
// folding.Fold leaves them.
var (
	// deadlineWords are how a text names the deadline.
	deadlineWords = regexp.MustCompile(`\b(?:date|dates|delai|delais|heure|heures|limite)(?: et (?:l')?heures?)?(?: limites?)?(?: fixee?s?)? (?:de|pour) (?:la )?(?:remise|reception|depot|reponse)(?: (?:des|de vos|de) ` +
		`(?:offres?|candidatures?|plis|propositions|projets|soumissions|reponses|dossiers? de candidature|demandes? de participation))?(?: (?:ou|et) (?:des |de )?(?:offres|candidatures|demandes de participation))?\b`)
	// otherSubjects begin what a text says of another date.
	otherSubjects = regexp.MustCompile(`ouverture|visite|question|renseignement|publication|publie|validite|echantillon|demarrage|notification|retrait|obtention|commission|negociation|audition|envoi\b|echange|maquette`)
	ofOneLot      = regexp.MustCompile(`\blots?\s?(?:n\s?[o°]s?\s?)?\d`)
	conditional   = regexp.MustCompile(`\b(?:si|s'il|cas|hypothese|eventuel\w*)\b`)
	// reference goes before a deadline from which something else is counted.
	reference  = regexp.MustCompile(`(?:avant|apres|compter d[eu]|jusqu'a|precedant|suivant|expiration d[eu]|partir d[eu]|jours?) (?:la |le |l')?$`)
	changing   = regexp.MustCompile(`report|repouss|modif|prolong|proroge|differe|avance|recule|decale|fixee? |change|nouvelle|au lieu d`)
	formerDate = regexp.MustCompile(`au lieu d|initialement|ancienne|precedemment|(?:reporte|repousse|differe|decale|avance|prolonge|recule)\w* du (?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )?$`)
)

// CorrectedDeadline is the new deadline that a corrigendum announces, as ReadMoment reads
// it; "" when it gives none surely. Where it speaks of the deadline without that, what it
// says is given as unread.
func CorrectedDeadline(lines []notice.Correction) (raw, unread string) {
	for _, c := range lines {
		if !OfDeadline(c.Section) {
			continue
		}
		if _, ok := ReadMoment(c.New); ok {
			return c.New, ""
		}
		if m, ok := only(newDates(folding.Fold(c.New))); ok {
			return m.Show(), ""
		}
	}
	var found []Moment
	for _, c := range lines {
		in, said := inWords(c)
		found = append(found, in...)
		if unread == "" && (len(in) == 0 && said || OfDeadline(c.Section)) {
			if unread = scrub.Short(c.New); unread == "" {
				unread = "rubrique " + c.Section
			}
		}
	}
	if m, ok := only(found); ok {
		return m.Show(), ""
	}
	if unread == "" && len(found) > 0 {
		unread = found[0].Show()
	}
	return "", unread
}

// only is the one moment that all of these are.
func only(found []Moment) (Moment, bool) {
	if len(found) == 0 || slices.ContainsFunc(found, func(m Moment) bool { return m != found[0] }) {
		return Moment{}, false
	}
	return found[0], true
}

// inWords looks in a line of a corrigendum for what it says of the deadline. said tells
// that it is to change, whether or not a date was found.
func inWords(c notice.Correction) (found []Moment, said bool) {
	if !mayNameDeadline(c.New) && !mayNameDeadline(c.Old) {
		return nil, false
	}
	text := folding.Fold(c.New)
	named := deadlineWords.FindAllStringIndex(text, -1)
	for i, at := range named {
		end := len(text)
		if i+1 < len(named) {
			end = named[i+1][0]
		}
		about := upTo(text[at[1]:end], otherSubjects)
		sentence := text[strings.LastIndexByte(text[:at[0]], '.')+1 : at[0]]
		changes := changing.MatchString(sentence + about)
		if about == "" && at[1] < end || reference.MatchString(sentence) || conditional.MatchString(sentence) { // « date limite de remise des échantillons »
			continue
		}
		if dates := newDates(about); len(dates) > 0 && !ofOneLot.MatchString(sentence+upToFirstDate(about)) {
			found = append(found, dates...)
		} else {
			said = said || changes || len(dates) > 0
		}
	}
	if len(named) > 0 {
		return found, said
	}
	if old := folding.Fold(c.Old); deadlineWords.MatchString(old) && !otherSubjects.MatchString(old) && !otherSubjects.MatchString(text) && !ofOneLot.MatchString(old) {
		return newDates(text), text != ""
	}
	return nil, false
}

// mayNameDeadline is what deadlineWords cannot do without, for little.
func mayNameDeadline(s string) bool {
	return strings.Contains(s, "imite") || strings.Contains(s, "IMITE") || strings.Contains(s, "ate de ") || strings.Contains(s, "élai de ") || strings.Contains(s, "DATE DE ")
}

// upTo cuts a text where a pattern begins.
func upTo(text string, pattern *regexp.Regexp) string {
	if at := pattern.FindStringIndex(text); at != nil {
		return text[:at[0]]
	}
	return text
}

func upToFirstDate(text string) string { return upTo(text, frenchInText) }

// newDates gives the dates of a text, the one that was before left out: « au lieu du 2 juin
// 2026, lire 9 juin 2026 », « reportée du 2 juin 2026 au 9 juin 2026 ».
func newDates(text string) (found []Moment) {
	all := frenchInText.FindAllStringSubmatchIndex(text, -1)
	last := 0
	for _, at := range all {
		before := text[last:at[0]]
		last = at[1]
		m, ok := french(groups(text, at))
		if ok && !formerDate.MatchString(before) {
			found = append(found, m)
		}
	}
	return found
}

// groups are the texts of a match's groups.
func groups(text string, at []int) []string {
	out := make([]string, len(at)/2)
	for i := range out {
		if at[2*i] >= 0 {
			out[i] = text[at[2*i]:at[2*i+1]]
		}
	}
	return out
}
