# Two commands do everything: `make demo` and `make test`. They need Python 3.11 and make.
.DEFAULT_GOAL := help
.PHONY: demo test check lab app bench repro-nhits validate-fdr warm clean help environment

EXTRAS ?= full,dev
CONSTRAINTS ?= constraints.txt
BIN := .venv/bin
# Any Python can read bootstrap.py, which looks for the right one itself.
ANY_PYTHON := $(shell for name in "$(PYTHON)" python3.11 python3 python3.12 python3.13 python; do \
	"$$name" -c "import sys; sys.exit(sys.version_info < (3, 6))" 2>/dev/null && echo "$$name" && break; done)
OWN := git ls-files --cached --others --exclude-standard --

help:  ## this list
	@sed -n 's/^\([a-z-]*\): .*## /\1\t/p;s/^\([a-z-]*\):  *## /\1\t/p' $(MAKEFILE_LIST) | sort -u | expand -t 14

environment:
ifeq ($(ANY_PYTHON),)
	@echo "workbench: no Python found: install Python 3.11 (Debian, Ubuntu: apt install python3.11 python3.11-venv)" >&2; exit 1
else
	@PYTHON="$(PYTHON)" "$(ANY_PYTHON)" .ci/bootstrap.py --extras "$(EXTRAS)" --constraints "$(CONSTRAINTS)"
endif

demo: environment  ## the research run on real prices, from data to report
	@$(BIN)/workbench demo

# The compiled kernels run once with the compiler off, the only way coverage sees their lines.
test: environment  ## the tests, with coverage; A='-k name' chooses
	@$(BIN)/coverage erase
	@NUMBA_DISABLE_JIT=1 $(BIN)/pytest -q -m kernel --cov --cov-report= --cov-fail-under=0 || [ $$? -eq 5 ]
	@$(BIN)/pytest -q -n 2 --cov --cov-append --cov-report=term $(A)
	@$(BIN)/coverage report --fail-under=100 --include='workbench/domain/*,workbench/registry/*,workbench/errors.py'

check: environment  ## format, lint, types, imports, docstrings, spelling, notebooks
	@$(BIN)/ruff format --check --quiet . || { echo "format: run $(BIN)/ruff format ." >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(OWN) 'workbench/*.py' | xargs $(BIN)/numpydoc lint
	@$(OWN) | xargs $(BIN)/typos --force-exclude
	@$(OWN) '*.ipynb' | xargs -r $(BIN)/nbstripout --verify

lab: environment  ## JupyterLab on the notebooks
	@$(BIN)/jupyter lab notebooks

app: environment  ## the dashboard, in the browser
	@$(BIN)/workbench app

bench: EXTRAS := $(EXTRAS),bench
bench: environment  ## the workloads against their peers; W=W4 runs one
	@$(BIN)/python -m benchmarks $(W)

repro-nhits: environment  ## trains the networks of W8, hours on two cores; goes on where it was stopped
	@$(BIN)/python -m benchmarks.repro_nhits

validate-fdr: environment  ## how often noise is taken for skill, half an hour; goes on where it was stopped
	@$(BIN)/python -m benchmarks.fdr

warm: environment  ## compile the kernels now, not at their first call
	@$(BIN)/workbench warm

clean:  ## remove the environment and everything built here; what you made stays in WORKBENCH_HOME
	@rm -rf .venv dist build htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
