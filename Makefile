# Quaymaster's commands. `make demo` and `make test` are the two that everybody needs: each works on
# a fresh Debian 12 as root with git, make and Swift, installs by name what else it needs, says what
# it does, and leaves nothing running (demo: unless KEEP=1).

SHELL := /bin/bash
SWIFT ?= swift
SCRIPTS := Scripts

.PHONY: demo test lint corpus bench instructions fuzz soak release clean

demo: ## A story on a real engine with the stock docker client
	@$(SCRIPTS)/demo

test: ## All tests, those against a private engine included
	@$(SCRIPTS)/test

lint: ## Format, shell and Python checks; changes nothing
	$(SWIFT) format lint --strict --recursive --parallel Sources Tests Fuzz Benchmarks Package.swift
	@for file in $(SCRIPTS)/* .ci/run; do \
	  case "$$(head -1 $$file)" in \
	    *python3) python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' $$file ;; \
	    *) bash -n $$file ;; \
	  esac || exit 1; \
	done

corpus: ## KIND=api|shell FILES="a.jsonl b.jsonl": replay corpora against the built product
	@$(SCRIPTS)/corpus "$(KIND)" $(FILES)

bench: ## The gateway beside the direct socket and HAProxy; lines of the guarded shell beside exec and nsenter
	@$(SCRIPTS)/bench
	@$(SCRIPTS)/bench-enter

instructions: ## What judgement costs in instructions and allocations, against its thresholds
	@$(SCRIPTS)/instructions

fuzz: ## Every harness under Fuzz/ for a minute; Scripts/fuzz [SECONDS] [NAME…] for more or fewer
	@$(SCRIPTS)/fuzz

soak: ## What takes long: fuzzing, thousands of hostile connections and kills
	@$(SCRIPTS)/soak

release: ## A stripped release binary under dist/
	@$(SCRIPTS)/release

clean: ## Removes what was built
	rm -rf .build .build-* dist .demo
