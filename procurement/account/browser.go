package account

import (
	"strings"
	"unicode/utf8"
)

// maxBrowser is how much is kept of what a browser says it is, in bytes.
const maxBrowser = 200

// browserName cuts what a browser says it is, between characters.
func browserName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
	if len(s) > maxBrowser {
		s = strings.ToValidUTF8(s[:maxBrowser], "")
	}
	return s
}

// A word of what a browser says it is, and what people call it. The first that is
// there counts: most browsers say that they are several others too.
type sign struct{ word, name string }

var (
	makes = []sign{
		{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"Edge/", "Edge"}, {"OPR/", "Opera"}, {"OPiOS/", "Opera"}, {"Opera/", "Opera"},
		{"SamsungBrowser/", "Samsung Internet"}, {"Vivaldi/", "Vivaldi"}, {"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"},
		{"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Chromium/", "Chrome"}, {"Safari/", "Safari"},
	}
	machines = []sign{
		{"iPhone", "sur iPhone"}, {"iPad", "sur iPad"}, {"Android", "sous Android"}, {"CrOS", "sous ChromeOS"}, {"Windows", "sous Windows"},
		{"Macintosh", "sur Mac"}, {"Linux", "sous Linux"}, {"X11", "sous Linux"},
	}
)

func first(signs []sign, said string) string {
	for _, s := range signs {
		if strings.Contains(said, s.word) {
			return s.name
		}
	}
	return ""
}

// BrowserInWords names the browser that says this of itself as people know it, in the
// middle of a sentence: « Firefox sous Windows », « un navigateur inconnu ». It is
// what the browser claims, and nothing of the claim itself is in it.
func BrowserInWords(said string) string {
	name, machine := first(makes, said), first(machines, said)
	switch {
	case name == "":
		name = "un navigateur inconnu"
	case name == "Safari" && machine == "sur Mac":
		machine = "sur Mac ou iPad" // which says that it is a Mac
	}
	return strings.TrimSpace(name + " " + machine)
}
