# Each target works as the first command after a clone: it makes .venv and installs what it needs.
PYTHON ?= python3
BIN := .venv/bin
IMAGE ?=
QUESTION ?=

.DEFAULT_GOAL := help
.PHONY: help demo test lint types format record bench microbench fidelity faults paid reading live studio screenshots notebooks parity guard fuzz docs docs-serve

help: ## Say what each target does
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: .venv/demo ## Read a picture and search the web (IMAGE=path QUESTION="..." for your own)
	@$(BIN)/python cookbook/quickstart.py $(if $(IMAGE),--image "$(IMAGE)") $(if $(QUESTION),--question "$(QUESTION)")

test: .venv/dev ## Run lint, types, import contracts, tests and coverage
	@$(MAKE) --no-print-directory lint types
	@echo "== tests"
	@$(BIN)/coverage run -m pytest
	@$(BIN)/coverage report

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

format: .venv/dev ## Rewrite the code in the project's format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

record: .venv/dev ## Record the cassettes anew: the emulator, or 302.AI with AI302_API_KEY
	@rm -rf tests/langchain_adapter/cassettes/test_*
	@$(BIN)/python -m pytest tests/langchain_adapter/test_recorded.py --record-mode=rewrite
	@$(BIN)/python -m pytest tests/langchain_adapter/test_standard_integration.py \
		-k "TestByFunctionCalling and stream_time" --record-mode=rewrite \
		-W ignore::pytest_benchmark.logger.PytestBenchmarkWarning

bench: .venv/dev ## Measure speed beside rivals (long); writes docs/performance.md
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group bench
	@$(BIN)/python -m benchmarks.speed

microbench: .venv/dev ## Measure the steps that every call and every token passes, each alone
	@$(BIN)/python -m pytest benchmarks/micro --benchmark-only --benchmark-columns=min,median,iqr,rounds

fidelity: .venv/dev ## Put a hostile gateway to both adapters and their rivals; writes docs/fidelity.md
	@$(BIN)/python -m benchmarks.fidelity

faults: .venv/dev ## Run every fault on rivals too; writes docs/faults.md
	@$(BIN)/python -m tests.faults

paid: .venv/dev .venv/rivals ## Count what each fault of a paid job costs; writes docs/paid-jobs.md
	@$(BIN)/python -m benchmarks.paid_jobs --rival-python .venv/rivals/bin/python

reading: .venv/dev ## Measure the reading of many pictures beside rivals, and on Ray; writes docs/reading.md
	@$(BIN)/python -m benchmarks.reading

live: .venv/dev ## Ask 302.AI what its documents leave open (needs AI302_API_KEY, AI302_SPENDING_LIMIT)
	@$(BIN)/python -m benchmarks.live

studio: .venv/studio ## Open a page to chat and draw on: 302.AI with AI302_API_KEY, else the emulator
	@$(BIN)/python cookbook/studio.py

screenshots: .venv/dev ## Take the pictures of that page in docs/pictures
	@$(BIN)/python -m tests.browser.screenshots

notebooks: .venv/dev ## Execute the notebooks of the cookbook, and keep what they say now
	@$(BIN)/python -m tests.notebooks

parity: .venv/dev ## Write docs/parity.md: what each adapter has, derived from the code
	@$(BIN)/python -m tests.parity_table

guard: .venv/dev ## Write docs/security.md: each attack, its defence and its tests
	@$(BIN)/python -m tests.guard

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

.venv/demo: pyproject.toml | .venv/bin/pip
	@echo "== installing ai302 with LangChain and the emulator (a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[langchain,emulator]" "langchain>=1.4,<2"
	@touch $@

.venv/dev: pyproject.toml | .venv/bin/pip
	@echo "== installing ai302 and the tools of its tests (a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[all,ray,studio]" --group dev
	@sh tests/browser/chromium.sh $(BIN)/python
	@touch $@ .venv/demo .venv/studio

.venv/studio: pyproject.toml | .venv/bin/pip
	@echo "== installing ai302 and Gradio (a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[studio]"
	@touch $@

# atheris has wheels for some versions of Python only; without it `tests.fuzz` says so.
.venv/fuzz: pyproject.toml | .venv/bin/pip
	@$(PYTHON) -m venv .venv/fuzz
	@.venv/fuzz/bin/python -m pip install --quiet --disable-pip-version-check -e . atheris \
		|| rm -f .venv/fuzz/bin/python
	@touch $@

.venv/rivals: | .venv/bin/pip
	@echo "== installing the rival of the benchmark into its own environment"
	@$(PYTHON) -m venv .venv/rivals
	@.venv/rivals/bin/python -m pip install --quiet --disable-pip-version-check langchain-openai
	@touch $@
