package company

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parvis/procurement/notice"
	"parvis/procurement/watch"
	"parvis/web/answer"
	"parvis/web/ui"
)

// defaultSize is how many contracts a page shows unless told; maxPage keeps a typed
// number from overflowing when it is multiplied.
const (
	defaultSize = 20
	maxPage     = 1 << 30
)

var sizes = []int{10, 20, 50, 100}

// Names of what the address of the list says.
const (
	fieldOrder = "tri"
	fieldSize  = "taille"
	fieldPage  = "page"
	fieldWatch = "veille"
)

// filter is which contracts the list shows, and how.
type filter struct {
	Order   notice.Order
	Size    int
	Page    int
	WatchID string
	Shown   watch.Shown
}

// orders are how the list may be sorted.
var orders = []ui.Option{
	{Value: string(notice.ByDeadline), Label: "date limite"},
	{Value: string(notice.ByPublication), Label: "date de parution"},
	{Value: string(notice.ByRelevance), Label: "pertinence"},
}

// readList reads the address of the list; what it does not offer is as usual.
func (p Pages) readList(v *answer.Visit) filter {
	f := filter{Order: notice.ByDeadline, Size: v.Number(fieldSize, defaultSize), Page: max(1, min(v.Number(fieldPage, 1), maxPage)),
		WatchID: v.Form.Get(fieldWatch), Shown: watch.Shown(v.Form.Get(watch.FieldTag))}
	if o := v.Form.Get(fieldOrder); slices.ContainsFunc(orders, func(one ui.Option) bool { return one.Value == o }) {
		f.Order = notice.Order(o)
	}
	if !slices.Contains(sizes, f.Size) {
		f.Size = defaultSize
	}
	if !slices.Contains(watch.AllShown(), f.Shown) {
		f.Shown = watch.ShownUsual
	}
	return f
}

// ask is what the room is asked.
func (f filter) ask() watch.Ask {
	return watch.Ask{Order: f.Order, From: (f.Page - 1) * f.Size, Size: f.Size, WatchID: f.WatchID, Shown: f.Shown}
}

// query is the address of the list as it is shown, what is usual left out.
func (f filter) query() url.Values {
	q := url.Values{}
	if f.Order != notice.ByDeadline {
		q.Set(fieldOrder, string(f.Order))
	}
	if f.Size != defaultSize {
		q.Set(fieldSize, strconv.Itoa(f.Size))
	}
	if f.Page > 1 {
		q.Set(fieldPage, strconv.Itoa(f.Page))
	}
	if f.WatchID != "" {
		q.Set(fieldWatch, f.WatchID)
	}
	if f.Shown != watch.ShownUsual {
		q.Set(watch.FieldTag, string(f.Shown))
	}
	return q
}

// url leads back to the list of contracts, not to the top of the page.
func (filter) url(f filter) string {
	if q := f.query().Encode(); q != "" {
		return watchesURL + "?" + q + "#marches"
	}
	return watchesURL + "#marches"
}

// at is the same list on another page.
func (f filter) at(page int) string { f.Page = page; return f.url(f) }

// here is the list as it is shown, at the row of a contract.
func (f filter) here(noticeID string) string {
	return strings.Replace(f.url(f), "#marches", "#marche-"+noticeID, 1)
}

// sorted is the first page of the same list in another order.
func (f filter) sorted(o notice.Order) string { f.Order, f.Page = o, 1; return f.url(f) }

// showing is the first page of the list of other tags.
func (f filter) showing(s watch.Shown) string { f.Shown, f.Page = s, 1; return f.url(f) }

// fileURL is the file of all that the list has, in a format.
func (f filter) fileURL(extension string) string {
	f.Page, f.Size = 1, defaultSize
	u := watchesURL + "/marches" + extension
	if q := f.query().Encode(); q != "" {
		u += "?" + q
	}
	return u
}

// narrowed tells that the list is not the usual one: being empty means something else.
func (f filter) narrowed() bool { return f.WatchID != "" || f.Shown != watch.ShownUsual }

func (l listPage) paging() ui.Paging {
	return ui.Paging{Page: l.Page, Last: l.Last, Label: "Pages des marchés", URL: l.at}
}

func (l listPage) sizes() ui.Sizes {
	f := l.filter
	f.Page = 1
	return ui.Sizes{Action: watchesURL + "#marches", Current: l.Size, Query: f.query()}
}

// kept is what the form of the filters must not lose.
func (l listPage) kept() (out [][2]string) {
	f := l.filter
	f.Page, f.WatchID, f.Shown = 1, "", watch.ShownUsual
	q := f.query()
	for _, name := range slices.Sorted(maps.Keys(q)) {
		out = append(out, [2]string{name, q.Get(name)})
	}
	return out
}

var shownLabels = map[watch.Shown]string{
	watch.ShownUsual: "Tous, sauf «\u00a0on passe\u00a0»", watch.ShownUntagged: "Sans étiquette", watch.ShownStudy: "À étudier", watch.ShownGo: "On y va",
	watch.ShownPass: "On passe", watch.ShownAll: "Tous",
}

func (l listPage) tags() ui.Choice {
	c := ui.Choice{Field: ui.Field{Name: watch.FieldTag, Label: "Étiquette"}, Width: ui.Medium}
	for _, s := range watch.AllShown() {
		c.Options = append(c.Options, ui.Option{Value: string(s), Label: shownLabels[s], Chosen: s == l.Shown})
	}
	return c
}

func (l listPage) watches() ui.Choice {
	c := ui.Choice{Field: ui.Field{Name: fieldWatch, Label: "Veille"}, Width: ui.Medium,
		Options: []ui.Option{{Label: "Toutes les veilles actives", Chosen: l.WatchID == ""}}}
	for _, w := range l.Watches {
		c.Options = append(c.Options, ui.Option{Value: w.ID, Label: w.Name, Chosen: w.ID == l.WatchID})
	}
	return c
}

// leftText says what is out of sight.
func (l listPage) leftText() string {
	return ui.Number(l.Left) + "\u00a0" + ui.Plural(l.Left, "marché sur lequel", "marchés sur lesquels") + " on passe n'" + ui.Plural(l.Left, "est pas montré", "sont pas montrés") + "."
}
