// Package cpv answers for the whole Common Procurement Vocabulary (Regulation (EC)
// No 213/2008) once an operator has imported it: its codes with their check digits
// and French labels, and the search of a code by the words of its label. Until then
// the divisions and groups that the program carries (refdata) stand for it.
package cpv
