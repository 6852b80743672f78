"""The facts of a case by name, as a conversation, a sheet or a form holds them."""

from __future__ import annotations

from typing import Any

from bot.law.days import Days
from bot.law.regional_tax import region_name
from bot.law.remedies import Case
from bot.law.situation import FIELDS as SITUATION_FIELDS

# Values are what JSON holds: text (a choice, an ISO date or interval), number or truth.
Facts = dict[str, Any]

CASE_FIELDS = tuple(
    name for name in Case.__dataclass_fields__ if name not in ("department", "amount_disputed", "latest")
)
FEE_FIELDS = ("region", "fiscal_power", "energy", "operation")
# The days that the periods of the law count from (bot/guides/periods.py).
PERIOD_FIELDS = ("declared_on", "certificate_on", "died_on", "sold_on", "moved_on")
FACT_NAMES = tuple(dict.fromkeys((*SITUATION_FIELDS, *CASE_FIELDS, *FEE_FIELDS, *PERIOD_FIELDS)))
# A card found again, when is not known yet: the law's answer depends on it.
FOUND = "found"


# Who applies, in the words of whose card it is: a minor's parent is no "other person without a mandate".
_APPLIES_FOR = {
    ("other", "minor"): "utter_fact_by_parent",
    ("other", "deceased"): "utter_fact_by_heir",
    ("other", "lessor"): "utter_fact_by_lessee",
    ("holder", "company"): "utter_fact_by_representative",
}


def told(facts: Facts) -> list[dict[str, Any]]:
    """The facts as the lines of a list, each said by its response."""
    by = _APPLIES_FOR.get((facts.get("applicant"), facts.get("holder")))
    lines = [line(name, value) for name, value in facts.items()]
    if by is None:
        return lines
    return [{**each, "response": by} if "applicant" in each["values"] else each for each in lines]


def line(name: str, value: Any) -> dict[str, Any]:
    """A fact as the line of a list; a day that is not certain with the first and last that it may be."""
    if is_uncertain(value):
        days = Days.parse(value)
        between = {"earliest": days.earliest.isoformat(), "latest": days.latest.isoformat()}
        return {"response": f"utter_fact_{name}_between", "values": {name: value, **between}}
    return {"response": response_of_fact(name, value), "values": {name: _as_said(name, value)}}


def is_uncertain(value: object) -> bool:
    """Whether the value is a day that may be several: an ISO interval."""
    return isinstance(value, str) and value[:1].isdigit() and "/" in value


def response_of_fact(name: str, value: object) -> str:
    """The response that tells a fact: one for each value of a choice, one for each kind of date or number."""
    if isinstance(value, bool):
        return f"utter_fact_{name}_{'yes' if value else 'no'}"
    is_choice = isinstance(value, str) and name != "region" and not value[:1].isdigit()
    return f"utter_fact_{name}_{value}" if is_choice else f"utter_fact_{name}"


def _as_said(name: str, value: object) -> object:
    """The value as its sentence needs it: a region by its name."""
    return region_name(value) if name == "region" and isinstance(value, str) else value
