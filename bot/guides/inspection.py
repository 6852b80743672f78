"""Answers "does it need an inspection?" where the vehicle's kind and age settle it."""

from __future__ import annotations

import datetime as dt

from bot.guides.facts import Facts
from bot.guides.guide import Reply, date_or_none
from bot.law.inspection import LIGHT, TWO_WHEELS, inspection_required
from bot.law.situation import VehicleKind
from bot.law.time_limits import add_months

_QUESTIONS = frozenset(
    f"faq/technical_inspection{which}" for which in ("", ".two_wheels", ".exempt_or_other")
)
# A year or an age told leaves the day of the first registration open by as much; the fact keeps the earliest.
_MOST_MONTHS_LATER = 12


def reply(question: str, facts: Facts, on: dt.date) -> Reply | None:
    """That an inspection is due, or not yet; None where the kind or the age leaves it open.

    Code de la route, article R323-22; category L: Service-Public.fr F2880.
    """
    registered = date_or_none(facts.get("first_registration"))
    told = facts.get("vehicle_kind")
    kind = VehicleKind(told) if told else None
    if question not in _QUESTIONS or registered is None or kind not in LIGHT | TWO_WHEELS:
        return None
    family = "car" if kind in LIGHT else "two_wheels"
    if inspection_required(kind, registered, on) is False:
        return Reply(f"utter_inspection_not_yet_{family}")
    if inspection_required(kind, add_months(registered, _MOST_MONTHS_LATER), on):
        return Reply(f"utter_inspection_due_{family}")
    return None
