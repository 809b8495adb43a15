package main

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"parvis/kit/text"
)

// pack writes the lexicon in the layout that kit/text/lexicon.go reads:
//
//	"PVLEX001", then 3 × uint32: number of forms, of rule lists, of rules
//	buckets  (2¹⁵+1) × uint32: first entry of each bucket (top 15 bits of the form's hash)
//	entries  forms × (5 bytes: the next 40 bits of the hash; 2 bytes: its rule list), sorted
//	lists    (n+1) × uint16 offsets into the rule numbers, then the rule numbers, uint16 each
//	rules    (n+1) × uint16 offsets into the bytes, then per rule: bytes to strip (1), bytes to add
//
// A rule turns a form into one of its lemmas, so that lemmas cost nothing.
func pack(lexicon map[string][]string) ([]byte, error) {
	p := packer{rules: map[string]uint16{}, lists: map[string]uint16{}, ruleOffsets: []uint16{0}, listOffsets: []uint16{0}}
	entries := make([]packed, 0, len(lexicon))
	for _, form := range slices.Sorted(maps.Keys(lexicon)) {
		list, err := p.list(form, lexicon[form])
		if err != nil {
			return nil, err
		}
		entries = append(entries, packed{uint64(text.TermOf(form)) >> 9, list})
	}
	slices.SortFunc(entries, func(a, b packed) int {
		if a.hash < b.hash {
			return -1
		}
		return 1
	})
	out := append([]byte{}, "PVLEX001"...)
	for _, n := range []int{len(entries), len(p.lists), len(p.rules)} {
		out = binary.LittleEndian.AppendUint32(out, uint32(n))
	}
	out, err := appendEntries(out, entries)
	if err != nil {
		return nil, err
	}
	for _, n := range append(p.listOffsets, p.listRules...) {
		out = binary.LittleEndian.AppendUint16(out, n)
	}
	for _, n := range p.ruleOffsets {
		out = binary.LittleEndian.AppendUint16(out, n)
	}
	return append(out, p.ruleBytes...), nil
}

// packed is one form: the top 55 bits of its hash, and its rule list.
type packed struct {
	hash uint64
	list uint16
}

const bucketBits, restBits = 15, 40

func appendEntries(out []byte, entries []packed) ([]byte, error) {
	next := 0
	for bucket := uint64(0); bucket <= 1<<bucketBits; bucket++ {
		for next < len(entries) && entries[next].hash>>restBits < bucket {
			next++
		}
		out = binary.LittleEndian.AppendUint32(out, uint32(next))
	}
	for i, e := range entries {
		if i > 0 && entries[i-1].hash == e.hash {
			return nil, fmt.Errorf("two forms share the hash %x: change the constants of TermOf", e.hash)
		}
		for shift := 0; shift < restBits; shift += 8 {
			out = append(out, byte(e.hash>>shift))
		}
		out = binary.LittleEndian.AppendUint16(out, e.list)
	}
	return out, nil
}

// packer numbers the rules and the lists of rules as they come.
type packer struct {
	rules, lists             map[string]uint16
	ruleBytes                []byte
	ruleOffsets, listOffsets []uint16
	listRules                []uint16
}

func (p *packer) list(form string, lemmas []string) (uint16, error) {
	var rules []uint16
	for _, lemma := range lemmas {
		rules = append(rules, p.rule(form, lemma))
	}
	k := fmt.Sprint(rules)
	n, ok := p.lists[k]
	if !ok {
		n = uint16(len(p.lists))
		p.lists[k] = n
		p.listRules = append(p.listRules, rules...)
		p.listOffsets = append(p.listOffsets, uint16(len(p.listRules)))
	}
	if len(p.lists) > 60000 || len(p.ruleBytes) > 60000 || len(p.listRules) > 60000 {
		return 0, fmt.Errorf("too many rules for 16 bits at %q", form)
	}
	return n, nil
}

func (p *packer) rule(form, lemma string) uint16 {
	common := 0
	for common < len(form) && common < len(lemma) && form[common] == lemma[common] {
		common++
	}
	k := string(append([]byte{byte(len(form) - common)}, lemma[common:]...))
	n, ok := p.rules[k]
	if !ok {
		n = uint16(len(p.rules))
		p.rules[k] = n
		p.ruleBytes = append(p.ruleBytes, k...)
		p.ruleOffsets = append(p.ruleOffsets, uint16(len(p.ruleBytes)))
	}
	return n
}
