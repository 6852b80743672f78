"""What a calendar file is made of, free of the library that writes it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A day to remember; ``notice`` is how many days before to remind, ``description`` says what it is."""

    code: str
    day: dt.date
    notice: int
    description: str


@dataclass(frozen=True)
class Agenda:
    """The days of one sheet; the titles are neutral, since a calendar is often shared."""

    sheet: str
    made_on: dt.date
    title: str
    reminder: str
    entries: tuple[Entry, ...]
