package text

import "strings"

// functionWords count inside a phrase and say nothing on their own. They keep
// their own form only: vers (towards) does not find ver (worm), nor sous, sou.
//
// Words that also name things a buyer buys or a place are left out, as son
// (sound), car (coach), or (gold) and mais (which folds like maïs).
var functionWords = wordSet(`
	le la les un une des du de au aux
	et ou où ni donc puis
	dans en par pour sur sous sans avec vers chez entre contre depuis pendant dès lors
	afin selon via hors ainsi comme jusque parmi envers malgré outre près auprès suivant
	ne pas plus moins très aussi non
	je tu il elle on nous vous ils elles lui leur leurs eux
	me te moi toi soi
	mon ma mes ton ta tes sa ses notre nos votre vos
	cet cette ces celui celle ceux celles ceci cela ça
	qui que quoi dont quel quelle quels quelles lequel laquelle lesquels lesquelles
	duquel desquels desquelles auquel auxquels auxquelles
	tout tous toute toutes chaque quelque quelques aucun aucune
	être est sont été avoir ont sera seront
	auxdits dudit desdits desdites ladite ledit lesdits lesdites
	quelqu'un quelqu'une aujourd'hui lorsque puisque quoique
`)

// capitalsOnly are function words too, but in capitals they are initials that
// people look for (SI, système d'information; CE, comité d'entreprise). A text
// in capitals cannot tell, so that analysis holds them for plain words, and
// only a keyword typed in lower case is ignored.
var capitalsOnly = wordSet("ce se si")

// wordSet folds its words as the parts of a written word are folded.
func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[strings.ReplaceAll(Fold(w), "'", "")] = true
	}
	return set
}

// elided are the words that lose their vowel before another, and then take no
// position. One-letter parts take none in any case.
func elided(folded []byte) bool {
	switch string(folded) {
	case "l", "d", "j", "m", "t", "s", "c", "n":
		return true
	}
	return strandedElision(folded)
}

// strandedElision tells the longer ones, which stand for nothing either when
// the apostrophe was lost (« jusqu au 15 »).
func strandedElision(folded []byte) bool {
	switch string(folded) {
	case "qu", "jusqu", "lorsqu", "puisqu", "quoiqu":
		return true
	}
	return false
}

// keptWhole tells the parts that an apostrophe does not cut from what follows,
// and whether what follows is also a word at the same position: the island of
// presqu'île, the man of prud'homme.
func keptWhole(folded []byte) (whole, last bool) {
	switch string(folded) {
	case "presqu", "prud", "entr":
		return true, true
	case "aujourd", "quelqu":
		return true, false
	}
	return false, false
}
