// Package markdown reads the part of Markdown in which our guide is written, as blocks
// that a page shows by its own components: no markup of an author's ever reaches a page
// as it is.
//
// goldmark parses it. The part is small on purpose: headings, paragraphs, lists of one
// level, tables, code, pictures; strong, code and links inside a line. What else there
// is, it refuses, with the line, so that a page never shows half of what was meant.
package markdown
