// Package ical writes calendar files that diaries read (iCalendar, RFC 5545): dates
// not to be missed, with their reminders.
package ical
