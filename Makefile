# Everything that is checked, in one command: make test. It wants Go, make and a Debian
# or a derivative of it (elsewhere: PostgreSQL and Chromium installed by hand).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# One static binary, and the tests test that one.
export CGO_ENABLED := 0

PKG ?= ./...
FUZZTIME ?= 20s
BENCHTIME ?= 1s
TEMPL := $(shell sed -n 's|.*github.com/a-h/templ \(v[^ ]*\).*|\1|p' go.mod)
CHROMIUM := $(or $(PARVIS_CHROMIUM),/usr/bin/chromium)

.PHONY: help test need fmt generate bench fuzz cover demo clean

help: ## show this
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

test: need fmt bin/templ-$(TEMPL) ## check everything; installs PostgreSQL and Chromium when missing (root on Debian)
	go vet $(PKG)
	PARVIS_REQUIRE_BROWSER=1 PARVIS_REQUIRE_POSTGRES=1 PARVIS_REQUIRE_TEMPL=1 go test -timeout 25m $(PKG)

# The tests use a real PostgreSQL (any recent version, run by the tests themselves in a
# temporary folder) and a real Chromium. Nothing else is used by them today.
need:
	@missing=""; \
	compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || command -v postgres >/dev/null || missing="postgresql"; \
	test -x "$(CHROMIUM)" || missing="$$missing chromium"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing:" $$missing; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get update -q; \
		apt-get install -y -q --no-install-recommends $$missing; \
	else \
		echo "Missing:" $$missing "- the tests need them and only root can install them here:"; \
		echo "    apt-get install" $$missing; \
		echo "PARVIS_CHROMIUM may name a Chromium elsewhere. Without them, 'go test ./...' runs the rest and says what it skips."; \
		exit 1; \
	fi

fmt:
	@bad="$$(gofmt -l .)"; if [ -n "$$bad" ]; then echo "Not formatted (gofmt -w them):"; echo "$$bad"; exit 1; fi

# The generator of the pages, at the version of the library that they run on.
bin/templ-$(TEMPL):
	GOBIN="$(CURDIR)/bin" go install github.com/a-h/templ/cmd/templ@$(TEMPL)
	@touch $@

generate: bin/templ-$(TEMPL) ## write the generated half of every page again
	bin/templ generate

bench: ## run the benchmarks (PKG, BENCHTIME)
	go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) $(PKG)

fuzz: ## run each fuzz test for FUZZTIME, one after the other (PKG)
	@for p in $$(go list $(PKG)); do \
		for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
			echo "== $$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p; \
		done; \
	done

cover: need bin/templ-$(TEMPL) ## run the tests and say how much of each function they run
	@mkdir -p bin
	PARVIS_REQUIRE_BROWSER=1 PARVIS_REQUIRE_POSTGRES=1 go test -timeout 25m -coverpkg=./... -coverprofile=bin/cover.out $(PKG)
	go tool cover -func=bin/cover.out

demo: ## the whole product on this machine, with examples
	go run . demo

clean: ## remove what these commands made (not the demonstration's data)
	rm -rf bin
