package account

import (
	"strings"
	"testing"
)

func TestABrowserInWords(t *testing.T) {
	for said, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0":                                                           "Firefox sous Windows",
		"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0":                                                             "Firefox sous Linux",
		"Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0":                                                                       "Firefox sous Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/143.0 Mobile/15E148 Safari/605.1.15":  "Firefox sur iPhone",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36":                            "Chrome sous Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0":              "Edge sous Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 OPR/125.0.0.0":        "Opera sur Mac",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15":                      "Safari sur Mac ou iPad",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1":    "Safari sur iPhone",
		"Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0.0.0 Mobile/15E148 Safari/604.1":          "Chrome sur iPad",
		"Mozilla/5.0 (Linux; Android 14; SM-S928B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36": "Samsung Internet sous Android",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36":                             "Chrome sous ChromeOS",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36":                              "Chrome sous Linux",
		"Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)":                                                                           "un navigateur inconnu sous Windows",
		"curl/8.5.0": "un navigateur inconnu", "": "un navigateur inconnu", "Firefox": "un navigateur inconnu",
		"Parvis https://pirate.example Firefox/1 <b>Windows</b>": "Firefox sous Windows",
	} {
		if got := BrowserInWords(said); got != want {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
}

// What a stranger's browser says of itself is read in a mail and a page: only words of
// ours come of it.
func FuzzBrowserInWords(f *testing.F) {
	f.Add("Mozilla/5.0 (Macintosh) Version/18 Safari/605")
	f.Add("Edg/\x00<script>Android")
	f.Add("\xff\xfeiPad")
	ours := map[string]bool{"": true, "sur Mac ou iPad": true, "un navigateur inconnu": true}
	for _, s := range append(makes, machines...) {
		ours[s.name] = true
	}
	f.Fuzz(func(t *testing.T, said string) {
		got := BrowserInWords(said)
		if got == "" || BrowserInWords(browserName(browserName(said))) != BrowserInWords(browserName(said)) {
			t.Fatalf("%q: %q", said, got)
		}
		name, machine := got, ""
		for !ours[name] || !ours[machine] {
			at := strings.LastIndexByte(name, ' ')
			if at < 0 {
				t.Fatalf("%q: %q is not in our words", said, got)
			}
			name, machine = got[:at], got[at+1:]
		}
	})
}
