"""``python -m bot.privacy``: purge what is too old, export or erase what is held of one conversation."""

from __future__ import annotations

import argparse
import datetime as dt
import json

from bot import settings
from bot.privacy import retention


def main(arguments: list[str] | None = None) -> None:
    """Runs the subcommand given as the first argument."""
    parser = argparse.ArgumentParser(prog="python -m bot.privacy")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("purge", help="remove what has reached its age (retention.yml)")
    for name, what in (("export", "print as JSON what is held"), ("erase", "remove what is held")):
        commands.add_parser(name, help=f"{what} of a conversation").add_argument("conversation")
    options = parser.parse_args(arguments)
    settings.apply()
    if options.command == "purge":
        for kind, rows in retention.purge(settings.get, dt.datetime.now(dt.UTC)).items():
            print(f"{kind}: {rows} removed")
    elif options.command == "export":
        held = retention.export(settings.get, options.conversation)
        print(json.dumps(held, ensure_ascii=False, indent=2))
    else:
        for kind, rows in retention.erase(settings.get, options.conversation).items():
            print(f"{kind}: {rows} removed")


if __name__ == "__main__":
    main()
