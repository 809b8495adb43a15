package demo

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"parvis/kit/clock"
)

//go:embed notice/*.jsonl
var files embed.FS

// relative is a date written from the day of the demonstration: J-3, J+12T12:00.
var relative = regexp.MustCompile(`"J([+-]\d{1,3})(T\d{2}:\d{2})?"`)

// dated writes the real dates of a file's notices in the place of relative ones.
func dated(text []byte, now clock.Instant) []byte {
	today := now.In(clock.Paris)
	return relative.ReplaceAllFunc(text, func(m []byte) []byte {
		parts := relative.FindSubmatch(m)
		days, _ := strconv.Atoi(string(parts[1])) // digits: the expression says so
		day := time.Date(today.Year(), today.Month(), today.Day()+days, 12, 0, 0, 0, clock.Paris)
		return []byte(`"` + day.Format(time.DateOnly) + string(parts[2]) + `"`)
	})
}

// Notices gives every notice that a demonstration begins with, as the gazette's
// lines, dated around now.
func Notices(now clock.Instant) ([]byte, error) {
	var all []byte
	for _, name := range []string{"works", "services", "supplies"} {
		text, err := files.ReadFile("notice/" + name + ".jsonl")
		if err != nil {
			return nil, err
		}
		all = append(append(all, dated(text, now)...), '\n')
	}
	return all, nil
}

// Fresh gives the notice that the button publishes the n-th time, from 0, as a
// line of the gazette of today. After the last one they come again, as new notices.
func Fresh(n int, now clock.Instant) ([]byte, error) {
	text, err := files.ReadFile("notice/onclick.jsonl")
	if err != nil {
		return nil, err
	}
	lines := bytes.Split(bytes.TrimSpace(dated(text, now)), []byte("\n"))
	var record map[string]any
	if err := json.Unmarshal(lines[n%len(lines)], &record); err != nil {
		return nil, fmt.Errorf("demo notice %d: %w", n, err)
	}
	if round := n / len(lines); round > 0 {
		record["idweb"] = fmt.Sprintf("%v-%d", record["idweb"], round+1)
	}
	return json.Marshal(record)
}
