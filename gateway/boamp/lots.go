package boamp

import (
	"strconv"
	"strings"

	"parvis/procurement/notice"
)

// readLots takes the lots from the form, else from the record's extra field.
func (r *record) readLots() {
	switch {
	case r.forms != nil:
		r.out.Lots = r.forms.lots(r.out.Title)
	default:
		r.out.Lots = lotsIn(r.body())
	}
	if len(r.out.Lots) == 0 {
		r.out.Lots = readLotList(each(unify(r.fields["x_lots"])))
	}
}

// lotsIn finds the lists of lots at any depth: each national form has them
// elsewhere. What is under "attribution" are results, not lots of the call.
func lotsIn(v any) []notice.Lot {
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	for _, k := range keys(m) {
		switch k {
		case "attribution":
			continue
		case "lots", "lotsmarche":
			var list []any
			for _, box := range each(m[k]) {
				if has(box, "lot") {
					list = append(list, at(box, "lot")...)
				} else {
					list = append(list, box)
				}
			}
			if lots := readLotList(list); len(lots) > 0 {
				return lots
			}
		}
	}
	for _, k := range keys(m) {
		if k == "attribution" {
			continue
		}
		for _, e := range each(m[k]) {
			if lots := lotsIn(e); len(lots) > 0 {
				return lots
			}
		}
	}
	return nil
}

func readLotList(list []any) []notice.Lot {
	var lots []notice.Lot
	for i, v := range list {
		if _, ok := v.(map[string]any); !ok {
			continue
		}
		lot := notice.Lot{
			Number:      token(first(v, "num", "numlot", "numero", "numerolot", "nolot")),
			Title:       shortTitle(first(v, "intitule", "intitulelot", "titre", "libelle")),
			Description: paragraphs(first(v, "description", "descriptionlot", "objet", "descriptif")),
			CPV:         ranked(cpvIn(v)),
		}
		if lot.Number == "" {
			lot.Number = strconv.Itoa(i + 1)
		}
		if lot, ok := entitle(lot); ok {
			lots = append(lots, lot)
		}
	}
	return lots
}

// entitle gives a lot without a title the beginning of its description: FNS forms
// have no title of lots. A lot without either is none.
func entitle(lot notice.Lot) (notice.Lot, bool) {
	if lot.Title == "" {
		lot.Title = shortTitle(lot.Description)
	}
	if strings.EqualFold(lot.Title, title(lot.Description)) {
		lot.Description = ""
	}
	return lot, lot.Title != ""
}
