# Each target is one line over the tools; the first of them sets up .venv from requirements.lock.
#   make demo ARGS=--once     make test ARGS="tests/domain -k tex"

SHELL := /bin/sh
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PYTHON ?=
WORKERS ?= 3
ARGS ?=

# Where it is set, each of the many programs of the tests would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check bench faults texts pictures lock clean

help:
	@echo "make demo   three simulated days in a temporary folder, mails to look at (ARGS=--once)"
	@echo "make test   the test suite (ARGS=tests/domain, WORKERS=4)"
	@echo "make check  ruff, mypy and the layers"
	@echo "make bench  the benchmarks, also into bench.json"
	@echo "make faults kills and outages at their whole size, about half an hour (ARGS=--write)"
	@echo "make texts  the catalogues of translations, up to date with templates and code"
	@echo "make pictures  those of the docs, taken from the demo (needs Chromium)"
	@echo "make lock   requirements.lock anew from pyproject.toml (needs uv)"
	@echo "make clean  remove .venv and what the tools left"

demo: $(INSTALLED)
	$(BIN)/digest demo $(ARGS)

test: $(INSTALLED)
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: $(INSTALLED)
	$(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/mypy && $(BIN)/lint-imports --no-logo

bench: $(INSTALLED)
	$(BIN)/python -m tests.benchmarks $(ARGS)

faults: $(INSTALLED)
	$(BIN)/python -m tests.faults $(ARGS)
	FAULTS_SCALE=whole $(BIN)/pytest -n $(WORKERS) tests/faults --deselect tests/faults/test_scenarios.py

texts: $(INSTALLED)
	$(BIN)/python -m tests.translations

pictures: $(INSTALLED)
	$(BIN)/python -m tests.pictures $(ARGS)

lock:
	PATH="$(BIN):$$PATH" uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --upgrade -q -o requirements.lock

clean:
	rm -rf $(VENV) bench.json dist build .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find digest tests migrations -name __pycache__ -type d -prune -exec rm -rf {} +

# One lock serves running and testing, so that a demo runs on what was tested.
$(INSTALLED): requirements.lock pyproject.toml
	@python=$$(PYTHON="$(PYTHON)" sh deploy/find-python.sh) && \
	  { "$(BIN)/python" -c pass 2>/dev/null || "$$python" -m venv --clear "$(VENV)"; }
	@echo "installing into $(VENV) what requirements.lock names: once, takes about a minute"
	@"$(BIN)/python" -m pip install -q --no-compile --disable-pip-version-check --require-hashes -r requirements.lock
	@"$(BIN)/python" -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch "$@"
