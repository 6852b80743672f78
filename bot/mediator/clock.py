"""The desk's only clock; everything below the pages is given the time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from bot.law import local_days

PARIS = ZoneInfo("Europe/Paris")


def now() -> dt.datetime:
    """This moment in UTC, without a zone: as the store holds moments."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)


def in_zone(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """A moment of the store in the time of a place."""
    return moment.replace(tzinfo=dt.UTC).astimezone(zone)


def in_paris(moment: dt.datetime) -> dt.datetime:
    """A moment of the store in the time of France."""
    return in_zone(moment, PARIS)


def today() -> dt.date:
    """The day in France."""
    return in_paris(now()).date()


def day_of_case(told: Iterable[object]) -> dt.date:
    """The day in Paris, or the next one where a day told has begun overseas already."""
    return local_days.day_of_case(told, now().replace(tzinfo=dt.UTC))
