package ui

// Badge is a state in a word, with the tone that repeats it.
type Badge struct {
	Tone Tone
	Text string
}

// Tone is what a colour means; see the tones.
type Tone string

// The tones: done or in force, at rest, plain information, waiting or near, urgent or
// failed.
const (
	ToneOK   Tone = "ok"
	ToneOff  Tone = "off"
	ToneInfo Tone = "info"
	ToneSoon Tone = "soon"
	ToneLate Tone = "late"
)

// OK is what is done or in force, as « Active ».
func OK(text string) Badge { return Badge{ToneOK, text} }

// Off is what is at rest, as « Inactive ».
func Off(text string) Badge { return Badge{ToneOff, text} }

// Info is what is neither good nor bad news, as « BOAMP ».
func Info(text string) Badge { return Badge{ToneInfo, text} }

// Soon is what waits or nears, as « à confirmer ».
func Soon(text string) Badge { return Badge{ToneSoon, text} }

// Late is what is urgent or failed, as « en échec ».
func Late(text string) Badge { return Badge{ToneLate, text} }

// icon repeats the tone by a shape, for those who tell colours badly.
func (b Badge) icon() string {
	switch b.Tone {
	case ToneOK:
		return "check"
	case ToneSoon:
		return "clock"
	case ToneLate:
		return "triangle-alert"
	}
	return ""
}

// Due is a deadline whose values the caller has computed in the notice's own time zone.
type Due struct {
	Text     string // as read, 29/07/2022 16:00; empty when not known
	None     string // what is said then; empty: « non communiquée »
	Machine  string // the same instant in RFC 3339, for programs
	Days     int    // days left in the calendar: 0 today, 1 tomorrow
	Closed   bool   // it is past
	Void     bool   // the call was cancelled: nothing is awaited any more
	Doubtful bool   // the source's hour cannot be trusted
}

// urgentDays is how near a deadline is urgent, nearDays how near it deserves a look. Our
// choice: a bid is hardly written in less than three days, nor well in less than ten.
const (
	urgentDays = 3
	nearDays   = 10
)

// Badge says how long is left, in words.
func (d Due) Badge() Badge {
	switch {
	case d.Void:
		return Late("annulée")
	case d.Closed:
		return Off("close")
	case d.Days <= 0:
		return Late("aujourd'hui")
	case d.Days == 1:
		return Late("demain")
	}
	text := "dans " + Number(d.Days) + " jours"
	switch {
	case d.Days <= urgentDays:
		return Late(text)
	case d.Days <= nearDays:
		return Soon(text)
	}
	return Off(text)
}
