"""A day known exactly or as a range: the earliest and latest possible day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

_SEPARATOR = "/"


@dataclass(frozen=True)
class Days:
    """One day between ``earliest`` and ``latest``, both possible; it is exact where they are the same.

    Raises ValueError where ``latest`` comes before ``earliest``. A limit counts from ``earliest``: the last
    day told is then never later than the law gives.
    """

    earliest: dt.date
    latest: dt.date

    def __post_init__(self) -> None:
        if self.latest < self.earliest:
            raise ValueError(f"{self.latest} is before {self.earliest}")

    @classmethod
    def on(cls, day: dt.date) -> Days:
        """That very day."""
        return cls(day, day)

    @classmethod
    def parse(cls, text: str) -> Days:
        """The days of an ISO 8601 date or interval ("2026-11-09/2026-11-16"); ValueError for any other."""
        first, separator, last = text.partition(_SEPARATOR)
        earliest = dt.date.fromisoformat(first)
        return cls(earliest, dt.date.fromisoformat(last) if separator else earliest)

    @property
    def is_exact(self) -> bool:
        """Whether only one day is possible."""
        return self.earliest == self.latest

    def until(self, last: dt.date) -> Days | None:
        """The range cut at ``last``; None where nothing is left."""
        return Days(self.earliest, min(self.latest, last)) if self.earliest <= last else None

    def joined(self, other: Days) -> Days:
        """The smallest range that contains both."""
        return Days(min(self.earliest, other.earliest), max(self.latest, other.latest))

    def __str__(self) -> str:
        """The ISO 8601 date or interval, as ``parse`` reads it."""
        first = self.earliest.isoformat()
        return first if self.is_exact else f"{first}{_SEPARATOR}{self.latest.isoformat()}"
