package text

import (
	_ "embed"
)

//go:generate go run ./lexgen -out lexicon.bin

// lexicon is read in place: opening it costs nothing. Its layout is written
// down in lexgen/pack.go; a test checks every offset of the embedded file.
//
//go:embed lexicon.bin
var lexicon string

const (
	lexiconHeader  = 20
	lexiconBuckets = 1 << 15
	entrySize      = 7
	restMask       = 1<<40 - 1

	maxLookup = 60 // bytes; the lexicon holds no longer form
)

// Offsets of the sections, from the three counts of the header.
var (
	entriesAt   = lexiconHeader + 4*(lexiconBuckets+1)
	listsAt     = entriesAt + entrySize*int(le32(8))
	listRulesAt = listsAt + 2*(int(le32(12))+1)
	rulesAt     = listRulesAt + 2*int(le16(listRulesAt-2))
	ruleBytesAt = rulesAt + 2*(int(le32(16))+1)
)

func le16(at int) uint16 {
	if at+2 > len(lexicon) { // only while the generator makes the first one
		return 0
	}
	return uint16(lexicon[at]) | uint16(lexicon[at+1])<<8
}

func le32(at int) uint32 { return uint32(le16(at)) | uint32(le16(at+2))<<16 }

// findForm gives the number of the rule list of a folded form, or -1. The
// lexicon keeps 55 bits of each form's hash: an unknown word passes for a known
// one with a probability of 5·10⁻¹².
func findForm(form []byte) int {
	if len(form) < 2 || len(form) > maxLookup {
		return -1
	}
	h := uint64(termOf(form))
	bucket, rest := int(h>>49), h>>9&restMask
	at := entriesAt + entrySize*int(le32(lexiconHeader+4*bucket))
	end := entriesAt + entrySize*int(le32(lexiconHeader+4*bucket+4))
	for ; at < end && at+entrySize <= len(lexicon); at += entrySize {
		e := lexicon[at : at+entrySize]
		got := uint64(e[0]) | uint64(e[1])<<8 | uint64(e[2])<<16 | uint64(e[3])<<24 | uint64(e[4])<<32
		if got == rest {
			return int(e[5]) | int(e[6])<<8
		}
	}
	return -1
}

// appendTerms appends the terms of one folded word: its lemmas, or the normal
// form of a word that the lexicon does not know. Looking up allocates nothing
// but what dst lacks.
func appendTerms(dst []Term, form []byte) []Term {
	list := findForm(form)
	if list < 0 {
		if len(form) > maxLookup {
			return append(dst, termOf(form))
		}
		var buf [maxLookup]byte
		return append(dst, termOf(normalForm(buf[:copy(buf[:], form)])))
	}
	var buf [2 * maxLookup]byte
	for i := le16(listsAt + 2*list); i < le16(listsAt+2*list+2); i++ {
		dst = append(dst, termOf(appendLemma(buf[:0], form, i)))
	}
	return dst
}

// appendLemma appends what the rule numbered in the lists at i makes of a form.
func appendLemma(dst, form []byte, i uint16) []byte {
	rule := rulesAt + 2*int(le16(listRulesAt+2*int(i)))
	add := lexicon[ruleBytesAt+int(le16(rule)) : ruleBytesAt+int(le16(rule+2))]
	dst = append(dst, form[:len(form)-int(add[0])]...)
	return append(dst, add[1:]...)
}

// appendSingular appends the first lemma of a form, or its normal form.
func appendSingular(dst, form []byte) []byte {
	if list := findForm(form); list >= 0 {
		return appendLemma(dst, form, le16(listsAt+2*list))
	}
	at := len(dst)
	dst = append(dst, form...)
	if len(form) > maxLookup {
		return dst
	}
	return dst[:at+len(normalForm(dst[at:]))]
}

// normalForm undoes, in place, the regular inflections that can be told from
// the spelling alone, in a word that the lexicon does not know. Words of four
// letters or fewer keep their end, as those in -ss and -us do.
func normalForm(w []byte) []byte {
	n := len(w)
	switch {
	case n < 5:
		return w
	case ends(w, "eaux"):
		return w[:n-1]
	case n >= 7 && (ends(w, "iaux") || ends(w, "naux") || ends(w, "raux") || ends(w, "taux") || ends(w, "caux")):
		w[n-2] = 'l'
		return w[:n-1]
	case w[n-1] == 's' && w[n-2] != 's' && w[n-2] != 'u':
		w = w[:n-1]
	}
	return masculine(w)
}

// masculine turns the feminine of a participle (rénovée) into its masculine,
// unless that is the folded form of another word: plantée is not plante. As
// accents are folded, agréé and agréée differ from each other by one e more.
func masculine(w []byte) []byte {
	if len(w) < 5 || !ends(w, "ee") {
		return w
	}
	short := w
	for ends(short, "ee") {
		short = short[:len(short)-1]
	}
	if findForm(short) >= 0 {
		return w
	}
	return short
}

func ends(w []byte, suffix string) bool {
	return len(w) >= len(suffix) && string(w[len(w)-len(suffix):]) == suffix
}
