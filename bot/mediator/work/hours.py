"""When a desk is open: hours by day of the week, never on a public holiday, and days that differ.

A desk keeps the time of its own place. A day that an administrator set apart goes before everything: it may
close a desk on a working day and open it on a public holiday.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.law.public_holidays import public_holidays
from bot.mediator.work import places
from bot.mediator.work.places import Place

# Pairs of times "09:00", in order; the end may be "24:00".
Spans = Sequence[Sequence[str]]
# As in the store: day of the week as text (Monday is "0") → pairs of times.
Hours = Mapping[str, Spans]

DAYS_AHEAD = 31


@dataclass(frozen=True)
class SpecialDays:
    """Days from ``first`` to ``last`` with hours of their own; without any, closed."""

    first: dt.date
    last: dt.date
    spans: Spans


@dataclass(frozen=True)
class Timetable:
    """When one desk is open, in the time of its place."""

    hours: Hours
    place: Place
    special: tuple[SpecialDays, ...] = ()
    is_closed: bool = False

    @classmethod
    def of(cls, desk: Any, special: Iterable[Any] = ()) -> Timetable:
        """That of a stored desk, with the stored days set apart of it or of every desk."""
        return cls(
            desk.hours,
            places.known(desk.subdivision),
            tuple(
                SpecialDays(row.first_on, row.last_on, row.spans) for row in special if row.desk_id == desk.id
            ),
            desk.closed,
        )

    def local(self, now: dt.datetime) -> dt.datetime:
        """A moment of the store (UTC without a zone) on the desk's own clock, without a zone."""
        return now.replace(tzinfo=dt.UTC).astimezone(self.place.zone).replace(tzinfo=None)

    def is_open(self, now: dt.datetime) -> bool:
        """Whether the desk is open at that moment of the store."""
        at = self.local(now)
        return any(begin <= f"{at:%H:%M}" < end for begin, end in self.spans(at.date()))

    def closing(self, now: dt.datetime) -> str | None:
        """When the opening under way at that moment of the store ends, "12:00"; None where there is none."""
        at = self.local(now)
        ends = [end for begin, end in self.spans(at.date()) if begin <= f"{at:%H:%M}" < end]
        return max(ends, default=None)

    def next_opening(self, now: dt.datetime) -> Opening | None:
        """The next opening after that moment of the store, None where there is none within a month."""
        at = self.local(now)
        for ahead in range(DAYS_AHEAD):
            day = at.date() + dt.timedelta(days=ahead)
            later = [begin for begin, _ in self.spans(day) if ahead or begin > f"{at:%H:%M}"]
            if later:
                return Opening(day, min(later), self.place)
        return None

    def spans(self, day: dt.date) -> Spans:
        """The hours of a day: those set apart for it, else none on a public holiday, else the usual ones."""
        if self.is_closed:
            return ()
        # The narrowest counts: one open afternoon within a closed week.
        apart = [days for days in self.special if days.first <= day <= days.last]
        if apart:
            return min(apart, key=lambda days: days.last - days.first).spans
        if day in public_holidays(self.place.holidays, day.year):
            return ()
        return self.hours.get(str(day.weekday()), ())


@dataclass(frozen=True)
class Opening:
    """The next moment when somebody is there, in the time of ``place``."""

    day: dt.date
    time: str
    place: Place = places.MAINLAND

    @property
    def moment(self) -> dt.datetime:
        """The moment with its zone, by which openings of several places are compared."""
        return dt.datetime.combine(self.day, dt.time.fromisoformat(self.time), self.place.zone)


def spoken(time: str) -> str:
    """A time as people say it: "9 h" of "09:00", "14 h 30" of "14:30"."""
    hour, _, minutes = time.partition(":")
    return f"{int(hour)} h {minutes}".removesuffix(" 00")


def earliest(openings: Iterable[Opening | None]) -> Opening | None:
    """The first of several openings."""
    found = [opening for opening in openings if opening is not None]
    return min(found, key=lambda opening: opening.moment, default=None)
