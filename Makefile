# Each target works as the first command after a clone: it makes .venv and installs what it needs.
PYTHON ?= python3
BIN := .venv/bin
IMAGE ?=
QUESTION ?=
DIR ?=
MAX_COST ?=
FOLDERS := core_302 langchain_302 llama_index_302 emulator_302 mcp_302
NAMES := core-302 langchain-302 llama-index-302 emulator-302 mcp-302
# Each is installed from its folder: the root has no package (docs/decisions/0019-four-distributions.md).
WITH_OCR := -e "./core_302[ocr]" -e "./langchain_302[ocr]" -e "./llama_index_302[ocr]" -e "./emulator_302[ocr]"
EVERYTHING := -e "./core_302[ray]" -e "./langchain_302[ray]" -e "./llama_index_302[ray]" -e "./emulator_302[ocr]"
# The SDK of MCP has an environment of its own: docs/decisions/0033-an-mcp-server.md.
WITH_MCP := -e ./core_302 -e "./emulator_302[ocr]" -e ./mcp_302
MCP := .venv/mcp/bin
PROJECTS := pyproject.toml $(FOLDERS:%=%/pyproject.toml)
# Whose versions `make lowest` and `make newest` tell.
TOLD := "^(httpx|pydantic|(langchain|llama-index)-core|mcp|pillow|starlette|uvicorn|rapidocr) "

# What a machine has set for other runs of pytest is not for these.
unexport PYTEST_ADDOPTS

.DEFAULT_GOAL := help
.PHONY: help demo test apart lint types types-all format record bench soak microbench fidelity recordings faults paid \
	reading mcp storage sdks mcp-clients frameworks lowest newest dist install-matrix lock locked audit licences live differences studio \
	screenshots notebooks options parity guard mutants fuzz docs docs-serve all-tests

help: ## Say what each target does
	@grep -E '^[a-z -]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: .venv/demo ## Read an image and search the web (IMAGE=path QUESTION="..." for your own)
	@$(BIN)/python cookbook/quickstart.py $(if $(IMAGE),--image "$(IMAGE)") $(if $(QUESTION),--question "$(QUESTION)")

test: .venv/dev ## Run lint, types, import contracts, tests and coverage
	@$(MAKE) --no-print-directory --jobs=3 lint types all-tests

all-tests: .venv/dev
	@echo "== tests"
	@$(BIN)/python -m tests.run

apart: .venv/dev mcp storage ## Run what `make test` leaves out: the MCP server, buckets, the documentation site, Ray, long notebooks
	@echo "== the site, Ray"
	@$(BIN)/python -m pytest -m apart tests

lint: .venv/dev ## Check style and import contracts
	@echo "== style"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "== import contracts"
	@$(BIN)/lint-imports --no-cache

types: .venv/dev ## Check types
	@echo "== types"
	@$(BIN)/mypy
	@MYPYPATH=cookbook $(BIN)/mypy -m studio -p studio_page

types-all: .venv/dev ## Check types as each Python that is supported sees them
	@for version in 3.10 3.11 3.12 3.13 3.14; do \
		echo "== types, Python $$version"; $(BIN)/mypy --python-version $$version || exit 1; done

format: .venv/dev ## Rewrite the code in the project's format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

record: .venv/dev ## Record the cassettes anew: the emulator, or 302.AI with AI302_API_KEY
	@rm -rf tests/langchain_302/cassettes/test_*
	@$(BIN)/python -m pytest tests/langchain_302/test_recorded.py --record-mode=rewrite
	@$(BIN)/python -m pytest tests/langchain_302/test_standard_integration.py \
		-k "TestByFunctionCalling and stream_time" --record-mode=rewrite \
		-W ignore::pytest_benchmark.logger.PytestBenchmarkWarning

bench: .venv/dev ## Measure speed beside rivals (long); writes docs/evidence/performance.md
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group bench
	@$(BIN)/python -m benchmarks.speed

soak: .venv/dev ## Run mixed load on a failing server for SOAK_MINUTES (30); writes docs/evidence/soak.md
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group bench
	@$(BIN)/python -m benchmarks.soak

microbench: .venv/dev ## Measure the steps that every call and every token passes, each alone
	@$(BIN)/python -m pytest benchmarks/micro --benchmark-only --benchmark-columns=min,median,iqr,rounds

fidelity: .venv/dev ## Put a hostile gateway to both adapters and their rivals; writes docs/evidence/fidelity.md
	@$(BIN)/python -m benchmarks.fidelity

# Without DIR it only says what to bring: no rival need be installed for that.
recordings: .venv/dev $(if $(DIR),.venv/rivals-recordings) ## Replay the recordings of others (DIR=folder of repositories); writes docs/evidence/recordings.md
	@$(BIN)/python -m benchmarks.recordings --rival-python .venv/rivals-recordings/bin/python $(if $(DIR),"$(DIR)")

faults: .venv/dev ## Run every fault on rivals too; writes docs/evidence/faults.md
	@$(BIN)/python -m tests.faults

paid: .venv/dev .venv/rivals ## Count what each fault of a paid job costs; writes docs/evidence/paid-jobs.md
	@$(BIN)/python -m benchmarks.paid_jobs --rival-python .venv/rivals/bin/python

reading: .venv/dev ## Measure the reading of many images beside rivals, and on Ray; writes docs/evidence/reading.md
	@$(BIN)/python -m benchmarks.reading

mcp: .venv/mcp ## Check types and tests of the MCP server, with the SDK, and measure their coverage
	@echo "== types"
	@$(MCP)/python -m mypy -p mcp_302
	@echo "== tests"
	@$(MCP)/python -m coverage erase --rcfile=tests/mcp_302/coverage.toml
	@$(MCP)/python -m coverage run --rcfile=tests/mcp_302/coverage.toml -m pytest tests/mcp_302
	@$(MCP)/python -m coverage combine --rcfile=tests/mcp_302/coverage.toml --quiet
	@$(MCP)/python -m coverage report --rcfile=tests/mcp_302/coverage.toml

storage: .venv/storage ## Read from a bucket of S3 on loopback, with its own library
	@echo "== storage"
	@.venv/storage/bin/python -m pytest tests/core_302/reading/test_s3.py

sdks: .venv/dev ## Ask the emulator with OpenAI's own libraries for Python and Node, each in a place of its own
	@$(BIN)/python -m benchmarks.sdks

mcp-clients: .venv/mcp .venv/mcp-clients ## Call the MCP server from agents of three frameworks; writes docs/evidence/mcp.md
	@$(MCP)/python -m benchmarks.mcp_clients

frameworks: .venv/dev .venv/release .venv/mcp ## Run nine other libraries on ours, each in its own environment; writes docs/evidence/frameworks.md
	@$(BIN)/python -m benchmarks.frameworks

lowest: RESOLUTION := lowest-direct
newest: RESOLUTION := highest
# Three environments: the SDK of MCP has its own, and what LangChain's tests ask of httpx is newer than what the core asks.
lowest newest: .venv/release ## Run the suites with the oldest (newest) versions that are allowed
	@set -e; $(call in_its_own,$@-core,-e "./core_302[ocr]" -e "./emulator_302[ocr]" --group test,\
		tests/core_302 tests/emulator_302 --ignore $(OF_BOTH))
	@set -e; $(call in_its_own,$@,$(WITH_OCR) --group test --group test-langchain \
		--group test-llama-index,\
		tests/langchain_302 tests/llama_index_302 $(OF_BOTH))
	@set -e; $(call in_its_own,$@-mcp,$(WITH_MCP) --group test,tests/mcp_302)

OF_BOTH := tests/core_302/test_lazy_imports.py
define in_its_own
echo "== .venv/$(1)"; \
$(BIN)/uv venv --quiet --clear --python $(PYTHON) .venv/$(1); \
$(BIN)/uv pip install --quiet --python .venv/$(1) --resolution $(RESOLUTION) $(2); \
$(BIN)/uv pip list --quiet --python .venv/$(1) | grep -iE $(TOLD); \
.venv/$(1)/bin/python -m pytest $(3)
endef

dist: .venv/release ## Build the wheels and the sdists of all five into ./dist, and check them
	@rm -rf dist
	@for folder in $(FOLDERS); do $(BIN)/python -m build --installer uv --outdir dist $$folder || exit 1; done
	@$(BIN)/twine check --strict dist/*

install-matrix: dist ## Install what would be published in clean environments; writes docs/evidence/install-matrix.md
	@$(BIN)/python -m release.matrix

lock: .venv/release ## Write requirements-dev.lock anew: today's versions of everything, with digests
	@printf '%s\n' $(EVERYTHING:-e=) ./mcp_302 | $(BIN)/uv pip compile --quiet --universal --upgrade \
		--python-version 3.10 --no-emit-index-url --no-annotate --generate-hashes \
		--custom-compile-command "make lock" $(NAMES:%=--no-emit-package %) \
		--group dev --output-file requirements-dev.lock -
	@grep -c == requirements-dev.lock

locked: .venv/release ## Run the tests with the versions of requirements-dev.lock, from nothing
	@$(BIN)/uv venv --quiet --clear --python $(PYTHON) .venv/locked
	@$(BIN)/uv pip install --quiet --python .venv/locked --require-hashes -r requirements-dev.lock
	@$(BIN)/uv pip install --quiet --python .venv/locked --no-deps $(FOLDERS:%=-e ./%)
	@.venv/locked/bin/python -m pytest

audit: .venv/release ## Look up known holes of the locked versions (asks a service outside)
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements-dev.lock

licences: .venv/dev .venv/mcp ## Write docs/evidence/licences.md: the licence of everything that a user installs with us
	@$(BIN)/python -m release.licences \
		"$$($(MCP)/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")"

live: .venv/dev ## Ask 302.AI what its documents leave open (AI302_API_KEY, MAX_COST=PTC); without a key, say what it would ask
	@$(BIN)/python -m benchmarks.live $(if $(MAX_COST),--max-cost $(MAX_COST)) \
		--cassette $(or $(CASSETTE),live.json)

differences: .venv/dev ## Send the requests of a recording (CASSETTE=live.json) to the emulator, and say where it departs
	@$(BIN)/python -m benchmarks.live.differences $(or $(CASSETTE),live.json)

studio: .venv/studio ## Open a page to chat and draw on: 302.AI with AI302_API_KEY, else the emulator
	@$(BIN)/python cookbook/studio.py

screenshots: .venv/dev ## Take the images of that page in docs/images
	@$(BIN)/python -m tests.browser.screenshots

notebooks: .venv/dev ## Execute the notebooks of the cookbook, and keep what they say now
	@$(BIN)/python -m tests.cookbook.notebooks

options: .venv/dev ## Write the tables of docs (options, emulator, image and video models) from the declarations
	@$(BIN)/python -m tests.docs.options_table
	@$(BIN)/python -m tests.docs.fields_table
	@$(BIN)/python -m tests.docs.image_models
	@$(BIN)/python -m tests.docs.video_models

parity: .venv/dev ## Write docs/parity.md: what each adapter has, derived from the code
	@$(BIN)/python -m tests.docs.parity_table

guard: .venv/dev ## Write docs/security.md: each attack, its defence and its tests
	@$(BIN)/python -m tests.guard

mutants: .venv/dev ## Make each fault of tests/mutants (FAULT=words) in a copy, and say what test finds it
	@$(BIN)/python -m tests.mutants "$(FAULT)"

fuzz: .venv/dev .venv/fuzz ## Fuzz the readers of replies (FUZZ_SECONDS=300), led by coverage where atheris runs
	@$$( [ -x .venv/fuzz/bin/python ] && echo .venv/fuzz || echo .venv )/bin/python -m tests.fuzz

docs: .venv/dev ## Build the documentation site into ./site
	@$(BIN)/mkdocs build --strict --quiet
	@echo "site/index.html"

docs-serve: .venv/dev ## Show the documentation site at http://127.0.0.1:8000, anew after each change
	@$(BIN)/mkdocs serve --dev-addr 127.0.0.1:8000

.venv/bin/pip:
	@echo "== making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"

.venv/demo: $(PROJECTS) | .venv/bin/pip
	@echo "== installing langchain-302 and emulator-302 (a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		-e ./core_302 -e ./langchain_302 -e "./emulator_302[ocr]" "langchain>=1.4,<2"
	@touch $@

.venv/dev: $(PROJECTS) | .venv/bin/pip
	@echo "== installing the four packages and the tools of their tests (a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(EVERYTHING) --group dev
	@sh tests/browser/chromium.sh $(BIN)/python
	@touch $@ .venv/demo .venv/studio

.venv/studio: $(PROJECTS) | .venv/bin/pip
	@echo "== installing langchain-302, emulator-302 and Gradio (a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		-e ./core_302 -e ./langchain_302 -e "./emulator_302[ocr]" --group studio
	@touch $@

.venv/mcp: $(PROJECTS)
	@echo "== installing mcp-302, emulator-302 and the SDK of MCP into their own environment"
	@$(PYTHON) -m venv .venv/mcp
	@$(MCP)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(MCP)/python -m pip install --quiet --disable-pip-version-check $(WITH_MCP) --group test \
		--group notebooks pillow "mypy>=1.13" packaging
	@touch $@

.venv/storage: $(PROJECTS)
	@echo "== installing s3fs into an environment of its own"
	@$(PYTHON) -m venv .venv/storage
	@.venv/storage/bin/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@.venv/storage/bin/python -m pip install --quiet --disable-pip-version-check \
		-e "./core_302[ocr]" -e ./emulator_302 --group test --group storage
	@touch $@

# CrewAI requires mcp<2, the others do not: each is in an environment of its own.
.venv/mcp-clients: $(PROJECTS)
	@echo "== installing three frameworks into environments of their own (some minutes)"
	@mkdir -p .venv/mcp-clients
	@set -e; for framework in crewai:"crewai-tools[mcp]" openai-agents pydantic-ai-slim:"pydantic-ai-slim[openai,mcp]"; do \
		name=$${framework%%:*}; $(PYTHON) -m venv .venv/mcp-clients/$$name; \
		.venv/mcp-clients/$$name/bin/python -m pip install --quiet --disable-pip-version-check \
			$$name "$${framework#*:}"; done
	@touch $@

.venv/release: pyproject.toml | .venv/bin/pip
	@echo "== installing the tools of a release"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group release
	@touch $@

# atheris has wheels for some versions of Python only; without it `tests.fuzz` says so.
.venv/fuzz: $(PROJECTS) | .venv/bin/pip
	@$(PYTHON) -m venv .venv/fuzz
	@.venv/fuzz/bin/python -m pip install --quiet --disable-pip-version-check -e ./core_302 atheris \
		|| rm -f .venv/fuzz/bin/python
	@touch $@

.venv/rivals: | .venv/bin/pip
	@echo "== installing the rival of the benchmark into its own environment"
	@$(PYTHON) -m venv .venv/rivals
	@.venv/rivals/bin/python -m pip install --quiet --disable-pip-version-check langchain-openai
	@touch $@

.venv/rivals-recordings: | .venv/bin/pip
	@echo "== installing the rivals that read recordings into an environment of their own"
	@$(PYTHON) -m venv .venv/rivals-recordings
	@.venv/rivals-recordings/bin/python -m pip install --quiet --disable-pip-version-check \
		langchain-openai llama-index-llms-openai-like
	@touch $@
