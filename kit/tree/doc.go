// Package tree reads documents whose shape is not known for sure, JSON and XML
// alike, as trees of one kind: objects whose keys have no namespace, case or
// separators, lists, texts. A source that writes an object here and a list there
// for the same thing, or the empty string for an empty object, is read all the
// same: paths lead through lists, and a key can be looked for at any depth.
//
// What is read is bounded before it is decoded: levels, bytes and, in XML,
// elements. XML has no document type and no entity but the five predefined ones.
package tree
