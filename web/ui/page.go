package ui

// Page is what [Layout] needs to know around a page's content.
type Page struct {
	Title   string    // what the page is, without the site's name
	Nav     []NavItem // the main entries; none shows no menu
	Account *Account  // who is signed in; nil for a visitor
	Flash   *Flash    // what the last act did
	Warning string    // what lasts and concerns the whole page, above everything; empty for nothing
	Footer  []Link
	Demo    bool // the program runs as a demonstration
	Wide    bool // a broad table is the matter of the page
	Narrow  bool // a short form is
	Refused bool // a form came back with faults: the title says so first
	NoIndex bool // search engines must not keep the page
	Feed    Link // of what the page lists, for programs; no address: none
}

// fullTitle is the text of the browser's tab. A refused form says so before anything
// else, because the title is the first thing that a screen reader says.
func (p Page) fullTitle() string {
	title := "Parvis"
	if p.Title != "" {
		title = p.Title + " · Parvis"
	}
	if p.Refused {
		title = "Erreur\u00a0: " + title
	}
	return title
}

func (p Page) mainClass() string {
	switch {
	case p.Wide:
		return "wrap wide"
	case p.Narrow:
		return "wrap narrow"
	}
	return "wrap"
}

// Link is a text that leads somewhere on the platform.
type Link struct{ Label, URL string }

// NavItem is an entry of the main menu; Current marks the part of the site we are in.
type NavItem struct {
	Label, URL string
	Current    bool
}

// Account is the person signed in, as the bar shows them.
type Account struct {
	Name       string
	Company    string // the establishment or body under which they act
	Number     string // of the establishment, where the company's name is not enough
	Unverified bool   // the establishment is declared, not proved
	Waiting    bool   // the establishment has not let them in yet
	URL        string // their space; empty means "/entreprise"
	Others     []Hat  // under what else they may act
}

// Hat is a membership that a person may act under instead of the one they do.
type Hat struct {
	Label  string // the company
	Number string // of the establishment
	Role   string
	Action string // where the form that chooses it is posted
}

// HatsURL is the page of the memberships of whoever is signed in.
const HatsURL = "/entreprise/rattachements"

func (a Account) space() string {
	if a.URL == "" {
		return "/entreprise"
	}
	return a.URL
}

// FlashKind is the tone of a message.
type FlashKind string

// The tones of a message, from good news to bad.
const (
	FlashDone    FlashKind = "done"
	FlashInfo    FlashKind = "info"
	FlashWarning FlashKind = "warning"
	FlashError   FlashKind = "error"
)

// Flash is a message shown once, above the page's content.
type Flash struct {
	Kind FlashKind
	Text string
}

// tone maps unknown kinds to plain information.
func (k FlashKind) tone() (class, icon string) {
	switch k {
	case FlashDone:
		return "done", "circle-check"
	case FlashWarning:
		return "warning", "triangle-alert"
	case FlashError:
		return "error", "octagon-alert"
	}
	return "info", "info"
}
