# `make` alone lists what there is.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
ANSWER_SOURCES := $(shell find src/trivet/query src/trivet/serve -name '*.py')
UI_SOURCES := $(shell find ui -type f -not -path '*/node_modules/*' 2>/dev/null)

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

setup: .venv/ready ui/src/model/server.ts src/trivet/serve/ui/index.html ## make the environment and build the pages

demo: setup ## run everything with a company under load, on the day its migration stalls; opens the page
	$(BIN)/trivet demo $(ARGS)

up: setup ## start the server
	$(BIN)/trivet up $(ARGS)

# In the order of the names: the page tests keep an event loop open, and nothing after them may start one of its own.
test: setup ## run all tests, two files at a time
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: .venv/ready ## check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

bench: setup ## measure what we claim, against a peer in the same run
	$(BIN)/python -m bench $(ARGS)

wheel: setup ## build dist/*.whl with the pages inside
	$(BIN)/python -m hatchling build

lock: .venv/ready ## resolve requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra demo --group dev --group bench --universal \
	    --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -q -o requirements.lock

reference: setup ## make docs/reference anew from the program
	$(BIN)/python docs/make_reference.py

clean: ## remove what was built
	rm -rf .venv dist ui/node_modules src/trivet/serve/ui ui/src/model/server.ts

# uv comes first by plain pip (from the lock, hash-checked), then fills the environment in seconds.
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Trivet needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	sed -n '/^uv==/,/^[a-z]/{/^uv==/p;/^ .*--hash/p;}' requirements.lock > .venv/uv.lock
	test -x $(BIN)/uv || $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r .venv/uv.lock
	$(BIN)/uv pip sync -q --require-hashes requirements.lock
	$(BIN)/uv pip install -q --no-deps --no-build-isolation -e .
	touch $@

# The pages' types of what the server answers; written when they change, so that the pages are only built anew then.
ui/src/model/server.ts: .venv/ready $(ANSWER_SOURCES)
	cd ui && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent types

src/trivet/serve/ui/index.html: .venv/ready ui/src/model/server.ts $(UI_SOURCES)
	cd ui && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-audit --no-fund --silent
	cd ui && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent build

.PHONY: help setup demo up test lint bench wheel lock reference clean
