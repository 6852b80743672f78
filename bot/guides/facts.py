"""The facts of a case by name, as a conversation, a sheet or a form holds them."""

from __future__ import annotations

from typing import Any

from bot.law.days import Days
from bot.law.regional_tax import region_name
from bot.law.remedies import Case
from bot.procedures.fact import Kind
from bot.procedures.registry import FACTS

# Values are what JSON holds: text (a choice, an ISO date or interval), number or truth.
Facts = dict[str, Any]

CASE_FIELDS = tuple(name for name in Case.__dataclass_fields__ if name in FACTS)
# The days that the periods of the law count from (bot/guides/periods.py).
PERIOD_FIELDS = frozenset(fact.name for fact in FACTS.values() if fact.begins_a_period)


# Who applies, in the words of whose card it is: a minor's parent is no "other person without a mandate".
_APPLIES_FOR = {
    ("other", "minor"): "utter_fact_by_parent",
    ("other", "deceased"): "utter_fact_by_heir",
    ("other", "lessor"): "utter_fact_by_lessee",
    ("holder", "company"): "utter_fact_by_representative",
}


def told(facts: Facts) -> list[dict[str, Any]]:
    """The facts as lines of a list; each line names the response that expresses it."""
    by = _APPLIES_FOR.get((str(facts.get("applicant")), str(facts.get("holder"))))
    lines = [line(name, value) for name, value in facts.items()]
    if by is None:
        return lines
    return [{**each, "response": by} if "applicant" in each["values"] else each for each in lines]


def line(name: str, value: Any) -> dict[str, Any]:
    """A fact as a line of a list; an uncertain day is given with its earliest and latest possible day."""
    if is_uncertain(value):
        days = Days.parse(value)
        between = {"earliest": days.earliest.isoformat(), "latest": days.latest.isoformat()}
        return {"response": f"utter_fact_{name}_between", "values": {name: value, **between}}
    return {"response": response_of_fact(name, value), "values": {name: _as_said(name, value)}}


def is_uncertain(value: object) -> bool:
    """Whether the value is an uncertain day: an ISO interval."""
    try:
        return isinstance(value, str) and not Days.parse(value).is_exact
    except ValueError:
        return False


def response_of_fact(name: str, value: object) -> str:
    """The response that expresses a fact: one per value for choices, one for each date or number."""
    if isinstance(value, bool):
        return f"utter_fact_{name}_{'yes' if value else 'no'}"
    is_choice = FACTS[name].kind is Kind.CHOICE and name != "region"
    return f"utter_fact_{name}_{value}" if is_choice else f"utter_fact_{name}"


def _as_said(name: str, value: object) -> object:
    """The value as the sentence shows it: a region's name instead of its code."""
    return region_name(value) if name == "region" and isinstance(value, str) else value
