package org

import (
	"slices"
	"strings"

	"parvis/kit/db"
)

// changeLine is how many buyers one line of the change log names.
const changeLine = 200

// BuyerCache finds the buyers of one import transaction, and adds those that are
// new. Prime it with the whole chunk, resolve the chunk's buyers before writing
// anything else (the register is locked while it grows), and Close it.
type BuyerCache struct {
	tx      *db.Tx
	cleaned map[Sighting]sighting
	asked   map[string]bool   // keys that were looked for
	byKey   map[string]string // key → id of the buyer it leads to
	buyers  map[string]*Buyer
	whole   map[string]string // buyer → its SIREN, or that of one that it was merged with
	seen    map[sightingKey]*Seen
	names   map[string][]Seen // of the buyers that were seen: all names, and how often
	times   int64             // see lockBuyers: when what is known was read
	locked  bool
	changed []string
	added   []*Buyer // not written yet
	aliases [][]any  // the same
}

// sightingKey is what is counted of a buyer.
type sightingKey struct{ buyer, kind, value string }

// NewBuyerCache makes an empty cache; it dies with its transaction, unless a Register
// keeps it.
func NewBuyerCache(tx *db.Tx) *BuyerCache {
	c := &BuyerCache{tx: tx, cleaned: map[Sighting]sighting{}, seen: map[sightingKey]*Seen{}, times: unread}
	c.forget()
	return c
}

// unread is the times of a cache that has read nothing.
const unread = -1

func (c *BuyerCache) forget() {
	c.asked, c.byKey, c.buyers, c.whole = map[string]bool{}, map[string]string{}, map[string]*Buyer{}, map[string]string{}
	c.names = map[string][]Seen{}
}

// Prime reads in a few queries what the sightings will need. It is optional.
func (c *BuyerCache) Prime(sightings []Sighting) error {
	var keys []string
	for _, s := range sightings {
		clean := c.clean(s)
		keys = append(keys, clean.sirenKey, clean.nameKey)
	}
	return c.load(keys)
}

// clean is what is read in a sighting, once: a chunk has the same one many times.
func (c *BuyerCache) clean(raw Sighting) sighting {
	day := raw.On
	raw.On = ""
	s, known := c.cleaned[raw]
	if !known {
		s = raw.clean()
		c.cleaned[raw] = s
	}
	s.on = day
	return s
}

// load reads where the keys lead that were not asked for yet.
func (c *BuyerCache) load(keys []string) error {
	var missing []string
	for _, k := range keys {
		if k != "" && !c.asked[k] {
			c.asked[k] = true
			missing = append(missing, k)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if c.times == unread { // before the buyers: what is added in between is read again
		var err error
		if c.times, err = timesLocked(c.tx); err != nil {
			return err
		}
	}
	found, err := buyersByKey(c.tx, missing)
	if err != nil {
		return err
	}
	var numberless []string
	for _, f := range found {
		c.byKey[f.Key] = f.ID
		if c.buyers[f.ID] != nil {
			continue
		}
		if c.buyers[f.ID], c.whole[f.ID] = &f.Buyer, f.SIREN; f.SIREN == "" {
			numberless = append(numberless, f.ID)
		}
	}
	return c.lookBeyond(numberless)
}

// lookBeyond reads the numbers of those that buyers without one were merged with.
func (c *BuyerCache) lookBeyond(ids []string) error {
	merges, err := MergesOf(c.tx, ids)
	if err != nil || len(merges.into) == 0 {
		return err
	}
	rows, err := buyersByID(c.tx, merges.whole(ids))
	if err != nil {
		return err
	}
	whole := gather(rows)
	for _, id := range ids {
		c.whole[id] = whole[merges.Root(id)].SIREN
	}
	return nil
}

// Sight gives the id of the buyer, and counts how it was seen. A valid SIREN decides;
// else the folded name with the postcode. A buyer that was known by name alone gains
// its SIREN when it is first seen with one; a name that leads to another SIREN leads to
// another body. One that was merged is still itself here: see Merges.
func (c *BuyerCache) Sight(raw Sighting) (string, error) {
	s := c.clean(raw)
	id, err := c.identify(s)
	if err == nil {
		c.count(id, nameKind, s.name, s.on)
		c.count(id, numberKind, s.number, s.on)
	}
	return id, err
}

func (c *BuyerCache) count(id, kind, value, on string) {
	if value == "" {
		return
	}
	key := sightingKey{id, kind, value}
	s := c.seen[key]
	if s == nil {
		s = &Seen{BuyerID: id, Kind: kind, Value: value, FirstOn: on, LastOn: on}
		c.seen[key] = s
	}
	s.Seen++
	if on != "" && (s.FirstOn == "" || on < s.FirstOn) {
		s.FirstOn = on
	}
	s.LastOn = max(s.LastOn, on)
}

func (c *BuyerCache) identify(s sighting) (string, error) {
	if err := c.load([]string{s.sirenKey, s.nameKey}); err != nil {
		return "", err
	}
	if id, settled := c.find(s); settled {
		return id, nil
	}
	if err := c.lock(); err != nil {
		return "", err
	}
	id, settled := c.find(s)
	if settled {
		return id, nil
	}
	if id == "" {
		return c.add(s)
	}
	return id, c.learn(c.buyers[id], s)
}

// find applies the rule to what is known. settled means that the register has
// nothing to learn; id may be known before that.
func (c *BuyerCache) find(s sighting) (id string, settled bool) {
	named := c.byKey[s.nameKey]
	if s.siren == "" {
		return named, named != ""
	}
	if id = c.byKey[s.sirenKey]; id != "" {
		b := c.buyers[id]
		return id, (s.nameKey == "" || named != "") && !gains(b, s)
	}
	if named != "" && c.buyers[named].SIREN == "" && c.whole[named] == "" {
		return named, false
	}
	return "", false
}

// gains tells whether the sighting says of the buyer what nobody had said.
func gains(b *Buyer, s sighting) bool {
	return b.SIREN == "" && s.siren != "" || b.Name == "" && s.name != "" ||
		b.Postcode == "" && b.City == "" && s.postcode+s.city != ""
}

// lock lets one transaction at a time add to the register, and reads again what
// another one has added meanwhile.
func (c *BuyerCache) lock() error {
	if c.locked {
		return nil
	}
	times, err := lockBuyers(c.tx)
	if err != nil {
		return err
	}
	alone := times == c.times+1
	if c.locked, c.times = true, times; alone {
		return nil
	}
	keys := make([]string, 0, len(c.asked))
	for k := range c.asked {
		keys = append(keys, k)
	}
	c.forget()
	return c.load(keys)
}

func (c *BuyerCache) add(s sighting) (string, error) {
	b := &Buyer{ID: db.NewID(), Name: s.name, SIREN: s.siren, Postcode: s.postcode, City: s.city, CreatedAt: c.tx.Now}
	c.added = append(c.added, b)
	c.buyers[b.ID], c.whole[b.ID] = b, b.SIREN
	c.alias(b, s)
	return b.ID, nil
}

// learn fills what was blank and remembers the new keys.
func (c *BuyerCache) learn(b *Buyer, s sighting) error {
	if gains(b, s) {
		if b.SIREN == "" {
			b.SIREN, c.whole[b.ID] = s.siren, s.siren
		}
		if b.Name == "" {
			b.Name = s.name
		}
		if b.Postcode == "" && b.City == "" {
			b.Postcode, b.City = s.postcode, s.city
		}
		if slices.Contains(c.added, b) {
			c.alias(b, s)
			return nil // as it will be written
		}
		if err := updateBuyer(c.tx, *b); err != nil {
			return err
		}
	}
	c.alias(b, s)
	return nil
}

// alias has the sighting's keys lead to the buyer. A key that leads somewhere
// already stays where it is: notices were recorded under it.
func (c *BuyerCache) alias(b *Buyer, s sighting) {
	c.changed = append(c.changed, b.ID)
	for _, key := range []string{s.sirenKey, s.nameKey} {
		if key == "" || c.byKey[key] != "" {
			continue
		}
		c.aliases = append(c.aliases, []any{key, b.ID, s.name, c.tx.Now})
		c.byKey[key] = b.ID
	}
}

// Close writes down who was new and what was seen, gives buyers the best of their names,
// and tells the followers of the register which buyers are not what they were.
func (c *BuyerCache) Close() error {
	if err := insertBuyers(c.tx, c.added); err != nil {
		return err
	}
	if err := addAliases(c.tx, c.aliases); err != nil {
		return err
	}
	c.added, c.aliases = nil, nil
	if err := c.tally(); err != nil {
		return err
	}
	slices.Sort(c.changed)
	for ids := range slices.Chunk(slices.Compact(c.changed), changeLine) {
		if err := c.tx.Changed(buyerChange, strings.Join(ids, ",")); err != nil {
			return err
		}
	}
	c.changed = nil
	return nil
}

// tally adds the sightings of this transaction to those of before.
func (c *BuyerCache) tally() error {
	added, names := make([]Seen, 0, len(c.seen)), c.names
	var ids []string
	for _, s := range c.seen {
		added = append(added, *s)
		if names[s.BuyerID] == nil {
			names[s.BuyerID] = []Seen{}
			ids = append(ids, s.BuyerID)
		}
	}
	slices.SortFunc(added, compareSeen) // two imports must not wait for each other's rows
	before, err := buyerNamesOf(c.tx, ids)
	if err != nil {
		return err
	}
	for _, s := range before {
		names[s.BuyerID] = append(names[s.BuyerID], s)
	}
	var rename []string
	for _, s := range added {
		if s.Kind != nameKind {
			continue
		}
		had := seenBefore(names[s.BuyerID], s.Value)
		if had == 0 || magnitude(had) != magnitude(had+s.Seen) {
			c.changed = append(c.changed, s.BuyerID)
		}
		if names[s.BuyerID] = countIn(names[s.BuyerID], s); c.buyers[s.BuyerID].Name != s.Value {
			rename = append(rename, s.BuyerID)
		}
	}
	c.seen = map[sightingKey]*Seen{}
	if err := c.rename(slices.Compact(rename), names); err != nil { // first, for it may lock
		return err
	}
	return sighted(c.tx, added)
}

// seenBefore is how often a name was seen.
func seenBefore(names []Seen, name string) int64 {
	for _, n := range names {
		if n.Value == name {
			return n.Seen
		}
	}
	return 0
}

// countIn adds what was seen of a name to the others.
func countIn(names []Seen, s Seen) []Seen {
	for i, n := range names {
		if n.Value == s.Value {
			names[i].Seen, names[i].LastOn = n.Seen+s.Seen, max(n.LastOn, s.LastOn)
			return names
		}
	}
	return append(names, s)
}

// rename gives these buyers the best name that they have now.
func (c *BuyerCache) rename(ids []string, names map[string][]Seen) error {
	for _, id := range ids {
		b := c.buyers[id]
		best := bestName(names[id], b.Name)
		if best == b.Name {
			continue
		}
		if err := c.lock(); err != nil {
			return err
		}
		if err := renameBuyer(c.tx, id, best); err != nil {
			return err
		}
		if c.buyers[id] != nil { // not, when the register was read again
			c.buyers[id].Name = best
		}
		c.changed = append(c.changed, id)
	}
	return nil
}
