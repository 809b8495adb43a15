package notice_test

import (
	"reflect"
	"slices"
	"testing"

	"parvis/procurement/notice"
)

// TestEveryFieldTellsTwoVersionsApart changes each value of a full record, one after the
// other, however deep it stands.
func TestEveryFieldTellsTwoVersionsApart(t *testing.T) {
	full := func() notice.Record {
		r := whole()
		r.Detail.Corrections = []notice.Correction{{Section: "IV", Old: "a", New: "b"}}
		r.Detail.CancelReason, r.Detail.Unread, r.Aliases, r.TimeZone = "sans suite", []string{"gestion"}, []string{"x"}, "Europe/Paris"
		r.Detail.Awards = []notice.AwardLine{{Lot: "1", Holder: "Muller", AmountCent: 1, Currency: "EUR", On: "2026-01-01"}}
		r.Detail.Unawarded = []notice.UnawardedLot{{Lot: "2", Why: notice.Discontinued}}
		return r
	}
	one := full()
	want := notice.HashOf(&one)
	if again := full(); notice.HashOf(&again) != want {
		t.Fatal("the same record has two hashes")
	}
	how := []string{".Raw", ".Stamp", ".Partial", ".Hash"}
	hashes := map[string]string{want: "as it is"}
	changed := 0
	var each func(path string, at func(*notice.Record) reflect.Value)
	each = func(path string, at func(*notice.Record) reflect.Value) {
		one := full()
		v := at(&one)
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				each(path+"."+v.Type().Field(i).Name, func(r *notice.Record) reflect.Value { return at(r).Field(i) })
			}
			return
		case reflect.Slice:
			if path == ".Facts" { // which are read by the rules of the day
				one.Facts = []notice.Fact{{Topic: notice.Criterion, Text: "Prix"}}
				if notice.HashOf(&one) != want {
					t.Error("facts make another version")
				}
				return
			}
			if v.Len() == 0 {
				t.Fatalf("%s is empty in the full record", path)
			}
			each(path+"[0]", func(r *notice.Record) reflect.Value { return at(r).Index(0) })
			v.Set(reflect.AppendSlice(v, v.Slice(0, 1)))
		case reflect.String:
			v.SetString(v.String() + "x")
		case reflect.Bool:
			v.SetBool(!v.Bool())
		case reflect.Int64:
			v.SetInt(v.Int() + 1)
		default:
			t.Fatalf("%s is a %s", path, v.Kind())
		}
		changed++
		got := notice.HashOf(&one)
		if slices.Contains(how, path) {
			if got != want {
				t.Errorf("%s, how the record came, tells versions apart", path)
			}
			return
		}
		if same, twice := hashes[got]; twice {
			t.Errorf("%s changed, and the hash is that of %s", path, same)
		}
		hashes[got] = path
	}
	each("", func(r *notice.Record) reflect.Value { return reflect.ValueOf(r).Elem() })
	if changed < 40 {
		t.Errorf("%d values changed: the test sees little", changed)
	}
}

func TestTwoRecordsAreNeverWrittenTheSame(t *testing.T) {
	a, b := whole(), whole()
	a.Departments, a.CPV = []string{"67", "68"}, nil
	b.Departments, b.CPV = []string{"67"}, []string{"68"}
	if notice.HashOf(&a) == notice.HashOf(&b) {
		t.Error("a value that passed from one list to another changes nothing")
	}
	b = a
	a.Title, a.Description = "Bois et fer", ""
	b.Title, b.Description = "Bois et", " fer"
	if notice.HashOf(&a) == notice.HashOf(&b) {
		t.Error("a word that passed from one text to another changes nothing")
	}
}
