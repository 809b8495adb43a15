package engine

import (
	"cmp"
	"math/bits"
	"slices"

	"parvis/procurement/notice"
)

// filed is one entry of a cell before the arena is laid out.
type filed struct {
	cell   uint64 // feature, place, kind: see at
	second uint32 // kinds group and condition: one more feature
	third  uint32 // kind condition: and another
	ref    uint32 // a watch, or a rule
}

// at is where an entry stands, in one number that sorts: feature, place, kind.
func at(feature uint32, place, kind uint8) uint64 {
	return uint64(feature)<<16 | uint64(place)<<8 | uint64(kind)
}

// Kinds of entry, in the order of a cell.
const (
	exact     = iota // the feature is enough
	group            // one more feature
	condition        // two more, or a rule
)

// file puts one watch where its most selective clause is met.
func (b *builder) file(id uint32, c *compiledWatch) {
	if len(c.buyers) > 0 {
		b.fileByBuyer(id, c)
		return
	}
	places := placesOf(c.places)
	checked := rule{id: id, none: c.none, categories: c.categories, facts: c.facts}
	if len(places) > maxCells {
		places, checked.places = []uint8{0}, c.places
	}
	plain := len(c.none) == 0 && c.categories == 0 && c.facts == nil && checked.places.None()
	byWords := len(c.words) > 0 || len(c.cpv) == 0
	if c.cpvAnd {
		checked.cpv, plain = c.cpv, len(c.cpv) == 0 && plain
	} else {
		b.fileSome(places, c.cpv, plain, checked)
	}
	switch {
	case !byWords:
	case c.all || len(c.words) == 0:
		b.fileAll(places, c.words, plain, checked)
	default:
		b.fileSome(places, c.words, plain, checked)
	}
}

// fileSome files a watch under each of the features of which one is enough.
func (b *builder) fileSome(places []uint8, features []uint32, plain bool, r rule) {
	if len(features) == 0 {
		return
	}
	kind, e := uint8(exact), filed{ref: r.id}
	if !plain {
		kind, e = condition, filed{second: always, third: always, ref: b.addRule(r)}
	}
	for _, f := range features {
		b.add(f, places, kind, e)
	}
}

// fileAll files a watch under the rarest of the features that it wants together.
func (b *builder) fileAll(places []uint8, features []uint32, plain bool, r rule) {
	if len(features) == 0 {
		b.fileSome(places, []uint32{always}, plain, r)
		return
	}
	f := slices.Clone(features)
	slices.SortFunc(f, func(x, y uint32) int { return cmp.Or(cmp.Compare(b.weight[x], b.weight[y]), cmp.Compare(x, y)) })
	f = append(f, always, always)
	kind, e := uint8(exact), filed{second: f[1], third: f[2], ref: r.id}
	switch n := len(features); {
	case !plain || n > 3:
		r.all = features
		kind, e.ref = condition, b.addRule(r)
	case n == 3:
		kind = condition
	case n == 2:
		kind = group
	default:
		e.second = always
	}
	b.add(f[0], places, kind, e)
}

// fileByBuyer files a watch under each of its buyers, to be checked whole:
// there are few of them on any one buyer.
func (b *builder) fileByBuyer(id uint32, c *compiledWatch) {
	r := rule{id: id, none: c.none, categories: c.categories, places: c.places, facts: c.facts}
	var refs []uint32
	if c.cpvAnd {
		r.cpv = c.cpv
	} else if len(c.cpv) > 0 {
		byCode := r
		byCode.some = c.cpv
		refs = append(refs, b.addRule(byCode)&^ruleRef)
	}
	if len(c.words) > 0 || len(c.cpv) == 0 {
		if c.all {
			r.all = c.words
		} else {
			r.some = c.words
		}
		refs = append(refs, b.addRule(r)&^ruleRef)
	}
	for _, buyer := range c.buyers {
		b.e.buyers[buyer] = append(b.e.buyers[buyer], refs...)
		if c.services {
			b.e.bodies[buyer] = append(b.e.bodies[buyer], refs...)
		}
	}
}

func (b *builder) addRule(r rule) uint32 {
	b.e.rules = append(b.e.rules, r)
	return uint32(len(b.e.rules)-1) | ruleRef
}

func (b *builder) add(feature uint32, places []uint8, kind uint8, e filed) {
	for _, p := range places {
		e.cell = at(feature, p, kind)
		b.entries = append(b.entries, e)
	}
}

// placesOf lists the cells of a set of departments: 0 when it is empty.
func placesOf(p notice.Places) []uint8 {
	if p.None() {
		return []uint8{0}
	}
	var out []uint8
	for w, word := range p {
		for ; word != 0; word &= word - 1 {
			out = append(out, uint8(w*64+bits.TrailingZeros64(word)+1))
		}
	}
	return out
}

// layOut sorts the entries and writes the arena.
func (b *builder) layOut() {
	slices.SortFunc(b.entries, func(x, y filed) int {
		if x.cell != y.cell {
			return cmp.Compare(x.cell, y.cell)
		}
		return cmp.Or(cmp.Compare(x.second, y.second), cmp.Compare(x.ref, y.ref))
	})
	e := b.e
	e.cellsOf = make([]uint32, e.features+1)
	next := uint32(0) // the first feature whose cells' beginning is not written yet
	for from := 0; from < len(b.entries); {
		cell := b.entries[from].cell >> 8
		feature, place := uint32(cell>>8), uint8(cell)
		to := from
		for to < len(b.entries) && b.entries[to].cell>>8 == cell {
			to++
		}
		for ; next <= feature; next++ {
			e.cellsOf[next] = uint32(len(e.places))
		}
		e.places = append(e.places, place)
		e.starts = append(e.starts, uint32(len(e.arena)))
		b.cell(b.entries[from:to])
		from = to
	}
	for ; int(next) < len(e.cellsOf); next++ {
		e.cellsOf[next] = uint32(len(e.places))
	}
	b.entries = nil
	e.arena = slices.Clip(e.arena)
}

// cell writes one cell: three counts, then the exact ids, the groups (a feature,
// a count, ids) and the conditions (two features and a reference).
func (b *builder) cell(entries []filed) {
	e := b.e
	head := len(e.arena)
	e.arena = append(e.arena, 0, 0, 0)
	open := -1 // where the count of the group being written is
	for i, f := range entries {
		switch uint8(f.cell) {
		case exact:
			e.arena[head]++
			e.arena = append(e.arena, f.ref)
		case group:
			if open < 0 || entries[i-1].second != f.second {
				e.arena[head+1]++
				e.arena = append(e.arena, f.second, 0)
				open = len(e.arena) - 1
			}
			e.arena[open]++
			e.arena = append(e.arena, f.ref)
		default:
			e.arena[head+2]++
			e.arena = append(e.arena, f.second, f.third, f.ref)
		}
	}
}
