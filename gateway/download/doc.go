// Package download reads a file at an address that an operator typed: as a stream, never
// whole in memory, and to its end.
//
// A connection that is cut, or gives nothing for a minute, is made again from the byte
// where it was (Range, If-Range), as long as the server says that the file is still the
// same (ETag, Last-Modified); a server that cannot go on, or whose file has changed, ends
// the reading with an error that an operator understands. What is compressed is given as
// it is: whoever reads knows what to do with it.
package download
