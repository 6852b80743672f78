"""``python -m bot.evaluation COMMAND``: one command a measurement."""

from __future__ import annotations

from bot.evaluation.commands import run

# Each with its module.
COMMANDS = {
    "topics": ("understanding.topics", "the topic of each message of a file, and how often it is right"),
    "conversations": (
        "understanding.conversations",
        "whole conversations of a file, each turn judged by its reply",
    ),
    "figures": ("content.figures", "writes the recorded figures into the pages that quote them"),
    "freshness": ("content.freshness", "every value and source by check date; fails on an expired one"),
    "sheets": (
        "content.sheets",
        "which cited Service-Public sheets changed, in a copy of the State's open data",
    ),
    "coverage": (
        "content.coverage",
        "which answers state each fact of the list; a fact that none states is named",
    ),
}

if __name__ == "__main__":
    run("bot.evaluation", COMMANDS)
