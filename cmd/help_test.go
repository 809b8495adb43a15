package cmd_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"parvis/cmd"
)

// everyCommand is each command with its help's golden file.
var everyCommand = []struct{ typed, golden string }{
	{"", "help.golden"},
	{"demo", "help-demo.golden"},
	{"serve", "help-serve.golden"},
	{"import", "help-import.golden"},
	{"import boamp", "help-import-boamp.golden"},
	{"import ted", "help-import-ted.golden"},
	{"import cpv", "help-import-cpv.golden"},
	{"fetch", "help-fetch.golden"},
	{"fetch boamp", "help-fetch-boamp.golden"},
	{"establishment", "help-establishment.golden"},
	{"establishment verify", "help-establishment-verify.golden"},
	{"establishment unverify", "help-establishment-unverify.golden"},
	{"account", "help-account.golden"},
	{"account forget-factors", "help-account-forget-factors.golden"},
	{"match", "help-match.golden"},
	{"buyer", "help-buyer.golden"},
	{"notice", "help-notice.golden"},
	{"buyer search", "help-buyer-search.golden"},
	{"buyer show", "help-buyer-show.golden"},
	{"buyer duplicates", "help-buyer-duplicates.golden"},
	{"buyer merge", "help-buyer-merge.golden"},
	{"buyer unmerge", "help-buyer-unmerge.golden"},
	{"establishment disputes", "help-establishment-disputes.golden"},
	{"establishment grant", "help-establishment-grant.golden"},
	{"establishment reject", "help-establishment-reject.golden"},
	{"help", "help-help.golden"},
}

// english are words that would betray the parser's own texts.
var english = regexp.MustCompile(`(?i)\b(default|usage|flags?|commands?|required|arguments? expected|string|file|int|bool|unknown|missing)\b`)

func TestTheHelpOfEveryCommand(t *testing.T) {
	for _, c := range everyCommand {
		words := strings.Fields(c.typed)
		out, errOut, status := run(t, "", append([]string{"help"}, words...)...)
		if status != 0 || errOut != "" {
			t.Errorf("help %s: status %d, %s", c.typed, status, errOut)
		}
		golden(t, c.golden, out)
		if found := english.FindString(out); found != "" {
			t.Errorf("help %s: %q is English", c.typed, found)
		}
		if loose := regexp.MustCompile(`« | [;:?!»]`).FindString(out); loose != "" {
			t.Errorf("help %s: plain space in %q", c.typed, loose)
		}
		for _, flag := range []string{"--help", "-h"} {
			same, errOut, status := run(t, "", append(words, flag)...)
			if same != out || status != 0 || errOut != "" {
				t.Errorf("%s %s differs from its help: status %d, %s%s", c.typed, flag, status, errOut, same)
			}
		}
	}
}

func TestHelpIsFoundAmongOptionsAndArguments(t *testing.T) {
	serve, _, _ := run(t, "", "help", "serve")
	boamp, _, _ := run(t, "", "help", "import", "boamp")
	for _, c := range []struct{ typed, want string }{
		{"serve --data dossier --help", serve},
		{"serve --help --inconnue", serve},
		{"--help serve", serve},
		{"import boamp avis.jsonl --alert --help", boamp},
		{"import --help boamp", boamp},
	} {
		out, errOut, status := run(t, "", strings.Fields(c.typed)...)
		if out != c.want || errOut != "" || status != 0 {
			t.Errorf("%s: status %d, %q\n%s", c.typed, status, errOut, out)
		}
	}
}

// TestEveryOptionIsInTheHelp goes through the commands as they are read, so that a
// new option without a text or a variable fails here.
func TestEveryOptionIsInTheHelp(t *testing.T) {
	variables := map[string]string{}
	count := 0
	var visit func(at reflect.Type, words []string)
	visit = func(at reflect.Type, words []string) {
		out, _, _ := run(t, "", append([]string{"help"}, words...)...)
		for field := range at.Fields() {
			_, isCommand := field.Tag.Lookup("cmd")
			_, isArgument := field.Tag.Lookup("arg")
			switch {
			case isCommand:
				name := field.Tag.Get("name")
				if name == "" {
					name = strings.ToLower(field.Name)
				}
				if !strings.Contains(out, "\n  "+name+" ") || len(field.Tag.Get("help")) < 15 {
					t.Errorf("%v: the command %s is not in the help, or says nothing", words, name)
				}
				visit(field.Type, append(words[:len(words):len(words)], name))
			case field.Anonymous:
				visit(field.Type, words)
			case isArgument:
			default:
				count++
				checkOption(t, out, words, field, variables)
			}
		}
	}
	visit(cmd.Commands(), nil)
	if count < 15 {
		t.Errorf("only %d options seen: the test looks in the wrong place", count)
	}
}

var kebab = regexp.MustCompile(`([a-z])([A-Z])`)

func checkOption(t *testing.T, out string, words []string, field reflect.StructField, variables map[string]string) {
	t.Helper()
	name := field.Tag.Get("name")
	if name == "" {
		name = strings.ToLower(kebab.ReplaceAllString(field.Name, "$1-$2"))
	}
	m := regexp.MustCompile(`(?m)^  --` + name + `(?:=(\p{Lu}+)(?:,…)?)?\n      (.+\.) \((PARVIS_[A-Z_]+)\)$`).FindStringSubmatch(out)
	if m == nil {
		t.Errorf("parvis %s: --%s is not in the help with a sentence and a variable:\n%s", strings.Join(words, " "), name, out)
		return
	}
	if takes := field.Type.Kind() != reflect.Bool; takes != (m[1] != "") {
		t.Errorf("parvis %s: --%s takes a value: %v, placeholder %q", strings.Join(words, " "), name, takes, m[1])
	}
	whose := words[0]
	if whose == "import" || whose == "fetch" || whose == "establishment" || whose == "account" || whose == "buyer" || whose == "notice" {
		whose = "serve" // they share their database
	}
	if other := variables[m[3]]; other != "" && other != whose {
		t.Errorf("%s is read by both %s and %s", m[3], other, whose)
	}
	variables[m[3]] = whose
}

// TestWhatIsNotUnderstood makes every mistake that one can make.
func TestWhatIsNotUnderstood(t *testing.T) {
	const (
		seeAll   = "Tapez «\u00a0parvis help\u00a0» pour voir ce qui existe."
		seeServe = "Tapez «\u00a0parvis help serve\u00a0» pour voir ce qu'attend cette commande."
		seeBOAMP = "Tapez «\u00a0parvis help import boamp\u00a0» pour voir ce qu'attend cette commande."
		seeMatch = "Tapez «\u00a0parvis help match\u00a0» pour voir ce qu'attend cette commande."
	)
	for _, c := range []struct{ typed, says, see string }{
		{"vendre", "il n'y a pas de commande «\u00a0vendre\u00a0».", seeAll},
		{"serv", "il n'y a pas de commande «\u00a0serv\u00a0»\u00a0; vouliez-vous écrire «\u00a0serve\u00a0»\u00a0?", seeAll},
		{"vendre --help", "il n'y a pas de commande «\u00a0vendre\u00a0».", seeAll},
		{"help vendre", "il n'y a pas de commande «\u00a0vendre\u00a0».", seeAll},
		{"help serve vite", "il n'y a pas de commande «\u00a0serve vite\u00a0».", seeAll},
		{"--data x", "l'option «\u00a0--data\u00a0» n'existe pas.", seeAll},
		{"--", "il manque une commande\u00a0: «\u00a0demo\u00a0», «\u00a0serve\u00a0», «\u00a0import\u00a0», «\u00a0fetch\u00a0», «\u00a0establishment\u00a0», «\u00a0buyer\u00a0», «\u00a0notice\u00a0», «\u00a0account\u00a0», «\u00a0match\u00a0», «\u00a0help\u00a0».", seeAll},
		{"serve --lisen x", "l'option «\u00a0--lisen\u00a0» n'existe pas\u00a0; vouliez-vous écrire «\u00a0--listen\u00a0»\u00a0?", seeServe},
		{"serve -x", "l'option «\u00a0-x\u00a0» n'existe pas.", seeServe},
		{"serve vite", "«\u00a0vite\u00a0» est de trop.", seeServe},
		{"serve -- --help", "«\u00a0--help\u00a0» est de trop.", seeServe},
		{"serve smtp://parvis:mot@/depasse@relais.exemple.fr", "«\u00a0smtp://…@relais.exemple.fr\u00a0» est de trop.", seeServe},
		{"serve --data", "l'option --data attend une valeur.", seeServe},
		{"serve --data --listen x", "l'option --data attend une valeur.", seeServe},
		{"import", "il manque une commande\u00a0: «\u00a0boamp\u00a0», «\u00a0ted\u00a0», «\u00a0cpv\u00a0».", "Tapez «\u00a0parvis help import\u00a0» pour voir ce qu'attend cette commande."},
		{"import boamp", "il manque au moins un fichier.", seeBOAMP},
		{"establishment verify", "il manque SIRET.", "Tapez «\u00a0parvis help establishment verify\u00a0» pour voir ce qu'attend cette commande."},
		{"import boamp --alert=peut-être f", "l'option --alert attend 1 (oui) ou 0 (non), et non «\u00a0peut-être\u00a0».", seeBOAMP},
		{"account forget-factors", "il manque IDENTIFIANT.", "Tapez «\u00a0parvis help account forget-factors\u00a0» pour voir ce qu'attend cette commande."},
		{"account forget-factors a b", "«\u00a0b\u00a0» est de trop.", "Tapez «\u00a0parvis help account forget-factors\u00a0» pour voir ce qu'attend cette commande."},
		{"establishment", "il manque une commande\u00a0: «\u00a0verify\u00a0», «\u00a0unverify\u00a0», «\u00a0disputes\u00a0», «\u00a0grant\u00a0», «\u00a0reject\u00a0».", "Tapez «\u00a0parvis help establishment\u00a0» pour voir ce qu'attend cette commande."},
		{"establishment grant", "il manque CONTESTATION.", "Tapez «\u00a0parvis help establishment grant\u00a0» pour voir ce qu'attend cette commande."},
		{"match", "il manque --notices=FICHIER, --watches=FICHIER.", seeMatch},
		{"match --threads deux", "l'option --threads attend un nombre entier, et non «\u00a0deux\u00a0».", seeMatch},
	} {
		out, errOut, status := run(t, "", strings.Fields(c.typed)...)
		if want := "parvis\u00a0: " + c.says + "\n" + c.see + "\n"; errOut != want || out != "" || status != 2 {
			t.Errorf("parvis %s: status %d, wrote %q\n got %s want %s", c.typed, status, out, errOut, want)
		}
	}
}

func TestNothingTypedShowsTheHelpAndIsAMistake(t *testing.T) {
	help, _, _ := run(t, "", "help")
	out, errOut, status := run(t, "")
	if out != "" || errOut != help || status != 2 {
		t.Errorf("status %d, stdout %q, stderr:\n%s", status, out, errOut)
	}
}

func TestVariablesAreReadAndEmptyOnesAreNot(t *testing.T) {
	t.Setenv("PARVIS_NOTICES", "testdata/notices.jsonl")
	t.Setenv("PARVIS_WATCHES", "testdata/watches.jsonl")
	for _, empty := range []string{"PARVIS_THREADS", "PARVIS_STATS", "PARVIS_OUT", "PARVIS_ALERT"} {
		t.Setenv(empty, "")
	}
	want, _, _ := run(t, "", "match", "--watches", "testdata/watches.jsonl", "--notices", "testdata/notices.jsonl")
	out, errOut, status := run(t, "", "match")
	if status != 1 || out != want || strings.Contains(errOut, "build_seconds") {
		t.Errorf("status %d, %s%s", status, out, errOut)
	}
	t.Setenv("PARVIS_THREADS", "deux")
	_, errOut, status = run(t, "", "match")
	if status != 2 || !strings.Contains(errOut, "l'option --threads (variable PARVIS_THREADS) attend un nombre entier, et non «\u00a0deux\u00a0».") {
		t.Errorf("status %d, %s", status, errOut)
	}
	t.Setenv("PARVIS_THREADS", "300")
	_, errOut, status = run(t, "", "match")
	if status != 1 || !strings.Contains(errOut, "--threads attend un nombre entre 1 et 256.") {
		t.Errorf("status %d, %s", status, errOut)
	}
	if _, errOut, _ = run(t, "", "match", "--threads", "1"); strings.Contains(errOut, "300") || strings.Contains(errOut, "256") {
		t.Errorf("what is typed does not prevail over the environment: %s", errOut)
	}
}
