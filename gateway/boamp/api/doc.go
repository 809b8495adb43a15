// Package api asks the open-data platform of the gazette (Opendatasoft Explore v2.1,
// dataset "boamp") for what was published on a day.
//
// The platform gives a hundred records at most at once, and none beyond the ten
// thousandth of a question: a day is asked page by page, by number, and as one export
// when it is larger. It counts the records of each question; a day whose pages do not
// add up to that count, because something was published, corrected or taken away
// between two pages, is read again. It also answers 429 and is at times down, slow, cut,
// or another program altogether: each page is asked several times, less and less often,
// and what it asks for itself (Retry-After) is obeyed. What never comes right is an
// error; a day is never taken for whole when it is not.
package api
