package notice_test

import (
	"encoding/json"
	"strings"
	"testing"

	"parvis/kit/fault"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

// Every fault of criteria that no form makes is said in French, beside its field.
func TestCriteriaThatCannotBeAsked(t *testing.T) {
	cases := map[string]struct {
		c     notice.Criteria
		field string
	}{
		"a mode":             {notice.Criteria{Mode: "some"}, notice.FieldMode},
		"a combination":      {notice.Criteria{Combine: "xor"}, notice.FieldCPV},
		"a department":       {notice.Criteria{Departments: []string{"99"}}, notice.FieldDepartments},
		"a code":             {notice.Criteria{CPV: []string{"menuiserie"}}, notice.FieldCPV},
		"too many codes":     {notice.Criteria{CPV: strings.Split(strings.Repeat("45000000 ", 51)[:51*9-1], " ")}, notice.FieldCPV},
		"too many organisms": {notice.Criteria{Buyers: make([]string, 21)}, notice.FieldBuyers},
		"an excluded code":   {notice.Criteria{ExcludeCPV: []string{"plomberie"}}, notice.FieldExcludeCPV},
		"too many excluded":  {notice.Criteria{ExcludeBuyers: make([]string, 51)}, notice.FieldExcludeBuyers},
		"a nature":           {notice.Criteria{Categories: []refdata.Category{"dreams"}}, notice.FieldCategories},
		"a kind":             {notice.Criteria{Kinds: []notice.Kind{"letter"}}, notice.FieldKinds},
		"a source":           {notice.Criteria{Sources: []string{"hearsay"}}, notice.FieldSources},
		"negative days":      {notice.Criteria{MinDays: -1}, notice.FieldMinDays},
		"days without end":   {notice.Criteria{MinDays: 366}, notice.FieldMinDays},
		"a short word":       {notice.Criteria{Keywords: []string{"bx"}}, notice.FieldKeywords},
		"an excluded word":   {notice.Criteria{Exclude: []string{"de la"}}, notice.FieldExclude},
	}
	for name, c := range cases {
		faults := fault.All(c.c.Check())
		if len(faults) != 1 || faults[0].Field != c.field || faults[0].Text == "" {
			t.Errorf("%s: %v, want one fault of %s", name, faults, c.field)
		}
	}
	fine := notice.Criteria{
		Mode: notice.All, Combine: notice.And, Departments: []string{"67", "2A"}, CPV: []string{"45", "45421000-4"}, Categories: refdata.Categories(),
		Kinds: notice.Kinds(), Sources: notice.Sources(), MinDays: 365, Keywords: []string{"voirie", `"gros œuvre"`}, Exclude: []string{"TP"},
	}
	if err := fine.Check(); err != nil {
		t.Error(err)
	}
}

// What was stored before a criterion was invented means what it meant, and what says
// nothing more is stored as it was.
func TestStoredCriteriaKeepTheirMeaning(t *testing.T) {
	const stored = `{"mode":"all","keywords":["voirie"],"departments":["67"],"natures":["works"]}`
	var c notice.Criteria
	if err := json.Unmarshal([]byte(stored), &c); err != nil {
		t.Fatal(err)
	}
	if c.NoNational || c.TitleOnly || c.Broader || c.Services || c.Kinds != nil || c.Sources != nil || c.MinDays != 0 {
		t.Errorf("old criteria ask more: %+v", c)
	}
	again, err := json.Marshal(c)
	if err != nil || string(again) != stored {
		t.Errorf("stored as %s (%v), was %s", again, err, stored)
	}
}

func TestWhatIsAskedAtAll(t *testing.T) {
	for _, c := range []notice.Criteria{{}, {Mode: notice.All}, {TitleOnly: true, Broader: true, Services: true, Combine: notice.And}} {
		if !c.Empty() {
			t.Errorf("%+v asks something", c)
		}
	}
	for _, c := range []notice.Criteria{
		{Keywords: []string{"x"}}, {Exclude: []string{"x"}}, {Buyers: []string{"x"}}, {Departments: []string{"67"}}, {CPV: []string{"45"}},
		{Categories: refdata.Categories()}, {Kinds: notice.Kinds()}, {Sources: notice.Sources()}, {NoNational: true}, {MinDays: 1},
		{ExcludeBuyers: []string{"x"}}, {ExcludeCPV: []string{"45"}},
	} {
		if c.Empty() {
			t.Errorf("%+v asks nothing", c)
		}
	}
}
