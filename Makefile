PYTHON ?= python3
BIN := .venv/bin
# Installed once for each state of the files that say what to install.
READY := .venv/.ready

.PHONY: demo test lint verify-long bench bench-batch screenshots clean

demo: $(READY)
	$(BIN)/python demo.py

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/coverage run -m pytest -q -n auto
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# Every right solution and every mistake at so many seeds: hours on two cores.
SEEDS ?= 10000

verify-long: $(READY)
	$(BIN)/grader author verify --seeds $(SEEDS)

bench: $(READY)
	$(BIN)/python benchmarks/single.py
	$(BIN)/python benchmarks/practice.py

bench-batch: $(READY)
	$(BIN)/python benchmarks/batch.py

screenshots: $(READY)
	$(BIN)/python docs/screenshots.py

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
		--editable ".[web,cluster]" coverage hypothesis import-linter mypy pytest-xdist ruff hatchling build
	touch $@

clean:
	rm -rf .venv dist build .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis
