# make run     everything the assistant needs, then the assistant
# make test    everything its tests need, then the tests
# make test-on DAY=2027-01-01    the tests that depend on the day, on that day; today where none is given
PYTHON := .venv/bin/python
# As bot/install.py looks for it.
UV = $$(command -v uv || echo .tools/uv)
export PYTHONPATH := .
# How many tests run at once; each worker starts an assistant of its own (1 GB).
WORKERS ?= 2
# The tests whose outcome may depend on the day. TESTS=tests runs all on that day.
TESTS := tests/test_fees.py tests/test_new_year.py tests/test_regimes.py tests/test_parameters.py \
	tests/test_inspection.py tests/test_time_limits.py tests/test_dates.py tests/test_facts.py tests/test_eligibility.py \
	tests/test_remedies.py tests/test_guides.py tests/test_sources.py tests/test_sentences.py \
	tests/test_decision_sentences.py tests/test_scenarios.py tests/test_conversations.py tests/test_dialogues.py \
	tests/desk/test_hours.py tests/desk/test_handovers.py tests/desk/test_keeping.py tests/privacy/test_retention.py \
	tests/takeaway/test_letters.py tests/takeaway/test_pages.py tests/takeaway/test_files.py tests/takeaway/test_conversation.py

.PHONY: run test test-on train lint freshness sheets coverage evaluate compare load faults masking leaks fuzz channels sbom advisories environment help

help:
	@sed -n 's/^# make/make/p' Makefile

environment:
	@command -v python3 >/dev/null || { echo "✗ Python 3 is missing. Install it (for example: apt install python3), then run again."; exit 1; }
	@python3 bot/install.py

run: environment
	@$(PYTHON) -m bot

train: environment
	@$(PYTHON) -m bot train

lint: environment
	@echo "• Checking style and types"
	@.venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/mypy --no-error-summary
	@.venv/bin/hadolint deploy/Dockerfile

test: lint train
	@$(PYTHON) -m pytest $(PARALLEL) --cov --cov-report=term:skip-covered

# Every test of a file on one worker, in the order of tests/conftest.py.
PARALLEL = -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test-on: DAY ?= $(shell date +%F)
test-on: train
	@TEST_DAY=$(DAY) $(PYTHON) -m pytest --no-cov -p no:cacheprovider -q $(PARALLEL) $(TESTS)

freshness: environment
	@$(PYTHON) -m bot.evaluation freshness

# make sheets FROM=vosdroits.zip    the cited sheets that changed in that copy; ARGS=--record keeps their text
sheets: environment
	@$(PYTHON) -m bot.evaluation sheets $(FROM) $(ARGS)

coverage: environment
	@$(PYTHON) -m bot.evaluation coverage

evaluate: environment
	@$(PYTHON) -m bot.evaluation topics tests/nlu/*.jsonl

channels: environment
	@$(PYTHON) -m bot.channels

# Beside stock Rasa, which has an environment of its own.
compare load: environment
	@python3 tests/benchmarks/stock/install.py
	@$(PYTHON) -m tests.benchmarks $@

faults masking leaks fuzz: environment
	@$(PYTHON) -m tests.system $@

# make advisories    the known faults of what is locked, asked of OSV; fails where there is one
advisories: environment
	@$(UV) audit --frozen --preview-features audit-command || { status=$$?; \
		[ $$status = 1 ] || echo "✗ OSV could not be asked: see the message above. docs/advisories.md says what was known."; \
		exit $$status; }

sbom: environment
	@$(UV) export --quiet --frozen --no-dev --format cyclonedx1.5 --output-file sbom.cdx.json
