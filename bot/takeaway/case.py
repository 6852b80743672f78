"""The facts that a sheet keeps: choices, dates and numbers that the law core reads, and nothing typed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.guides import GUIDES
from bot.guides.facts import Facts
from bot.guides.remedy import is_coherent
from bot.law.days import Days
from bot.procedures.fact import Kind
from bot.procedures.registry import FACTS

# The dates that every page takes, and those that it corrects where the case has them.
PAGE_DATES = ("declared_on", "requested_on", "received_on")
CASE_DATES = ("validated_on", "shipped_on", "refused_on", "gracious_appeal_on", "hierarchical_appeal_on")

# What a number may be.
_NUMBERS = range(1, 1000)


@dataclass(frozen=True)
class SheetCase:
    """The facts of a sheet, the guided dialogue answered last ("" without one) and the day it was made."""

    facts: Facts
    guide: str
    made_on: dt.date


def kept(facts: Facts) -> Facts:
    """The facts that a sheet may keep; whatever is no known choice, date, number or truth is left out."""
    return {name: facts[name] for name in FACTS if name in facts and _may_be_kept(name, facts[name])}


def kept_guide(name: str | None) -> str:
    """The name of a guided dialogue, "" for anything else."""
    return name if name in GUIDES else ""


def page_dates(case: SheetCase) -> tuple[str, ...]:
    """The dates that the page of that case takes."""
    return (*PAGE_DATES, *(name for name in CASE_DATES if name in case.facts))


def with_dates(case: SheetCase, typed: dict[str, str], on: dt.date) -> Facts:
    """The facts with the days typed on the page; an empty one is forgotten.

    Raises ValueError naming the field where a day is none, lies ahead, or before the year 2000, or cannot
    stand beside the other days.
    """
    facts = dict(case.facts)
    for name in page_dates(case):
        text = typed.get(name)
        if text is None:
            continue
        known = facts.pop(name, None)
        if not text and known and _date(known) is None:
            # A span of days, which the page's field cannot show: an empty field does not deny it.
            facts[name] = known
        if text:
            day = _date(text)
            if day is None or not dt.date(2000, 1, 1) <= day <= on:
                raise ValueError(name)
            facts[name] = day.isoformat()
    changed = [name for name in typed if facts.get(name) != case.facts.get(name)]
    if changed and is_coherent(case.facts, on) and not is_coherent(facts, on):
        raise ValueError(changed[-1])
    return facts


def _may_be_kept(name: str, value: object) -> bool:
    kind = FACTS[name].kind
    if kind is Kind.NUMBER:
        return type(value) is int and value in _NUMBERS
    if kind is Kind.YES_NO:
        return isinstance(value, bool)
    if not isinstance(value, str):
        return False
    if kind is Kind.CHOICE:
        return value in FACTS[name].choices
    return _date(value) is not None if kind is Kind.DATE else _is_day(value)


def _is_day(text: str) -> bool:
    """Whether the text is a day, exact or between two."""
    try:
        Days.parse(text)
    except ValueError:
        return False
    return True


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
