package cmd

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"parvis/app"
	"parvis/kit/clock"
	"parvis/kit/fault"
	"parvis/procurement/access"
	"parvis/procurement/org"
	"parvis/procurement/refdata"
)

// Buyer is what the operator does in the register of buyers.
type Buyer struct {
	Search     SearchBuyers    `cmd:"" help:"Chercher des acheteurs par leur nom, leur ville, leur département ou leur SIREN."`
	Show       ShowBuyer       `cmd:"" help:"Dire tout ce que le répertoire sait d'un acheteur\u00a0: noms et numéros sous lesquels il a été vu, réunions."`
	Duplicates BuyerDuplicates `cmd:"" help:"Énumérer les acheteurs qui se ressemblent\u00a0: à l'exploitant de décider."`
	Merge      MergeBuyer      `cmd:"" help:"Réunir deux acheteurs qui n'en font qu'un. Rien n'est détruit\u00a0: «\u00a0unmerge\u00a0» revient en arrière."`
	Unmerge    UnmergeBuyer    `cmd:"" help:"Défaire une réunion\u00a0: chaque acheteur retrouve ses avis et les veilles qui le suivaient."`
}

// SearchBuyers finds buyers by name.
type SearchBuyers struct {
	Base
	Words []string `arg:"" name:"mots" help:"Débuts de mots du nom, de la ville, numéro de département, ou SIREN."`
}

// Run searches.
func (c *SearchBuyers) Run(ctx context.Context, std Std) error {
	return c.open(ctx, std, func(a *app.App) error {
		found, err := a.Orgs.SearchBuyers(ctx, operator, strings.Join(c.Words, " "))
		if err != nil {
			return err
		}
		if len(found) == 0 {
			fmt.Fprintln(std.Out, "Aucun acheteur du répertoire ne correspond\u00a0: essayez un seul mot, ou son début.")
		}
		for _, b := range found {
			fmt.Fprintln(std.Out, buyerLine(b))
		}
		return nil
	})
}

// buyerLine is a buyer in one line, its identifier first.
func buyerLine(b org.Buyer) string {
	b.Twin = false // its number follows anyway
	line := b.ID + "  " + b.Label()
	if b.SIREN != "" && b.Name != "" {
		line += ", SIREN " + refdata.SIREN(b.SIREN).Pretty()
	}
	return line
}

// ShowBuyer tells all about one.
type ShowBuyer struct {
	Base
	Buyer string `arg:"" name:"acheteur" help:"Son identifiant, que donne «\u00a0parvis buyer search\u00a0», ou son SIREN."`
}

// Run shows.
func (c *ShowBuyer) Run(ctx context.Context, std Std) error {
	return c.open(ctx, std, func(a *app.App) error {
		f, err := a.Buyers.Show(ctx, operator, c.Buyer)
		if err != nil {
			return err
		}
		tellBuyer(f, std.Out)
		return nil
	})
}

// tellBuyer writes all that is known of a buyer.
func tellBuyer(f org.BuyerFile, to io.Writer) {
	fmt.Fprintln(to, buyerLine(f.Buyer))
	if found := f.Conflicts(); f.SIREN != "" && len(found) > 0 {
		for i, n := range found {
			found[i] = refdata.SIREN(n).Pretty()
		}
		fmt.Fprintf(to, "  Attention\u00a0: vu aussi sous %s, d'une autre personne morale.\n", strings.Join(found, ", "))
	}
	for i, m := range f.Members {
		if i > 0 {
			fmt.Fprintf(to, "  Réuni\u00a0: %s\n", buyerLine(m.Buyer))
		}
		for _, s := range m.Names {
			fmt.Fprintf(to, "    %s\u00a0: %s\n", s.Value, seenIn(s))
		}
		for _, s := range m.Numbers {
			fmt.Fprintf(to, "    %s\u00a0: %s\n", prettyNumber(s.Value), seenIn(s))
		}
	}
	for _, m := range f.Merges {
		fmt.Fprintf(to, "  %s réuni à %s le %s par %s.%s\n", m.GoneID, m.KeptID, m.MergedAt.Long(clock.Paris), m.MergedBy, because(m.Reason))
		if !m.UndoneAt.IsZero() {
			fmt.Fprintf(to, "    Défait le %s par %s.\n", m.UndoneAt.Long(clock.Paris), m.UndoneBy)
		}
	}
}

// seenIn says how often and when.
func seenIn(s org.Seen) string {
	text := fmt.Sprintf("%d avis", s.Seen)
	switch {
	case s.LastOn == "":
		return text
	case s.FirstOn == s.LastOn:
		return text + ", le " + dayOf(s.LastOn)
	}
	return text + ", du " + dayOf(s.FirstOn) + " au " + dayOf(s.LastOn)
}

// dayOf writes 2026-11-24 as people do.
func dayOf(day string) string {
	if parts := strings.Split(day, "-"); len(parts) == 3 {
		return parts[2] + "/" + parts[1] + "/" + parts[0]
	}
	return day
}

func prettyNumber(number string) string {
	if siret, err := refdata.ParseSIRET(number); err == nil {
		return "SIRET " + siret.Pretty()
	}
	return "SIREN " + refdata.SIREN(number).Pretty()
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return " Motif\u00a0: " + reason
}

// BuyerDuplicates lists pairs that look alike.
type BuyerDuplicates struct {
	Base
	Department string `placeholder:"CODE" help:"Ceux d'un seul département, par son numéro."`
	Limit      int    `default:"50" placeholder:"N" help:"Nombre de paires au plus."`
}

// Run lists.
func (c *BuyerDuplicates) Run(ctx context.Context, std Std) error {
	if _, ok := refdata.DepartmentByCode(c.Department); !ok && c.Department != "" {
		return fault.New(fault.Invalid, "Le département «\u00a0"+c.Department+"\u00a0» n'existe pas\u00a0: donnez son numéro, comme 67, 2A ou 974.")
	}
	return c.open(ctx, std, func(a *app.App) error {
		all, err := a.Buyers.Duplicates(ctx, operator, c.Department)
		if err != nil {
			return err
		}
		for _, p := range all[:min(len(all), max(c.Limit, 0))] {
			fmt.Fprintf(std.Out, "%s\n  %s (%d avis)\n  %s (%d avis)\n", upperFirst(p.Why.Label()), buyerLine(p.A), p.Seen[0], buyerLine(p.B), p.Seen[1])
		}
		switch {
		case len(all) == 0:
			fmt.Fprintln(std.Out, "Aucun acheteur ne ressemble à un autre.")
		case len(all) > c.Limit:
			fmt.Fprintf(std.Out, "%d paires en tout\u00a0: --limit en montre davantage.\n", len(all))
		}
		return nil
	})
}

func upperFirst(s string) string {
	first := []rune(s)
	return strings.ToUpper(string(first[:1])) + string(first[1:])
}

// who says who decides.
type who struct {
	By string `placeholder:"NOM" help:"Qui décide, pour le journal. Sans elle, le compte de cette machine."`
}

// actor is the operator, by name.
func (w who) actor() access.Actor {
	name := cmp.Or(strings.TrimSpace(w.By), os.Getenv("SUDO_USER"), os.Getenv("USER"), os.Getenv("LOGNAME"))
	if name == "" {
		return operator
	}
	if letters := []rune(name); len(letters) > 100 {
		name = string(letters[:100])
	}
	return access.Platform(operator.Name + " (" + strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), "") + ")")
}

// MergeBuyer makes one buyer of two.
type MergeBuyer struct {
	Base
	who
	Gone         string `arg:"" name:"acheteur" help:"Celui qui disparaît\u00a0: son identifiant, ou son SIREN."`
	Into         string `required:"" placeholder:"ACHETEUR" help:"Celui qui reste\u00a0: son identifiant, ou son SIREN."`
	Reason       string `placeholder:"TEXTE" help:"Pourquoi, pour qui relira."`
	DespiteSIREN bool   `name:"despite-siren" help:"Les réunir bien qu'ils aient des SIREN différents\u00a0: l'un a remplacé l'autre."`
}

// Run merges.
func (c *MergeBuyer) Run(ctx context.Context, std Std) error {
	return c.open(ctx, std, func(a *app.App) error {
		b, err := a.Buyers.Merge(ctx, c.actor(), c.Gone, c.Into, c.Reason, c.DespiteSIREN)
		if err == nil {
			fmt.Fprintf(std.Out, "Les deux n'en font plus qu'un\u00a0:\n%s\nLeurs avis, les veilles et les suggestions suivent dès maintenant.\n", buyerLine(b))
		}
		return err
	})
}

// UnmergeBuyer takes a merge back.
type UnmergeBuyer struct {
	Base
	who
	Gone string `arg:"" name:"acheteur" help:"Celui qui avait disparu\u00a0: son identifiant, que donne «\u00a0parvis buyer show\u00a0»."`
}

// Run unmerges.
func (c *UnmergeBuyer) Run(ctx context.Context, std Std) error {
	return c.open(ctx, std, func(a *app.App) error {
		b, err := a.Buyers.Unmerge(ctx, c.actor(), c.Gone)
		if err == nil {
			fmt.Fprintf(std.Out, "Il est de nouveau lui-même\u00a0:\n%s\n", buyerLine(b))
		}
		return err
	})
}
