# Each target alone does all set-up from a clean clone. `make PYTHON=python3.12 test` chooses the interpreter.
PY := .venv/bin/python
CORE := .venv/.installed-core
DEV := .venv/.installed-dev
BENCH := .venv/.installed-bench
SETUP := setup.cfg pyproject.toml constraints.txt .ci/venv $(PY)
# Compiled once, beside the interpreter: the tree stays clean, and no process compiles what another has compiled.
COMPILED := PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX="$(CURDIR)/.venv/pycache"
# What Hypothesis has read of our modules: a second of each process that searches.
READ := HYPOTHESIS_STORAGE_DIRECTORY="$(CURDIR)/.venv/hypothesis"
PYTEST := $(COMPILED) $(READ) $(PY) -m pytest -q -p no:cacheprovider --hypothesis-profile=ci -n auto --maxprocesses=8 --dist=worksteal
export PYTHON

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help venv test test-all lowest newest check demo bench clean

help:  ## print this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{ printf "%-15s %s\n", $$1, $$2 }'

venv: $(DEV)  ## make .venv with the project and the developer tools

test: $(CORE)  ## run the tests that need the core only
	$(PYTEST)

test-all: $(CORE)  ## run all tests; prints NOT RUN where an extra is missing
	@for extra in browser bench ecosystems peers; do \
	    .ci/venv -e ".[$$extra]" || echo "extra $$extra: not installed; its tests are listed as NOT RUN"; \
	done
	$(PYTEST) --all-extras

# The same tests on versions at both ends. Extras are tried with scipy; xdist only runs them.
SMOKE := -m pytest -q -p no:cacheprovider --hypothesis-profile=ci -n auto --maxprocesses=8 --all-extras \
    tests/test_smoke.py tests/symbolic/test_balls.py tests/reports/test_html.py tests/reports/test_terminal.py

lowest:  ## run the smoke tests on the lower bounds of setup.cfg, in .venv-lowest
	@.ci/venv --lowest -e . pytest-xdist scipy
	.venv-lowest/bin/python $(SMOKE)

newest:  ## run the smoke tests on the newest of everything, in .venv-newest
	@.ci/venv --newest -e . pytest-xdist scipy
	.venv-newest/bin/python $(SMOKE)

check: $(DEV)  ## lint (ruff) and types (mypy)
	$(PY) -m ruff check .
	$(PY) -m mypy

demo: $(CORE)  ## verify and train the reference networks; writes out/verification.*
	$(PY) -m gradcheck.commands.demo

bench: $(BENCH)  ## compare speed and accuracy with peers, as ratios
	$(PY) -m benchmarks

clean:  ## remove the venvs, out, build, dist and all caches
	rm -rf .venv .venv-lowest .venv-newest out build dist .coverage .coverage.* htmlcov *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A link to an interpreter that is gone counts as missing: the stamps below are then made anew.
$(PY): ;

# A stamp is written last, so an interrupted installation is repeated.
$(CORE): $(SETUP)
	@.ci/venv -e . pytest-xdist
	@touch $@

$(DEV): $(SETUP) | $(CORE)
	@.ci/venv -e '.[dev]'
	@touch $@

$(BENCH): $(SETUP) | $(CORE)
	@.ci/venv -e '.[bench]'
	@touch $@
