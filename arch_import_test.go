package main_test

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"
)

// floors, from the ground up: a package imports only lower ones. The root is the roof.
// Measures stand on it.
var floors = []string{"docs", "kit", "procurement", "gateway", "web", "app", "cmd", "bench"}

// order says, floor by floor, which rooms come before which: a room imports those of
// the lines above its own. A room that is not listed is put where it belongs, here,
// before its first line is written. A folder inside a room has the room's place.
var order = map[string][][]string{
	"procurement": {{"refdata"}, {"access"}, {"event"}, {"account"}, {"org"}, {"cpv"}, {"notice"}, {"intake"}, {"watch"}, {"webhook"}, {"member"}, {"feed"}, {"alert"}, {"person"}},
	"web":         {{"ui"}, {"answer"}, {"refine"}, {"tag"}, {"public", "company", "demo"}},
}

// checkImports refuses an import that goes up, or sideways where rooms are ordered.
// Tests obey too.
func checkImports(s *source) (wrong []string) {
	for _, f := range s.files {
		for _, spec := range f.Imports {
			to, ours := strings.CutPrefix(importPath(spec.Path.Value), "parvis/")
			if !ours {
				continue
			}
			if why := forbidden(f.dir(), to); why != "" {
				wrong = append(wrong, s.at(spec, "%s imports %s: %s", f.dir(), to, why))
			}
		}
	}
	return wrong
}

func importPath(quoted string) string {
	p, _ := strconv.Unquote(quoted)
	return p
}

// forbidden says why a folder may not import another, or nothing.
func forbidden(from, to string) string {
	fromFloor, fromRoom := place(from)
	toFloor, toRoom := place(to)
	below, above := slices.Index(floors, toFloor), slices.Index(floors, fromFloor)
	switch {
	case from == ".":
		return ""
	case above < 0:
		return fromFloor + " is no floor of the house"
	case below < 0:
		return toFloor + " is no floor of the house"
	case below != above:
		if below > above {
			return toFloor + " is above " + fromFloor
		}
		return ""
	case fromRoom == toRoom:
		return ""
	}
	return sideways(fromFloor, fromRoom, toRoom)
}

// sideways judges an import from one room to another on the same floor.
func sideways(floor, from, to string) string {
	switch floor {
	case "kit":
		if from == "text" {
			return "the analyser needs no other tool"
		}
		return "" // tools use one another; the compiler refuses circles
	case "gateway":
		return "a gateway knows one outside only"
	case "app", "cmd", "bench":
		return ""
	}
	rank := func(room string) int {
		return slices.IndexFunc(order[floor], func(line []string) bool { return slices.Contains(line, room) })
	}
	switch a, b := rank(from), rank(to); {
	case a < 0:
		return from + " is not in the order of " + floor
	case b < 0:
		return to + " is not in the order of " + floor
	case b >= a:
		return to + " does not come before " + from
	}
	return ""
}

// place gives the floor and the room of a folder.
func place(dir string) (floor, room string) {
	parts := append(strings.Split(dir, "/"), "")
	return parts[0], parts[1]
}

// inProgram are the rooms of the program that may use a package made for tests: a
// demonstration has a real mailbox.
var inProgram = map[string][]string{"kit/mail/mailbox": {"app/demo", "web/demo"}}

// forTests tells the packages that exist for tests: those whose folder says so, and
// the mailbox.
func forTests(dir string) bool {
	return strings.HasSuffix(dir, "test") || dir == "kit/mail/mailbox"
}

func checkTestSupport(s *source) (wrong []string) {
	for _, f := range s.files {
		if f.isTest() || forTests(f.dir()) {
			continue
		}
		for _, spec := range f.Imports {
			to, ours := strings.CutPrefix(importPath(spec.Path.Value), "parvis/")
			if ours && forTests(to) && !slices.Contains(inProgram[to], f.dir()) {
				wrong = append(wrong, s.at(spec, "%s imports %s, which is for tests", f.dir(), to))
			}
		}
	}
	return wrong
}

// checkHTTP keeps rules and tools callable from anything: a command, a job, a page.
func checkHTTP(s *source) (wrong []string) {
	for _, f := range s.files {
		floor, _ := place(f.dir())
		if floor != "kit" && floor != "procurement" || f.dir() == "kit/browsertest" {
			continue
		}
		for _, spec := range f.Imports {
			if p := importPath(spec.Path.Value); p == "net/http" || strings.HasPrefix(p, "net/http/") {
				wrong = append(wrong, s.at(spec, "%s imports %s: HTTP is the web floor's", f.dir(), p))
			}
		}
	}
	return wrong
}

// checkDoors keeps every address behind the access matrix: pages are routes, which
// name an act, and what is served without one is the files of the pages. A
// demonstration has nothing to hide.
func checkDoors(s *source) (wrong []string) {
	const files = `"GET /static/"`
	for _, f := range s.files {
		if floor, _ := place(f.dir()); floor != "web" && floor != "app" && floor != "cmd" || f.isTest() || f.dir() == "web/answer" || f.dir() == "web/demo" {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			to, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			switch to.Sel.Name {
			case "Handle", "HandleFunc":
				wrong = append(wrong, s.at(call, "an address outside the access matrix: register a Route, with its act"))
			case "Files":
				if pattern, ok := call.Args[0].(*ast.BasicLit); !ok || pattern.Value != files {
					wrong = append(wrong, s.at(call, "only %s is open without an act", files))
				}
			}
			return true
		})
	}
	return wrong
}
