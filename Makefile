# Every command of the project. `make` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help install lab demo test test-slow check format coverage bench oracles browser pictures notebooks test-notebooks lite clean

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-15s %s\n", $$1, $$2}'

install: $(VENV)/test.stamp $(VENV)/dev.stamp  ## set up .venv with all that development needs

lab: $(VENV)/notebooks.stamp  ## open the lessons in JupyterLab, in copies of your own
	$(BIN)/python -m micrograd_nn learn

demo: $(VENV)/demo.stamp  ## train on moons and on digits, and draw what came out to out/
	$(BIN)/python -m micrograd_nn demo

test: $(VENV)/test.stamp  ## run the tests
	$(BIN)/python -m pytest

test-slow: $(VENV)/test.stamp  ## run the tests that take long
	$(BIN)/python -m pytest -m slow

check: $(VENV)/test.stamp $(VENV)/dev.stamp  ## lint, format and types; edits nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --diff .
	$(BIN)/mypy

format: $(VENV)/dev.stamp  ## format the code in place
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

coverage: $(VENV)/test.stamp  ## run the tests with line and branch coverage
	$(BIN)/python -m coverage run -m pytest
	$(BIN)/python -m coverage report

bench: $(VENV)/bench.stamp  ## measure speed, memory and the checker against peers
	$(BIN)/python benchmarks/engine_speed.py
	$(BIN)/python benchmarks/compiler_speed.py
	$(BIN)/python benchmarks/compiler_scaling.py
	$(BIN)/python benchmarks/gradcheck_quality.py
	$(BIN)/python benchmarks/drawing_speed.py
	$(BIN)/python benchmarks/curriculum.py

oracles: $(VENV)/test.stamp $(VENV)/oracles.stamp  ## add torch, jax and onnx for their tests

browser: $(VENV)/test.stamp $(VENV)/graphviz.stamp $(VENV)/browser.stamp  ## add what tests of pages need beside Chromium

pictures: $(VENV)/browser.stamp  ## make the pictures and the page of the README anew
	$(BIN)/python docs/pictures.py

notebooks: $(VENV)/test.stamp  ## execute the lessons, and list them in the README and docs/lessons.md
	$(BIN)/python notebooks/make.py
	$(BIN)/python docs/lessons.py

test-notebooks: $(VENV)/test.stamp  ## run the lessons in full: they print what they show
	$(BIN)/python -m pytest tests/test_notebooks.py -m slow

lite: $(VENV)/lite.stamp  ## build the lessons to out/lite, to run in a browser; PYODIDE=folder or address
	$(BIN)/python -m lite $(PYODIDE)

clean:  ## remove what the other commands made
	rm -rf $(VENV) out build dist htmlcov .coverage .hypothesis
	rm -rf .mypy_cache .pytest_cache .ruff_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "venv failed; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

# One stamp for each extra of pyproject.toml.
$(VENV)/%.stamp: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable '.[$*]'
	@touch $@
