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
	Name      string // as it was first seen; may be empty, see Title
	SIREN     string // empty while unknown
	Postcode  string
	City      string
	CreatedAt clock.Instant
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

// Label tells it from its namesakes: « Mairie de Saint-Denis — Saint-Denis (93) ».
func (b Buyer) Label() string {
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
	siren                string // "" when the source gave no valid number
	sirenKey, nameKey    string // "" when there is none
}

func (s Sighting) clean() sighting {
	out := sighting{
		name:     tidy(s.Name, maxBuyerName),
		postcode: tidyPostcode(s.Postcode),
		city:     tidy(s.City, maxCity),
		siren:    sirenOf(s.SIRET),
	}
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

// sirenOf reads the number of a source, which is sometimes a SIRET, sometimes a
// SIREN, sometimes words. What fails its check digits proves nothing.
func sirenOf(raw string) string {
	if siret, err := refdata.ParseSIRET(raw); err == nil {
		return siret.SIREN().String()
	}
	siren, err := refdata.ParseSIREN(raw)
	if err != nil {
		return ""
	}
	return siren.String()
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

// BuyerFor finds the buyer of one notice in the register, or adds it. Many at once
// go through a BuyerCache.
func BuyerFor(tx *db.Tx, name, siretRaw, postcode, city string) (buyerID string, err error) {
	c := NewBuyerCache(tx)
	if buyerID, err = c.For(name, siretRaw, postcode, city); err != nil {
		return "", err
	}
	return buyerID, c.Close()
}

// BuyersByID reads buyers in the order of their ids, leaving out unknown ones.
func BuyersByID(tx *db.Tx, ids []string) ([]Buyer, error) {
	found, err := buyersByID(tx, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]Buyer, len(found))
	for _, b := range found {
		byID[b.ID] = b
	}
	out := make([]Buyer, 0, len(found))
	for _, id := range ids {
		if b, ok := byID[id]; ok {
			out = append(out, b)
		}
	}
	return out, nil
}

// BuyersByID is the same as the function, in a transaction of its own.
func (s *Service) BuyersByID(ctx context.Context, ids []string) ([]Buyer, error) {
	var out []Buyer
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) { out, err = BuyersByID(tx, ids); return err })
	return out, err
}
