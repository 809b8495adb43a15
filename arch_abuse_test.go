package main_test

import (
	"fmt"
	"go/ast"
	"regexp"
	"strings"
)

// abusePage lists the abuses that are tried, and by which tests; faultPage, the faults of
// what notices come from.
const (
	abusePage = "docs/abus.md"
	faultPage = "docs/releve.md"
)

// triedBy is a test named by a page.
var triedBy = regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Za-z0-9_]+)`")

// checkAbuses wants each test that the page of abuses names, and on that page every
// test that bears the number of an abuse.
func checkAbuses(s *source) (wrong []string) {
	tests := map[string]bool{}
	for _, f := range s.files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && f.isTest() && fn.Recv == nil {
				tests[fn.Name.Name] = true
			}
		}
	}
	page := s.text(abusePage)
	for _, path := range []string{abusePage, faultPage} {
		eachLine([]byte(s.text(path)), func(n int, line string) {
			for _, m := range triedBy.FindAllStringSubmatch(line, -1) {
				if !tests[m[1]] {
					wrong = append(wrong, fmt.Sprintf("%s:%d: there is no %s", path, n, m[1]))
				}
			}
		})
	}
	for name := range tests {
		if strings.HasPrefix(name, "TestAbuse") && !strings.Contains(page, "`"+name+"`") {
			wrong = append(wrong, abusePage+":1: does not name "+name)
		}
	}
	return wrong
}
