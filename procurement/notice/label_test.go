package notice

import (
	"strings"
	"testing"
	"time"

	"parvis/kit/clock"
)

func TestADeadlineThatIsNotKnownIsSaidToBe(t *testing.T) {
	known := clock.At(time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC))
	for name, c := range map[string]struct {
		n     Notice
		want  string
		words string
	}{
		"known":                  {Notice{Record: Record{Deadline: known, DeadlineRaw: "2026-12-01T12:00"}}, "", "2026-12-01T12:00"},
		"none":                   {Notice{}, "non communiquée", ""},
		"impossible":             {Notice{Record: Record{DeadlineDoubtful: true, DeadlineRaw: " 31/02/2026  12h "}}, "à vérifier dans l'avis, qui écrit «\u00a031/02/2026 12h\u00a0»", "31/02/2026 12h"},
		"a long text":            {Notice{Record: Record{DeadlineDoubtful: true, DeadlineRaw: strings.Repeat("é", 80)}}, "à vérifier dans l'avis, qui écrit «\u00a0" + strings.Repeat("é", 60) + "…\u00a0»", strings.Repeat("é", 80)},
		"doubtful, in no words":  {Notice{Record: Record{DeadlineDoubtful: true}}, "à vérifier dans l'avis", ""},
		"an unread corrigendum":  {Notice{Record: Record{DeadlineDoubtful: true, DeadlineRaw: "rubrique IV.2.2"}}, "à vérifier dans l'avis", ""},
		"one without a section":  {Notice{Record: Record{DeadlineDoubtful: true, DeadlineRaw: "rubrique "}}, "à vérifier dans l'avis", ""},
		"the date before it":     {Notice{Record: Record{Deadline: known, DeadlineDoubtful: true, DeadlineRaw: "rubrique IV.2.2"}}, "", ""},
		"words that begin alike": {Notice{Record: Record{DeadlineDoubtful: true, DeadlineRaw: "rubriques 3 et 4"}}, "à vérifier dans l'avis, qui écrit «\u00a0rubriques 3 et 4\u00a0»", "rubriques 3 et 4"},
	} {
		if got := c.n.NoDeadline(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if got := c.n.DeadlineWords(); got != c.words {
			t.Errorf("%s: the words %q, want %q", name, got, c.words)
		}
	}
}
