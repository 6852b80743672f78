"""Periods that the law counts from a day of a person's life, and the last day of each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from bot.law.days import Days
from bot.law.parameters import parameter
from bot.law.time_limits import add_months

# "Il y a dix jours" may be a day more or less.
_WIDEST = dt.timedelta(days=2)


class Period(StrEnum):
    """A period, named as its parameter among ``deadlines``; what it counts from stands behind."""

    DRIVING_WITH_DECLARATION = "driving_with_declaration"  # the declaration of loss or theft, R322-10
    PROVISIONAL_CERTIFICATE = "provisional_certificate"  # its own date, arrêté of 9 February 2009
    SALE_AFTER_DEATH = "sale_after_death"  # the holder's death, sheet F1480
    SALE_DECLARATION = "sale_declaration"  # the sale, for the seller, R322-4
    CHANGE_OF_HOLDER = "change_of_holder"  # the sale, for the buyer, R322-5
    ADDRESS_CHANGE = "address_change"  # the move, R322-7
    INSPECTION_CAR = "inspection_period_car"  # the favourable inspection, R323-22
    INSPECTION_TWO_WHEELS = "inspection_period_two_wheels"  # the same, sheet F2880
    INSPECTION_COLLECTION = "inspection_period_collection"  # the same, R323-22


@dataclass(frozen=True)
class Ending:
    """The last day of a period, and whether it is over."""

    last: dt.date
    is_over: bool


def ending(period: Period, begun: Days, on: dt.date, at_least: bool = False) -> Ending | None:
    """When the period that began on one of these days ends, counted from date to date, seen from ``on``.

    The last day told is never later than the law gives. None where the day is not known to some days: a last
    day that may be another would frighten or mislead, unless the period is over whatever the day, or
    ``at_least`` asks until when it holds whatever the day. Raises ParameterError where no value is known for
    the day.
    """
    first, last = (_last_day(period, day, on) for day in (begun.earliest, begun.latest))
    if last < on:
        return Ending(last, True)
    return Ending(first, False) if (at_least or is_narrow(begun)) and first >= on else None


def is_narrow(begun: Days) -> bool:
    """Whether a day is known closely enough to count a last day from it."""
    return begun.latest - begun.earliest <= _WIDEST


def _last_day(period: Period, begun: dt.date, on: dt.date) -> dt.date:
    key = f"deadlines.{period.value}"
    node = parameter(key)
    count = int(node.on(key, on).value)
    if node.unit == "days":
        return begun + dt.timedelta(days=count)
    return add_months(begun, count * (12 if node.unit == "years" else 1))
