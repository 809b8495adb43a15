package cmd

import (
	"context"
	"fmt"

	"parvis/app"
)

// Notice is what the operator asks of the notices.
type Notice struct {
	Raw RawNotice `cmd:"" help:"Écrire un avis tel que sa source l'a donné, avant toute lecture."`
}

// RawNotice writes a record as it came.
type RawNotice struct {
	Base
	Source string `arg:"" name:"source" enum:"boamp,ted" help:"D'où il vient\u00a0: boamp ou ted."`
	Number string `arg:"" name:"numéro" help:"Son numéro chez elle, comme «\u00a024-56789\u00a0»."`
}

// Run writes it.
func (c *RawNotice) Run(ctx context.Context, std Std) error {
	return c.open(ctx, std, func(a *app.App) error {
		raw, err := a.Notices.Raw(ctx, operator, c.Source, c.Number)
		if err == nil {
			_, err = fmt.Fprintln(std.Out, raw)
		}
		return err
	})
}
