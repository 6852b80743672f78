"""Prints which messaging channels are on, what is missing, the address to register, counts and failures."""

from __future__ import annotations

import argparse
import datetime as dt
import os
from collections.abc import Mapping

from bot import settings
from bot.channels.delivery import message_tables
from bot.channels.delivery.message_queue import MessageQueue
from bot.channels.registry import CHANNELS, state

LATEST = 10


def report(environment: Mapping[str, str], database: str) -> str:
    """The table of channels and, where the server has run, what was counted and what failed."""
    lines = [f"{'channel':<16} {'state':<11} webhook address to register, or what is missing"]
    for channel in CHANNELS:
        found = state(channel, environment)
        tail = found.webhook if found.state == "on" else f"missing: {', '.join(found.missing)}"
        lines.append(f"{found.channel:<16} {found.state:<11} {tail}")
    if message_tables.exists(database):
        queue = MessageQueue(database)
        try:
            lines += _counted(queue)
        finally:
            queue.close()
    return "\n".join(lines)


def _counted(queue: MessageQueue) -> list[str]:
    lines = [
        f"{channel}: " + ", ".join(f"{number} {what}" for what, number in sorted(numbers.items()))
        for channel, numbers in sorted(queue.counts().items())
    ]
    failures = queue.failures()
    for failure in failures[-LATEST:]:
        day = dt.datetime.fromtimestamp(failure.at).isoformat(sep=" ", timespec="minutes")
        lines.append(f"failed {day} {failure.channel} {failure.path}: {failure.reason}")
    return ["", "Since the beginning:", *lines] if lines else []


def main(arguments: list[str] | None = None) -> None:
    """Prints the report, or copies what waits in another database first; no server may run then."""
    parser = argparse.ArgumentParser(prog="python -m bot.channels", description=__doc__)
    parser.add_argument("--take-over", metavar="DATABASE", help="copy what waits in a file of before")
    options = parser.parse_args(arguments)
    settings.apply()
    database = settings.get("CHANNELS_DB")
    if options.take_over:
        source, target = map(message_tables.opened, (options.take_over, database))
        print(f"{message_tables.copy(source, target)} rows copied")
    print(report(os.environ, database))


if __name__ == "__main__":
    main()
