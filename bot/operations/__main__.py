"""``python -m bot.operations backup FOLDER`` and ``… restore FOLDER``: every database, by its settings."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot import settings
from bot.operations import backup


def main(arguments: list[str] | None = None) -> None:
    """Copies or puts back, and names the files."""
    parser = argparse.ArgumentParser(prog="python -m bot.operations")
    parser.add_argument("command", choices=["backup", "restore"])
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    settings.apply()
    work = backup.back_up if options.command == "backup" else backup.restore
    try:
        files = work(options.folder, backup.databases())
    except backup.NotPossible as error:
        sys.exit(f"✗ {error}")
    for file in files:
        print(f"• {file}")


if __name__ == "__main__":
    main()
