# Town Clerk: every target does its own set-up. It takes Python 3.11 or newer, git and make.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

# `make bench JSON=figures.json` writes the figures there as well.
JSON ?=
FIGURES = $(if $(JSON),--json $(JSON))

# The tests start the bot some hundred times: each start would compile it anew.
unexport PYTHONDONTWRITEBYTECODE

# A file's tests stay together, and the files are taken in order: the slow ones, at the front, are not left for last.
# They wait for servers half of the time, so that one more than there are processors keeps these busy.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
PARALLEL = --numprocesses $(WORKERS) --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# The newest Python that runs, has venv and is new enough; `make PYTHON=/path/to/python test` overrules.
# Each is tried, because a pyenv shim can be on the path without a Python behind it.
USABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c '$(USABLE)' >/dev/null 2>&1 && echo $$python && break; done)

.DEFAULT_GOAL := help
.PHONY: help setup test test-fast lint format bench faults fuzz eval demo lock audit clean moved

help:
	@echo "make demo       a real homeserver, a small community of councils, a conversation: here, now"
	@echo "make test       lint, then every test, those against a real homeserver included"
	@echo "make test-fast  the tests that need no server"
	@echo "make lint       ruff, mypy, import-linter, hadolint"
	@echo "make format     let ruff lay out the code"
	@echo "make bench      speed figures; JSON=FILE writes them there too"
	@echo "make eval       how well it understands; JSON=FILE likewise"
	@echo "make faults     some hundred faults on purpose, each with its verdict; writes docs/faults.md"
	@echo "make lock       work the lock files out anew"
	@echo "make fuzz       hostile events through the whole path; MINUTES=10"
	@echo "make audit      known vulnerabilities of what we depend on; asks the network"
	@echo "make clean      remove what these targets made"

# --- set-up -------------------------------------------------------------------------------------

setup: $(VENV)/.ready

# A venv knows its own path: in a checkout that was moved or copied it is made again.
ifneq ($(shell cat $(VENV)/.locked 2>/dev/null),$(CURDIR))
$(VENV)/.locked: moved
endif

$(VENV)/.locked: requirements-dev.lock
	@test -n "$(PYTHON)" || { echo "Town Clerk needs Python 3.11 or newer, with its venv module (Debian: python3-venv)." >&2; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version): about a minute, once."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@echo "$(CURDIR)" > $@

$(VENV)/.ready: $(VENV)/.locked pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# --- what people do ------------------------------------------------------------------------------

demo: $(VENV)/.ready
	@if [ -t 0 ]; then $(BIN)/townclerk demo; else $(BIN)/townclerk demo --no-input; fi

test: lint
	$(BIN)/python -m pytest $(PARALLEL) -m "not faults"

test-fast: $(VENV)/.ready
	$(BIN)/python -m pytest $(PARALLEL) -m "not faults and not homeserver and not postgres and not packaging"

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile

format: $(VENV)/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.ready
	$(BIN)/python -m tests.bench $(FIGURES)

fuzz: $(VENV)/.ready
	$(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),10)

eval: $(VENV)/.ready
	$(BIN)/python -m tests.eval $(FIGURES)

faults: $(VENV)/.ready
	$(BIN)/python -m tests.faults --page docs/faults.md
	$(BIN)/python -m pytest $(PARALLEL) -m faults
	$(BIN)/python -m pytest -q -s tests/faults/long_federation.py tests/faults/long_catching_up.py

# --- locks ---------------------------------------------------------------------------------------

# uv is used where it is installed, else borrowed for the moment. --universal: one lock for every
# system and Python; no index is named, so each machine asks its own. Pins stay as they are where they
# still fit; `make lock UPGRADE=--upgrade` takes the newest. requirements.lock is what the image has: charts, too.
UV ?= $(shell command -v uv)
COMPILE = compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(UPGRADE)

lock:
	@set -e; uv="$(UV)"; \
	if [ -z "$$uv" ]; then \
		borrowed=$$(mktemp -d); trap 'rm -rf "$$borrowed"' EXIT; \
		$(PYTHON) -m venv "$$borrowed"; "$$borrowed/bin/python" -m pip install --quiet uv; uv="$$borrowed/bin/uv"; \
	fi; \
	"$$uv" pip $(COMPILE) pyproject.toml --extra chart --output-file requirements.lock >/dev/null; \
	"$$uv" pip $(COMPILE) pyproject.toml --group build --constraint requirements.lock --extra dev --output-file requirements-dev.lock >/dev/null; \
	"$$uv" pip $(COMPILE) --group build --constraint requirements-dev.lock --output-file requirements-build.lock >/dev/null
	@grep -c -- "==" requirements.lock requirements-dev.lock requirements-build.lock

# --strict: what couldn't be asked about fails, too. Not in `make test`: its answer changes with the day, not with the code.
audit:
	@set -e; borrowed=$$(mktemp -d); trap 'rm -rf "$$borrowed"' EXIT; \
	$(PYTHON) -m venv "$$borrowed"; "$$borrowed/bin/python" -m pip install --quiet pip-audit; \
	"$$borrowed/bin/pip-audit" --strict --require-hashes --disable-pip --requirement requirements.lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage tests/js/node_modules
	find bot plugins config tests -name __pycache__ -type d -prune -exec rm -rf {} +
