package browsertest

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

//go:embed axe/axe.min.js
var axeSource string

// Violation is a rule that a page breaks.
type Violation struct {
	ID      string   // the rule's name, for instance "color-contrast"
	Help    string   // what the rule asks
	Targets []string // CSS selectors of the elements at fault, with axe's explanation
}

// Axe fails the test when the page breaks a WCAG 2.0, 2.1 or 2.2 rule of level A or AA
// that axe-core knows. It sees a minority of what RGAA asks: no violation is not
// conformity.
func Axe(t testing.TB, p *Page) {
	t.Helper()
	for _, v := range Violations(t, p) {
		t.Errorf("axe: %s: %s\n\t%s", v.ID, v.Help, strings.Join(v.Targets, "\n\t"))
	}
}

// Violations lists the rules of [Axe] that the page breaks.
func Violations(t testing.TB, p *Page) []Violation {
	t.Helper()
	// The protocol evaluates this outside the page's content security policy.
	if _, err := p.Eval("() => { " + axeSource + "\n; return true }"); err != nil {
		t.Fatalf("browsertest: axe-core does not load: %v", err)
	}
	result, err := p.Eval(`() => axe.run(document, {
		runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
		resultTypes: ['violations'],
	}).then(r => r.violations.map(v => ({
		ID: v.id, Help: v.help,
		Targets: v.nodes.map(n => n.target.join(' ') + ' : ' + n.failureSummary.replace(/\s+/g, ' ')),
	})))`)
	if err != nil {
		t.Fatalf("browsertest: axe-core does not run: %v", err)
	}
	var violations []Violation
	if err := result.Value.Unmarshal(&violations); err != nil {
		t.Fatalf("browsertest: axe-core's answer: %v", err)
	}
	return violations
}

// Screenshot writes a picture of the whole page to <PARVIS_SCREENSHOTS>/<name>.png, and
// does nothing when that variable is empty.
func Screenshot(t testing.TB, p *Page, name string) {
	t.Helper()
	folder := os.Getenv("PARVIS_SCREENSHOTS")
	if folder == "" {
		return
	}
	if err := writePicture(p, folder, name); err != nil {
		t.Errorf("browsertest: picture %s: %v", name, err)
	}
}

func writePicture(p *Page, folder, name string) error {
	picture, err := p.Page.Screenshot(true, nil)
	if err != nil {
		return fmt.Errorf("taking it: %w", err)
	}
	path := filepath.Join(folder, name+".png")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, picture, 0o644)
}
