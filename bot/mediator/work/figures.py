"""The desk's own figures: how many were handed over, how long they waited, what became of them."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.mediator import clock
from bot.mediator.store.tables import HANDOVERS


@dataclass(frozen=True)
class HandoverFigures:
    """Counts by outcome and by hour of the request (in France); the usual wait and length in minutes.

    Both are None where nobody was served.
    """

    outcomes: dict[str, int]
    wait: int | None
    length: int | None
    hours: dict[int, int]

    @property
    def total(self) -> int:
        """How many were asked for."""
        return sum(self.outcomes.values())


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: its label, its count and its length in percent of the longest."""

    label: str
    count: int
    share: float


def handovers(connection: Connection, since: dt.datetime, until: dt.datetime) -> HandoverFigures:
    """The hand-overs asked for from ``since`` to before ``until``."""
    rows = connection.execute(
        sa.select(HANDOVERS).where(HANDOVERS.c.requested_at >= since, HANDOVERS.c.requested_at < until)
    ).all()
    waits = [(row.taken_at - row.requested_at).total_seconds() for row in rows if row.taken_at]
    lengths = [(row.ended_at - row.taken_at).total_seconds() for row in rows if row.taken_at and row.ended_at]
    hours = Counter(clock.in_paris(row.requested_at).hour for row in rows)
    outcomes = dict(Counter(row.status for row in rows))
    return HandoverFigures(outcomes, _minutes(waits), _minutes(lengths), dict(sorted(hours.items())))


def share(part: int, whole: int) -> int | None:
    """A share in percent, None of nothing: never 100 where something is missing, nor 0 where something is."""
    if whole == 0:
        return None
    percent = round(100 * part / whole)
    if percent == 100 and part < whole:
        return 99
    return 1 if percent == 0 and part else percent


def bars(counts: dict[str, int], most: int | None = None) -> list[Bar]:
    """The counts as bars, in their order; beyond ``most``, the rest is left to the table."""
    longest = max(counts.values(), default=0) or 1
    return [Bar(label, count, 100 * count / longest) for label, count in list(counts.items())[:most]]


def _minutes(seconds: list[float]) -> int | None:
    return math.ceil(statistics.median(seconds) / 60) if seconds else None
