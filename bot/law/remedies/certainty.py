"""Days of a case that are not certain: what they may be beside the others, and what hangs on them.

A plan counts from the earliest day, so that no last day told is later than what the law gives (CJA R421-1,
CRPA L411-2). A right is never said to be lost from a day that may be later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from bot.law.days import Days
from bot.law.remedies.case import ORDER, Case
from bot.law.remedies.vocabulary import Caution, WarningCode

# The note for each uncertain day that affects the plan.
_WARNINGS: Mapping[str, WarningCode] = {
    "refused_on": WarningCode.UNCERTAIN_REFUSAL,
    "gracious_appeal_on": WarningCode.UNCERTAIN_APPEAL,
    "hierarchical_appeal_on": WarningCode.UNCERTAIN_APPEAL,
    "gracious_answer_on": WarningCode.UNCERTAIN_ANSWER,
    "hierarchical_answer_on": WarningCode.UNCERTAIN_ANSWER,
    "requested_on": WarningCode.UNCERTAIN_REQUEST,
    "incomplete_notice_on": WarningCode.UNCERTAIN_REQUEST,
    "validated_on": WarningCode.UNCERTAIN_REQUEST,
    "shipped_on": WarningCode.UNCERTAIN_REQUEST,
}


def narrowed(case: Case, on: dt.date) -> Case:
    """The case without the days that the other ones, or ``on``, rule out.

    An appeal made "in October" against a refusal of the 10th was made on the 10th at the earliest. Days that
    cannot stand together are left as they are, for ``check`` to name.
    """
    if not case.latest:
        return case
    days = {name: Days(getattr(case, name), min(last, on)) for name, last in _within(case, on).items()}
    # Twice the number of pairs is more than any chain of them needs.
    for _ in ORDER:
        for earlier, later in ORDER:
            first, second = _days(case, days, earlier), _days(case, days, later)
            if first is None or second is None or first.earliest > second.latest:
                continue
            if earlier in days:
                days[earlier] = Days(first.earliest, min(first.latest, second.latest))
            if later in days:
                days[later] = Days(max(first.earliest, second.earliest), second.latest)
    earliest: dict[str, Any] = {name: one.earliest for name, one in days.items()}
    latest = {name: one.latest for name, one in days.items() if not one.is_exact}
    return replace(case, **earliest, latest=latest)


def at_the_latest(case: Case, *names: str) -> Case:
    """The case with its uncertain days (or only those named) set to their latest possible value."""
    last: dict[str, Any] = {name: case.latest[name] for name in names or case.latest}
    return replace(case, **last, latest={})


def doubts(case: Case, names: Iterable[str]) -> tuple[Caution, ...]:
    """For each kind of day named, the day used by the plan: the earliest possible one."""
    counted: dict[WarningCode, dt.date] = {}
    for name in names:
        day, code = getattr(case, name), _WARNINGS[name]
        counted[code] = min(day, counted.get(code, day))
    return tuple(
        Caution(code, "cja:R421-1", False, {"counted_from": day.isoformat()}) for code, day in counted.items()
    )


def _within(case: Case, on: dt.date) -> dict[str, dt.date]:
    """The uncertain days that have begun by ``on``."""
    return {name: last for name, last in case.latest.items() if getattr(case, name) <= on}


def _days(case: Case, uncertain: Mapping[str, Days], name: str) -> Days | None:
    day = getattr(case, name)
    return uncertain.get(name) or (None if day is None else Days.on(day))
