package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"parvis/kit/fault"
)

// Std is the three streams of the process, handed to commands so that tests can
// give their own.
type Std struct {
	In       io.Reader
	Out, Err io.Writer
}

// commands is everything that can be typed.
type commands struct {
	Demo          Demo          `cmd:"" help:"Montrer tout le produit, avec des avis et des comptes d'exemple."`
	Serve         Serve         `cmd:"" help:"Servir la plateforme."`
	Import        Import        `cmd:"" help:"Reprendre des avis déjà publiés."`
	Fetch         Fetch         `cmd:"" help:"Relever maintenant ce qui est relevé deux fois par jour, ou dire où en est la relève."`
	Establishment Establishment `cmd:"" help:"Dire ce que l'exploitant sait d'un établissement, et décider de qui l'administre."`
	Buyer         Buyer         `cmd:"" help:"Tenir le répertoire des acheteurs\u00a0: chercher, réunir ceux qui n'en font qu'un, séparer."`
	Notice        Notice        `cmd:"" help:"Montrer un avis tel qu'il a été reçu."`
	Account       Account       `cmd:"" help:"Aider une personne à retrouver l'accès à son compte."`
	Match         Match         `cmd:"" help:"Dire quelles veilles concernent quels avis, de fichier à fichier, sans base de données."`
	Help          Help          `cmd:"" help:"Afficher cette aide, ou celle d'une commande."`
}

// Import is what can be imported.
type Import struct {
	Boamp ImportBOAMP `cmd:"" name:"boamp" help:"Reprendre des avis du BOAMP\u00a0: lignes JSON, liste, réponse de l'API ou XML du journal, compressés ou non."`
	Ted   ImportTED   `cmd:"" name:"ted" help:"Reprendre des avis d'acheteurs français au Journal officiel de l'Union européenne (TED)\u00a0: eForms, ou documents TED_EXPORT, en XML."`
	Cpv   ImportCPV   `cmd:"" name:"cpv" help:"Charger la nomenclature CPV entière, d'un tableau CSV de l'Office des publications de l'Union européenne."`
}

// Exit statuses: all is done; something failed, before or after the work; the command was
// not understood; all was read, but records of it were refused; something was not read to
// its end, and the same command goes on.
const (
	exitOK = iota
	exitFailed
	exitUsage
	exitRefused
	exitCut
)

// Run does what args say and gives the exit status.
func Run(args []string, std Std) int {
	ctx, cancel := untilAsked()
	defer cancel()
	var c commands
	parser, err := kong.New(&c, kong.Name("parvis"), kong.Description("Parvis, profil d'acheteur libre."),
		kong.DefaultEnvars("PARVIS"), kong.NoDefaultHelp(), kong.Writers(std.Out, std.Err),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(std))
	if err != nil {
		fmt.Fprintln(std.Err, "parvis\u00a0:", err)
		return exitFailed
	}
	forgetEmpty(parser.Model.Node)
	if len(args) == 0 {
		describe(parser.Model.Node, std.Err)
		return exitUsage
	}
	if wantsHelp(args) {
		return help(parser.Model.Node, std, aimedAt(parser.Model.Node, args))
	}
	typed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(std.Err, "parvis\u00a0:", misunderstood(err))
		return exitUsage
	}
	if typed.Command() == "help" || strings.HasPrefix(typed.Command(), "help ") {
		return help(parser.Model.Node, std, c.Help.Command)
	}
	return report(typed.Run(), std.Err)
}

// untilAsked ends when somebody asks the program to stop. It listens no more before it
// says so: whoever asks a second time does not wait, however early.
func untilAsked() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-asked:
		case <-ctx.Done():
		}
		signal.Stop(asked)
		cancel()
	}()
	return ctx, cancel
}

// forgetEmpty leaves out the environment variables that are empty: service files
// and containers write so what is not set.
func forgetEmpty(n *kong.Node) {
	for _, f := range n.Flags {
		f.Tag.Envs = slices.DeleteFunc(slices.Clone(f.Tag.Envs), func(name string) bool { return os.Getenv(name) == "" })
	}
	for _, c := range n.Children {
		forgetEmpty(c)
	}
}

// exit is an exit status whose reason was said already.
type exit int

func (e exit) Error() string { return "status " + strconv.Itoa(int(e)) }

// report says what went wrong: a refusal as it is, anything else with its cause,
// since who reads it runs the platform.
func report(err error, to io.Writer) (status int) {
	if err == nil {
		return exitOK
	}
	var said exit
	switch {
	case errors.Is(err, errLines):
		return exitFailed // each was named already
	case errors.As(err, &said):
		return int(said)
	case errors.Is(err, errInterrupted):
		defer func() { status = exitCut }()
	}
	for _, f := range fault.All(err) {
		fmt.Fprintln(to, "parvis\u00a0:", f.Text)
		if f.Cause != nil {
			fmt.Fprintln(to, "        ", f.Cause)
		}
	}
	if fault.All(err) == nil {
		fmt.Fprintln(to, "parvis\u00a0: erreur interne\u00a0:", err)
	}
	return exitFailed
}

// Base is where the data are.
type Base struct {
	Data     string `default:"./parvis-data" placeholder:"DOSSIER" help:"Dossier des données, créé s'il manque."`
	Database string `placeholder:"URL" help:"Base PostgreSQL, «\u00a0postgres://…\u00a0». Sans elle, SQLite dans le dossier des données."`
}

// check refuses a folder without a name, and an address that would be taken for the
// name of an SQLite file. Nothing of it is repeated: it may hold a password.
func (b Base) check() error {
	if b.Data == "" {
		return fault.New(fault.Invalid, "Le dossier des données n'a pas de nom\u00a0: donnez-en un par --data.")
	}
	if b.Database == "" {
		return nil
	}
	u, err := url.Parse(b.Database)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return fault.New(fault.Invalid, "La base de données donnée par --database n'est pas comprise\u00a0: écrivez postgres://compte:mot-de-passe@serveur/base, ou rien pour SQLite.")
	}
	return nil
}

// logger writes to the operator's terminal or service manager.
func logger(to io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: slog.LevelInfo}))
}
