# The one place that names the linter's version.
GOLANGCI_VERSION := v2.15.0
GOPATH_BIN := $(shell go env GOPATH)/bin
GOLANGCI := $(GOPATH_BIN)/golangci-lint

SHELL := /bin/bash
# The build id stays: without it a Mac binary has no LC_UUID, and macOS 26 refuses to run it.
BUILD := go build -trimpath -ldflags "-s -w"
FUZZTIME ?= 10s
RACE ?= ./...
MUTANTS ?= internal/enforce

.DEFAULT_GOAL := help
.PHONY: help build release cross reproducible test race lint tools deps bench fuzz mutants proof proof-sample transcript axe screenshots ci

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build both commands into ./bin (GOOS=darwin GOARCH=arm64 builds for a Mac)
	@mkdir -p bin
	CGO_ENABLED=0 $(BUILD) -o bin/ ./cmd/install-or-defer ./cmd/install-or-deferd

# The daemon that releases bring along; the folder is that of the package that embeds it.
EMBEDDED := internal/embedded/install-or-deferd

release: ## Build the administrator's tool for every system into ./dist, with the daemon in it
	@mkdir -p dist
	go run ./cmd/install-or-defer pkg daemon --output $(EMBEDDED)
	@set -ex; for target in darwin/arm64 darwin/amd64 linux/amd64 linux/arm64 windows/amd64 windows/arm64; do \
		GOOS=$${target%/*} GOARCH=$${target#*/} CGO_ENABLED=0 $(BUILD) -tags embed_daemon \
			-o dist/install-or-defer-$${target%/*}-$${target#*/}$$([ $${target%/*} = windows ] && echo .exe) ./cmd/install-or-defer; \
	done
	cd dist && sha256sum install-or-defer-* > SHA256SUMS

reproducible: ## Build the package twice, in different folders and zones, the second as a release does, and compare
	@set -ex; one=$$(mktemp -d); two=$$(mktemp -d)/another-folder; trap 'rm -rf "$$one" "$${two%/*}"' EXIT; \
	mkdir "$$two"; cp -R go.mod go.sum cmd internal "$$one"; cp -R go.mod go.sum cmd internal "$$two"; \
	(cd "$$one" && TZ=Asia/Tokyo LC_ALL=C umask 077 && go run ./cmd/install-or-defer pkg build --output one.pkg --sbom one.json); \
	(cd "$$two" && umask 002 && go run ./cmd/install-or-defer pkg daemon --output $(EMBEDDED) && \
		go run -tags embed_daemon ./cmd/install-or-defer pkg build --output two.pkg --sbom two.json); \
	cmp "$$one/one.pkg" "$$two/two.pkg"; cmp "$$one/one.json" "$$two/two.json"

cross: ## Build both commands for every system they run on, into nowhere
	GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 $(BUILD) -o /dev/null ./cmd/install-or-deferd
	GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 $(BUILD) -o /dev/null ./cmd/install-or-defer
	GOOS=darwin GOARCH=amd64 CGO_ENABLED=0 $(BUILD) -o /dev/null ./cmd/install-or-deferd
	GOOS=darwin GOARCH=amd64 CGO_ENABLED=0 $(BUILD) -o /dev/null ./cmd/install-or-defer
	GOOS=linux GOARCH=amd64 CGO_ENABLED=0 $(BUILD) -o /dev/null ./cmd/install-or-deferd
	GOOS=linux GOARCH=amd64 CGO_ENABLED=0 $(BUILD) -o /dev/null ./cmd/install-or-defer
	GOOS=windows GOARCH=amd64 CGO_ENABLED=0 $(BUILD) -o /dev/null ./cmd/install-or-defer

test: ## Run the tests
	go test ./...

race: ## Run the tests under the race detector, with fewer plays at random (RACE=./internal/agent/... for some)
	go test -race -short $(RACE)

lint: tools ## Hold the code to the house rules, as Linux and as a Mac see it
	$(GOLANGCI) config verify
	$(GOLANGCI) run ./...
	GOOS=darwin CGO_ENABLED=0 $(GOLANGCI) run ./...

tools: ## Install the linter, unless it is there
	@have=$$(go version -m "$(GOLANGCI)" 2>/dev/null | awk '$$1 == "mod" { print $$3 }'); \
	if [ "$$have" != "$(GOLANGCI_VERSION)" ]; then \
		set -x; GOBIN="$(GOPATH_BIN)" \
			go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION); \
	fi

deps: ## Check that the daemon links the standard library and one other module, and no network client
	@set -e; links=$$(GOOS=darwin CGO_ENABLED=0 go list -deps \
		-f '{{if .Standard}}{{.ImportPath}}{{else}}module {{.Module.Path}}{{end}}' ./cmd/install-or-deferd); \
	foreign=$$(echo "$$links" | sort -u | grep -x -e 'module .*' -e 'net/http' \
		| grep -v -x -e "module $$(go list -m)" -e 'module howett.net/plist' || true); \
	if [ -n "$$foreign" ]; then echo "install-or-deferd must not link $$foreign" >&2; exit 1; fi

bench: ## Run the benchmarks, and show what matters as a table with ratios
	go run ./internal/performance

fuzz: ## Run every fuzz test for FUZZTIME (10s)
	@set -e -o pipefail; log=$$(mktemp); trap 'rm -f "$$log"' EXIT; for package in $$(go list ./...); do \
		names=$$(go test -list '^Fuzz' "$$package"); \
		for name in $$(echo "$$names" | awk '/^Fuzz/'); do \
			echo "$$package $$name"; \
			go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$package" | tee "$$log" || \
				case "$$(cat "$$log")" in \
				*"Failing input"*) exit 1 ;; \
				*"context deadline exceeded"*) echo "the time was over in the middle of a try, which go test takes for a failure" ;; \
				*) exit 1 ;; \
				esac; \
			if [ -n "$$INSTALL_OR_DEFER_PROOF_FILE" ]; then \
				tried=$$(awk '{ for (i = 1; i < NF; i++) if ($$i == "execs:") n = $$(i + 1) } END { print n + 0 }' "$$log"); \
				printf '{"name":"fuzz tests","count":1}\n{"name":"seconds of fuzzing","count":%d}\n{"name":"inputs that fuzzing has tried","count":%d}\n' \
					$(FUZZTIME:s=) $$tried >> "$$INSTALL_OR_DEFER_PROOF_FILE"; \
			fi; \
		done; \
	done

mutants: ## Make mistakes in the core, one at a time, and see whether the tests notice (MUTANTS=internal/agent/ask.go:20-40)
	go run ./internal/mutants $(MUTANTS)

# What a proof takes: plays of the whole daemon for each promise, seconds for each fuzz test, and what is mutated.
PROOF_PLAYS ?= 600
PROOF_FUZZTIME ?= 30s
PROOF_MUTANTS ?= internal/enforce internal/journal

proof: ## Play everything in full, fuzz, make mistakes, and write docs/reliability.md with the numbers (some hours)
	@set -ex; temp=$$(mktemp -d); trap 'rm -rf "$$temp"' EXIT; \
	export INSTALL_OR_DEFER_PROOF_FILE="$$temp/counts"; \
	INSTALL_OR_DEFER_PROOF=1 go test -count=1 -timeout 2h $$(go list ./... | grep -v '/internal/agent$$'); \
	INSTALL_OR_DEFER_PROOF=1 go test -count=1 -timeout 2h ./internal/agent -rapid.checks=$(PROOF_PLAYS); \
	$(MAKE) --no-print-directory fuzz FUZZTIME=$(PROOF_FUZZTIME); \
	go run ./internal/mutants -json "$$temp/mutants.json" $(PROOF_MUTANTS); \
	go run ./internal/reliability/prove -date "$$(date +%F)" -counts "$$temp/counts" -mutants "$$temp/mutants.json"

AXE_VERSION := 4.14.1
AXE_SHA512 := FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==

axe: ## Fetch axe-core with npm into ./bin: a test checks the preview's accessibility with it
	@set -e; if [ -f bin/axe-$(AXE_VERSION) ] && [ -f bin/axe.min.js ]; then exit 0; fi; \
	dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; mkdir -p bin; rm -f bin/axe-*; \
	npm pack --silent --pack-destination "$$dir" axe-core@$(AXE_VERSION) >/dev/null; \
	have=$$(openssl dgst -sha512 -binary "$$dir"/axe-core-$(AXE_VERSION).tgz | openssl base64 -A); \
	if [ "$$have" != "$(AXE_SHA512)" ]; then echo "axe-core $(AXE_VERSION) is not what it was: $$have" >&2; exit 1; fi; \
	tar -xzOf "$$dir"/axe-core-$(AXE_VERSION).tgz package/axe.min.js > bin/axe.min.js; touch bin/axe-$(AXE_VERSION); \
	echo "axe-core $(AXE_VERSION)"

screenshots: ## Take the pictures of the preview that the documentation shows (needs Chromium)
	go test ./internal/preview -count=1 -run '^TestScreenshots$$' -screenshots "$(CURDIR)/docs/images"

proof-sample: ## Do a part of what a proof does, in minutes, and write docs/reliability.md with these numbers
	@set -ex; temp=$$(mktemp -d); trap 'rm -rf "$$temp"' EXIT; \
	export INSTALL_OR_DEFER_PROOF_FILE="$$temp/counts"; \
	go test -count=1 ./...; \
	$(MAKE) --no-print-directory fuzz FUZZTIME=2s; \
	go run ./internal/mutants -json "$$temp/mutants.json" internal/journal; \
	go run ./internal/reliability/prove -date "$$(date +%F)" -counts "$$temp/counts" -mutants "$$temp/mutants.json" \
		-extent "It was a sample, by \`make proof-sample\`, which takes minutes and plays a part of everything; \`make proof\` takes some hours."

transcript: ## Write the transcript that the README shows
	go run ./cmd/install-or-defer simulate > docs/transcript.new
	mv docs/transcript.new docs/transcript.txt

ci: ## Do all that continuous integration does
	.ci/run
