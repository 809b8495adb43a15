package org

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"

	"parvis/kit/clock"
	"parvis/kit/db"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/event"
	"parvis/procurement/refdata"
)

// Buyers is what the operator does by hand in the register of buyers.
type Buyers struct {
	db      *db.DB
	journal *event.Journal
}

// NewBuyers makes it.
func NewBuyers(d *db.DB, j *event.Journal) *Buyers { return &Buyers{d, j} }

// Merge is one decision of the operator: two buyers are one.
type Merge struct {
	ID       string
	GoneID   string // leads to the other from then on
	KeptID   string
	Reason   string
	MergedAt clock.Instant
	MergedBy string
	UndoneAt clock.Instant // zero while it stands
	UndoneBy string
}

// merged is the body of the events about merges.
type merged struct {
	Gone string `json:"gone"`
	Kept string `json:"kept"`
}

// Refusals of merges.
var (
	errNoBuyer    = fault.New(fault.NotFound, "Aucun acheteur du répertoire n'a cet identifiant ni ce numéro. «\u00a0parvis buyer search\u00a0» les trouve par leur nom.")
	errItself     = fault.New(fault.Invalid, "C'est deux fois le même acheteur\u00a0: donnez celui qui disparaît et celui qui reste.")
	errTogether   = fault.New(fault.Conflict, "Ces deux acheteurs sont déjà réunis\u00a0: «\u00a0parvis buyer show\u00a0» dit sous lequel.")
	errElsewhere  = fault.New(fault.Conflict, "Cet acheteur est déjà réuni à un autre\u00a0: défaites d'abord cette réunion («\u00a0parvis buyer unmerge\u00a0»), ou réunissez celui auquel il mène.")
	errTwoNumbers = fault.New(fault.Invalid, "Ces acheteurs ont des SIREN différents\u00a0: ce sont deux personnes morales. Si l'une a remplacé l'autre, ajoutez --despite-siren.")
	errAlone      = fault.New(fault.Conflict, "Cet acheteur n'est réuni à aucun autre\u00a0: il n'y a rien à défaire.")
	errLongReason = fault.New(fault.Invalid, "Le motif est trop long\u00a0: 500 caractères au plus.")
)

const maxReason = 500 // characters

// Merge makes one buyer of two: gone leads to kept from then on. Each is named by its
// id or its SIREN. Two SIREN are two legal persons: they become one only despite that.
// It gives the buyer that is left, which is the one that kept itself leads to.
func (s *Buyers) Merge(ctx context.Context, by access.Actor, gone, kept, reason string, despiteSIREN bool) (Buyer, error) {
	var out Buyer
	if err := by.Must(access.MergeBuyers); err != nil {
		return out, err
	}
	if reason = tidy(reason, maxReason+1); len([]rune(reason)) > maxReason {
		return out, errLongReason
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := lockBuyers(tx); err != nil {
			return err
		}
		from, err := buyerNamed(tx, gone)
		if err != nil {
			return err
		}
		to, err := buyerNamed(tx, kept)
		if err != nil {
			return err
		}
		if from.ID == to.ID {
			return errItself
		}
		merges, err := MergesOf(tx, []string{from.ID, to.ID})
		if err != nil {
			return err
		}
		root := merges.Root(to.ID)
		switch {
		case merges.Root(from.ID) == root:
			return errTogether
		case from.MergedInto != "":
			return errElsewhere
		}
		all := append(merges.Whole(from.ID), merges.Whole(root)...)
		if numbers, err := numbersOf(tx, all); err != nil {
			return err
		} else if len(numbers) > 1 && !despiteSIREN {
			return errTwoNumbers
		}
		m := Merge{ID: db.NewID(), GoneID: from.ID, KeptID: root, Reason: reason, MergedAt: tx.Now, MergedBy: by.Name}
		if err := insertMerge(tx, m); err != nil {
			return err
		}
		if err := lead(tx, merges.Whole(from.ID), root); err != nil {
			return err
		}
		out, err = s.tell(tx, by, event.BuyersMerged, m, all, root)
		return err
	})
	return out, err
}

// Unmerge takes back the decision that merged a buyer: it, and those that had been
// merged into it, are again what they were, with all that named them.
func (s *Buyers) Unmerge(ctx context.Context, by access.Actor, gone string) (Buyer, error) {
	var out Buyer
	if err := by.Must(access.MergeBuyers); err != nil {
		return out, err
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := lockBuyers(tx); err != nil {
			return err
		}
		from, err := buyerNamed(tx, gone)
		if err != nil {
			return err
		}
		m, err := standingMerge(tx, from.ID)
		if errors.Is(err, db.ErrNone) {
			return errAlone
		} else if err != nil {
			return err
		}
		merges, err := MergesOf(tx, []string{from.ID})
		if err != nil {
			return err
		}
		standing, err := standingMergesInto(tx, from.MergedInto)
		if err != nil {
			return err
		}
		if err := undoMerge(tx, m.ID, by.Name); err != nil {
			return err
		}
		if err := lead(tx, below(from.ID, standing), from.ID); err != nil {
			return err
		}
		if err := lead(tx, []string{from.ID}, ""); err != nil {
			return err
		}
		out, err = s.tell(tx, by, event.BuyersUnmerged, m, merges.Whole(from.ID), from.ID)
		return err
	})
	return out, err
}

// below gives the buyers that were merged into one, directly or through others.
func below(id string, standing []Merge) (out []string) {
	for _, m := range standing {
		if m.KeptID == id {
			out = append(append(out, m.GoneID), below(m.GoneID, standing)...)
		}
	}
	return out
}

// tell records the decision, and has followers read again who is one with whom.
func (s *Buyers) tell(tx *db.Tx, by access.Actor, kind event.Kind, m Merge, all []string, left string) (Buyer, error) {
	if err := tx.Changed(MergeChange, strings.Join(all, ",")); err != nil {
		return Buyer{}, err
	}
	if err := s.journal.Record(tx, by, kind, m.KeptID, merged{m.GoneID, m.KeptID}); err != nil {
		return Buyer{}, err
	}
	found, err := BuyersByID(tx, []string{left})
	if err != nil {
		return Buyer{}, err
	}
	return found[0], nil
}

// buyerNamed finds a buyer by its id or its SIREN; a SIRET says its SIREN.
func buyerNamed(tx *db.Tx, name string) (buyerRow, error) {
	name = strings.TrimSpace(name)
	var found []buyerRow
	var err error
	if id, wrong := uuid.Parse(name); wrong == nil {
		found, err = buyersByID(tx, []string{id.String()})
	} else if siren, _ := numberOf(name); siren != "" {
		found, err = buyersBySIREN(tx, siren)
	}
	switch {
	case err != nil:
		return buyerRow{}, err
	case len(found) == 0:
		return buyerRow{}, errNoBuyer
	}
	return found[0], nil
}

// numbersOf gives the SIREN of buyers.
func numbersOf(tx *db.Tx, ids []string) ([]string, error) {
	rows, err := buyersByID(tx, ids)
	var out []string
	for _, r := range rows {
		if r.SIREN != "" {
			out = append(out, r.SIREN)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), err
}

// BuyerFile is all that the register knows of a buyer.
type BuyerFile struct {
	Buyer
	Members []Member // each buyer that it is made of, the one that was kept first
	Merges  []Merge  // every decision about them, the oldest first, undone ones too
}

// Member is one of the buyers that are one.
type Member struct {
	Buyer
	Names   []Seen // the most frequent first
	Numbers []Seen
}

// Notices is how many notices it was seen in.
func (m Member) Notices() (n int64) {
	for _, s := range m.Names {
		n += s.Seen
	}
	return n
}

// Conflicts are the numbers seen under it that are of another legal person.
func (f BuyerFile) Conflicts() (out []string) {
	for _, m := range f.Members {
		for _, n := range m.Numbers {
			siren := refdata.SIREN(n.Value[:9])
			if string(siren) != f.SIREN && !slices.Contains(out, string(siren)) {
				out = append(out, string(siren))
			}
		}
	}
	return out
}

// Show reads all about the buyer of an id or a SIREN: of the one that it leads to.
func (s *Buyers) Show(ctx context.Context, by access.Actor, name string) (BuyerFile, error) {
	var f BuyerFile
	if err := by.Must(access.MergeBuyers); err != nil {
		return f, err
	}
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		asked, err := buyerNamed(tx, name)
		if err != nil {
			return err
		}
		merges, err := MergesOf(tx, []string{asked.ID})
		if err != nil {
			return err
		}
		ids := merges.Whole(asked.ID)
		rows, err := buyersByID(tx, ids)
		if err != nil {
			return err
		}
		f.Buyer = gather(rows)[ids[0]]
		slices.SortFunc(rows, func(a, b buyerRow) int { return first(b.MergedInto == "", a.MergedInto == "") })
		seen, err := sightingsOf(tx, ids)
		if err != nil {
			return err
		}
		for _, r := range rows {
			f.Members = append(f.Members, memberOf(r.Buyer, seen))
		}
		f.Merges, err = mergesAbout(tx, ids)
		return err
	})
	return f, err
}

func memberOf(b Buyer, seen []Seen) Member {
	m := Member{Buyer: b}
	for _, s := range seen {
		switch {
		case s.BuyerID != b.ID:
		case s.Kind == nameKind:
			m.Names = append(m.Names, s)
		default:
			m.Numbers = append(m.Numbers, s)
		}
	}
	for _, list := range [][]Seen{m.Names, m.Numbers} {
		slices.SortFunc(list, func(a, b Seen) int {
			if a.Seen != b.Seen {
				return int(b.Seen - a.Seen)
			}
			return strings.Compare(a.Value, b.Value)
		})
	}
	return m
}
