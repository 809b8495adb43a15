package notice_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parvis/kit/fault"
	"parvis/procurement/notice"
	"parvis/procurement/refdata"
)

func TestWhatIsTypedInAffinerBecomesCriteria(t *testing.T) {
	typed := notice.Refinement{
		Exclude: `amiante de "gros œuvre" amiante`, TitleOnly: true, Services: true, NoNational: true, CPV: []string{"45421000-4", "45421000", " 3142100 ", ""},
		Broader: true, Combine: "and", Categories: []string{"works", "works"}, Kinds: []string{"contract", "prior"}, Sources: []string{"boamp"}, MinDays: " 10 ",
	}
	var c notice.Criteria
	ignored, err := typed.Into(&c)
	if err != nil {
		t.Fatal(err)
	}
	want := notice.Criteria{
		Exclude: []string{"amiante", `"gros œuvre"`}, TitleOnly: true, Services: true, NoNational: true, CPV: []string{"45421000", "03142100"}, Broader: true, Combine: notice.And,
		Categories: []refdata.Category{refdata.Works}, Kinds: []notice.Kind{notice.Contract, notice.Prior}, Sources: []string{"boamp"}, MinDays: 10,
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(ignored, []string{"de"}) {
		t.Errorf("ignored %q", ignored)
	}
	if !(notice.Refinement{}).Empty() || typed.Empty() {
		t.Error("empty is not empty, or what is typed is")
	}
}

func TestWhatCannotBeRefinedIsRefusedFieldByField(t *testing.T) {
	for _, c := range []struct {
		what  string
		typed notice.Refinement
		field string
		says  string
	}{
		{"a short word", notice.Refinement{Exclude: "bx"}, notice.FieldExclude, "moins de 3 caractères"},
		{"51 words", notice.Refinement{Exclude: strings.Join(numbered(51), " ")}, notice.FieldExclude, "50 au plus"},
		{"a code that is none", notice.Refinement{CPV: []string{"<b>"}}, notice.FieldCPV, "n'est pas un code CPV"},
		{"a code with another one's key", notice.Refinement{CPV: []string{"45210000-3"}}, notice.FieldCPV, "La clé de «\u00a045210000-3\u00a0» ne correspond pas"},
		{"one left out with another one's key", notice.Refinement{ExcludeCPV: []string{"45210000-3"}}, notice.FieldExcludeCPV, "celle de 45210000 est 2"},
		{"51 codes", notice.Refinement{CPV: manyCodes(51)}, notice.FieldCPV, "51 codes CPV\u00a0: 50 au plus"},
		{"a way to combine that is none", notice.Refinement{CPV: []string{"45000000"}, Combine: "xor"}, notice.FieldCPV, "se combinent"},
		{"another nature", notice.Refinement{Categories: []string{"x"}}, notice.FieldCategories, "n'existe pas"},
		{"another kind", notice.Refinement{Kinds: []string{"x"}}, notice.FieldKinds, "n'existe pas"},
		{"another source", notice.Refinement{Sources: []string{"x"}}, notice.FieldSources, "n'existe pas"},
		{"days in words", notice.Refinement{MinDays: "dix"}, notice.FieldMinDays, "en chiffres"},
		{"a year and a day", notice.Refinement{MinDays: "366"}, notice.FieldMinDays, "de 0 à 365"},
		{"days before today", notice.Refinement{MinDays: "-1"}, notice.FieldMinDays, "de 0 à 365"},
		{"more days than there are numbers", notice.Refinement{MinDays: strings.Repeat("9", 400)}, notice.FieldMinDays, "en chiffres"},
	} {
		var criteria notice.Criteria
		_, err := c.typed.Into(&criteria)
		all := fault.All(err)
		if len(all) != 1 || all[0].Field != c.field || !strings.Contains(all[0].Text, c.says) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	var c notice.Criteria
	if _, err := (notice.Refinement{Exclude: "bx", Kinds: []string{"x"}, MinDays: "x"}).Into(&c); len(fault.All(err)) != 3 {
		t.Errorf("not all at once: %v", err)
	}
}

func numbered(n int) (words []string) {
	for i := range n {
		words = append(words, "mot"+string(rune('a'+i/26))+string(rune('a'+i%26)))
	}
	return words
}

func manyCodes(n int) (codes []string) {
	for i := range n {
		codes = append(codes, "45"+string(rune('1'+i/9))+string(rune('1'+i%9))+"0000")
	}
	return codes
}

// What a watch holds comes back from its form as it was.
func TestCriteriaSurviveTheirForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		some := func(name string, of ...string) []string {
			var out []string
			for _, one := range of {
				if rapid.Bool().Draw(t, name+" "+one) {
					out = append(out, one)
				}
			}
			return out
		}
		want := notice.Criteria{
			Exclude: some("word", "amiante", `"gros œuvre"`, "TP"), TitleOnly: rapid.Bool().Draw(t, "title"), Services: rapid.Bool().Draw(t, "services"),
			NoNational: rapid.Bool().Draw(t, "national"), CPV: some("code", "45421000", "03142100", "90000000"), Broader: rapid.Bool().Draw(t, "broader"),
			Sources: some("source", notice.Sources()...), MinDays: rapid.IntRange(0, notice.MaxDaysLeft).Draw(t, "days"),
		}
		if len(want.CPV) > 0 && rapid.Bool().Draw(t, "and") {
			want.Combine = notice.And
		}
		for _, k := range some("nature", "works", "supplies", "services") {
			want.Categories = append(want.Categories, refdata.Category(k))
		}
		for _, k := range some("kind", "contract", "award", "vea") {
			want.Kinds = append(want.Kinds, notice.Kind(k))
		}
		var got notice.Criteria
		if _, err := want.Refine().Into(&got); err != nil {
			t.Fatalf("%v", err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}
