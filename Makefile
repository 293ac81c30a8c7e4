# Two commands matter: `make run` (the demo on localhost) and `make test` (everything CI checks).
SHELL := /bin/bash
PY := .venv/bin/python
PYTEST := .venv/bin/pytest -q -n auto --dist worksteal
export ALIQUOT_PROFILE ?= demo
# Compiled modules are kept, whatever the machine's habit: compiling them costs each process seconds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check check-types check-house format setup setup-dev packages test-sqlite test-postgres test-browser \
        looks screenshots bench experiments fuzz-api mutants lighthouse lock clean

run: setup
	@.venv/bin/aliquot demo && exec .venv/bin/aliquot serve

test: setup-dev packages check test-sqlite test-postgres test-browser

check: setup-dev
	@$(MAKE) --no-print-directory --output-sync=target -j2 check-types check-house

check-types:
	.venv/bin/mypy

check-house:
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/djade --check --target-version 6.1 $$(git ls-files '*.html')
	.venv/bin/aliquot packs check
	.venv/bin/lint-imports
	$(PY) -m django makemigrations --check --dry-run --settings aliquot.settings
	$(PY) scripts/lint_migrations.py

format: setup-dev
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .
	.venv/bin/djade --target-version 6.1 $$(git ls-files '*.html')

test-sqlite: setup-dev
	$(PYTEST) --ignore tests/browser

test-postgres: setup-dev packages
	$(PY) -m tests.postgres $(PYTEST) --ignore tests/browser

fuzz-api: setup-dev
	ALIQUOT_FUZZ_EXAMPLES=200 .venv/bin/pytest -q -s -n0 tests/api/test_fuzz.py

test-browser: setup-dev packages
	$(PYTEST) tests/browser

# Every screen in every look; the suite sees each in half of them.
looks: setup-dev packages
	ALIQUOT_ALL_LOOKS=1 $(PYTEST) tests/browser/test_screens.py

setup:
	@scripts/setup.sh run

setup-dev:
	@scripts/setup.sh dev

packages:
	@scripts/packages.sh postgresql pgbouncer --better chromium-headless-shell fonts-liberation
	@scripts/packages.sh chromium

screenshots: setup-dev packages
	$(PY) -m tests.browser.screenshots

# With what the product needs alone, unless more is installed already: so the memory is an operator's.
bench: setup
	@echo "== bench.serving"; nice $(PY) -m bench.serving --learners $${LEARNERS:-1000}
	@for file in bench/*.py; do echo "== $$file"; $(PY) -m bench.$$(basename $$file .py); done

# Minutes each; every one kills, doubles or cuts something off, beside a control that must fail.
experiments: setup-dev packages
	$(PY) -m experiments.kill_server --database sqlite --kills $${KILLS:-200}
	$(PY) -m experiments.kill_server --database postgresql --kills $${KILLS:-200}
	$(PY) -m experiments.kill_postgresql --kills $${KILLS:-50}
	$(PY) -m experiments.duplicates --database sqlite --rounds $${ROUNDS:-200}
	$(PY) -m experiments.duplicates --database postgresql --rounds $${ROUNDS:-200}
	$(PY) -m experiments.crash_before_answer --database sqlite
	$(PY) -m experiments.crash_before_answer --database postgresql
	$(PY) -m experiments.mail_server --database postgresql

mutants: setup-dev
	.venv/bin/mutmut run
	@$(PY) -m scripts.mutants

lighthouse: setup-dev
	$(PY) scripts/lighthouse.py

lock: setup-dev
	@scripts/lock.sh

clean:
	rm -rf .venv .tools mutants .mypy_cache .ruff_cache .pytest_cache
