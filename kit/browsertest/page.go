package browsertest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"
)

// patience bounds the life of a tab: a test that waits longer waits for nothing.
const patience = 4 * time.Minute

// conditionPatience bounds the wait for one page or one condition.
const conditionPatience = 30 * time.Second

// View is how a page is looked at. Its zero value is a desktop window in the light
// scheme with scripts on.
type View struct {
	Width, Height int  // of the window in CSS pixels; 0 means 1280 × 900
	Dark          bool // the visitor prefers a dark scheme
	NoScript      bool // scripts are switched off
	ForcedColors  bool // the system imposes its own colours
}

// The windows that every page must suit. Narrow is also what a 1280 px window becomes at
// 400 % zoom (WCAG 1.4.10).
var (
	Desktop = View{Width: 1280, Height: 900}
	Phone   = View{Width: 375, Height: 812}
	Narrow  = View{Width: 320, Height: 640}
)

// InDark is the same view in the dark scheme.
func (v View) InDark() View { v.Dark = true; return v }

// WithoutScript is the same view with scripts switched off.
func (v View) WithoutScript() View { v.NoScript = true; return v }

// Page is one open tab. It has every method of a rod page; those whose name starts with
// Must panic, which fails the test.
type Page struct {
	*rod.Page
	t testing.TB

	mu      sync.Mutex
	errors  []string
	allowed []string
}

// Page opens url in a tab of its own and waits for it to load. Without a view it is a
// desktop window. Errors that the page logs fail the test at its end.
func (b *Browser) Page(url string, view ...View) *Page {
	b.t.Helper()
	v := Desktop
	if len(view) > 0 {
		v = view[0]
	}
	tab, err := b.rod.Page(proto.TargetCreateTarget{URL: "about:blank"})
	if err != nil {
		b.t.Fatalf("browsertest: new tab: %v", err)
	}
	p := &Page{Page: tab.Timeout(patience), t: b.t}
	if err := p.emulate(v); err != nil {
		b.t.Fatalf("browsertest: view %+v: %v", v, err)
	}
	p.listen(tab)
	b.t.Cleanup(p.report)
	// The browser's own event says when all is loaded: a listener in the page would never
	// be called where scripts are off.
	opening := tab.Timeout(conditionPatience)
	defer opening.CancelTimeout()
	loaded := opening.WaitNavigation(proto.PageLifecycleEventNameLoad)
	if err := opening.Navigate(url); err != nil {
		b.t.Fatalf("browsertest: %s: %v", url, err)
	}
	loaded()
	if opening.GetContext().Err() != nil {
		b.t.Fatalf("browsertest: %s does not load in %v", url, conditionPatience)
	}
	if err := p.settle(v); err != nil {
		b.t.Fatalf("browsertest: %s: fonts: %v", url, err)
	}
	return p
}

// Viewport changes the size of the window, in CSS pixels.
func (p *Page) Viewport(width, height int) {
	p.t.Helper()
	if width == 0 {
		width, height = Desktop.Width, Desktop.Height
	}
	err := p.SetViewport(&proto.EmulationSetDeviceMetricsOverride{
		Width: width, Height: height, DeviceScaleFactor: 1,
	})
	if err != nil {
		p.t.Fatalf("browsertest: window of %d × %d: %v", width, height, err)
	}
}

// emulate makes the tab see what the view says before anything is loaded in it.
func (p *Page) emulate(v View) error {
	p.Viewport(v.Width, v.Height)
	features := []*proto.EmulationMediaFeature{{Name: "prefers-color-scheme", Value: "light"}}
	if v.Dark {
		features[0].Value = "dark"
	}
	if v.ForcedColors {
		features = append(features, &proto.EmulationMediaFeature{Name: "forced-colors", Value: "active"})
	}
	if err := (proto.EmulationSetEmulatedMedia{Features: features}).Call(p.Page); err != nil {
		return err
	}
	return proto.EmulationSetScriptExecutionDisabled{Value: v.NoScript}.Call(p.Page)
}

// settle waits for the page's fonts: a picture taken before them shows other letters.
func (p *Page) settle(v View) error {
	if v.NoScript {
		return nil
	}
	_, err := p.Eval(`() => document.fonts.ready.then(() => true)`)
	return err
}

// Until waits for a condition, a JavaScript expression, and fails the test when it does not
// come true in time.
func (p *Page) Until(condition string) {
	p.t.Helper()
	limited := p.Timeout(conditionPatience)
	defer limited.CancelTimeout()
	if err := limited.Wait(rod.Eval("() => Boolean(" + condition + ")")); err != nil {
		p.t.Fatalf("browsertest: %s never came true: %v; errors so far: %q", condition, err, p.Errors())
	}
}

// Leads does what leads to another page (or to the same one anew) and waits until
// that one is loaded. Scripts must be on.
func (p *Page) Leads(act func()) {
	p.t.Helper()
	if _, err := p.Eval(`() => { window.leaving = true }`); err != nil {
		p.t.Fatalf("browsertest: %v", err)
	}
	act()
	for end := time.Now().Add(conditionPatience); ; time.Sleep(20 * time.Millisecond) {
		// Between two pages there is nothing to ask, which is an error and no answer.
		there, err := p.Eval(`() => !window.leaving && document.readyState === "complete" && document.fonts.ready.then(() => true)`)
		if err == nil && there.Value.Bool() {
			return
		}
		if time.Now().After(end) {
			p.t.Fatalf("browsertest: no other page came in %v: %v; errors so far: %q", conditionPatience, err, p.Errors())
		}
	}
}

// Focus puts the keyboard on the first element that the selector finds, as Tab would,
// with or without scripts: rod's own Focus and Click wait for frames that a page without
// scripts never tells of.
func (p *Page) Focus(selector string) {
	p.t.Helper()
	if _, err := p.Eval(`s => document.querySelector(s).focus()`, selector); err != nil {
		p.t.Fatalf("browsertest: focus on %s: %v", selector, err)
	}
}

// AllowErrors says that errors containing one of these texts are what the test expects.
func (p *Page) AllowErrors(texts ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.allowed = append(p.allowed, texts...)
}

// Errors lists what the page has logged as errors so far, allowed ones left out.
func (p *Page) Errors() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var kept []string
	for _, e := range p.errors {
		if !containsAny(e, p.allowed) {
			kept = append(kept, e)
		}
	}
	return kept
}

func containsAny(s string, texts []string) bool {
	for _, text := range texts {
		if strings.Contains(s, text) {
			return true
		}
	}
	return false
}

func (p *Page) note(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.errors = append(p.errors, fmt.Sprintf(format, args...))
}

// listen notes uncaught exceptions, console.error and what the browser itself logs as an
// error, violations of the content security policy among them.
func (p *Page) listen(tab *rod.Page) {
	go tab.EachEvent(
		func(e *proto.RuntimeExceptionThrown) {
			text := e.ExceptionDetails.Text
			if x := e.ExceptionDetails.Exception; x != nil {
				text += " " + x.Description
			}
			p.note("exception: %s (%s)", text, e.ExceptionDetails.URL)
		},
		func(e *proto.RuntimeConsoleAPICalled) {
			if e.Type != proto.RuntimeConsoleAPICalledTypeError {
				return
			}
			var words []string
			for _, arg := range e.Args {
				words = append(words, strings.TrimSpace(arg.Value.String()+" "+arg.Description))
			}
			p.note("console.error: %s", strings.Join(words, " "))
		},
		func(e *proto.LogEntryAdded) {
			if e.Entry.Level == proto.LogLogEntryLevelError {
				p.note("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL)
			}
		},
	)()
}

// report fails the test when the page logged errors.
func (p *Page) report() {
	for _, e := range p.Errors() {
		p.t.Errorf("browsertest: the page logged an error: %s", e)
	}
}
