# The two commands a fresh machine needs: `make try` and `make test`. Everything they install stays in this folder,
# but for the Debian packages that `make test` asks for.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)

.DEFAULT_GOAL := help
.PHONY: arena beside help try up test system dev format lint types bench lock page clean

help:
	@echo "make try     the main job on a sample folder: plan, result, how to undo (no key, no model, about a minute)"
	@echo "make up      the page and the gateway, on this machine only (Ctrl-C ends it)"
	@echo "make test    install what the tests need, and pass them"
	@echo "make lint types format bench page clean"

.uv/bin/uv:
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv .uv/env >/dev/null 2>&1 || \
	  { echo "This Python has neither pip nor venv. Install uv, or python3-venv, and run it again."; exit 2; }
	@if [ -x .uv/env/bin/python ]; then .uv/env/bin/python -m pip install -q --target .uv uv; \
	  else $(PYTHON) -m pip install -q --target .uv uv; fi

$(BIN)/python: | $(if $(findstring .uv/,$(UV)),.uv/bin/uv)
	@$(UV) venv -q --python $(PYTHON) $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing (once) ..."
	@$(UV) pip install -q --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock
	@$(UV) pip install -q --python $(BIN)/python --no-deps -e .
	@$(BIN)/python -m compileall -q src/confrere
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@$(UV) pip install -q --python $(BIN)/python --compile-bytecode --require-hashes -r requirements-dev.lock
	@touch $@

try: $(VENV)/.run
	@sh samples/try.sh

PAGE := src/confrere/gateway/page/dist/index.html
$(PAGE): | $(VENV)/.dev
	@echo "Building the page (once) ..."
	@$(BIN)/python hatch_build.py

up: $(PAGE)
	@$(BIN)/confrere up

dev: $(VENV)/.dev

system:
	@sh tests/system.sh

test: $(VENV)/.dev system
	@$(BIN)/pytest -n 2 --dist worksteal

lint: dev
	@$(BIN)/ruff check && $(BIN)/ruff format --check -q

format: dev
	@$(BIN)/ruff check --fix -q; $(BIN)/ruff format -q

types: dev
	@$(BIN)/mypy

bench: dev
	@$(BIN)/python -m bench

page: dev
	@$(BIN)/python hatch_build.py

lock: dev
	@$(UV) pip compile -q --python $(BIN)/python --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	@$(UV) pip compile -q --python $(BIN)/python --generate-hashes --no-emit-index-url --no-header --group dev pyproject.toml -o requirements-dev.lock

clean:
	@rm -rf $(VENV) .uv try build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# The policy under AgentDojo's attacks, with the correct calls of its tasks instead of a model; its package keeps to an environment of its own.
.venv/arena/bin/python: | $(BIN)/python $(if $(findstring .uv/,$(UV)),.uv/bin/uv)
	@$(UV) venv -q --python $(PYTHON) .venv/arena
	@$(UV) pip install -q --python $@ agentdojo==0.1.35 msgspec==0.22.0 pyyaml==6.0.3

arena: .venv/arena/bin/python
	@PYTHONPATH=src .venv/arena/bin/python bench/agentdojo_arena.py --quick

# Beside markitdown on the same files: seconds a file, and how faithful the tables are. It keeps to an environment of its own too.
.venv/markitdown/bin/markitdown: | $(BIN)/python $(if $(findstring .uv/,$(UV)),.uv/bin/uv)
	@$(UV) venv -q --python $(PYTHON) .venv/markitdown
	@$(UV) pip install -q --python .venv/markitdown/bin/python "markitdown[pdf,docx,xlsx,pptx]==0.1.8"

beside: dev .venv/markitdown/bin/markitdown
	@$(BIN)/python -m bench.documents.beside
