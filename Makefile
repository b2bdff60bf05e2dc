# Everything a developer or CI runs. `make help` lists it.

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format bench clean
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEER ?= docker compose
PYTEST_ARGS ?=

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Make the virtual environment with the project and its tools
	@:

$(READY): pyproject.toml tests/support/setup.py
	@$(or $(PYTHON),python3) tests/support/setup.py $(VENV)
	@touch $@

demo: setup ## Bring up samples/webapp on an engine (started and installed if there is none) and use it
	@$(BIN)/python tests/support/with_engine.py --keep --only redis --only postgres --only python -- $(BIN)/python samples/demo.py

test: lint ## Run everything CI runs: lint, then all tests on an engine (PYTEST_ARGS="-k word")
	@$(BIN)/python tests/support/with_engine.py --name test -- $(BIN)/python -m pytest $(PYTEST_ARGS)

lint: setup ## Check style, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## Fix what can be fixed, and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## Compare with another Compose tool in alternating runs (PEER="docker compose")
	@for script in tests/benchmarks/*.py; do \
	  echo "$$script"; \
	  $(BIN)/python tests/support/with_engine.py --name bench --only busybox -- $(BIN)/python $$script --peer '$(PEER)' || exit 1; \
	done

clean: ## Remove what the other targets made here (engines and images stay)
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	find compose samples tests -name __pycache__ -type d -prune -exec rm -rf {} +
