package cmd

import (
	"context"
	"fmt"
	"io"
	"strings"

	"parvis/app"
	"parvis/kit/clock"
	"parvis/procurement/access"
	"parvis/procurement/member"
)

// operator is in whose name the command line decides.
var operator = access.Platform("exploitant")

// ListDisputes shows what the operator has to decide.
type ListDisputes struct{ Base }

// Run lists.
func (c *ListDisputes) Run(ctx context.Context, std Std) error {
	return c.open(ctx, std, func(a *app.App) error {
		all, err := a.Members.Disputes(ctx, operator)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			fmt.Fprintln(std.Out, "Aucune contestation n'attend de décision.")
		}
		for i, d := range all {
			if i > 0 {
				fmt.Fprintln(std.Out)
			}
			tell(d, std.Out)
		}
		return nil
	})
}

// tell writes all that is known of a dispute.
func tell(d member.Dispute, to io.Writer) {
	day := func(at clock.Instant) string { return at.In(clock.Paris).Format("02/01/2006") }
	fmt.Fprintf(to, "Contestation %s du %s\n", d.ID, d.OpenedAt.Long(clock.Paris))
	fmt.Fprintf(to, "  Établissement\u00a0: %s, %s (%s)\n", d.Establishment.CompanyName, d.Establishment.Pretty(), lowered(d.Establishment.Status()))
	fmt.Fprintf(to, "  Qui conteste\u00a0: %s, %s (%s)\n", d.Person.Name, d.Person.Address, standing(d.Person))
	for _, a := range d.Admins {
		fmt.Fprintf(to, "  Administré par\u00a0: %s, %s, depuis le %s\n", a.Name, a.Address, day(a.ApprovedAt))
	}
	fmt.Fprintln(to, "  Motif\u00a0:")
	for line := range strings.Lines(d.Reason) {
		fmt.Fprintf(to, "    %s\n", strings.TrimRight(line, "\n"))
	}
}

func lowered(sentence string) string {
	return strings.Replace(sentence, "Établissement", "établissement", 1)
}

// standing is where the person who contests stands in the establishment.
func standing(p member.Person) string {
	switch {
	case p.ID == "":
		return "demande refusée, ou rattachement terminé"
	case p.ApprovedAt.IsZero():
		return "demande en attente"
	case p.Role == access.CompanyAdmin:
		return "administrateur depuis"
	}
	return "accepté depuis"
}

// GrantDispute decides for who contests.
type GrantDispute struct {
	Base
	Dispute string `arg:"" name:"contestation" help:"Le numéro que donne «\u00a0parvis establishment disputes\u00a0»."`
}

// Run decides.
func (c *GrantDispute) Run(ctx context.Context, std Std) error {
	return c.open(ctx, std, func(a *app.App) error {
		d, err := a.Members.Grant(ctx, operator, c.Dispute)
		if err == nil {
			fmt.Fprintf(std.Out, "%s administre maintenant %s, %s. Un message part à chacun.\n", d.Person.Name, d.Establishment.CompanyName, d.Establishment.Pretty())
		}
		return err
	})
}

// RejectDispute decides for those who administer.
type RejectDispute struct {
	Base
	Dispute string `arg:"" name:"contestation" help:"Le numéro que donne «\u00a0parvis establishment disputes\u00a0»."`
}

// Run decides.
func (c *RejectDispute) Run(ctx context.Context, std Std) error {
	return c.open(ctx, std, func(a *app.App) error {
		d, err := a.Members.Reject(ctx, operator, c.Dispute)
		if err == nil {
			fmt.Fprintf(std.Out, "La contestation de %s est rejetée\u00a0: rien ne change pour %s, %s. Un message part à chacun.\n", d.Person.Name, d.Establishment.CompanyName, d.Establishment.Pretty())
		}
		return err
	})
}
