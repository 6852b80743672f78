"""``python -m tests.benchmarks COMMAND``: one command a benchmark."""

from __future__ import annotations

import importlib
import sys

# Each with its module.
COMMANDS = {
    "load": ("load", "dialogues replayed at several concurrencies, beside a stock Rasa"),
    "turn": ("turn", "where the time of a turn goes, sampled in a server under load"),
    "compare": ("compare", "other pipelines trained and measured on the same data"),
}


def main() -> None:
    """Runs the command named first; the others say what there is."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command not in COMMANDS:
        lines = [f"  {name:9} {what}" for name, (_, what) in COMMANDS.items()]
        sys.exit("usage: python -m tests.benchmarks COMMAND …\n" + "\n".join(lines))
    module, _ = COMMANDS[command]
    importlib.import_module(f"tests.benchmarks.{module}").main(sys.argv[2:])


if __name__ == "__main__":
    main()
