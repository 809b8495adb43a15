package watch_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/notice"
	"parvis/procurement/notice/noticetest"
	"parvis/procurement/watch"
)

const odile = "odile@muller.example"

func (h *house) odile() access.Actor {
	h.t.Helper()
	return h.Join(noticetest.Seat, "odile.muller", odile)
}

// fields lists on which fields a form was refused.
func fields(err error) (out []string) {
	for _, e := range fault.All(err) {
		if e.Kind != fault.Invalid || e.Text == "" {
			return []string{e.Error()}
		}
		out = append(out, e.Field)
	}
	return out
}

func TestAFormIsRefusedFieldByFieldAndNothingIsSaved(t *testing.T) {
	many := func(n int, format string) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf(format, i))
		}
		return out
	}
	cases := []struct {
		name   string
		change func(*watch.Form)
		want   []string
	}{
		{"no name", func(f *watch.Form) { f.Name = " \t\u00a0" }, []string{watch.FieldName}},
		{"a name of 101 characters", func(f *watch.Form) { f.Name = strings.Repeat("é", 101) }, []string{watch.FieldName}},
		{"an invisible character in the name", func(f *watch.Form) { f.Name = "Bois\x00" }, []string{watch.FieldName}},
		{"a name read backwards", func(f *watch.Form) { f.Name = "Bois\u202e" }, []string{watch.FieldName}},
		{"a name that is not UTF-8", func(f *watch.Form) { f.Name = "Bois\xff" }, []string{watch.FieldName}},
		{"a short word", func(f *watch.Form) { f.Keywords = "bx menuiserie" }, []string{notice.FieldKeywords}},
		{"two short words", func(f *watch.Form) { f.Keywords = "bx ab" }, []string{notice.FieldKeywords, notice.FieldKeywords}},
		{"only function words", func(f *watch.Form) { f.Keywords = "de la pour" }, []string{notice.FieldKeywords}},
		{"51 keywords", func(f *watch.Form) { f.Keywords = strings.Join(many(51, "mot%03d"), " ") }, []string{notice.FieldKeywords}},
		{"a keyword of 61 characters", func(f *watch.Form) { f.Keywords = strings.Repeat("a", 61) }, []string{notice.FieldKeywords}},
		{"more than 500 characters in all", func(f *watch.Form) { f.Keywords = strings.Join(many(10, strings.Repeat("a", 55)+"%d"), " ") }, []string{notice.FieldKeywords}},
		{"another mode", func(f *watch.Form) { f.Mode = "some" }, []string{notice.FieldMode}},
		{"a department that is none", func(f *watch.Form) { f.Departments = []string{"67", "96"} }, []string{notice.FieldDepartments}},
		{"a region that is none", func(f *watch.Form) { f.Regions = []string{"99"} }, []string{notice.FieldDepartments}},
		{"21 buyers", func(f *watch.Form) { f.Buyers = many(21, "%d") }, []string{notice.FieldBuyers}},
		{"a buyer that is not in the register", func(f *watch.Form) { f.Buyers = []string{"01890a5d-ac96-774b-bcce-b302099a8057"} }, []string{notice.FieldBuyers}},
		{"a buyer that is no id", func(f *watch.Form) { f.Buyers = []string{"' OR 1=1 --\x00"} }, []string{notice.FieldBuyers}},
		{"another rhythm", func(f *watch.Form) { f.Frequency = "hourly" }, []string{watch.FieldFrequency}},
		{"24 o'clock", func(f *watch.Form) { f.Hour = 24 }, []string{watch.FieldHour}},
		{"an hour before the day", func(f *watch.Form) { f.Hour = -1 }, []string{watch.FieldHour}},
		{"an address that is none", func(f *watch.Form) { f.Recipients = []string{"karim@muller.example", "", "x@y"} }, []string{watch.FieldRecipients + ".2"}},
		{"ten further addresses", func(f *watch.Form) { f.Recipients = many(10, "r%d@muller.example") }, []string{watch.FieldRecipients}},
		{"nothing is asked", func(f *watch.Form) { f.Keywords, f.Departments = "", nil }, []string{watch.FieldEmpty}},
		{"all of it", func(f *watch.Form) {
			*f = watch.Form{Keywords: "bx", Mode: "?", Departments: []string{"?"}, Frequency: "?", Hour: 99, Recipients: []string{"?"}, Buyers: many(21, "%d")}
		}, []string{watch.FieldName, notice.FieldKeywords, notice.FieldDepartments, notice.FieldMode, notice.FieldBuyers, watch.FieldFrequency, watch.FieldHour, watch.FieldRecipients + ".0"}},
	}
	each(t, func(t *testing.T, h *house) {
		ctx, by := context.Background(), h.odile()
		kept := h.create(by, form("Gardée"))
		before := h.rows()
		for _, c := range cases {
			f := form("Refusée")
			c.change(&f)
			_, err := h.watches.Create(ctx, by, f)
			if diff := cmp.Diff(c.want, fields(err)); diff != "" {
				t.Errorf("%s, created (-want +got):\n%s", c.name, diff)
			}
			f.Version = 1
			_, err = h.watches.Update(ctx, by, kept, f)
			if diff := cmp.Diff(c.want, fields(err)); diff != "" {
				t.Errorf("%s, edited (-want +got):\n%s", c.name, diff)
			}
		}
		if diff := cmp.Diff(before, h.rows()); diff != "" {
			t.Errorf("something was saved (-before +after):\n%s", diff)
		}
		if w := h.find(by, kept); w.Name != "Gardée" || w.Version != 1 {
			t.Errorf("%+v", w)
		}
	})
}

// rows counts what a form could have left behind.
func (h *house) rows() map[string]int {
	h.t.Helper()
	out := map[string]int{}
	for _, table := range []string{"watch", "watch_recipient", "event", "change", "river_job"} {
		out[table] = h.Count("SELECT count(*) FROM " + table)
	}
	return out
}

func TestWhatAFormBecomes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.Record(false, noticetest.Call("1", "Menuiseries"))
		var buyer string
		h.Read(func(tx *db.Tx) error { return tx.One(&buyer, "SELECT id FROM buyer") })
		by := h.odile()
		saved, err := h.watches.Create(context.Background(), by, watch.Form{
			Name: "  Menuiseries \u00a0 d'Alsace ", Keywords: `menuiserie de la "porte coupe-feu" menuiserie TP`, Mode: "all",
			Buyers: []string{buyer}, Departments: []string{"2a", "67", "67", "69D", "69M", "1"}, Regions: []string{"94"}, Active: true, Hour: 18,
			Recipients: []string{"Karim@Muller.example", "KARIM@muller.example", " ", "ODILE@muller.example"},
		})
		h.must(err)
		if diff := cmp.Diff([]string{"de", "la"}, saved.Ignored); diff != "" {
			t.Errorf("function words left out (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"Karim@Muller.example"}, saved.Asked); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
		w := h.find(by, saved.ID)
		want := notice.Criteria{
			Mode: notice.All, Keywords: []string{"menuiserie", `"porte coupe-feu"`, "TP"}, Buyers: []string{buyer}, Departments: []string{"01", "2A", "2B", "67", "69"},
		}
		if diff := cmp.Diff(want, w.Criteria); diff != "" {
			t.Errorf("criteria (-want +got):\n%s", diff)
		}
		if w.Name != "Menuiseries d'Alsace" || w.Frequency != watch.Daily || w.Hour != 18 || !w.Active || w.ActiveSince.IsZero() || w.Version != 1 {
			t.Errorf("%+v", w)
		}
		var who []string
		for _, r := range w.Recipients {
			who = append(who, fmt.Sprint(r.Address, " ", r.Main, " ", r.State()))
		}
		if diff := cmp.Diff([]string{odile + " true confirmed", "Karim@Muller.example false awaited"}, who); diff != "" {
			t.Errorf("recipients (-want +got):\n%s", diff)
		}
	})
}

func TestAnEmptyWatchIsADigestEvenWhenAskedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.odile()
		f := form("Tout")
		f.Keywords, f.Departments, f.Frequency, f.AcceptEmpty = "", nil, "immediate", true
		if w := h.find(by, h.create(by, f)); w.Frequency != watch.Daily || !w.Criteria.Empty() {
			t.Errorf("%+v", w)
		}
	})
}

func TestAVisitorHasNoWatch(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx, by := context.Background(), access.Anybody()
		_, err1 := h.watches.List(ctx, by)
		_, err2 := h.watches.Find(ctx, by, "x")
		_, err3 := h.watches.Create(ctx, by, form("Bois"))
		_, err4 := h.watches.Update(ctx, by, "x", form("Bois"))
		_, err5 := h.watches.Delete(ctx, by, "x")
		for i, err := range []error{err1, err2, err3, err4, err5} {
			if !fault.Is(err, fault.SignIn) {
				t.Errorf("%d: %v", i, err)
			}
		}
	})
}
