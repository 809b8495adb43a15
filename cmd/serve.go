package cmd

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"parvis/app"
	"parvis/app/demo"
	"parvis/kit/fault"
)

// Serve runs the platform until it is asked to stop.
type Serve struct {
	Base
	Listen       string   `default:"127.0.0.1:8080" placeholder:"ADRESSE" help:"Adresse et port d'écoute."`
	SMTP         string   `name:"smtp" placeholder:"URL" help:"Relais de messagerie, «\u00a0smtp://serveur:port\u00a0» ou «\u00a0smtps://…\u00a0». Sans lui, les messages attendent."`
	BaseURL      string   `name:"base-url" placeholder:"URL" help:"Adresse publique de la plateforme, «\u00a0https://marches.exemple.fr\u00a0»\u00a0: elle commence tous les liens. Par défaut, l'adresse d'écoute."`
	Operator     string   `placeholder:"PHRASE" help:"Qui exploite la plateforme et comment lui écrire, pour les mentions légales."`
	Proxies      []string `name:"trusted-proxy" placeholder:"RÉSEAU" help:"Réseaux des répartiteurs de charge dont l'en-tête X-Forwarded-For est cru, «\u00a010.0.0.0/8\u00a0». Cette machine l'est toujours."`
	Directory    string   `placeholder:"URL" help:"Annuaire des entreprises, d'où viennent nom et adresse à l'inscription\u00a0: «\u00a0https://recherche-entreprises.api.gouv.fr\u00a0», ou un relais vers lui. Sans lui, ils sont saisis."`
	BOAMP        string   `name:"boamp" placeholder:"URL" help:"Plateforme d'où le BOAMP est relevé deux fois par jour, et dont les avis nouveaux sont annoncés aux entreprises\u00a0: «\u00a0https://boamp-datadila.opendatasoft.com\u00a0», ou un relais vers elle. Sans elle, rien n'est relevé."`
	MailFrom     string   `name:"mail-from" placeholder:"ADRESSE" help:"Adresse d'expéditeur des messages."`
	OperatorMail string   `name:"operator-mail" placeholder:"ADRESSE" help:"Adresse de l'exploitant, prévenu quand un administrateur d'entreprise est contesté ou que le BOAMP n'est plus reçu. Sans elle, «\u00a0parvis establishment disputes\u00a0», «\u00a0parvis fetch boamp --state\u00a0» et le journal technique le disent."`
}

// Run serves.
func (s *Serve) Run(ctx context.Context, std Std) (err error) {
	if err := s.check(); err != nil {
		return err
	}
	if demo.Claimed(s.Data) {
		return fault.New(fault.Conflict, "Le dossier «\u00a0"+s.Data+"\u00a0» est celui d'une démonstration, dont les comptes ont un mot de passe connu de tous\u00a0: choisissez-en un autre par --data.")
	}
	proxies, err := networks(s.Proxies)
	if err != nil {
		return err
	}
	l, base, err := listen(s.Listen, s.BaseURL)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, app.Config{
		Data: s.Data, Database: s.Database, SMTP: s.SMTP, BaseURL: base, MailFrom: s.MailFrom, Log: logger(std.Err),
		Operator: s.Operator, OperatorMail: s.OperatorMail, Proxies: proxies, Directory: s.Directory, BOAMP: s.BOAMP,
	})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.Serve(ctx, l)
}

// networks reads addresses and networks.
func networks(typed []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, t := range typed {
		p, err := netip.ParsePrefix(t)
		if a, alone := netip.ParseAddr(t); alone == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "Le réseau «\u00a0"+t+"\u00a0» donné par --trusted-proxy n'est pas compris\u00a0: écrivez 10.0.0.0/8 ou 192.0.2.7.")
		}
		out = append(out, p)
	}
	return out, nil
}

// listen opens the port first: it is what most often fails, and its number may be
// chosen by the system.
func listen(address, baseURL string) (net.Listener, string, error) {
	if baseURL != "" && !isBase(baseURL) {
		return nil, "", fault.New(fault.Invalid, "L'adresse publique donnée par --base-url n'est pas comprise\u00a0: écrivez https://marches.exemple.fr, sans rien après le nom du serveur.")
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, "", fault.New(fault.Unavailable, "L'adresse d'écoute «\u00a0"+address+"\u00a0» n'est pas libre, ou pas comprise\u00a0: donnez-en une autre par --listen.").Because(err)
	}
	if baseURL == "" {
		baseURL = "http://" + reachable(l.Addr())
	}
	return l, strings.TrimRight(baseURL, "/"), nil
}

// isBase tells whether links can begin so: pages link to one another from the root
// of the server, so that a path would hold in mails only.
func isBase(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil &&
		strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && !u.ForceQuery && u.Fragment == ""
}

// reachable is an address that a browser on this machine can open, and where it offers
// passkeys: «all addresses» is none, and a number is no domain.
func reachable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && (ip.IsUnspecified() || ip.IsLoopback()) {
		return net.JoinHostPort("localhost", port)
	}
	return a.String()
}
