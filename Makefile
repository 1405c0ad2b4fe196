# Docker, Live. `make` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LESSONS := $(wildcard course/*.ipynb)
nbval = $(BIN)/pytest --nbval --nbval-sanitize-with tests/nbval-sanitize.cfg -W default
say = printf '\033[1m▸ %s\033[0m\n'

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: lab
lab: $(VENV)/.lab ## set everything up and serve the course in JupyterLab
	@exec $(BIN)/autograder lab

.PHONY: test
test: setup-test ## set everything up and pass the tests
	@$(say) "Style and types"
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(say) "Tests: the engine and its images first, since all else asks them"
	$(BIN)/autograder images prefetch
	$(BIN)/pytest tests -m 'not slow' --durations=20
	$(say) "Lessons: do their outputs still say what the daemon answers?"
	$(nbval) $(LESSONS)

.PHONY: test-all
test-all: test ## also every lesson twice in a row, solved, and after a cut-off run; kills; the class
	@$(nbval) $(LESSONS)
	$(BIN)/pytest tests -m slow --durations=10
	$(BIN)/autograder class

.PHONY: lessons
lessons: $(VENV)/.lab ## run the whole course headless, and tell what was shown and what could not be
	@exec $(BIN)/autograder lessons

.PHONY: class
class: $(VENV)/.lab ## release, submit, collect, grade and return a small class with stock nbgrader
	@exec $(BIN)/autograder class

.PHONY: bank
bank: $(VENV)/.lab ## grade the bank of answers in sandboxes, and tell which verdicts are wrong
	@exec $(BIN)/autograder bank

.PHONY: mutants
mutants: $(VENV)/.lab ## break right answers in small ways, and tell which lose no points
	@exec $(BIN)/python tests/mutation

.PHONY: bench
bench: setup-test ## measure, side by side, and write bench/results.json
	@exec $(BIN)/python -m bench

.PHONY: lock
lock: $(VENV)/.made ## pin anew what pyproject.toml allows
	@$(BIN)/pip install --quiet uv  # resolves for all systems at once, which pip cannot
	compile="$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade"
	$$compile --extra build pyproject.toml -o requirements.lock
	$$compile --extra build --extra test -c requirements.lock pyproject.toml -o requirements-test.lock

.PHONY: clean
clean: ## remove the virtual environment and what tests left (the engine: autograder engine reset)
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache

# Each stamp below says that its step was finished; an interrupted one is done again.

$(VENV)/.made:
	@$(say) "Python's virtual environment"
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
	  echo "error: Python 3.11 or newer is needed; name one: make lab PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -c 'import ensurepip' 2>/dev/null || {
	  # Debian and Ubuntu ship the venv module apart.
	  echo "Installing python3-venv, which this Python lacks"
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -yqq python3-venv >/dev/null; } || {
	    echo "error: python3-venv could not be installed; do that by hand, then try again" >&2; exit 1; }; }
	$(PYTHON) -m venv --clear $(VENV)
	touch $@

define install  # $(1): the lock, which is complete: nothing is left to be resolved
	@$(say) "Python packages, from $(1) (a minute or two)"
	$(BIN)/pip install -qq --no-deps --require-hashes -r $(1) || {
	  echo "error: pip could not install the packages (see above). Is the network up? Then run the same command again." >&2
	  exit 1; }
	$(BIN)/pip install -qq --no-deps --no-build-isolation -e .
	touch $@
endef

$(VENV)/.lab: $(VENV)/.made requirements.lock pyproject.toml
	$(call install,requirements.lock)

$(VENV)/.test: $(VENV)/.lab requirements-test.lock
	$(call install,requirements-test.lock)

.PHONY: setup-test
setup-test: $(VENV)/.test
	@if ! command -v $${CHROMIUM:-chromium} >/dev/null || ! $(BIN)/playwright --version >/dev/null 2>&1; then
	  $(say) "Chromium, for the tests in a real browser (libatomic1: what Playwright's driver needs)"
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -yqq --no-install-recommends chromium fonts-dejavu-core libatomic1 >/dev/null; } || {
	    echo "error: install Chromium and set CHROMIUM to its path, then try again" >&2; exit 1; }
	fi
	@if ! command -v pg_ctl >/dev/null && ! ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1; then
	  $(say) "PostgreSQL, for the tests of a grade book in it (they start a server of their own)"
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -yqq --no-install-recommends postgresql >/dev/null; } || {
	    echo "error: install PostgreSQL's server, then try again" >&2; exit 1; }
	fi
