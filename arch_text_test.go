package main_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// citation is an article of the Code de la commande publique at the line that obeys it.
var citation = regexp.MustCompile(`\bCCP ([LRD]\*?[0-9]+(?:-[0-9]+)*)`)

// lawFolder holds the articles that the code may cite, each under its number.
const lawFolder = "docs/loi/"

// checkCitations wants every cited article in the folder of the law.
func checkCitations(s *source) (wrong []string) {
	var known strings.Builder
	for _, f := range s.texts {
		if strings.HasPrefix(f.path, lawFolder) {
			known.Write(f.body)
		}
	}
	for _, f := range s.files {
		for _, group := range f.Comments {
			for _, c := range group.List {
				for _, m := range citation.FindAllStringSubmatch(c.Text, -1) {
					article := regexp.MustCompile(`(?:^|[^A-Za-z0-9])` + regexp.QuoteMeta(m[1]) + `(?:[^0-9-]|$)`)
					if !article.MatchString(known.String()) {
						wrong = append(wrong, s.at(c, "article %s is not in %s", m[1], lawFolder))
					}
				}
			}
		}
	}
	return wrong
}

func eachLine(body []byte, give func(n int, line string)) {
	n := 0
	for line := range bytes.Lines(body) {
		n++
		give(n, string(bytes.TrimRight(line, "\r\n")))
	}
}

// checkTemplPairs wants each page's generated half committed beside it, and none
// left behind by a page that is gone.
func checkTemplPairs(s *source) (wrong []string) {
	have := map[string]bool{}
	for _, f := range s.texts {
		have[f.path] = true
	}
	for _, f := range s.texts {
		if base, ok := strings.CutSuffix(f.path, ".templ"); ok && !have[base+"_templ.go"] {
			wrong = append(wrong, f.path+":1: its generated half is missing: run make generate")
		}
		if base, ok := strings.CutSuffix(f.path, "_templ.go"); ok && !have[base+".templ"] {
			wrong = append(wrong, f.path+":1: generated from a file that is gone")
		}
	}
	return wrong
}

// banned are texts that would tie the project to a machine where it was written, or to
// one registry. They are in pieces so that this file does not hold them.
var banned = []string{
	"work" + "/shared", "../" + "shared", "/root" + "/", "/tmp/" + "parvis/",
	"proxy.golang" + ".org", "sum.golang" + ".org", "registry.npmjs" + ".org", "deb.debian" + ".org",
}

// ciScript is told where real exports may be, which the project does not hold.
const ciScript = ".ci/run"

func checkStandAlone(s *source) (wrong []string) {
	for _, f := range s.texts {
		eachLine(f.body, func(n int, line string) {
			for _, b := range banned {
				if strings.Contains(line, b) && !(f.path == ciScript && b == banned[1]) {
					wrong = append(wrong, fmt.Sprintf("%s:%d: names %s", f.path, n, b))
				}
			}
		})
	}
	return wrong
}

// loose is a plain space where French wants one that does not break. (« := » is the
// templates' own.)
var loose = regexp.MustCompile(`.{0,20}(?: [;?!»]| :(?:[^=]|$)|« ).{0,20}`)

// spoken are the folders whose texts people read.
var spoken = []string{"procurement", "web", "app", "cmd"}

// checkSpaces reads the literals of the program and the letters. What is typed into
// tests is left as people type it.
func checkSpaces(s *source) (wrong []string) {
	for _, f := range s.files {
		if floor, _ := place(f.dir()); !slices.Contains(spoken, floor) || f.isTest() {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.CallExpr:
				return !mends(n)
			case *ast.BasicLit:
				if n.Kind != token.STRING {
					return true
				}
				text, err := strconv.Unquote(n.Value)
				if m := loose.FindString(text); err == nil && m != "" {
					wrong = append(wrong, s.at(n, "plain space beside French punctuation: %q", m))
				}
			}
			return true
		})
	}
	for _, f := range s.texts {
		if floor, _ := place(f.path); !slices.Contains(spoken, floor) || path.Base(path.Dir(f.path)) != "letter" {
			continue
		}
		eachLine(f.body, func(n int, line string) {
			if m := loose.FindString(line); m != "" {
				wrong = append(wrong, fmt.Sprintf("%s:%d: plain space beside French punctuation: %q", f.path, n, m))
			}
		})
	}
	return wrong
}

// mends tells a call that replaces loose spaces, and so has to name them.
func mends(c *ast.CallExpr) bool {
	f, ok := c.Fun.(*ast.SelectorExpr)
	return ok && f.Sel.Name == "NewReplacer"
}
