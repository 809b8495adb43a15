package form

import (
	"regexp"
)

// Corrigenda often give the new deadline in words, in whatever section: « la date limite
// de remise des offres est reportée au 2 juin 2026 à 12h00 ». What follows reads texts as
// folding.Fold leaves them. Texts come from anybody: no more than maxMentions of them are
// looked at, and maxAround bytes on each side.
const (
	maxMentions = 20
	maxAround   = 300
)

// offer is what a deadline is for.
const offer = `(?:offres?|candidatures?|plis|propositions|projets|reponses|soumissions|dossiers? de candidatures?|demandes? de participation)`

// allLots are mentions of lots that leave none out.
const allLots = `(?:tous les lots|(?:l')?ensemble des lots|chacun des lots|lot unique|quel(?:que)?(?: que)? soi(?:t|ent) les? lots?)`

// until is the date that follows the deadline's name when nothing stands between them but
// words that say no more than « is put off to ».
const until = `(?:[ ,:=-]|\b(?:est|sont|sera|seront|a ete|ont ete|donc|desormais|maintenant|et|comme suit|pour ` + allLots +
	`|(?:report|prolong|prorog|repouss|fix|avanc|port|recul|decal)ee?s?|modifiee?s?|differee?s?|jusqu'au|au|le|lire|date)\b)*` +
	`(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )?`

var (
	// mentions are the ways in which a text may speak of the deadline.
	mentions = regexp.MustCompile(`\b(?:dates?|heures?|delais?|limites?)(?: et (?:l'|les? )?heures?)?(?: limites?)?(?: fixee?s?)? (?:de |d'|pour )(?:la |le |l')?(?:remise|reception|depot|envoi|reponse)\b` +
		`|\b(?:remise|reception|depot) (?:des|de vos) ` + offer + ` (?:est|sont|sera|a ete)\b|\bdates? limites? des ` + offer + `\b`)
	// deadlineName is the one way after which a date is taken.
	deadlineName = regexp.MustCompile(`^(?:date|heure|delai|limite)(?: et (?:l')?heure)?(?: limites?)? (?:de |d'|pour )(?:la |le |l')?(?:remise|reception|depot|envoi) (?:des |de vos |d')` +
		offer + `(?: (?:ou|et)(?: des| les| de vos| de)? ` + offer + `)?\b`)
	// anyName also has what is not surely one: of several, or of nothing named.
	anyName    = regexp.MustCompile(`^.{0,60}?\b(?:remise|reception|depot|envoi|reponse) (?:des? |de vos |d'|les )` + offer + `\b|^dates? limites? des ` + offer + `\b|^(?:remise|reception|depot) `)
	limitAlone = regexp.MustCompile(`^(?:.{0,30}\blimites? |delais? |(?:date|heure) de reponse).{0,12}\b(?:remise|reception|depot|reponse)$`)
	// otherThing goes on a mention that is of something else: « la remise des échantillons ».
	otherThing = regexp.MustCompile(`^\s?(?:des?|du|d'|aux?|a la|a l'|par|en)\s?[a-z]`)

	// toQuestions makes of « réponses » those of the buyer.
	toQuestions = regexp.MustCompile(`^ (?:aux|a vos) (?:questions|demandes)`)

	untilDate  = regexp.MustCompile(`^` + until + frenchDate)
	insteadOf  = regexp.MustCompile(`^[ ,:.-]*au lieu (?:du |de |de la |d')?(?:[:, ]|le )*(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )?` + frenchDate)
	toRead     = regexp.MustCompile(`^[ ,;:.)-]*lire\s?:?\s?(?:le |au )?(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )?` + frenchDate)
	nothingYet = regexp.MustCompile(`^[ .,;:)-]*(?:\(?heures? (?:locales?|de paris)\)?)?[ .]*$`)

	someDate = regexp.MustCompile(`\b\d{1,2}\s?[/.-]\s?\d{1,2}\b|\b\d{4}-\d{2}-\d{2}|\b\d{1,2}(?:er)? (?:` + frenchMonth + `)`)
	someHour = regexp.MustCompile(`\b\d{1,2}\s?(?:h\b|h\d|heures?\b)|\b\d{1,2}\s?:\s?\d{2}\b|\bminuit\b|\bmidi\b`)
	// changing are the words of a change; after a date, that date is the former one.
	changing = regexp.MustCompile(`\b(?:report|repouss|modifi|prolong|prorog|differe|avance|recule|decale|annul|suspend|suspen|ajourn|supprim|remplac|change|nouvelle|ulterieur|sine die|au lieu d|lire\b|fixee?s? )`)
	former   = regexp.MustCompile(`\bau lieu d|\binitial|\bancienne|\bprecedente|\ba la place|\bremplac|\bne\b|\bn'|\bsauf\b|\bni\b|\bhormis\b`)
	vaguely  = regexp.MustCompile(`\d|ulterieur|semaine|\bjour|\bmois|sine die|\bplus\b|annul|suspen`)

	unchanging = regexp.MustCompile(`\b(?:(?:reste|restent|demeure|demeurent|est|sont)?\s?(?:inchangee?s?|sans changement|identiques?)|(?:reste|restent|demeure|demeurent|est maintenue|sont maintenues)(?: fixee?s?)?|(?:n'est|ne sont|n'a|n'ont) pas(?: ete)? [a-z]+)`)
	// reference goes before a deadline from which something else is counted.
	reference   = regexp.MustCompile(`(?:avant|apres|compter d[eu]|jusqu'a|precedant|precedent|suivant|suivent|expiration d[eu]|partir d[eu]|jours?|semaines?|mois) (?:la |le |l'|les )?$`)
	conditional = regexp.MustCompile(`\b(?:si|s'il|cas|hypothese|eventuel[a-z]*)\b`)
	// otherSubjects are what a text may say of another date.
	otherSubjects = regexp.MustCompile(`ouverture|visite|question|renseignement|publication|publie|validite|echantillon|demarrage|notification|retrait|obtention|commission|negociation|audition|echange|maquette`)
	lots          = regexp.MustCompile(`\blots?(?:\b|\d)`)
	everyLot      = regexp.MustCompile(`\b` + allLots + `\b`)
	itself        = regexp.MustCompile(`^[ .]*(?:elle|celle-ci|cette|ce |celui-ci|il |report|prolong|annul)`)
)

// window is as much of a text as is looked at.
func window(text string) string { return text[:min(len(text), 2*maxAround)] }

// ofLots tells whether a text speaks of some of the lots.
func ofLots(text string) bool {
	return len(lots.FindAllStringIndex(text, maxMentions+1)) > len(everyLot.FindAllStringIndex(text, maxMentions+1))
}

// unchanged tells whether a text says that nothing changes, and no more.
func unchanged(text string) bool {
	text = window(text)
	return unchanging.MatchString(text) && !changing.MatchString(unchanging.ReplaceAllString(text, " "))
}

// inWords reads what a text says of the deadline. named tells that it names it.
func inWords(text string) (found []Moment, open doubt, named bool) {
	hits := mentions.FindAllStringIndex(text, maxMentions+1)
	for i, at := range hits {
		if i == maxMentions {
			return nil, blocked, true
		}
		m, ok, left, isNamed := mention(text, at)
		if ok {
			found = append(found, m)
		}
		open, named = max(open, left), named || isNamed
	}
	return found, open, named
}

// mention reads one mention of the deadline, at these bytes of the text.
func mention(text string, at []int) (m Moment, ok bool, open doubt, named bool) {
	before := text[max(0, at[0]-maxAround):at[0]]
	before = before[sentenceStart(before):]
	here := text[at[0]:min(len(text), at[1]+maxAround)]
	rest := here[at[1]-at[0]:]
	if name := deadlineName.FindString(here); name != "" {
		m, ok = said(before, here[len(name):])
		rest, named = here[len(name):], true
	} else if name := anyName.FindString(here); name != "" {
		rest, named = here[len(name):], true
	} else if otherThing.MatchString(rest) || !limitAlone.MatchString(text[at[0]:at[1]]) {
		return m, false, settled, false
	}
	switch {
	case ok:
		return m, true, settled, true
	case toQuestions.MatchString(rest):
		return m, false, settled, false
	}
	return m, false, leftOpen(before, rest[:sentenceEnd(rest)]), named
}

// said reads the date after the deadline's name: nothing stands between them, and nothing
// in the sentence says that it is not the new one.
func said(before, rest string) (m Moment, ok bool) {
	if reference.MatchString(before) || conditional.MatchString(before) || former.MatchString(before) || someDate.MatchString(before) {
		return m, false
	}
	if m, ok := instead(rest); ok {
		return m, true
	}
	at := untilDate.FindStringSubmatchIndex(rest)
	if at == nil {
		return m, false
	}
	m, end, ok := frenchAt(rest, at)
	rest = rest[end:]
	cut := sentenceEnd(rest)
	tail, next := rest[:cut], rest[cut:]
	if !ok || goesOn(rest) || someDate.MatchString(tail) || someHour.MatchString(tail) || changing.MatchString(tail) ||
		former.MatchString(tail) || conditional.MatchString(tail) || unchanging.MatchString(tail) || itself.MatchString(next) && changing.MatchString(next) {
		return m, false
	}
	return m, true
}

// goesOn tells whether figures do not end where a date was read.
func goesOn(rest string) bool {
	return rest != "" && (rest[0] >= '0' && rest[0] <= '9' || rest[0] == '/')
}

// instead reads « au lieu du 16/07/2026 à 17h00, lire 31/07/2026 à 12h00 » with nothing after.
func instead(text string) (m Moment, ok bool) {
	at := insteadOf.FindStringSubmatchIndex(text)
	if at == nil {
		return m, false
	}
	_, end, _ := frenchAt(text, at)
	text = text[end:]
	if at = toRead.FindStringSubmatchIndex(text); at == nil {
		return m, false
	}
	m, end, ok = frenchAt(text, at)
	return m, ok && nothingYet.MatchString(text[end:])
}

// wholeCell reads a text that is a date and nothing else.
func wholeCell(text string) (m Moment, ok bool) {
	if len(text) > maxAround {
		return m, false
	}
	if m, ok := ReadMoment(text); ok {
		return m, true
	}
	if m, ok := instead(text); ok {
		return m, true
	}
	at := untilDate.FindStringSubmatchIndex(text)
	if at == nil {
		return m, false
	}
	m, end, ok := frenchAt(text, at)
	return m, ok && nothingYet.MatchString(text[end:])
}

// namesWholly tells whether a text is the deadline's name and its date, and nothing else.
func namesWholly(text string) bool {
	name := deadlineName.FindString(text[:min(len(text), maxAround)])
	if name == "" {
		return false
	}
	_, ok := wholeCell(text[len(name):])
	return ok
}

// leftOpen is what a sentence leaves open that speaks of the deadline and gives no date
// that can be taken.
func leftOpen(before, rest string) doubt {
	dated := someDate.MatchString(rest) || someHour.MatchString(rest)
	switch {
	case reference.MatchString(before) || conditional.MatchString(before):
		if dated && !otherSubjects.MatchString(before) {
			return blocked
		}
		return settled
	case unchanged(before + rest):
		return settled
	case dated:
		return blocked
	case !changing.MatchString(before) && !changing.MatchString(rest) && !former.MatchString(rest):
		return settled
	case vaguely.MatchString(rest):
		return blocked
	}
	return vague
}

// sentenceEnd is where the first sentence of a text ends.
func sentenceEnd(text string) int {
	for i := range len(text) {
		if fullStop(text, i) {
			return i
		}
	}
	return len(text)
}

// sentenceStart is where the last sentence of a text begins.
func sentenceStart(text string) int {
	for i := len(text); i > 0; i-- {
		if fullStop(text, i-1) {
			return i
		}
	}
	return 0
}

// fullStop tells whether a sentence ends there: not in 09.06.2026.
func fullStop(text string, i int) bool {
	figure := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' }
	return text[i] == '.' && !(figure(i-1) && figure(i+1))
}
