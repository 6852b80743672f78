"""Dates as people write them, found by shape and read by dateparser."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import dateparser

from bot.nlu.text import fold

_MONTHS = (
    r"janv(?:ier)?|fevr?(?:ier)?|mars|avr(?:il)?|mai|juin|juil(?:let)?|aout|sept(?:embre)?|oct(?:obre)?"
    r"|nov(?:embre)?|dec(?:embre)?"
)
_NUMBERS = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8,
    "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "quinze": 15, "vingt": 20, "trente": 30,
}  # fmt: skip
_WEEKDAYS = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
_SHAPES = re.compile(
    rf"""\b(?:
        (?P<words>(?:1er|[0-3]?\d)\s+(?:{_MONTHS})\.?(?:\s+(?:19|20)\d\d)?)
      | (?P<digits>[0-3]?\d[/.-][01]?\d(?:[/.-](?:19|20)?\d\d)?)
      | (?P<iso>(?:19|20)\d\d-[01]\d-[0-3]\d)
      | il\s+y\s+a\s+(?:environ\s+|a\s+peu\s+pres\s+)?
        (?P<ago>\d+|{"|".join(_NUMBERS)})\s+(?P<unit>jour|semaine|mois|an)s?
      | (?P<near>avant[- ]hier|hier|aujourd'?\s?hui|ce\s+matin)
      | (?P<lastunit>la\s+semaine|le\s+mois|l'an(?:nee)?)\s+(?:derniere?|passee?)
      | (?P<weekday>{_WEEKDAYS})\s+(?:dernier|passe)
    )\b""",
    re.VERBOSE,
)
_NEAR = {"hier": 1, "avant-hier": 2, "avant hier": 2}
_UNITS = {"jour": "days", "semaine": "weeks", "mois": "months", "an": "years"}


@dataclass(frozen=True)
class FoundDate:
    """A date in a text: where it stands, the day it means, and whether that day is exact."""

    start: int
    end: int
    day: dt.date
    exact: bool


def find(text: str, today: dt.date) -> tuple[FoundDate, ...]:
    """The dates in ``text`` seen from ``today``; a day without a year is the latest one past."""
    found = (_read(match, today) for match in _SHAPES.finditer(fold(text)))
    return tuple(date for date in found if date is not None)


def _read(match: re.Match[str], today: dt.date) -> FoundDate | None:
    groups = match.groupdict()
    exact = bool(groups["words"] or groups["digits"] or groups["iso"] or groups["near"])
    day = _day(groups, today)
    return FoundDate(match.start(), match.end(), day, exact) if day else None


def _day(groups: dict[str, str | None], today: dt.date) -> dt.date | None:
    if groups["near"]:
        return today - dt.timedelta(days=_NEAR.get(" ".join(groups["near"].split()), 0))
    if groups["ago"] and groups["unit"]:
        count = _NUMBERS.get(groups["ago"]) or int(groups["ago"])
        return _parse(f"il y a {count} {groups['unit']}s".replace("moiss", "mois"), today)
    if groups["lastunit"]:
        unit = {"la": "1 semaine", "le": "1 mois"}.get(groups["lastunit"][:2], "1 an")
        return _parse(f"il y a {unit}", today)
    if groups["weekday"]:
        return _parse(groups["weekday"], today)
    if groups["iso"]:
        return _iso(groups["iso"])
    written = groups["words"] or groups["digits"] or ""
    return _parse(written.replace("1er", "1"), today, needs=["day", "month"])


def _iso(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _parse(text: str, today: dt.date, needs: list[str] | None = None) -> dt.date | None:
    moment = dateparser.parse(
        text,
        languages=["fr"],
        settings={
            "RELATIVE_BASE": dt.datetime.combine(today, dt.time(12)),
            "PREFER_DATES_FROM": "past",
            "DATE_ORDER": "DMY",
            "REQUIRE_PARTS": needs or [],
        },
    )
    return moment.date() if moment else None
