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
	asked   map[string]bool   // keys that were looked for
	byKey   map[string]string // key → id of the buyer it leads to
	buyers  map[string]*Buyer
	locked  bool
	changed []string
}

// NewBuyerCache makes an empty cache; it dies with its transaction.
func NewBuyerCache(tx *db.Tx) *BuyerCache {
	c := &BuyerCache{tx: tx}
	c.forget()
	return c
}

func (c *BuyerCache) forget() {
	c.asked, c.byKey, c.buyers = map[string]bool{}, map[string]string{}, map[string]*Buyer{}
}

// Prime reads in a few queries what the sightings will need. It is optional.
func (c *BuyerCache) Prime(sightings []Sighting) error {
	var keys []string
	for _, s := range sightings {
		clean := s.clean()
		keys = append(keys, clean.sirenKey, clean.nameKey)
	}
	return c.load(keys)
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
	found, err := buyersByKey(c.tx, missing)
	if err != nil {
		return err
	}
	for _, f := range found {
		c.byKey[f.Key] = f.ID
		if c.buyers[f.ID] == nil {
			c.buyers[f.ID] = &f.Buyer
		}
	}
	return nil
}

// For gives the id of the buyer. A valid SIREN decides; else the folded name with
// the postcode. A buyer that was known by name alone gains its SIREN when it is
// first seen with one; a name that leads to another SIREN leads to another body.
func (c *BuyerCache) For(name, siretRaw, postcode, city string) (string, error) {
	s := Sighting{Name: name, SIRET: siretRaw, Postcode: postcode, City: city}.clean()
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
	if named != "" && c.buyers[named].SIREN == "" {
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
// another one may have added meanwhile.
func (c *BuyerCache) lock() error {
	if c.locked {
		return nil
	}
	if err := lockBuyers(c.tx); err != nil {
		return err
	}
	c.locked = true
	keys := make([]string, 0, len(c.asked))
	for k := range c.asked {
		keys = append(keys, k)
	}
	c.forget()
	return c.load(keys)
}

func (c *BuyerCache) add(s sighting) (string, error) {
	b := &Buyer{ID: db.NewID(), Name: s.name, SIREN: s.siren, Postcode: s.postcode, City: s.city, CreatedAt: c.tx.Now}
	if err := insertBuyer(c.tx, *b); err != nil {
		return "", err
	}
	c.buyers[b.ID] = b
	return b.ID, c.alias(b, s)
}

// learn fills what was blank and remembers the new keys.
func (c *BuyerCache) learn(b *Buyer, s sighting) error {
	if gains(b, s) {
		if b.SIREN == "" {
			b.SIREN = s.siren
		}
		if b.Name == "" {
			b.Name = s.name
		}
		if b.Postcode == "" && b.City == "" {
			b.Postcode, b.City = s.postcode, s.city
		}
		if err := updateBuyer(c.tx, *b); err != nil {
			return err
		}
	}
	return c.alias(b, s)
}

// alias has the sighting's keys lead to the buyer. A key that leads somewhere
// already stays where it is: notices were recorded under it.
func (c *BuyerCache) alias(b *Buyer, s sighting) error {
	c.changed = append(c.changed, b.ID)
	for _, key := range []string{s.sirenKey, s.nameKey} {
		if key == "" || c.byKey[key] != "" {
			continue
		}
		if err := insertBuyerAlias(c.tx, key, b.ID, s.name); err != nil {
			return err
		}
		c.byKey[key] = b.ID
	}
	return nil
}

// Close tells the followers of the register which buyers are not what they were.
func (c *BuyerCache) Close() error {
	slices.Sort(c.changed)
	for ids := range slices.Chunk(slices.Compact(c.changed), changeLine) {
		if err := c.tx.Changed(buyerChange, strings.Join(ids, ",")); err != nil {
			return err
		}
	}
	c.changed = nil
	return nil
}
