"""``python -m tests.benchmarks COMMAND``: one command a benchmark."""

from __future__ import annotations

from bot.evaluation.commands import run

# Each with its module.
COMMANDS = {
    "load": ("load", "dialogues replayed at several concurrencies, beside a stock Rasa"),
    "turn": ("turn", "where the time of a turn goes, sampled in a server under load"),
    "compare": ("compare", "other pipelines trained and measured on the same data"),
}

if __name__ == "__main__":
    run("tests.benchmarks", COMMANDS)
