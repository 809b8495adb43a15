// Package main_test holds the house to its plan: what may import what, what every
// package must say of itself, which words are refused, and what no file may hold.
//
// A rule is a function of the sources alone, so that arch_wrong_test.go can show it
// small wrong examples: a rule that cannot fail is not one. Nothing is compiled and
// nothing is installed; only the comparison of generated pages wants templ.
package main_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// rule looks for what is wrong and says where. Its name is what should be true.
type rule struct {
	name  string
	check func(*source) []string
}

// rules are all that is checked by reading.
var rules = []rule{
	{"imports go down the floors", checkImports},
	{"test support stays in tests", checkTestSupport},
	{"the trade does not speak HTTP", checkHTTP},
	{"every address has its act", checkDoors},
	{"abuses are tried", checkAbuses},
	{"packages say what they answer for", checkPackages},
	{"one notion has one word", checkWords},
	{"cited articles exist", checkCitations},
	{"pages have their generated half", checkTemplPairs},
	{"files stand alone", checkStandAlone},
	{"French punctuation does not part from its word", checkSpaces},
}

func TestArchitecture(t *testing.T) {
	s := load(t, os.DirFS("."))
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			for _, wrong := range r.check(s) {
				t.Error(wrong)
			}
		})
	}
}

// source is every file of the project, those in Go already parsed.
type source struct {
	fset  *token.FileSet
	files []*goFile
	texts []textFile
}

type goFile struct {
	path string
	*ast.File
}

func (f *goFile) dir() string  { return path.Dir(f.path) }
func (f *goFile) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

type textFile struct {
	path string
	body []byte
}

// notOurs are folders that hold no source: what the Makefile and the program make.
var notOurs = []string{".git", "bin", "parvis-demo", "parvis-data"}

// load reads a tree. A file of Go that cannot be parsed fails the test at once.
func load(t *testing.T, tree fs.FS) *source {
	t.Helper()
	s := &source{fset: token.NewFileSet()}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(notOurs, name):
			return fs.SkipDir
		case !d.Type().IsRegular() || name == "parvis" || strings.HasSuffix(name, ".test") || strings.HasSuffix(name, ".prof"):
			return nil
		}
		body, err := fs.ReadFile(tree, name)
		if err != nil || bytes.IndexByte(body, 0) >= 0 { // a picture, a font, the lexicon
			return err
		}
		s.texts = append(s.texts, textFile{name, body})
		if !strings.HasSuffix(name, ".go") || strings.Contains("/"+name, "/testdata/") {
			return nil
		}
		f, err := parser.ParseFile(s.fset, name, body, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		s.files = append(s.files, &goFile{name, f})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// at says where something is, then what is wrong with it.
func (s *source) at(n ast.Node, format string, args ...any) string {
	p := s.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d: ", p.Filename, p.Line) + fmt.Sprintf(format, args...)
}

// text is the content of a file, empty when there is none.
func (s *source) text(name string) string {
	for _, f := range s.texts {
		if f.path == name {
			return string(f.body)
		}
	}
	return ""
}
