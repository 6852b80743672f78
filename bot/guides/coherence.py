"""Merges facts given at different times: the latest wins, and what it contradicts is dropped."""

from __future__ import annotations

import datetime as dt

from bot.guides.facts import CASE_FIELDS, Facts
from bot.guides.periods import inspection_period
from bot.guides.remedy import is_coherent
from bot.law.days import Days
from bot.law.periods import ending
from bot.law.situation import Inspection
from bot.procedures.registry import FACTS


def settle(known: Facts, said: Facts, on: dt.date) -> tuple[Facts, tuple[str, ...]]:
    """The merged facts, and the names of new facts that were refused: in the future, or out of order."""
    possible = {name: value for name, value in said.items() if not _is_to_come(name, value, on)}
    facts = {**known, **possible}
    changed = {name for name in possible if known.get(name) not in (None, possible[name])}
    facts = {
        name: value
        for name, value in facts.items()
        if name in possible or FACTS[name].depends_on not in changed
    }
    if "reason" in possible and "reason" in known and "original_found" not in possible:
        # Lost again, or stolen after all: the card that was found is gone.
        facts.pop("original_found", None)
    if possible.get("vehicle_stolen") and facts.get("reason") != "theft":
        facts["reason"] = "theft"
    if "inspected_on" in possible and "inspection" not in possible:
        facts |= _inspection(facts, on)
    facts = _settle_case(facts, possible, on)
    return facts, tuple(name for name in said if name not in facts)


def _is_to_come(name: str, value: object, on: dt.date) -> bool:
    return FACTS[name].is_day and isinstance(value, str) and Days.parse(value).earliest > on


def _inspection(facts: Facts, on: dt.date) -> Facts:
    """Whether the inspection passed on the day told holds; nothing where the kind of vehicle decides."""
    period = inspection_period(facts)
    found = ending(period, Days.parse(facts["inspected_on"]), on, at_least=True) if period else None
    if found is None or (found.is_over and "vehicle_kind" not in facts):
        return {}
    return {"inspection": (Inspection.EXPIRED if found.is_over else Inspection.VALID).value}


def _settle_case(facts: Facts, said: Facts, on: dt.date) -> Facts:
    """The facts without older ones that contradict the new; if that is not enough, without the new."""
    if is_coherent(facts, on):
        return facts
    old = [name for name in facts if name in CASE_FIELDS and name not in said]
    for dropped in [*([name] for name in old), old]:
        remaining = {name: facts[name] for name in facts if name not in dropped}
        if is_coherent(remaining, on):
            return remaining
    for name in [name for name in said if name in CASE_FIELDS]:
        facts = {key: facts[key] for key in facts if key != name}
        if is_coherent(facts, on):
            return facts
    return {name: facts[name] for name in facts if name not in CASE_FIELDS}
