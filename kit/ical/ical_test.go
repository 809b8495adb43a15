package ical_test

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parvis/kit/clock"
	"parvis/kit/ical"
)

// property is a content line, its value as it was meant.
type property struct{ Name, Value string }

var nameShape = regexp.MustCompile(`^[A-Z][A-Z-]*(;VALUE=DURATION)?$`)

// read is a strict reader of RFC 5545, written apart from the writer: it refuses lines
// that are too long, that do not end as they must, components that do not close and
// escapes that do not exist.
func read(t interface{ Fatalf(string, ...any) }, file []byte) (all []property) {
	if !utf8.Valid(file) {
		t.Fatalf("not UTF-8: %q", file)
	}
	lines := strings.Split(string(file), "\r\n")
	if lines[len(lines)-1] != "" {
		t.Fatalf("the last line does not end: %q", file)
	}
	var unfolded []string
	for _, line := range lines[:len(lines)-1] {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") || line == "" {
			t.Fatalf("a line of %d bytes: %q", len(line), line)
		}
		if more, ok := strings.CutPrefix(line, " "); ok && len(unfolded) > 0 {
			unfolded[len(unfolded)-1] += more
			continue
		}
		unfolded = append(unfolded, line)
	}
	var open []string
	for _, line := range unfolded {
		name, value, ok := strings.Cut(line, ":")
		if !ok || !nameShape.MatchString(name) {
			t.Fatalf("no property: %q", line)
		}
		switch name {
		case "BEGIN":
			open = append(open, value)
		case "END":
			if len(open) == 0 || open[len(open)-1] != value {
				t.Fatalf("%s closes %v", value, open)
			}
			open = open[:len(open)-1]
		case "SUMMARY", "DESCRIPTION", "LOCATION", "X-WR-CALNAME", "UID":
			value = unescaped(t, value)
		}
		all = append(all, property{name, value})
	}
	if len(open) > 0 || all[0] != (property{"BEGIN", "VCALENDAR"}) {
		t.Fatalf("left open: %v; begins with %v", open, all[0])
	}
	return all
}

func unescaped(t interface{ Fatalf(string, ...any) }, value string) string {
	var out strings.Builder
	for i := 0; i < len(value); i++ {
		switch c := value[i]; c {
		case ',', ';':
			t.Fatalf("not escaped: %q", value)
		case '\\':
			if i++; i == len(value) || !strings.ContainsRune(`\;,n`, rune(value[i])) {
				t.Fatalf("no such escape: %q", value)
			}
			if value[i] == 'n' {
				out.WriteByte('\n')
			} else {
				out.WriteByte(value[i])
			}
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

func TestADeadlineIsAnEventThatRemindsTwice(t *testing.T) {
	winter := clock.At(time.Date(2027, 1, 12, 12, 0, 0, 0, clock.Paris))
	file := ical.Calendar{Name: "Échéances", Events: []ical.Event{{
		UID: "a-1@parvis.example", At: winter, Changed: winter.Add(-time.Hour), Sequence: 2, Summary: "Date limite : Voirie, lot 1; VRD",
		Description: "Ligne\r\nsuite\\fin", Location: "Sélestat", URL: "https://parvis.example/annonces/a?x=1,2;3", Reminders: []time.Duration{48 * time.Hour, 90 * time.Minute},
	}}}.Bytes()
	want := []property{
		{"BEGIN", "VCALENDAR"}, {"VERSION", "2.0"}, {"PRODID", "-//Parvis//Parvis//FR"}, {"CALSCALE", "GREGORIAN"}, {"METHOD", "PUBLISH"}, {"X-WR-CALNAME", "Échéances"},
		{"BEGIN", "VEVENT"}, {"UID", "a-1@parvis.example"}, {"DTSTAMP", "20270112T100000Z"}, {"LAST-MODIFIED", "20270112T100000Z"}, {"SEQUENCE", "2"},
		{"DTSTART", "20270112T110000Z"}, {"SUMMARY", "Date limite : Voirie, lot 1; VRD"}, {"DESCRIPTION", "Ligne\nsuite\\fin"}, {"LOCATION", "Sélestat"},
		{"URL", "https://parvis.example/annonces/a?x=1,2;3"}, {"STATUS", "CONFIRMED"}, {"TRANSP", "TRANSPARENT"},
		{"BEGIN", "VALARM"}, {"ACTION", "DISPLAY"}, {"TRIGGER", "-P2D"}, {"DESCRIPTION", "Date limite : Voirie, lot 1; VRD"}, {"END", "VALARM"},
		{"BEGIN", "VALARM"}, {"ACTION", "DISPLAY"}, {"TRIGGER", "-PT90M"}, {"DESCRIPTION", "Date limite : Voirie, lot 1; VRD"}, {"END", "VALARM"},
		{"END", "VEVENT"}, {"END", "VCALENDAR"},
	}
	if diff := cmp.Diff(want, read(t, file)); diff != "" {
		t.Error(diff)
	}
}

func TestAFileThatIsFollowedSaysHowOften(t *testing.T) {
	file := string(ical.Calendar{Name: "x", Refresh: 6 * time.Hour}.Bytes())
	read(t, []byte(file))
	for _, line := range []string{"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT360M\r\n", "\r\nX-PUBLISHED-TTL:PT360M\r\n"} {
		if !strings.Contains(file, line) {
			t.Errorf("no %q in %q", line, file)
		}
	}
	if once := string(ical.Calendar{}.Bytes()); strings.Contains(once, "REFRESH") {
		t.Errorf("%q", once)
	}
}

func TestWhatIsCancelledNoLongerReminds(t *testing.T) {
	file := ical.Calendar{Events: []ical.Event{{UID: "x", Summary: "x", Cancelled: true, Reminders: []time.Duration{time.Hour}}}}.Bytes()
	if text := string(file); !strings.Contains(text, "\r\nSTATUS:CANCELLED\r\n") || strings.Contains(text, "VALARM") {
		t.Errorf("%s", text)
	}
}

// Whatever is written comes back as it was, but for what no calendar may hold.
func TestAnyTextComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-zé\\,;:\r\n\t]{0,200}`), rapid.Just("\xff\x00a\u202e")).Draw(t, "text")
		want := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(typed, "\ufffd"))
		want = strings.Map(func(r rune) rune {
			if (r < ' ' && r != '\n' && r != '\t') || r == 0x7f {
				return -1
			}
			return r
		}, want)
		got := ""
		for _, p := range read(t, ical.Calendar{Events: []ical.Event{{UID: "x", Summary: typed}}}.Bytes()) {
			if p.Name == "SUMMARY" {
				got = p.Value
			}
		}
		if got != want {
			t.Fatalf("%q came back as %q, want %q", typed, got, want)
		}
	})
}
