package org

import (
	"context"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/text"
	"parvis/procurement/refdata"
)

// Buyer is a body of the register (« organisme »).
type Buyer struct {
	ID        string
	Name      string // the best of those it was seen under; may be empty, see Title
	SIREN     string // empty while unknown
	Postcode  string
	City      string
	CreatedAt clock.Instant
	Twin      bool `db:"-"` // another buyer has the same label: it says more
	Merged    int  `db:"-"` // how many were merged into it
}

// Title is what to call it, even when no notice has named it.
func (b Buyer) Title() string {
	switch {
	case b.Name != "":
		return b.Name
	case b.SIREN != "":
		return "SIREN " + refdata.SIREN(b.SIREN).Pretty()
	default:
		return "Acheteur non précisé"
	}
}

// Department is the code of the department of its postcode, "" when unknown.
func (b Buyer) Department() string {
	code, _ := refdata.DepartmentOfPostcode(b.Postcode)
	return code
}

// Label tells it from its namesakes: « Mairie de Saint-Denis — Saint-Denis (93) ». A
// twin's adds what is left to tell it by.
func (b Buyer) Label() string {
	label := b.plainLabel()
	switch {
	case !b.Twin:
	case b.SIREN != "" && b.Name != "":
		label += " — SIREN " + refdata.SIREN(b.SIREN).Pretty()
	case b.Postcode != "":
		label += " — " + b.Postcode
	}
	return label
}

func (b Buyer) plainLabel() string {
	label := b.Title()
	if b.City != "" {
		label += " — " + b.City
	}
	if d := b.Department(); d != "" {
		label += " (" + d + ")"
	}
	return label
}

// Sighting is a buyer as a source shows it.
type Sighting struct {
	Name     string
	SIRET    string // as found: a SIRET, a SIREN, or anything
	Postcode string
	City     string
	On       string // the day of its publication, YYYY-MM-DD; "" when unknown
}

// Limits of what a source may put in the register, in characters: names are keys,
// and keys have a largest size.
const (
	maxBuyerName = 300
	maxCity      = 100
	maxPostcode  = 12
)

// sighting is a cleaned Sighting with its keys.
type sighting struct {
	name, postcode, city string
	siren, number        string // "" when the source gave no valid number; number may be the SIRET
	sirenKey, nameKey    string // "" when there is none
	on                   string
}

func (s Sighting) clean() sighting {
	out := sighting{
		name:     tidy(s.Name, maxBuyerName),
		postcode: tidyPostcode(s.Postcode),
		city:     tidy(s.City, maxCity),
		on:       s.On,
	}
	out.siren, out.number = numberOf(s.SIRET)
	if out.siren != "" {
		out.sirenKey = "siren:" + out.siren
	}
	if out.name != "" || out.siren == "" {
		// Without a postcode the town keeps namesakes apart.
		place := out.postcode
		if place == "" && out.city != "" {
			place = "~" + text.Fold(out.city)
		}
		out.nameKey = "name:" + text.Fold(out.name) + "|" + place
	}
	return out
}

// numberOf reads the number of a source, which is sometimes a SIRET, sometimes a
// SIREN, sometimes words. What fails its check digits proves nothing.
func numberOf(raw string) (siren, number string) {
	if siret, err := refdata.ParseSIRET(raw); err == nil {
		return siret.SIREN().String(), siret.String()
	}
	parsed, err := refdata.ParseSIREN(raw)
	if err != nil {
		return "", ""
	}
	return parsed.String(), parsed.String()
}

// tidy makes one line of what a source wrote, at most limit characters long.
func tidy(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cc, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	if runes := []rune(s); len(runes) > limit {
		s = strings.TrimSpace(string(runes[:limit]))
	}
	return s
}

// tidyPostcode keeps five digits of « 67 000 » and of « 67000 CEDEX », and what is
// no French postcode as it is, without spaces.
func tidyPostcode(s string) string {
	s = strings.ToUpper(strings.ReplaceAll(tidy(s, 4*maxPostcode), " ", ""))
	if rest := strings.TrimLeft(s, "0123456789"); len(s)-len(rest) == 5 {
		return s[:5]
	}
	return tidy(s, maxPostcode)
}

// BuyersByID reads buyers in the order of their ids, leaving out unknown ones. One
// that was merged is read as the one that it is now one with, once.
func BuyersByID(tx *db.Tx, ids []string) ([]Buyer, error) {
	named, err := BuyersNamed(tx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Buyer, 0, len(ids))
	seen := map[string]bool{}
	for _, id := range ids {
		if b, ok := named[id]; ok && !seen[b.ID] {
			seen[b.ID] = true
			out = append(out, b)
		}
	}
	return out, nil
}

// BuyersNamed reads buyers by the ids that name them: those of merged ones lead to the
// buyer that they are now one with. Unknown ids are left out.
func BuyersNamed(tx *db.Tx, ids []string) (map[string]Buyer, error) {
	merges, err := MergesOf(tx, ids)
	if err != nil {
		return nil, err
	}
	rows, err := buyersByID(tx, merges.whole(ids))
	if err != nil {
		return nil, err
	}
	whole := gather(rows)
	out := make(map[string]Buyer, len(ids))
	for _, id := range ids {
		if b, ok := whole[merges.Root(id)]; ok {
			out[id] = b
		}
	}
	return out, nil
}

// gather makes one buyer of those that are one, by the id of the one that was kept:
// what it lacks, the others say.
func gather(rows []buyerRow) map[string]Buyer {
	out := map[string]Buyer{}
	for _, r := range rows {
		if r.MergedInto == "" {
			out[r.ID] = r.Buyer
		}
	}
	for _, r := range rows {
		b, ok := out[r.MergedInto]
		if !ok {
			continue
		}
		b.Merged++
		if b.Name == "" {
			b.Name = r.Name
		}
		if b.SIREN == "" {
			b.SIREN = r.SIREN
		}
		if b.Postcode == "" && b.City == "" {
			b.Postcode, b.City = r.Postcode, r.City
		}
		out[b.ID] = b
	}
	return out
}

// BuyersByID is the same as the function, in a transaction of its own; twins are told
// apart as suggestions tell them.
func (s *Service) BuyersByID(ctx context.Context, ids []string) ([]Buyer, error) {
	var out []Buyer
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) { out, err = BuyersByID(tx, ids); return err })
	for i, b := range out {
		out[i].Twin = s.register.twin(b.ID)
	}
	return out, err
}

// BuyersNamed is the same as the function, in a transaction of its own.
func (s *Service) BuyersNamed(ctx context.Context, ids []string) (map[string]Buyer, error) {
	var out map[string]Buyer
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) { out, err = BuyersNamed(tx, ids); return err })
	for id, b := range out {
		b.Twin = s.register.twin(b.ID)
		out[id] = b
	}
	return out, err
}
