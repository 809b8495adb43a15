// Package text is the one French analyser of Parvis: it answers for what a
// written word is, and for when two words are the same word.
//
// Search, market watches and the marking of the words found all use it, so
// they can never disagree. Words compare without case, accents, ligatures or
// elision, and by inflection only: singular and plural, masculine and feminine,
// as a lexicon compiled ahead of time gives them (see README.md). Words are
// never joined by derivation: a caterer (traiteur) does not read of waste
// water (traitement).
//
// A text becomes tokens at consecutive positions ([Analyse], or [Analyser] on
// a hot path); what a person types becomes keywords ([ParseKeywords]); a
// keyword says whether and where it stands in the tokens of a text
// ([Keyword.In], [Keyword.Find], [Marks]).
//
// Analysis is word by word and without context: [NextWord] cuts, [Word]
// analyses, and the result depends on the bytes of the word alone. No input
// makes it fail, invalid UTF-8 included.
package text
