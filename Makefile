# Everything a fresh machine needs is git, make and Python 3.11 or newer: each target installs what it uses into .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WORKERS ?= auto

.PHONY: demo test soak check format bench bench-load pictures clean

demo: $(STAMP)  ## the console on a fresh simulated world; piped, the same as text
	@$(BIN)/strideiq demo

test: $(STAMP)  ## every test
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

# The long figures: storms of kills, races, cuts of the log, examples of the state machine and their steps, keys, migrations.
SOAK := STRIDEIQ_STORMS=75 STRIDEIQ_RACES=2000 STRIDEIQ_CUTS=5000 STRIDEIQ_MACHINES=5000 STRIDEIQ_MACHINE_STEPS=60 \
	STRIDEIQ_KEYS=1000000

soak: $(STAMP)  ## the long figures of the reliability tests; hours on a small machine, seeds are printed
	$(SOAK) $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --timeout 21600 -m "crash or soak or machine"

check: $(STAMP)  ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP)  ## measures start-up as ratios to a bare interpreter, and the first frame to a minimal Textual app
	$(BIN)/python benchmarks/start.py

bench-load: $(STAMP)  ## how long keys wait while 500 news a second come in, against a minimal Textual app in the same run
	$(BIN)/python benchmarks/load.py

pictures: $(STAMP)  ## the screens of the README, from worlds that stand still: the same bytes every time
	$(BIN)/python -m tools.pictures

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache dist build

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("StrideIQ Console needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,postgres,redis]'
	@touch $@
