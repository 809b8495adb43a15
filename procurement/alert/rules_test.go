package alert_test

import (
	"slices"
	"strings"
	"testing"

	"parvis/procurement/alert"
	"parvis/procurement/event"
)

func TestEveryKindOfEventHasItsRule(t *testing.T) {
	for _, k := range event.Kinds {
		rule, ok := alert.Rules[k]
		nobody, reason, _ := strings.Cut(rule.Told, ": ")
		switch {
		case !ok || rule.Told == "":
			t.Errorf("%s: nobody decided who is told", k)
		case alert.Tells(k) == (nobody == "nobody"):
			t.Errorf("%s: the rule says %q and does otherwise", k, rule.Told)
		case !alert.Tells(k) && reason == "":
			t.Errorf("%s: nobody is told, and no reason is given", k)
		}
	}
	for k := range alert.Rules {
		if !slices.Contains(event.Kinds, k) {
			t.Errorf("%s: a rule for what cannot happen", k)
		}
	}
}
