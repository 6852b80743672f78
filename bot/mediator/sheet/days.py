"""The days of the form as people type them: a date, two between which it lies, or "il y a 6 semaines".

Figures are read here. Words are the bot's to read, since it has the grammar of French dates.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from bot.law.days import Days
from bot.mediator.bridge import BotAway

# Asks the bot what words mean: {"day": ISO day or interval or None, "why": why there is none}.
Words = Callable[[str], dict[str, Any]]

EARLIEST = dt.date(1900, 1, 1)
LONGEST = 80
_FIGURES = re.compile(r"(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{4})")
_BETWEEN = re.compile(
    rf"(?:du|entre le)\s+({_FIGURES.pattern})\s+(?:au|et le)\s+({_FIGURES.pattern})", re.IGNORECASE
)


class NotADay(ValueError):
    """What was typed is no day that the form takes; the message is a code that the page explains."""


def read(text: str, words: Words) -> str:
    """The ISO day or interval that was typed; raises NotADay where there is none."""
    text = " ".join(text.split())[:LONGEST]
    between = _BETWEEN.fullmatch(text)
    try:
        if between:
            found = Days(_day(between[1]), _day(between[5]))
        elif _FIGURES.fullmatch(text):
            found = Days.on(_day(text))
        elif text[:1].isdigit() and text[4:5] == "-":
            found = Days.parse(text)
        else:
            found = Days.parse(_asked(text, words))
    except NotADay:
        raise
    except ValueError as error:
        raise NotADay("impossible") from error
    if found.earliest < EARLIEST:
        raise NotADay("impossible")
    return str(found)


def no_words(_: str) -> dict[str, Any]:
    """No day for any words: for a field of days to come, which the bot does not read."""
    return {"day": None, "why": "not_a_date"}


def shown(value: str) -> str:
    """A day of the form as its field shows it; text that is no ISO day stays as it was typed."""
    try:
        days = Days.parse(value)
    except ValueError:
        return value
    if days.is_exact:
        return _figures(days.earliest)
    return f"du {_figures(days.earliest)} au {_figures(days.latest)}"


def _asked(text: str, words: Words) -> str:
    try:
        told = words(text)
    except BotAway as error:
        raise NotADay("away") from error
    if told["day"] is None:
        raise NotADay(str(told["why"]))
    return str(told["day"])


def _day(figures: str) -> dt.date:
    day, month, year = _FIGURES.fullmatch(figures).groups()  # type: ignore[union-attr]
    return dt.date(int(year), int(month), int(day))


def _figures(day: dt.date) -> str:
    return f"{day:%d/%m/}{day.year:04}"
