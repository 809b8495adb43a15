// Package ui answers for how Parvis looks and speaks: the layout of every page, the parts
// that pages are made of, their styles, their small scripts and the pages of failure.
//
// A page is a templ component put in [Layout]. Forms are one column of [Field]-based
// controls, with [ErrorSummary] at the top when they come back refused. Everything works
// without scripts: a script may only spare a round trip.
//
// The content security policy forbids inline styles and scripts, so there is none here,
// and pages add none: they use these classes when a component does not say enough.
//
//	two         main column and, in a .beside element, what accompanies it
//	search      facets on the left, results on the right
//	row spread  things side by side, pushed apart
//	stack       things one under the other, evenly spaced
//	hint        text of lesser importance
//	unseen      read by screen readers, not shown
//	number      figures aligned in columns
//
// Texts given to components are plain text; templ escapes them. Sizes, breakpoints and
// colours live in asset/css/tokens.css and are not repeated elsewhere.
package ui
