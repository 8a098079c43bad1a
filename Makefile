# Two commands do all the set-up on a fresh machine with Python 3.11-3.13 and make:
#   make demo    real conversations become a gym, agents act in it and are compared
#   make test    everything is tested
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do if $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then echo $$p; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
export JUPYTER_PLATFORM_DIRS ?= 1

help: ## what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; name one with: make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: settings.ini setup.py constraints.txt | $(BIN)/python
	@echo "installing (a minute or two, once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[gemini]'
	@touch $@

$(VENV)/.dev: settings.ini setup.py constraints.txt | $(BIN)/python
	@echo "installing with the development tools (some minutes, once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.run

demo: $(VENV)/.run ## logs become a gym, three agents act in it, a report is written
	$(BIN)/agent-gym demo

test: $(VENV)/.dev ## lint, types, notebooks in sync and run, tests (browser tests where a Chromium is found)
	bash tools/check.sh

test-slow: $(VENV)/.dev ## the tests marked slow, which `make test` leaves out
	$(BIN)/python -m pytest -q -n 2 -m slow --durations 8

test-connect: $(VENV)/.dev ## the trainers and protocols, each installed in an environment of its own (.connect)
	AGENT_GYM_CONNECT=$${AGENT_GYM_CONNECT:-$(CURDIR)/.connect} $(BIN)/python -m pytest -q tests/connect

coverage: $(VENV)/.dev ## which lines of the package the tests run
	COVERAGE_CORE=$$($(BIN)/python -c 'import sys; print("sysmon" if sys.version_info >= (3, 12) else "ctrace")') \
	  $(BIN)/python -m pytest -q -n 2 --dist loadfile --cov agent_gym --cov-report term:skip-covered

lab: $(VENV)/.dev ## JupyterLab on the notebooks
	$(BIN)/python -m jupyterlab --notebook-dir nbs

style: $(VENV)/.dev ## the house style, counted room by room
	$(BIN)/python tools/style.py

docs: $(VENV)/.dev ## the documentation site from the notebooks, offline, into _docs
	$(BIN)/python tools/docs.py

bench: $(VENV)/.dev ## timings, and fidelity where AGENT_GYM_BENCH names a folder of benchmarks
	bash tools/bench.sh

clean: ## remove what was made
	rm -rf $(VENV) .connect _docs _proc build dist *.egg-info out .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help demo test test-slow test-connect coverage style lab docs bench clean
