"""``python -m bot.evaluation COMMAND``: one command a benchmark."""

from __future__ import annotations

import importlib
import sys

# Each with the folder of its module.
COMMANDS = {
    "topics": ("understanding", "the topic of each message of a file, and how often it is right"),
    "conversations": ("understanding", "whole conversations of a file, each turn judged by its reply"),
    "compare": ("understanding", "other pipelines trained and measured on the same data"),
    "figures": ("content", "writes the recorded figures into the pages that quote them"),
    "freshness": ("content", "every value and source by check date; fails on an expired one"),
    "sheets": ("content", "which cited Service-Public sheets changed, in a copy of the State's open data"),
    "coverage": ("content", "which answers state each fact of the list; a fact that none states is named"),
    "cities": ("content", "writes the cities that people name, from GeoNames"),
    "channels": ("messaging", "the same conversations through every channel"),
    "turn": ("speed", "where the time of a turn goes, sampled in a server under load"),
    "load": ("speed", "dialogues replayed at several concurrencies, beside a stock Rasa"),
    "faults": ("resilience", "parts are killed, cut off or filled up while people talk; counts what is lost"),
    "masking": ("privacy", "how much of the personal data of a written set is masked, and what by mistake"),
    "leaks": ("privacy", "personal data is sent in, then looked for in every place that keeps anything"),
    "fuzz": ("attacks", "random and hostile inputs for every entry; counts errors, time-outs and crashes"),
    "desk": ("attacks", "random and hostile requests against the mediators' desk"),
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
