# Shortcuts for what is typed often. The gate, .ci/run, calls the same scripts.
.DEFAULT_GOAL := help
.PHONY: help playground generate lint test race fuzz bench ci run

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

generate: ## run gqlgen after a change of the schema
	.ci/generate

playground: ## build the page that --playground serves, from its npm packages
	cd playground && npm ci && node build.mjs

lint: ## check formatting and house rules
	.ci/lint

test: ## run the tests
	go test ./...

race: ## run the tests with the race detector
	go test -race ./...

fuzz: ## fuzz every target, 60 s each unless FUZZTIME says otherwise
	.ci/fuzz

bench: ## measure against the floor, and write the tables into docs/performance.md
	go -C bench run . -rounds 15 -out ../docs/performance.md

ci: ## run the whole gate, as it runs before a change lands
	.ci/run

run: ## start the gateway on the sandbox's data
	go run . --sandbox
