package text

import "unicode/utf8"

// NextWord finds the next written word of s at or after byte i: what analysis
// treats on its own, as l’accord-cadre or V.R.D. are. A word begins and ends
// with a letter or a digit (initials may end with their dot); inside, it may
// hold single apostrophes and hyphens. There is none left when start equals end.
func NextWord(s string, i int) (start, end int) {
	for start = max(i, 0); start < len(s); {
		if plain[s[start]] {
			return start, wordEnd(s, start)
		}
		c, size := classAt(s, start)
		if c == letter || c == digit {
			return start, wordEnd(s, start)
		}
		start += size
	}
	return len(s), len(s)
}

// classAt reads one character; the letters of Latin-1 take no decoding.
func classAt(s string, i int) (class, int) {
	b := s[i]
	if b < utf8.RuneSelf {
		return asciiClass[b], 1
	}
	if b == 0xc3 && i+1 < len(s) && s[i+1] >= 0x80 && s[i+1] < 0xc0 {
		if s[i+1] == 0x97 || s[i+1] == 0xb7 { // × ÷
			return other, 2
		}
		return letter, 2
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	return classOf(r), size
}

// wordEnd goes from part to part, over one apostrophe or hyphen at a time.
func wordEnd(s string, start int) int {
	end := partEnd(s, start)
	for {
		next := end
		joined := false
		for next < len(s) {
			c, size := classAt(s, next)
			if c == apostrophe || c == hyphen {
				if joined {
					return end
				}
				joined = true
			} else if c != ignorable {
				if !joined || c != letter && c != digit {
					return end
				}
				break
			}
			next += size
		}
		if next >= len(s) {
			return end
		}
		end = partEnd(s, next)
	}
}

// plain tells the bytes that are a letter or a digit by themselves: most of
// every text, so that they are passed over without asking for their class.
var plain = func() (t [256]bool) {
	for b, c := range asciiClass {
		t[b] = c == letter || c == digit
	}
	return t
}()

func plainEnd(s string, i int) int {
	for i < len(s) && plain[s[i]] {
		i++
	}
	return i
}

// partEnd gives the end of the initials or of the letters and digits at i.
func partEnd(s string, i int) int {
	end := plainEnd(s, i)
	if end-i < 2 {
		if initials := initialsEnd(s, i); initials > i {
			return initials
		}
	}
	for i = end; i < len(s); {
		c, size := classAt(s, i)
		if c != letter && c != digit && c != mark && c != ignorable {
			break
		}
		i += size
		if c != ignorable { // a soft hyphen that ends the line ends no word
			i = plainEnd(s, i)
			end = i
		}
	}
	return end
}

// initialsEnd gives the end of dotted initials at i, last dot included, or i
// when there are not at least two. A letter before its dot stands alone:
// « urbanisme.Par » holds none.
func initialsEnd(s string, i int) int {
	end := i
	for count := 1; ; count++ {
		c, size := classOrEnd(s, i)
		if c != letter {
			return end
		}
		i += size
		for c, size = classOrEnd(s, i); c == mark; c, size = classOrEnd(s, i) {
			i += size
		}
		switch {
		case c == dot && count == 1:
			i += size
		case c == dot:
			i += size
			end = i
		case c == letter || c == digit || count == 1:
			return end
		default: // the last initial has lost its dot
			return i
		}
	}
}

func classOrEnd(s string, i int) (class, int) {
	if i >= len(s) {
		return other, 0
	}
	return classAt(s, i)
}
