# make run     everything the assistant needs, then the assistant
# make test    everything its tests need, then the tests
PYTHON := .venv/bin/python
export PYTHONPATH := .

.PHONY: run test train lint freshness sheets coverage evaluate compare load faults masking leaks fuzz channels sbom environment help

help:
	@sed -n 's/^# make/make/p' Makefile

environment:
	@command -v python3 >/dev/null || { echo "✗ Python 3 is missing. Install it (for example: apt install python3), then run again."; exit 1; }
	@python3 bot/install.py

run: environment
	@$(PYTHON) -W ignore -m bot

train: environment
	@$(PYTHON) -W ignore -m bot train

lint: environment
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/hadolint deploy/Dockerfile

test: lint train
	@$(PYTHON) -m pytest --cov --cov-report=term:skip-covered

freshness: environment
	@$(PYTHON) -W ignore -m bot.evaluation freshness

# make sheets FROM=vosdroits.zip    the cited sheets that changed in that copy; ARGS=--record keeps their text
sheets: environment
	@$(PYTHON) -W ignore -m bot.evaluation sheets $(FROM) $(ARGS)

coverage: environment
	@$(PYTHON) -W ignore -m bot.evaluation coverage

evaluate: environment
	@$(PYTHON) -W ignore -m bot.evaluation topics tests/nlu/*.jsonl

channels: environment
	@$(PYTHON) -W ignore -m bot.channels

compare load faults masking leaks fuzz: environment
	@$(PYTHON) -W ignore -m bot.evaluation $@

sbom: environment
	@.tools/uv export --quiet --frozen --no-dev --format cyclonedx1.5 --output-file sbom.cdx.json
