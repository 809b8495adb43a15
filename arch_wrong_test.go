package main_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// smallGlossary is enough of a glossary for the examples.
const smallGlossary = "# Glossaire\n\n## Refused identifiers\n\n- `authority` → `Buyer`\n- `ad` → `Notice`\n- `saved search` → `Watch`\n- `user` → `Account`\n"

// TestRulesCanFail shows each rule something wrong, which it must name, and something
// right beside it, which it must not.
func TestRulesCanFail(t *testing.T) {
	const org = "procurement/org/org.go"
	failed := map[string]bool{}
	for _, c := range []struct {
		name, rule string
		path, body string
		want       string // a part of what must be said; empty when nothing is wrong
	}{
		{"a tool that knows the trade", "imports", "kit/mail/a.go", `package mail; import "parvis/procurement/org"`, "kit/mail/a.go:1: kit/mail imports procurement/org: procurement is above kit"},
		{"the trade that knows pages", "imports", org, `package org; import "parvis/web/ui"`, "web is above procurement"},
		{"the trade that knows the gazette", "imports", org, `package org; import "parvis/gateway/boamp"`, "gateway is above procurement"},
		{"pages that know the program", "imports", "web/public/a.go", `package public; import "parvis/app"`, "app is above web"},
		{"a room that knows a later one", "imports", org, `package org; import "parvis/procurement/watch"`, "watch does not come before org"},
		{"a room that knows a folder of a later one", "imports", org, `package org; import "parvis/procurement/watch/engine"`, "watch does not come before org"},
		{"a folder of a room that knows a later one", "imports", "procurement/watch/engine/a.go", `package engine; import "parvis/procurement/alert"`, "alert does not come before watch"},
		{"a test too", "imports", "procurement/org/org_test.go", `package org_test; import "parvis/app"`, "app is above procurement"},
		{"a room that is not in the order", "imports", "procurement/law/a.go", `package law; import "parvis/procurement/org"`, "law is not in the order"},
		{"a floor that does not exist", "imports", "lib/a.go", `package lib; import "parvis/kit/db"`, "lib is no floor"},
		{"the analyser with a tool", "imports", "kit/text/a.go", `package text; import "parvis/kit/fault"`, "needs no other tool"},
		{"one audience that knows another", "imports", "web/public/a.go", `package public; import "parvis/web/company"`, "company does not come before public"},
		{"the look that knows answers", "imports", "web/ui/a.go", `package ui; import "parvis/web/answer"`, "answer does not come before ui"},
		{"two gateways", "imports", "gateway/ted/a.go", `package ted; import "parvis/gateway/boamp"`, "one outside only"},
		{"a room with an earlier one, its folder and a tool", "imports", "procurement/watch/a.go", `package watch; import ("parvis/procurement/org"; "parvis/procurement/watch/engine"; "parvis/kit/db"; "net/http")`, ""},
		{"the generator of the lexicon", "imports", "kit/text/lexgen/a.go", `package main; import "parvis/kit/text"`, ""},

		{"a program that opens a test's database", "test support", "app/a.go", `package app; import "parvis/kit/db/dbtest"`, "kit/db/dbtest, which is for tests"},
		{"a program with a false mailbox", "test support", "app/a.go", `package app; import "parvis/kit/mail/mailbox"`, "for tests"},
		{"a demonstration that drives a browser", "test support", "app/demo/a.go", `package demo; import "parvis/kit/browsertest"`, "for tests"},
		{"a room that plays the people of its tests", "test support", org, `package org; import "parvis/procurement/notice/noticetest"`, "for tests"},
		{"a demonstration with a mailbox", "test support", "app/demo/a.go", `package demo; import "parvis/kit/mail/mailbox"`, ""},
		{"a test with all of them", "test support", "app/a_test.go", `package app; import ("parvis/kit/db/dbtest"; "parvis/kit/browsertest"; "parvis/kit/mail/mailbox")`, ""},

		{"a room that answers requests", "HTTP", org, `package org; import "net/http"`, "HTTP is the web floor's"},
		{"a tool that tests a server", "HTTP", "kit/job/a_test.go", `package job; import "net/http/httptest"`, "HTTP is the web floor's"},
		{"the browser of the tests", "HTTP", "kit/browsertest/a.go", `package browsertest; import "net/http"`, ""},
		{"a gateway", "HTTP", "gateway/ted/a.go", `package ted; import "net/http"`, ""},

		{"no package comment", "packages", org, "package org", "says what it answers for"},
		{"a package comment about something else", "packages", org, "// This is the room.\npackage org", "does not begin with its name"},
		{"a drawer", "packages", "kit/util/a.go", "// Package util answers for everything.\npackage util", "says nothing of what is inside"},
		{"a package that says what it is", "packages", org, "// Package org answers for bodies.\npackage org", ""},
		{"a program", "packages", "kit/text/lexgen/a.go", "// Lexgen compiles the lexicon.\npackage main", ""},

		{"a refused type", "one word", org, "package org\ntype ContractingAuthority struct{}", "org.go:2: identifier ContractingAuthority: write `Buyer`"},
		{"a refused plural", "one word", org, "package org\nfunc Authorities() {}", "Authorities"},
		{"a refused field", "one word", org, "package org\ntype T struct{ LegalAd string }", "LegalAd"},
		{"a refused method of an interface", "one word", org, "package org\ntype T interface{ HTMLAd() }", "HTMLAd"},
		{"a refused constant", "one word", org, "package org\nconst Ad2 = 1", "Ad2"},
		{"two refused words", "one word", org, "package org\nvar OldSavedSearches []int", "OldSavedSearches"},
		{"a refused package", "one word", "procurement/ad/a.go", "package ad", "package ad"},
		{"user alone", "one word", org, "package org\ntype Users int", "Users"},
		{"longer words, other company, what is not exported", "one word", org, "package org\ntype Adapted int\ntype Read int\ntype CompanyUser int\ntype Saved struct{ Search, authority int }\nvar Subscribe int", ""},
		{"a glossary without its list", "one word", glossary, "# Glossaire\n", "no list of refused identifiers"},

		{"a page beside the matrix", "has its act", "web/public/a.go", "package public\nfunc f() { mux.HandleFunc(\"GET /x\", g) }", "web/public/a.go:2: an address outside"},
		{"files that are not files", "has its act", "app/a.go", "package app\nfunc f() { s.Files(\"GET /export/\", h) }", "only \"GET /static/\""},
		{"routes and files", "has its act", "app/a.go", "package app\nfunc f() { s.Files(\"GET /static/\", h); s.Route(\"GET /x\", a, h) }", ""},

		{"a test that is gone", "abuses are tried", abusePage, "| 15 | x | `TestNothing` |", "docs/abus.md:1: there is no TestNothing"},
		{"a function that is no test", "abuses are tried", abusePage, "`TestNothing` is not tested", "there is no TestNothing"},
		{"a test that no page names", "abuses are tried", "app/a_test.go", "package app\nfunc TestAbuse15X(t *testing.T) {}", "does not name TestAbuse15X"},
		{"a page without tests", "abuses are tried", abusePage, "# Abus\n`make test`", ""},

		{"an article that is not there", "articles", org, "package org\nvar x = 1 // CCP R2151-6", "org.go:2: article R2151-6 is not in docs/loi/"},
		{"half an article's number", "articles", org, "package org\nvar x = 1 // CCP L3-1", "article L3-1"},
		{"an article that is there", "articles", org, "package org\nvar x = 1 // CCP R2132-7", ""},

		{"a page without its half", "generated half", "web/ui/a.templ", "package ui", "generated half is missing"},
		{"a half without its page", "generated half", "web/ui/a_templ.go", "package ui", "a file that is gone"},

		{"a machine", "stand alone", "README.md", "one\nsee /work" + "/shared for more", "README.md:2: names"},
		{"a registry", "stand alone", "Makefile", "GOPROXY=https://proxy.golang" + ".org", "Makefile:1: names proxy"},
		{"a script that reads elsewhere", "stand alone", "tool.sh", "cd ../" + "shared", "tool.sh:1"},
		{"the one that may", "stand alone", ciScript, "cd ../" + "shared", ""},

		{"a colon that may part", "punctuation", org, "package org\nvar x = \"Attention : ceci\"", "org.go:2: plain space"},
		{"quotation marks that may part", "punctuation", "web/ui/a.go", "package ui\nvar x = `Le mot « ` + y + ` » est court`", "a.go:2"},
		{"a label of the command line", "punctuation", "cmd/a.go", "package cmd\nvar x = \"parvis :\"", "a.go:2"},
		{"a help text", "punctuation", "cmd/a.go", "package cmd\ntype c struct { A int `help:\"Quoi ?\"` }", "a.go:2"},
		{"a letter", "punctuation", "procurement/alert/letter/a.txt", "Bonjour !", "a.txt:1"},
		{"spaces that do not break", "punctuation", org, "package org\nvar x = \"«\\u00a0Attention\\u00a0»\\u202f: ceci\"", ""},
		{"what mends them", "punctuation", org, "package org\nvar x = strings.NewReplacer(\"« \", \"«\\u00a0\")", ""},
		{"a variable of a letter", "punctuation", "procurement/alert/letter/a.txt", "{{$x := .Y}}", ""},
		{"English, and what a test types", "punctuation", "kit/a.go", "package kit\nvar x = \"a : b\"", ""},
		{"what a test types", "punctuation", "web/ui/a_test.go", "package ui\nvar x = \"a : b\"", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree := fstest.MapFS{
				glossary:                {Data: []byte(smallGlossary)},
				lawFolder + "R2132.md":  {Data: []byte("# Article R2132-7\n")},
				lawFolder + "L3-1-2.md": {Data: []byte("# Article L3-1-2\n")},
			}
			tree[c.path] = &fstest.MapFile{Data: []byte(c.body)}
			r := ruleNamed(t, c.rule)
			failed[r.name] = failed[r.name] || c.want != ""
			said := r.check(load(t, tree))
			switch {
			case c.want == "" && len(said) > 0:
				t.Errorf("nothing is wrong, but it says %q", said)
			case c.want != "" && !slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, c.want) }):
				t.Errorf("got %q, want one with %q", said, c.want)
			}
		})
	}
	for _, r := range rules {
		if !failed[r.name] {
			t.Errorf("nothing wrong was shown to the rule %q", r.name)
		}
	}
}

// ruleNamed gives the one rule whose name holds part.
func ruleNamed(t *testing.T, part string) rule {
	t.Helper()
	var found []rule
	for _, r := range rules {
		if strings.Contains(r.name, part) {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d rules are named %q, not one", len(found), part)
	}
	return found[0]
}

func TestSplitWords(t *testing.T) {
	for name, want := range map[string][]string{
		"CompanyUser": {"company", "user"}, "HTMLAdLine": {"html", "ad", "line"}, "CPVPrefix": {"cpv", "prefix"},
		"snake_ad": {"snake", "ad"}, "ID": {"id"}, "V2Ad": {"v", "ad"}, "Établissement": {"établissement"},
	} {
		if got := splitWords(name); !slices.Equal(got, want) {
			t.Errorf("splitWords(%q) = %q, want %q", name, got, want)
		}
	}
}
