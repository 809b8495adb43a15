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
	Command []string `arg:"" optional:"" name:"commande" help:"La commande dont on veut l'aide\u00a0; toutes, si l'on n'en nomme pas."`
}

// Run exists because every command has one; the help is written before it.
func (Help) Run() error { return nil }

// beforeDashes is what was typed before «--», after which nothing is an option.
func beforeDashes(args []string) []string {
	if i := slices.Index(args, "--"); i >= 0 {
		return args[:i]
	}
	return args
}

func wantsHelp(args []string) bool {
	return slices.ContainsFunc(beforeDashes(args), func(a string) bool { return a == "--help" || a == "-h" || a == "-help" })
}

// aimedAt gives the words that name a command, among options, their values and
// the command's own arguments.
func aimedAt(at *kong.Node, args []string) (words []string) {
	for _, a := range beforeDashes(args) {
		if len(at.Children) == 0 {
			break
		}
		if strings.HasPrefix(a, "-") {
			continue
		}
		words = append(words, a)
		next := child(at, a)
		if next == nil {
			break
		}
		at = next
	}
	return words
}

func child(n *kong.Node, name string) *kong.Node {
	i := slices.IndexFunc(n.Children, func(c *kong.Node) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return n.Children[i]
}

// help writes the help of a command, or of all of them when none is named.
func help(root *kong.Node, std Std, words []string) int {
	node := root
	for _, word := range words {
		if node = child(node, word); node == nil {
			fmt.Fprintf(std.Err, "parvis\u00a0: il n'y a pas de commande %s.\n%s\n", quoted(withoutSecrets(strings.Join(words, " "))), whereToLook(nil))
			return exitUsage
		}
	}
	describe(node, std.Out)
	return exitOK
}

// describe writes what can be typed from a command on.
func describe(n *kong.Node, to io.Writer) {
	if n.Type == kong.ApplicationNode {
		fmt.Fprintf(to, "Parvis, profil d'acheteur libre.\n\nUtilisation\u00a0: parvis COMMANDE [options]\n")
	} else {
		fmt.Fprintf(to, "%s\n\nUtilisation\u00a0: parvis %s\n", n.Help, usage(n))
	}
	commandsOf(n, to)
	argumentsOf(n, to)
	optionsOf(n, to)
	if n.Type == kong.ApplicationNode {
		fmt.Fprintf(to, "\nTapez «\u00a0parvis help COMMANDE\u00a0» pour les options d'une commande.\n"+
			"Chaque option se donne aussi dans l'environnement, par la variable écrite à sa suite.\n")
	}
}

// path is how a command is typed: « import boamp ».
func path(n *kong.Node) string {
	var parts []string
	for at := n; at != nil && at.Type == kong.CommandNode; at = at.Parent {
		parts = append([]string{at.Name}, parts...)
	}
	return strings.Join(parts, " ")
}

func usage(n *kong.Node) string {
	parts := []string{path(n)}
	if len(n.Children) > 0 {
		parts = append(parts, "COMMANDE")
	}
	if len(n.Children) > 0 || len(n.Flags) > 0 {
		parts = append(parts, "[options]")
	}
	for _, arg := range n.Positional {
		name := strings.ToUpper(arg.Name)
		if arg.IsCumulative() {
			name += "…"
		}
		if !arg.Required {
			name = "[" + name + "]"
		}
		parts = append(parts, name)
	}
	return strings.Join(parts, " ")
}

func commandsOf(n *kong.Node, to io.Writer) {
	if len(n.Children) == 0 {
		return
	}
	width := 10
	for _, c := range n.Children {
		width = max(width, len(c.Name))
	}
	fmt.Fprintf(to, "\nCommandes\u00a0:\n")
	for _, c := range n.Children {
		fmt.Fprintf(to, "  %-*s %s\n", width, c.Name, c.Help)
	}
}

func argumentsOf(n *kong.Node, to io.Writer) {
	for i, arg := range n.Positional {
		if i == 0 {
			fmt.Fprintf(to, "\nArguments\u00a0:\n")
		}
		fmt.Fprintf(to, "  %s\n      %s\n", strings.ToUpper(arg.Name), arg.Help)
	}
}

func optionsOf(n *kong.Node, to io.Writer) {
	for i, f := range n.Flags {
		if i == 0 {
			fmt.Fprintf(to, "\nOptions\u00a0:\n")
		}
		name := "--" + f.Name
		if !f.IsBool() {
			name += "=" + strings.ReplaceAll(f.FormatPlaceHolder(), "...", "…") // several may be given
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
