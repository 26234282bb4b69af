# Weir: build, test and run on Debian. Each target does its own set-up; nothing asks a question.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build

SWIFT_FLAGS := --explicit-target-dependency-import-check error
RELEASE := .build/release
WEIR := $(RELEASE)/weir

.PHONY: run test build debug bench bench-large bench-compare fuzz sketches format lint setup setup-test clean help

help: ## Say what each target does
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*##/\t/' | expand -t 16

setup: ## Install what building needs
	@.ci/setup build

setup-test: ## Install what testing needs
	@.ci/setup build test

build: setup ## Build the release binary at .build/release/weir
	swift build -c release $(SWIFT_FLAGS) --product weir

run: build ## Self-test, then watch the default interface (IFACE=eth0, CODE=path/to/your/code)
	@.ci/demo "$(WEIR)" "$(IFACE)" "$(CODE)"

test: setup-test build ## Run every test
	swift build $(SWIFT_FLAGS) --build-tests
	WEIR_BINARY="$(CURDIR)/$(WEIR)" swift test --skip-build
	$(WEIR) rules test --format text

bench: setup ## Measure scan beside the floor of the same run, stages and flows; tables and JSON lines
	swift build -c release $(SWIFT_FLAGS) --product weir
	swift build -c release $(SWIFT_FLAGS) --product Benchmarks
	$(RELEASE)/Benchmarks --weir $(WEIR)

bench-large: setup ## What an index of 100 million lines costs beside one of a million; needs 12 GB of disk, some 15 minutes
	swift build -c release $(SWIFT_FLAGS) --product weir
	swift build -c release $(SWIFT_FLAGS) --product Benchmarks
	$(RELEASE)/Benchmarks indexes --sizes 1000000,100000000 --weir $(WEIR)

bench-compare: setup ## The same captures through Suricata and nDPI, where they can be had
	swift build -c release $(SWIFT_FLAGS) --product weir
	swift build -c release $(SWIFT_FLAGS) --product Benchmarks
	@.ci/bench-compare "$(RELEASE)/Benchmarks" "$(WEIR)"

fuzz: setup-test ## Fuzz every parser for FUZZ_SECONDS (60) each
	@.ci/fuzz

sketches: build ## Make sketches of public code in config/public from Debian's and PyPI's packages
	@.ci/sketches --weir "$(WEIR)"

format: ## Rewrite the sources in house format
	swift format --in-place --recursive Sources Tests Package.swift

lint: ## Check format and rules
	swift format lint --strict --recursive Sources Tests Package.swift

clean: ## Remove what was built
	rm -rf .build .build-*
