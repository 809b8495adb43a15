package main_test

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// drawers are names under which anything would fit.
var drawers = []string{"util", "utils", "common", "helper", "helpers", "model", "models", "types", "manager", "internal"}

// checkPackages wants a comment on every package, in one file, and a name that means
// something.
func checkPackages(s *source) (wrong []string) {
	first := map[string]*goFile{}
	comments := map[string][]*goFile{}
	var dirs []string
	for _, f := range s.files {
		if f.isTest() || strings.HasSuffix(f.path, "_templ.go") { // whose first lines are no comment of ours
			continue
		}
		if first[f.dir()] == nil {
			first[f.dir()] = f
			dirs = append(dirs, f.dir())
		}
		if f.Doc != nil {
			comments[f.dir()] = append(comments[f.dir()], f)
		}
	}
	for _, dir := range dirs {
		f := first[dir]
		if slices.Contains(drawers, path.Base(dir)) || slices.Contains(drawers, f.Name.Name) {
			wrong = append(wrong, s.at(f.Name, "package %s: a name that says nothing of what is inside", f.Name.Name))
		}
		switch said := comments[dir]; {
		case len(said) == 0:
			wrong = append(wrong, s.at(f.Name, "package %s has no comment that says what it answers for", f.Name.Name))
		case len(said) > 1:
			wrong = append(wrong, s.at(said[1].Name, "package %s has a second comment: the first is in %s", f.Name.Name, said[0].path))
		case f.Name.Name != "main" && !strings.HasPrefix(said[0].Doc.Text(), "Package "+f.Name.Name+" "):
			wrong = append(wrong, s.at(said[0].Name, "the comment of package %s does not begin with its name", f.Name.Name))
		}
	}
	return wrong
}

// glossary is where the refused words are listed.
const glossary = "docs/glossaire.md"

var refusedLine = regexp.MustCompile("^- `([a-z ]+)` → (.+)$")

// refused is one word of the list, and what to write instead.
type refused struct {
	words   []string // "saved search" is two
	instead string
}

// refusedWords reads the list of the glossary.
func refusedWords(s *source) (all []refused) {
	_, list, _ := strings.Cut(s.text(glossary), "\n## Refused identifiers\n")
	list, _, _ = strings.Cut(list, "\n## ")
	for line := range strings.Lines(list) {
		if m := refusedLine.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil {
			all = append(all, refused{strings.Fields(m[1]), m[2]})
		}
	}
	return all
}

// accepted are exported names that hold a refused word for a reason.
var accepted = map[string]string{
	"kit/mail/mailbox.User": "what SMTP servers call the name of an account, beside its password",
}

// checkWords looks for refused words in exported names and in the names of packages.
func checkWords(s *source) (wrong []string) {
	list := refusedWords(s)
	if len(list) == 0 {
		return []string{glossary + ": no list of refused identifiers is found"}
	}
	for _, f := range s.files {
		if f.isTest() {
			continue
		}
		look := func(id *ast.Ident, what string) {
			if accepted[f.dir()+"."+id.Name] != "" {
				return
			}
			for _, r := range list {
				if r.in(splitWords(id.Name)) {
					wrong = append(wrong, s.at(id, "%s %s: write %s", what, id.Name, r.instead))
				}
			}
		}
		look(f.Name, "package")
		eachExported(f.File, func(id *ast.Ident) { look(id, "identifier") })
	}
	return wrong
}

// in tells whether the word, or its plural, is among those of an identifier. « user »
// is refused alone only.
func (r refused) in(words []string) bool {
	if r.words[0] == "user" && len(words) > 1 {
		return false
	}
	for i := range len(words) - len(r.words) + 1 {
		if slices.EqualFunc(words[i:i+len(r.words)], r.words, sameWord) {
			return true
		}
	}
	return false
}

func sameWord(met, word string) bool {
	stem, isY := strings.CutSuffix(word, "y")
	return met == word || met == word+"s" || met == word+"es" || isY && met == stem+"ies"
}

// splitWords gives the words of a name in lower case: HTMLAdLine is html, ad, line.
func splitWords(name string) (words []string) {
	runes := []rune(name)
	start := 0
	cut := func(end int) {
		if end > start {
			words = append(words, strings.ToLower(string(runes[start:end])))
		}
		start = end
	}
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r):
			cut(i)
			start = i + 1
		case i == 0 || !unicode.IsUpper(r):
		case unicode.IsLower(runes[i-1]), unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1]):
			cut(i)
		}
	}
	cut(len(runes))
	return words
}

// eachExported gives every exported name that a file declares: constants, variables,
// types, functions, methods, fields.
func eachExported(f *ast.File, give func(*ast.Ident)) {
	exported := func(ids ...*ast.Ident) {
		for _, id := range ids {
			if id.IsExported() {
				give(id)
			}
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			exported(d.Name)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					exported(spec.Names...)
				case *ast.TypeSpec:
					exported(spec.Name)
					ast.Inspect(spec.Type, func(n ast.Node) bool {
						if field, ok := n.(*ast.Field); ok {
							exported(field.Names...)
						}
						return true
					})
				}
			}
		}
	}
}
