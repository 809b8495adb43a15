package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Help asks for the help of a command, or of all.
type Help struct {
	Command []string `arg:"" optional:"" help:"La commande."`
}

// Run exists because every command has one; the help is written before it.
func (Help) Run() error { return nil }

func wantsHelp(args []string) bool {
	return slices.ContainsFunc(args, func(a string) bool { return a == "--help" || a == "-h" || a == "-help" })
}

// words keeps what is no flag.
func words(args []string) []string {
	return slices.DeleteFunc(slices.Clone(args), func(a string) bool { return strings.HasPrefix(a, "-") })
}

// help writes the help of a command, or of all of them.
func help(model *kong.Application, to io.Writer, command string) int {
	node := model.Node
	for word := range strings.FieldsSeq(command) {
		i := slices.IndexFunc(node.Children, func(n *kong.Node) bool { return n.Name == word })
		if i < 0 {
			fmt.Fprintf(to, "Il n'y a pas de commande «\u00a0%s\u00a0». Voici celles qui existent.\n\n", command)
			node = model.Node
			break
		}
		node = node.Children[i]
	}
	if node == model.Node {
		fmt.Fprintf(to, "Parvis, profil d'acheteur libre.\n\nUtilisation\u00a0: parvis COMMANDE [options]\n")
	} else {
		fmt.Fprintf(to, "%s\n\nUtilisation\u00a0: parvis %s\n", node.Help, usage(node))
	}
	commandsOf(node, to)
	optionsOf(node, to)
	if node == model.Node {
		fmt.Fprintf(to, "\nTapez «\u00a0parvis help COMMANDE\u00a0» pour les options d'une commande.\n"+
			"Chaque option s'écrit aussi dans l'environnement\u00a0: --base-url devient PARVIS_BASE_URL.\n")
	}
	return exitOK
}

func usage(n *kong.Node) string {
	var parts []string
	for at := n; at != nil && at.Type == kong.CommandNode; at = at.Parent {
		parts = append([]string{at.Name}, parts...)
	}
	if len(n.Children) > 0 {
		parts = append(parts, "COMMANDE")
	}
	parts = append(parts, "[options]")
	for _, arg := range n.Positional {
		parts = append(parts, strings.ToUpper(arg.Name)+"…")
	}
	return strings.Join(parts, " ")
}

func commandsOf(n *kong.Node, to io.Writer) {
	if len(n.Children) == 0 {
		return
	}
	fmt.Fprintf(to, "\nCommandes\u00a0:\n")
	for _, c := range n.Children {
		fmt.Fprintf(to, "  %-10s %s\n", c.Name, c.Help)
	}
}

func optionsOf(n *kong.Node, to io.Writer) {
	for i, arg := range n.Positional {
		if i == 0 {
			fmt.Fprintf(to, "\nArguments\u00a0:\n")
		}
		fmt.Fprintf(to, "  %s\n      %s\n", strings.ToUpper(arg.Name), arg.Help)
	}
	for i, f := range n.Flags {
		if i == 0 {
			fmt.Fprintf(to, "\nOptions\u00a0:\n")
		}
		name := "--" + f.Name
		if !f.IsBool() {
			name += "=" + f.FormatPlaceHolder()
		}
		fmt.Fprintf(to, "  %s\n      %s", name, f.Help)
		if f.HasDefault && f.Default != "" {
			fmt.Fprintf(to, " Par défaut\u00a0: %s.", f.Default)
		}
		if f.Required {
			fmt.Fprint(to, " Obligatoire.")
		}
		if len(f.Envs) > 0 {
			fmt.Fprintf(to, " (%s)", f.Envs[0])
		}
		fmt.Fprintln(to)
	}
}
