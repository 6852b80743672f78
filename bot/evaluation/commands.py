"""One program of several commands, each a module with ``main(arguments)``, imported when it is named."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping


def run(package: str, commands: Mapping[str, tuple[str, str]]) -> None:
    """Runs the command named first on the command line; without one, exits with the list of them.

    ``commands``: by name, the module below ``package`` and what it does.
    """
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command not in commands:
        lines = [f"  {name:13} {what}" for name, (_, what) in commands.items()]
        sys.exit(f"usage: python -m {package} COMMAND …\n" + "\n".join(lines))
    module, _ = commands[command]
    importlib.import_module(f"{package}.{module}").main(sys.argv[2:])
