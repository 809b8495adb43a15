// Package unpack gives the files within what an operator hands over: a file alone,
// compressed or not, or an archive of many (tar or zip). Files come one after the
// other and are read as they come; nothing is written to a disk, no name within an
// archive is used as a path, and archives within archives stay closed.
package unpack
