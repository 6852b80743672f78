"""Time limits, counted conservatively: the date given is never later than the legal one.

The two months to go to the administrative court (CJA R421-1) and to appeal to the administration (CRPA
L411-2) are counted from date to date: notified on 3 October, they end on 3 December. The law may leave a day
more (the limit is "franc") and moves a last day that is no working day to the next one (CPC 642): both are
margins nobody should count on. ``safe`` ignores them, ``extended`` tells the second, for information only.
A day is a public holiday only where a text makes it one (``public_holidays``): custom moves no limit.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.law.public_holidays import public_holidays

_SATURDAY = 5
_SUNDAY = 6

# Departments and territories with public holidays of their own, by the code of ``public_holidays``; Corsica
# and the other departments follow the national calendar.
_PLACES = {
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "975": "PM",
    "976": "976",
    "977": "BL",
    "978": "MF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}


class DayKind(StrEnum):
    """What kind of day a limit ends on."""

    WORKING_DAY = "working_day"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    PUBLIC_HOLIDAY = "public_holiday"


@dataclass(frozen=True)
class TimeLimit:
    """The last day to act (``safe``), the day the law moves it to if any, and why it does."""

    safe: dt.date
    extended: dt.date | None
    why: DayKind


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day that many months later, or the month's last day (31 December + 2: 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def kind_of(day: dt.date, department: str | None) -> DayKind:
    """Whether offices work that day; ``department`` adds its own holidays, None means the national ones.

    Public holidays are those of code du travail, art. L3133-1, L3134-13 and L3422-2 (``public_holidays``).
    """
    if day.weekday() == _SUNDAY:
        return DayKind.SUNDAY
    if day in public_holidays(_PLACES.get(department or "", ""), day.year):
        return DayKind.PUBLIC_HOLIDAY
    return DayKind.SATURDAY if day.weekday() == _SATURDAY else DayKind.WORKING_DAY


def next_working_day(day: dt.date, department: str | None) -> dt.date:
    """The day itself if it is a working day, otherwise the first one after it."""
    while kind_of(day, department) is not DayKind.WORKING_DAY:
        day += dt.timedelta(days=1)
    return day


def add_working_days(day: dt.date, count: int, department: str | None) -> dt.date:
    """The last of ``count`` working days (Monday to Friday, no holiday) after ``day``; ValueError below 1."""
    if count < 1:
        raise ValueError(f"count must be at least 1, not {count}")
    for _ in range(count):
        day = next_working_day(day + dt.timedelta(days=1), department)
    return day


def date_to_date(start: dt.date, months: Iterable[int], department: str | None) -> TimeLimit:
    """The limit that ends ``months`` after ``start``, from date to date (CJA R421-1, CRPA L411-2).

    Periods that follow each other (two months, then one for the distance: CJA R421-7) are added one after
    the other: that is never later than adding their sum.
    """
    last = start
    for period in months:
        last = add_months(last, period)
    return limit_on(last, department)


def limit_on(last: dt.date, department: str | None) -> TimeLimit:
    """The limit whose last day is ``last``, with the next working day where it falls on none (CPC 642)."""
    moved = next_working_day(last, department)
    return TimeLimit(last, None if moved == last else moved, kind_of(last, department))


def is_surely_over(limit: TimeLimit, on: dt.date, department: str | None) -> bool:
    """Whether the limit has ended even with the two margins of the law: the extra day, then a working day."""
    return on > next_working_day(limit.safe + dt.timedelta(days=1), department)
