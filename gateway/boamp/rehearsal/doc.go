// Package rehearsal is a program that answers like the open-data platform of the
// gazette does, to the questions that are asked of it: the same envelope, order and
// limits (a hundred records at once, none beyond the ten thousandth), the same refusals,
// word for word. It can be told to misbehave in every way that such a platform, or what
// stands in between, has been seen to. The client and the fetch are tested against it.
package rehearsal
