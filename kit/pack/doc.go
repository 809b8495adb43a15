// Package pack keeps many texts as one compressed body. Records of one source say the
// same words again and again: compressed together they take a sixth of the room that
// they take apart, in the database and on the way to it.
package pack
