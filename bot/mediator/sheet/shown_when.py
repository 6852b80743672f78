"""Which fields the form shows: those that the facts so far call for."""

from __future__ import annotations

from collections.abc import Callable

from bot.guides.facts import CASE_FIELDS, Facts
from bot.procedures.registry import DAYS_FACTS

_HISTORY = tuple(name for name in CASE_FIELDS if name == "file_status" or name in DAYS_FACTS)


def _is(name: str, *values: object) -> Callable[[Facts], bool]:
    return lambda facts: facts.get(name) in values


def _is_refused(facts: Facts) -> bool:
    return facts.get("file_status") == "refused" or "refused_on" in facts


def _is_known(name: str) -> Callable[[Facts], bool]:
    return lambda facts: name in facts


def _prices_another(facts: Facts) -> bool:
    return "operation" in facts and not str(facts["operation"]).startswith("duplicate")


def _has_history(facts: Facts) -> bool:
    return any(name in facts for name in _HISTORY)


# A field without a line here is always shown.
_WHEN: dict[str, Callable[[Facts], bool]] = {
    "vehicle_stolen": _is("reason", "theft"),
    "theft_declared": _is("reason", "theft"),
    "event_abroad": _is("reason", "theft", "loss"),
    "declared_on": _is("reason", "theft", "loss"),
    "original_found": _is("reason", "theft", "loss"),
    "storm_damage": _is("reason", "damage", "loss"),
    "died_on": _is("holder", "deceased"),
    "moved_on": _is("moved", True),
    "sold_on": _is("selling", True),
    "region": _prices_another,
    "fiscal_power": _prices_another,
    "energy": _prices_another,
    "refusal_states_remedies": _is_refused,
    "gracious_appeal_on": _has_history,
    "hierarchical_appeal_on": _has_history,
    "gracious_answer_on": _is_known("gracious_appeal_on"),
    "hierarchical_answer_on": _is_known("hierarchical_appeal_on"),
    "residence": _has_history,
    "urgent": _has_history,
}


def is_shown(name: str, facts: Facts) -> bool:
    """Whether the fact is worth asking for beside these."""
    return name not in _WHEN or _WHEN[name](facts)
