"""What a calendar file is made of, free of the library that writes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

# The hour of a reminder, on the clock of whoever reads the calendar.
HOUR = 9


@dataclass(frozen=True)
class Entry:
    """A day to remember; ``reminders`` are the days before it on which to remind.

    The title is neutral, since a calendar is often shared; ``description`` says what the day is.
    """

    code: str
    day: dt.date
    reminders: tuple[int, ...]
    title: str
    description: str


@dataclass(frozen=True)
class Agenda:
    """The days of one sheet; ``revision`` counts its corrections, ``changed_at`` is the last one (UTC)."""

    sheet: str
    revision: int
    changed_at: dt.datetime
    entries: tuple[Entry, ...]
    hour: int = HOUR


def still_to_come(day: dt.date, reminders: Sequence[int], now: dt.datetime) -> tuple[int, ...]:
    """The reminders of a day that lie ahead; the morning of the day itself where they are all over.

    ``now`` has the zone of the person's clock. None where there was none, or where that morning is over too.
    """

    def ahead(days: int) -> bool:
        moment = dt.datetime.combine(day - dt.timedelta(days=days), dt.time(HOUR), now.tzinfo)
        return moment > now

    found = tuple(days for days in reminders if ahead(days))
    return found or tuple(days for days in (0,) if reminders and ahead(days))
