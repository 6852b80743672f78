"""A log line that comes again and again is written once a minute, with how often it came meanwhile.

While a database is away every message and every look at /ready fails alike, which must not fill a small disk.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

PAUSE_SECONDS = 60.0
# So many different lines are remembered: ids within a line make each of them another.
MOST_LINES = 500


class Repeats(logging.Filter):
    """Lets a line of level WARNING or above through that was not written in the last minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing written yet; ``clock`` gives seconds."""
        super().__init__()
        self._clock = clock
        self._written: dict[tuple[str, str], float] = {}
        self._held: dict[tuple[str, str], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written; one that was held back before says how often."""
        if record.levelno < logging.WARNING:
            return True
        line, now = (record.name, record.getMessage()), self._clock()
        if now - self._written.get(line, -PAUSE_SECONDS) < PAUSE_SECONDS:
            self._held[line] = self._held.get(line, 0) + 1
            return False
        if len(self._written) >= MOST_LINES:
            self._forget(now)
        self._written[line] = now
        times = self._held.pop(line, 0)
        if times:
            record.msg, record.args = f"{line[1]} (and {times} times more since the last such line)", ()
        return True

    def _forget(self, now: float) -> None:
        recent = [line for line, at in self._written.items() if now - at < PAUSE_SECONDS]
        # Where all are recent, none is known to repeat itself.
        kept = recent if len(recent) < MOST_LINES else []
        self._written = {line: self._written[line] for line in kept}
        self._held = {line: self._held[line] for line in kept if line in self._held}


def hold_back() -> None:
    """From now on the handlers of the root logger, which every line reaches, hold lines back so."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(Repeats())
