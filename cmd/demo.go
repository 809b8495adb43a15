package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"

	"parvis/app/demo"
)

// Demo shows the whole product.
type Demo struct {
	Listen string `default:"127.0.0.1:8080" env:"PARVIS_DEMO_LISTEN" placeholder:"ADRESSE" help:"Adresse et port d'écoute."`
	Data   string `default:"./parvis-demo" env:"PARVIS_DEMO_DATA" placeholder:"DOSSIER" help:"Dossier de la démonstration\u00a0: le supprimer la remet à neuf."`
	JSON   bool   `name:"json" env:"PARVIS_DEMO_JSON" help:"Écrire l'adresse et les comptes en une ligne de JSON."`
}

// demoLine is what --json writes.
type demoLine struct {
	URL      string        `json:"url"`
	Mailbox  string        `json:"mailbox"`
	Accounts []demoAccount `json:"accounts"`
}

type demoAccount struct {
	Role     string `json:"role"`
	Login    string `json:"login"`
	Password string `json:"password"`
}

// Run opens the demonstration and serves it.
func (c *Demo) Run(ctx context.Context, std Std) (err error) {
	l, base, err := listen(c.Listen, "")
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	d, err := demo.Open(ctx, c.Data, base, log)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return d.Serve(ctx, &heralded{Listener: l, herald: sync.OnceValue(func() error { return c.announce(d, base, std.Out) })})
}

// heralded is a listener that says it is ready when it is: a folder that another
// demonstration serves is refused before.
type heralded struct {
	net.Listener
	herald func() error
}

// Accept waits for a connection.
func (h *heralded) Accept() (net.Conn, error) {
	if err := h.herald(); err != nil {
		return nil, err
	}
	return h.Listener.Accept()
}

func (c *Demo) announce(d *demo.Demo, base string, to io.Writer) error {
	line := demoLine{URL: base, Mailbox: base + "/demo/courrier"}
	for _, p := range d.People {
		line.Accounts = append(line.Accounts, demoAccount{p.Role, p.Login, p.Password})
	}
	if c.JSON {
		return json.NewEncoder(to).Encode(line)
	}
	fmt.Fprintf(to, "La démonstration de Parvis est prête\u00a0: %s/demo\nSon courrier\u00a0: %s\n\nComptes\u00a0:\n", base, line.Mailbox)
	for _, p := range line.Accounts {
		fmt.Fprintf(to, "  %-36s %-18s %s\n", p.Role, p.Login, p.Password)
	}
	_, err := fmt.Fprintf(to, "\nCtrl+C arrête la démonstration\u00a0; ses données restent dans %s.\n", c.Data)
	return err
}
