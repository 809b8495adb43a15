package demo_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"parvis/app/demo"
	"parvis/gateway/boamp"
	"parvis/kit/clock"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

// asked is when the notices of these tests are asked for: a Tuesday.
var asked = clock.At(time.Date(2026, 11, 24, 10, 0, 0, 0, clock.Paris))

// all reads the notices that a demonstration of that moment begins with.
func all(t *testing.T, now clock.Instant) []notice.Record {
	t.Helper()
	lines, err := demo.Notices(now)
	if err != nil {
		t.Fatal(err)
	}
	var out []notice.Record
	for r, err := range boamp.Records(bytes.NewReader(lines)) {
		if err != nil {
			t.Fatalf("a notice of the demonstration is refused: %v", err)
		}
		out = append(out, r)
	}
	return out
}

// TestTheDemonstrationShowsWhatTheGazetteHas counts what a visitor of the
// demonstration may come upon: every kind of notice, every procedure type that the
// gazette names, lots, corrections, awards, and the gazette's dirt.
func TestTheDemonstrationShowsWhatTheGazetteHas(t *testing.T) {
	records := all(t, asked)
	if len(records) < 300 {
		t.Errorf("%d notices, want 300 at least", len(records))
	}
	kinds, procedures, categories, families := map[notice.Kind]int{}, map[refdata.ProcedureType]int{}, map[refdata.Category]int{}, map[string]int{}
	ids := map[string]bool{}
	have := map[string]int{}
	count := func(what string, is bool) {
		if is {
			have[what]++
		} else {
			have[what] += 0
		}
	}
	for _, r := range records {
		kinds[r.Kind]++
		procedures[r.Procedure]++
		categories[r.Category]++
		families[r.Detail.Family]++
		if ids[r.SourceID] {
			t.Errorf("two notices are numbered %s", r.SourceID)
		}
		ids[r.SourceID] = true
		count("with lots", len(r.Lots) > 0)
		count("with ten lots or more", len(r.Lots) >= 10)
		count("corrigendum that says what it corrects", r.Kind == notice.Corrigendum && len(r.Detail.Corrections) > 0)
		count("award with its holder and amount", len(r.Detail.Awards) > 0 && r.Detail.Awards[0].AmountCent > 0)
		count("cancelled, with the reason", r.Detail.CancelReason != "")
		count("linked to another", len(r.Linked) > 0)
		count("with a compulsory visit", !r.VisitAt.IsZero())
		count("with a last day for questions", !r.QuestionsUntil.IsZero())
		count("overseas", len(r.Departments) > 0 && strings.HasPrefix(r.Departments[0], "97"))
		count("in several departments", len(r.Departments) > 1)
		// Dirt.
		count("of no place", len(r.Departments) == 0)
		count("without a deadline", r.Kind == notice.Contract && r.Deadline.IsZero())
		count("with a doubtful hour", r.DeadlineDoubtful)
		count("of no nature", r.Category == "")
		count("without CPV", len(r.CPV) == 0)
		count("without a description", r.Description == "")
		count("in capitals", r.Title == strings.ToUpper(r.Title))
		count("whose buyer has no SIRET", r.Buyer.SIRET == "")
	}
	for _, k := range []notice.Kind{
		notice.Contract, notice.Prior, notice.Corrigendum, notice.Cancellation, notice.Award, notice.Amendment, notice.VEA, notice.Other,
	} {
		if kinds[k] == 0 {
			t.Errorf("no notice of kind %s", k)
		}
	}
	for _, p := range []refdata.ProcedureType{ // not Direct: contract records have it, the gazette has not
		refdata.Open, refdata.Restricted, refdata.Negotiated, refdata.Adapted, refdata.CompetitiveDialogue, refdata.InnovationPartnership,
		refdata.OpenContest, refdata.RestrictedContest, refdata.AwardedWithoutCall, refdata.AwardedAfterCall, refdata.OtherProcedure,
	} {
		if procedures[p] == 0 {
			t.Errorf("no notice of procedure type %s", p)
		}
	}
	for _, c := range refdata.Categories() {
		if categories[c] < 30 {
			t.Errorf("%d notices of %s", categories[c], c)
		}
	}
	for _, f := range []string{"JOUE", "FNS", "MAPA", "DSP", "DIVERS"} {
		if families[f] == 0 {
			t.Errorf("no notice under the gazette's heading %s", f)
		}
	}
	for what, n := range have {
		if n == 0 {
			t.Errorf("no notice %s", what)
		}
	}
}

// TestTheDemonstrationIsDatedAroundNow asks for the notices at two moments a year
// apart: there is always something that closes soon, and nothing of tomorrow.
func TestTheDemonstrationIsDatedAroundNow(t *testing.T) {
	for _, now := range []clock.Instant{asked, clock.At(time.Date(2027, 3, 28, 23, 30, 0, 0, clock.Paris))} {
		today := now.In(clock.Paris).Format(time.DateOnly)
		oldest := now.Add(-100 * 24 * time.Hour).In(clock.Paris).Format(time.DateOnly)
		var open, soon, closed int
		for _, r := range all(t, now) {
			if r.PublishedOn > today || r.PublishedOn < oldest {
				t.Errorf("%s: %s appeared on %s", today, r.SourceID, r.PublishedOn)
			}
			if strings.Contains(r.Raw, `"J+`) || strings.Contains(r.Raw, `"J-`) {
				t.Errorf("%s: %s has a date that was not written", today, r.SourceID)
			}
			n := notice.Notice{Record: r}
			switch {
			case r.Kind != notice.Contract:
			case !n.Open(now):
				closed++
			default:
				open++
				if !r.Deadline.IsZero() && r.Deadline.DaysLeft(now, n.Zone()) <= 14 {
					soon++
				}
			}
		}
		if open < 60 || soon < 15 || closed < 60 {
			t.Errorf("%s: %d open, of which %d within two weeks, %d closed", today, open, soon, closed)
		}
	}
}

// TestFreshNoticesCanBeAnswered: each of the notices behind the button is a call of
// today that is open and has its own number, the second time round too.
func TestFreshNoticesCanBeAnswered(t *testing.T) {
	var ids, titles []string
	for n := range 24 {
		line, err := demo.Fresh(n, asked)
		if err != nil {
			t.Fatal(err)
		}
		r, err := boamp.Parse(string(line))
		if err != nil {
			t.Fatal(err)
		}
		if one := (&notice.Notice{Record: r}); r.Kind != notice.Contract || !one.Open(asked) || r.PublishedOn != "2026-11-24" {
			t.Errorf("%s is no open call of today: %s of %s, until %v", r.SourceID, r.Kind, r.PublishedOn, r.Deadline)
		}
		if slices.Contains(ids, r.SourceID) {
			t.Errorf("%s comes twice", r.SourceID)
		}
		ids, titles = append(ids, r.SourceID), append(titles, r.Title)
	}
	if !slices.Equal(titles[:12], titles[12:]) {
		t.Errorf("the second round is not the first again:\n%q\n%q", titles[:12], titles[12:])
	}
}
