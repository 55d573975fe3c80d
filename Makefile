# Everything a newcomer needs; `make` alone lists it.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PORT ?= 3000
# A refresh is one process on one core: two workers share the tests by file.
WORKERS ?= --numprocesses 2 --dist loadfile --no-loadscope-reorder

# Runs of `make refresh` are kept where `make dev` shows them. Nothing phones home.
export DAGSTER_HOME ?= $(CURDIR)/.dagster
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install refresh status test test-slow dev lint format seeds bench constraints clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Make .venv and install the project into it (done once; every target does it when needed)

$(INSTALLED): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) was not found: install Python 3.11, 3.12 or 3.13, or name it: make PYTHON=python3.12 ..."; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { echo "$(PYTHON) is $$($(PYTHON) --version 2>&1); this project needs Python 3.11, 3.12 or 3.13. Name one: make PYTHON=python3.12 ..."; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

refresh: $(INSTALLED) ## Land, build, check, publish. EXPORTS_DIR=folder for your own exports, AS_OF=YYYY-MM-DD to go back
	@$(BIN)/python -m orchestration refresh $(if $(AS_OF),--as-of $(AS_OF)) $(ARGS)

status: $(INSTALLED) ## What is published, and the last refreshes
	@$(BIN)/python -m orchestration status

test: $(INSTALLED) ## The tests to run after every change
	@$(BIN)/python -m pytest $(WORKERS) -m 'not slow' $(ARGS)

test-slow: $(INSTALLED) ## The tests that take longer: soaks, killed processes, big volumes
	@$(BIN)/python -m pytest $(WORKERS) -m slow $(ARGS)

dev: $(INSTALLED) ## Dagster's web interface on this machine (PORT=3000)
	@mkdir -p '$(DAGSTER_HOME)'
	@test -f '$(DAGSTER_HOME)/dagster.yaml' || cp orchestration/dagster.yaml '$(DAGSTER_HOME)/'
	@$(BIN)/dagster dev --host 127.0.0.1 --port $(PORT)

lint: $(INSTALLED) ## Check Python, SQL and YAML
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/yamllint --strict -c .yamllint.yml .
	@$(BIN)/sqlfluff lint --processes 2 models tests/dbt

format: $(INSTALLED) ## Put Python in order
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

seeds: $(INSTALLED) ## Make the sample company's exports again
	@$(BIN)/python -m simulator

bench: $(INSTALLED) ## Measure a refresh and write bench/refresh.md
	@$(BIN)/python -m bench.refresh

constraints: $(INSTALLED) ## Write constraints.txt anew from what is installed
	@{ head -1 constraints.txt; $(BIN)/python -m pip freeze --exclude-editable | sed '/^kpi-warehouse/d'; } > constraints.tmp
	@mv constraints.tmp constraints.txt

clean: ## Remove what can be made again (not published/, not landed files, not .venv)
	@if [ -d build ]; then find build -mindepth 1 -maxdepth 1 ! -name .gitignore ! -name archive ! -name refresh.lock -exec rm -rf {} +; fi
	@rm -rf target logs .pytest_cache .ruff_cache .hypothesis *.egg-info
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
