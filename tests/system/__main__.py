"""``python -m tests.system COMMAND``: one command a trial of the running system."""

from __future__ import annotations

import importlib
import sys

# Each with its module.
COMMANDS = {
    "channels": ("channels", "the same conversations through every channel"),
    "faults": ("faults", "parts are killed, cut off or filled up while people talk; counts what is lost"),
    "masking": (
        "privacy.masking",
        "how much personal data of a written set is masked, and what by mistake",
    ),
    "leaks": ("privacy.leaks", "personal data is sent in, then looked for wherever anything is kept"),
    "fuzz": ("attacks.fuzz", "random and hostile inputs for every entry; counts errors and crashes"),
    "desk": ("attacks.desk", "random and hostile requests against the mediators' desk"),
}


def main() -> None:
    """Runs the command named first; the others say what there is."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command not in COMMANDS:
        lines = [f"  {name:9} {what}" for name, (_, what) in COMMANDS.items()]
        sys.exit("usage: python -m tests.system COMMAND …\n" + "\n".join(lines))
    module, _ = COMMANDS[command]
    importlib.import_module(f"tests.system.{module}").main(sys.argv[2:])


if __name__ == "__main__":
    main()
