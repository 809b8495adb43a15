// Package noticetest opens the rooms up to notice on a database of a test, as the
// program does, and plays the people that tests need: it is for tests only. The
// rooms that come later add their own service to what it opens.
package noticetest
