"""Today where the person is: overseas it may be a day earlier or later than in Paris.

From Polynésie française to Wallis-et-Futuna the same moment falls on two days. A limit counted from "today"
must not be later than the law gives, so the earliest day counts where the place is unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from bot.law.days import Days

PARIS = ZoneInfo("Europe/Paris")
_ZONES = {
    "guadeloupe": ZoneInfo("America/Guadeloupe"),
    "martinique": ZoneInfo("America/Martinique"),
    "guyane": ZoneInfo("America/Cayenne"),
    "la_reunion": ZoneInfo("Indian/Reunion"),
    "mayotte": ZoneInfo("Indian/Mayotte"),
}
# The first and the last zone of France, and of the world.
_FRANCE = (ZoneInfo("Pacific/Tahiti"), ZoneInfo("Pacific/Wallis"))
_WORLD = (ZoneInfo("Etc/GMT+12"), ZoneInfo("Pacific/Kiritimati"))


def today(now: dt.datetime, region: str | None = None, residence: str | None = None) -> Days:
    """The day that "today" may mean at ``now`` (with its zone); unknown places count from the earliest.

    ``region`` is a key of the regional rates, ``residence`` a value of the remedies' residence.
    """
    if region in _ZONES:
        return Days.on(now.astimezone(_ZONES[region]).date())
    if region is not None or residence == "metropole":
        return Days.on(now.astimezone(PARIS).date())
    if residence in ("overseas", "abroad"):
        first, last = _FRANCE if residence == "overseas" else _WORLD
        return Days(now.astimezone(first).date(), now.astimezone(last).date())
    return Days(now.astimezone(_FRANCE[0]).date(), now.astimezone(PARIS).date())


def latest(now: dt.datetime) -> dt.date:
    """The latest day that has begun anywhere in France: a later date is in the future."""
    return now.astimezone(_FRANCE[1]).date()


def day_of_case(told: Iterable[object], now: dt.datetime) -> dt.date:
    """The day in Paris, or the next one where a given day has begun overseas; other values are ignored."""
    paris, last = now.astimezone(PARIS).date(), latest(now)
    found = [paris]
    for value in told:
        try:
            day = Days.parse(str(value)).earliest
        except ValueError:
            continue
        if paris < day <= last:
            found.append(day)
    return max(found)
