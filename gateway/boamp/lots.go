package boamp

import (
	"strconv"
	"strings"

	"parvis/kit/scrub"
	"parvis/kit/tree"
	"parvis/procurement/notice"
	"parvis/procurement/notice/form"
)

// readLots takes the lots from the form, else from the record's extra field.
func (r *record) readLots() {
	switch {
	case r.forms != nil:
		r.out.Lots = r.forms.Lots(r.out.Title)
	default:
		r.out.Lots = lotsIn(r.body())
		r.wholeLot()
	}
	if len(r.out.Lots) == 0 {
		r.out.Lots = readLotList(tree.Each(tree.Unify(r.fields.Get("x_lots"))))
	}
}

// wholeLot takes the only lot of a contract that is not divided for what it is: the
// place where that form describes the contract.
func (r *record) wholeLot() {
	undivided := len(tree.Find(r.body(), "divenlots")) > 0
	for _, divided := range tree.Find(r.body(), "divenlots") {
		undivided = undivided && tree.Has(divided, "non")
	}
	if !undivided || len(r.out.Lots) != 1 {
		return
	}
	lot := r.out.Lots[0]
	text := lot.Description
	if text == "" {
		text = lot.Title
	}
	if !strings.Contains(r.out.Title+"\n"+r.out.Description, text) {
		r.out.Description = strings.TrimSpace(r.out.Description + "\n\n" + text)
	}
	r.out.Lots = nil
}

// lotsIn finds the lists of lots at any depth: each national form has them
// elsewhere. What is under "attribution" are results, not lots of the call.
func lotsIn(v any) []notice.Lot {
	o, ok := v.(tree.Object)
	if !ok {
		return nil
	}
	for _, f := range o {
		switch f.Name {
		case "attribution":
			continue
		case "lots", "lotsmarche":
			var list []any
			for _, box := range tree.Each(f.Value) {
				if tree.Has(box, "lot") {
					list = append(list, tree.At(box, "lot")...)
				} else {
					list = append(list, box)
				}
			}
			if lots := readLotList(list); len(lots) > 0 {
				return lots
			}
		}
	}
	for _, f := range o {
		if f.Name == "attribution" {
			continue
		}
		for _, e := range tree.Each(f.Value) {
			if lots := lotsIn(e); len(lots) > 0 {
				return lots
			}
		}
	}
	return nil
}

// lotNumbers are the keys of a lot's number.
var lotNumbers = []string{"num", "numlot", "numero", "numerolot", "nolot"}

func readLotList(list []any) []notice.Lot {
	var lots []notice.Lot
	for i, v := range list {
		if _, ok := v.(tree.Object); !ok {
			continue
		}
		lot := notice.Lot{
			Number:      scrub.Token(tree.First(v, lotNumbers...)),
			Title:       scrub.Short(tree.First(v, "intitule", "intitulelot", "titre", "libelle")),
			Description: scrub.Paragraphs(tree.First(v, "description", "descriptionlot", "objet", "descriptif")),
			CPV:         form.CPV(v),
		}
		if lot.Number == "" {
			lot.Number = strconv.Itoa(i + 1)
		}
		if lot, ok := form.Entitle(lot); ok {
			lots = append(lots, lot)
		}
	}
	return lots
}
