"""The desk's only clock; everything below the pages is given the time."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def now() -> dt.datetime:
    """This moment in UTC, without a zone: as the store holds moments."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)


def in_paris(moment: dt.datetime) -> dt.datetime:
    """A moment of the store in the time of France."""
    return moment.replace(tzinfo=dt.UTC).astimezone(PARIS)


def today() -> dt.date:
    """The day in France."""
    return in_paris(now()).date()
