package cmd

import (
	"errors"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

// mistakes are what the parser says of what it does not understand, in its English,
// and what we say in its place: it gives no other way to tell them apart. A test
// makes each of them, so that another version's words do not pass unseen. Each
// french is given what the groups of said have caught.
var mistakes = []struct {
	said   *regexp.Regexp
	french func(m []string) string
}{
	{
		regexp.MustCompile(`^unknown flag (\S+?)(?:, did you mean (.+)\?)?$`),
		func(m []string) string { return "l'option " + quoted(m[1]) + " n'existe pas" + rather(m[2]) },
	}, {
		regexp.MustCompile(`^missing flags: (.+)$`),
		func(m []string) string { return "il manque " + m[1] + "." },
	}, {
		regexp.MustCompile(`^expected "<(\S+)> \.\.\."$`),
		func(m []string) string { return "il manque au moins un " + m[1] + "." },
	}, {
		regexp.MustCompile(`^expected "<(\S+)>"$`),
		func(m []string) string { return "il manque un argument\u00a0: " + strings.ToUpper(m[1]) + "." },
	}, {
		regexp.MustCompile(`^expected (?:one of )?("[a-z].*)$`),
		func(m []string) string {
			list, more := strings.CutSuffix(m[1], ", ...") // it names five at most
			if more {
				return "il manque une commande\u00a0: " + quoted(names(list)) + ", etc."
			}
			return "il manque une commande\u00a0: " + quoted(names(list)) + "."
		},
	}, {
		regexp.MustCompile(`^(--\S+): expected a valid \d+ bit int but got "(.*?)"(?: \(from envar (\w+)=.*\))?$`),
		func(m []string) string {
			return given(m[1], m[3]) + " attend un nombre entier, et non " + quoted(m[2]) + "."
		},
	}, {
		regexp.MustCompile(`^(--\S+): bool value must be .* but got "(.*?)"(?: \(from envar (\w+)=.*\))?$`),
		func(m []string) string {
			return given(m[1], m[3]) + " attend 1 (oui) ou 0 (non), et non " + quoted(m[2]) + "."
		},
	}, {
		regexp.MustCompile(`^(--\S+): expected \S+ value but got `),
		func(m []string) string { return "l'option " + m[1] + " attend une valeur." },
	},
}

// unexpected is a word too many, or the name of a command that does not exist.
var unexpected = regexp.MustCompile(`(?s)^unexpected argument (.*?)(?:, did you mean (.+)\?)?$`)

// misunderstood says in French why a command was not understood, and where to look.
func misunderstood(err error) string {
	var at *kong.Node
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil {
		at = parse.Context.Selected()
	}
	said := err.Error()
	sentence := "commande non comprise (" + said + ")."
	if m := unexpected.FindStringSubmatch(said); m != nil {
		sentence = "il n'y a pas de commande " + quoted(m[1]) + rather(m[2])
		if at != nil && len(at.Children) == 0 {
			sentence = quoted(m[1]) + " est de trop."
		}
	}
	for _, k := range mistakes {
		if m := k.said.FindStringSubmatch(said); m != nil {
			sentence = k.french(m)
			break
		}
	}
	return withoutSecrets(sentence) + "\n" + whereToLook(at)
}

func quoted(s string) string { return "«\u00a0" + s + "\u00a0»" }

// names reads the parser's list of names: "a", "b".
func names(list string) string {
	list = strings.TrimPrefix(list, "one of ")
	return strings.ReplaceAll(strings.ReplaceAll(list, `", "`, "\u00a0», «\u00a0"), `"`, "")
}

// rather ends a sentence, with what was perhaps meant when the parser has an idea.
func rather(list string) string {
	if list == "" {
		return "."
	}
	return "\u00a0; vouliez-vous écrire " + quoted(names(list)) + "\u00a0?"
}

// given names an option, and the variable that its value comes from.
func given(option, variable string) string {
	if variable == "" {
		return "l'option " + option
	}
	return "l'option " + option + " (variable " + variable + ")"
}

// whereToLook ends every refusal of a command.
func whereToLook(n *kong.Node) string {
	if n == nil || path(n) == "" {
		return "Tapez «\u00a0parvis help\u00a0» pour voir ce qui existe."
	}
	return "Tapez «\u00a0parvis help " + path(n) + "\u00a0» pour voir ce qu'attend cette commande."
}

// secret is what stands before the @ of an address.
var secret = regexp.MustCompile(`//\S*@`)

// withoutSecrets takes names and passwords out of the addresses of a text.
func withoutSecrets(s string) string { return secret.ReplaceAllString(s, "//…@") }
