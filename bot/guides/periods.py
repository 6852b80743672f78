"""Answers "until when?": the last day of a period, where the day that it starts on is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from bot.guides.facts import Facts
from bot.guides.guide import Reply
from bot.guides.remedy import time_left
from bot.law.days import Days
from bot.law.inspection import LIGHT, TWO_WHEELS
from bot.law.periods import Ending, Period, ending, is_narrow
from bot.law.situation import VehicleKind

# The provisional certificate comes after the declaration: its month ends later.
_DRIVING = (
    ("certificate_on", Period.PROVISIONAL_CERTIFICATE),
    ("declared_on", Period.DRIVING_WITH_DECLARATION),
)
# The days that answer a question, and the period that each begins; the first one told counts.
_OF_QUESTION: dict[str, tuple[tuple[str, Period], ...]] = {
    "faq/drive_without_card": _DRIVING,
    "faq/drive_without_card.declaration": _DRIVING[1:],
    "faq/drive_without_card.cpi": _DRIVING[:1],
    "faq/drive_without_card.cpi_expired": _DRIVING[:1],
    "faq/declare_theft": _DRIVING[1:],
    "faq/change_of_holder": (("sold_on", Period.CHANGE_OF_HOLDER),),
    "faq/change_of_holder.sale_declaration": (("sold_on", Period.SALE_DECLARATION),),
    "faq/change_of_holder.inheritance": (("died_on", Period.SALE_AFTER_DEATH),),
    "faq/address_change": (("moved_on", Period.ADDRESS_CHANGE),),
    "faq/address_change.deadline": (("moved_on", Period.ADDRESS_CHANGE),),
}
# The question that a day told by itself answers.
_OF_DAY = {
    "certificate_on": "faq/drive_without_card.cpi",
    "declared_on": "faq/drive_without_card.declaration",
    "sold_on": "faq/change_of_holder",
    "moved_on": "faq/address_change.deadline",
    "died_on": "faq/change_of_holder.inheritance",
    "inspected_on": "faq/technical_inspection",
}
# A question that is answered with more than the last day.
_RESPONSES = {"faq/declare_theft": "utter_theft_declared"}
# Whether the inspection still holds answers what is asked about needing one.
_OF_INSPECTION = frozenset(
    f"faq/technical_inspection{which}" for which in ("", ".expired", ".two_wheels", ".exempt_or_other")
)

# An inspection holds for years: a month told is close enough.
_INSPECTIONS = frozenset({Period.INSPECTION_CAR, Period.INSPECTION_TWO_WHEELS, Period.INSPECTION_COLLECTION})


def reply(question: str, facts: Facts, on: dt.date) -> Reply | None:
    """The last day of the period in question; None where the known days do not determine it."""
    inspection = inspection_period(facts) if question in _OF_INSPECTION else None
    of_inspection = (("inspected_on", inspection),) if inspection else ()
    for name, period in (*_OF_QUESTION.get(question, ()), *of_inspection):
        begun = Days.parse(facts[name]) if name in facts else None
        found = ending(period, begun, on, at_least=period in _INSPECTIONS) if begun else None
        if begun and found:
            return _said(question, period, begun, found, on)
    return None


def of_days(days: Iterable[str], facts: Facts, on: dt.date) -> tuple[str, Reply] | None:
    """The question that the first of these days (names of facts) answers by itself, and its answer."""
    for day in days:
        question = _OF_DAY.get(day)
        if question and (until := reply(question, facts, on)):
            return question, until
    return None


def inspection_period(facts: Facts) -> Period | None:
    """How long an inspection of that vehicle holds: as a car's where its kind is unknown, the shortest."""
    kind = facts.get("vehicle_kind")
    if kind is None or kind in LIGHT:
        return Period.INSPECTION_CAR
    if kind == VehicleKind.COLLECTION:
        return Period.INSPECTION_COLLECTION
    return Period.INSPECTION_TWO_WHEELS if kind in TWO_WHEELS else None


def _said(question: str, period: Period, begun: Days, found: Ending, on: dt.date) -> Reply:
    last = found.last.isoformat()
    if found.is_over:
        # The start may be uncertain.
        return Reply(f"utter_period_{period.value}_over", {"last": last})
    if period in _INSPECTIONS:
        which = "until" if is_narrow(begun) else "until_at_least"
        until = {"response": f"utter_{which}", "values": {"last": last}}
        return Reply(f"utter_period_{period.value}", {"until": until})
    values = {"begun": begun.earliest.isoformat(), "last": last, "left": time_left(found.last, on)}
    return Reply(_RESPONSES.get(question, f"utter_period_{period.value}"), values)
