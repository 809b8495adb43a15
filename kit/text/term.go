package text

// Term stands for a lemma, or for the normal form of a word that the lexicon
// does not know: a 64-bit hash of the folded string. It never changes from one
// process to another, so that it may be stored. Two distinct words among a
// million share one by accident with a probability below 10⁻⁷.
type Term uint64

// TermOf gives the term of a string already folded (see [Fold]). It does not
// look for the lemma: use [Word] for that.
func TermOf(folded string) Term { return termOf(folded) }

// Odd constants with as many ones as zeros, spread without a pattern.
const (
	hashSeed  = 0x9e3779b97f4a7c15
	hashMulti = 0xd6e8feb86659fd93
)

// termOf takes eight bytes at a time; each step is a bijection of the state,
// so that no two strings of one length up to eight bytes collide at all.
func termOf[T string | []byte](s T) Term {
	h := hashSeed ^ uint64(len(s))*hashMulti
	i := 0
	for ; i+8 <= len(s); i += 8 {
		h = hashStep(h, uint64(s[i])|uint64(s[i+1])<<8|uint64(s[i+2])<<16|uint64(s[i+3])<<24|
			uint64(s[i+4])<<32|uint64(s[i+5])<<40|uint64(s[i+6])<<48|uint64(s[i+7])<<56)
	}
	var tail uint64
	for shift := 0; i < len(s); i, shift = i+1, shift+8 {
		tail |= uint64(s[i]) << shift
	}
	h = hashStep(h, tail)
	h ^= h >> 29
	h *= 0xbf58476d1ce4e5b9
	return Term(h ^ h>>32)
}

func hashStep(h, w uint64) uint64 {
	h = (h ^ w) * hashMulti
	return h ^ h>>32
}
