// Package scrub frees texts that come from outside of what was done to them on
// the way: escaped twice, cut in the middle of an entity, dressed in the tags of
// somebody's editor, written in another alphabet. It never changes what the text
// says, nor its case.
package scrub
