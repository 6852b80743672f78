"""``python -m bot.evaluation COMMAND``: one command a measurement."""

from __future__ import annotations

import importlib
import sys

# Each with the folder of its module.
COMMANDS = {
    "topics": ("understanding", "the topic of each message of a file, and how often it is right"),
    "conversations": ("understanding", "whole conversations of a file, each turn judged by its reply"),
    "figures": ("content", "writes the recorded figures into the pages that quote them"),
    "freshness": ("content", "every value and source by check date; fails on an expired one"),
    "sheets": ("content", "which cited Service-Public sheets changed, in a copy of the State's open data"),
    "coverage": ("content", "which answers state each fact of the list; a fact that none states is named"),
}


def main() -> None:
    """Runs the command named first; the others say what there is."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command not in COMMANDS:
        lines = [f"  {name:13} {what}" for name, (_, what) in COMMANDS.items()]
        sys.exit("usage: python -m bot.evaluation COMMAND …\n" + "\n".join(lines))
    folder, _ = COMMANDS[command]
    importlib.import_module(f"bot.evaluation.{folder}.{command}").main(sys.argv[2:])


if __name__ == "__main__":
    main()
