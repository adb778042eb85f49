# Shortcuts. CI calls the same scripts.
.DEFAULT_GOAL := help
.PHONY: help playground notices generate lint test race fuzz bench faults soak ci run

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

generate: ## run the generators, for example after a change of the schema
	.ci/generate

playground: ## build the page of --playground from its npm packages
	cd playground && npm ci && node build.mjs

notices: ## write the licences of all components to THIRD_PARTY_NOTICES
	.ci/licences --write

lint: ## check formatting and run the linters
	.ci/lint

test: ## run the tests
	go test ./...

race: ## run the tests with the race detector
	go test -race ./...

fuzz: ## fuzz every target for FUZZTIME (70s)
	.ci/fuzz

bench: ## run the benchmark and update docs/performance.md
	go -C bench run . -rounds 15 -out ../docs/performance.md

faults: ## print how each fault of mStudio ends
	go test ./gateway/faults -run TestMatrix -count 1 -v | sed -n 's/^ *|/|/p; s/^ *\([0-9]* faults\)/\n\1/p; /^FAIL/p'

SOAK ?= 30m
soak: ## serve faults with the binary for SOAK (30m) and check that it does not grow
	go test ./gateway/faults -run TestSoak -count 1 -v -timeout 0 -soak $(SOAK)

ci: ## run all checks
	.ci/run

run: ## start the gateway with a sandbox
	go run . --sandbox
