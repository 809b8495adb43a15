package person_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"parvis/kit/db"
	"parvis/kit/db/dbtest"
	"parvis/procurement/access"
	"parvis/procurement/watch"
)

// Whatever happens in whatever order (notices, mornings, mails that leave or wait,
// changes of address), each notice is told once; and once to the first address if it
// takes the account back in the end.
func TestEachNoticeIsToldOnceWhateverTheAddress(t *testing.T) {
	for seed := range uint64(16) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			d, c := dbtest.Open(t, dbtest.URL(t, db.SQLite))
			h, random := openRemoval(t, d, c), rand.New(rand.NewPCG(seed, 15))
			by := h.join(access.Anybody(), "odile", odile)
			h.create(by, "Bois", watch.Immediate)
			h.create(by, "Matin", watch.Daily)
			h.create(h.join(by, "karim", karim), "Portes", watch.Daily, odile)
			h.agree(odile)
			var done, published []string
			changes, mornings := 0, 0
			for range 14 {
				act := []string{"publish", "publish", "morning", "send", "change", "wait"}[random.IntN(6)]
				switch act {
				case "publish":
					published = append(published, fmt.Sprintf("n%d", len(published)))
					h.publish(published[len(published)-1])
				case "morning":
					if mornings++; mornings <= 2 { // the way back is open for 72 hours
						h.morning()
					}
				case "send":
					h.mails()
				case "change":
					if changes++; changes <= 4 {
						h.goTo("odile", fmt.Sprintf("odile%d@neuve.example", changes))
					}
				}
				done = append(done, act)
			}
			h.morning()
			h.mails()
			count := func(to func(string) bool) []string {
				var told []string
				for _, m := range h.box.Messages() {
					for _, found := range title.FindAllStringSubmatch(strings.ReplaceAll(m.Text, "\r\n", "\n"), -1) {
						if to(m.To[0]) {
							told = append(told, found[1])
						}
					}
				}
				slices.Sort(told)
				return told
			}
			slices.Sort(published)
			h.equal(strings.Join(done, ", "), count(func(to string) bool { return strings.HasPrefix(to, "odile") }), published)
			if changes == 0 {
				return
			}
			h.back(odile)
			h.morning()
			h.mails()
			h.equal(strings.Join(done, ", ")+", back", count(func(to string) bool { return to == odile }), published)
		})
	}
}
