"""Prints which messaging channels are on, what is missing, the address to register, counts and failures."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from pathlib import Path

from bot import settings
from bot.channels.delivery.message_queue import Mailbox
from bot.channels.registry import CHANNELS, state

LATEST = 10


def report(environment: Mapping[str, str], file: Path) -> str:
    """The table of channels and, where the server has run, what was counted and what failed."""
    lines = [f"{'channel':<16} {'state':<11} webhook address to register, or what is missing"]
    for channel in CHANNELS:
        found = state(channel, environment)
        tail = found.webhook if found.state == "on" else f"missing: {', '.join(found.missing)}"
        lines.append(f"{found.channel:<16} {found.state:<11} {tail}")
    if file.exists():
        mailbox = Mailbox(file)
        try:
            lines += _counted(mailbox)
        finally:
            mailbox.close()
    return "\n".join(lines)


def _counted(mailbox: Mailbox) -> list[str]:
    lines = [
        f"{channel}: " + ", ".join(f"{number} {what}" for what, number in sorted(numbers.items()))
        for channel, numbers in sorted(mailbox.counts().items())
    ]
    failures = mailbox.failures()
    for failure in failures[-LATEST:]:
        day = dt.datetime.fromtimestamp(failure.at).isoformat(sep=" ", timespec="minutes")
        lines.append(f"failed {day} {failure.channel} {failure.path}: {failure.reason}")
    return ["", "Since the beginning:", *lines] if lines else []


if __name__ == "__main__":
    settings.apply()
    print(report(os.environ, Path(settings.get("CHANNELS_DB"))))
