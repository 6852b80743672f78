"""Amounts, dates, durations and lists as a French reader expects them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency

from bot.law.parameters import Kind, Unit

LOCALE = "fr_FR"
NBSP = "\u00a0"

_PLURAL_UNITS = {
    "years": ("un an", "ans"),
    "months": ("un mois", "mois"),
    "days": ("un jour", "jours"),
    "working_days": ("un jour ouvré", "jours ouvrés"),
    "minutes": ("une minute", "minutes"),
}
_EDITIONS: dict[Kind, str] = {
    "code": "version du",
    "sheet": "fiche du",
    "page": "page du",
    "press": "article du",
}


def amount(cents: int) -> str:
    """An amount in euros from integer cents: "13,76 €", "11 €"."""
    if cents % 100:
        text = format_currency(cents / 100, "EUR", locale=LOCALE)
    else:
        text = format_currency(
            cents // 100, "EUR", format=f"#,##0{NBSP}¤", locale=LOCALE, currency_digits=False
        )
    return text.replace("\u202f", NBSP)


def date(day: dt.date | str) -> str:
    """A date in words from a date or an ISO string: "3 décembre 2026", "1er janvier 2021"."""
    day = dt.date.fromisoformat(day) if isinstance(day, str) else day
    words = format_date(day, "d MMMM y", locale=LOCALE)
    return words.replace("1 ", "1er ", 1) if day.day == 1 else words


def short_date(day: dt.date) -> str:
    """A date in digits for source lines: "21/11/2026"."""
    return format_date(day, "dd/MM/y", locale=LOCALE)


def edition(kind: Kind, day: dt.date) -> str:
    """The date that a text carries, in the words of its kind: "version du 15/01/2024"."""
    return f"{_EDITIONS[kind]} {short_date(day)}"


def enumeration(parts: Iterable[str]) -> str:
    """A list in one sentence: "a, b et c"."""
    return format_list(list(parts), locale=LOCALE)


def duration(count: int, unit: str) -> str:
    """A duration in words: "un mois", "5 ans", "7 jours ouvrés"."""
    one, many = _PLURAL_UNITS[unit]
    return one if count == 1 else f"{count}{NBSP}{many}"


def elide(text: str) -> str:
    """The text with "de un" and "que une" elided, as values put into a sentence may need."""
    return re.sub(r"\b([Dd]|[Qq]u)e (?=une?\b)", r"\1’", text)


def of_unit(value: int | str, unit: Unit) -> str:
    """A parameter's value written by its unit."""
    writers: dict[str, Callable[[int | str], str]] = {
        "eur_cents": lambda cents: amount(int(cents)),
        "percent": lambda share: f"{share}{NBSP}%",
        "date": lambda day: date(str(day)),
        "phone": lambda number: str(number).replace(" ", NBSP),
    }
    if unit in _PLURAL_UNITS:
        return duration(int(value), unit)
    return writers.get(unit, str)(value)
