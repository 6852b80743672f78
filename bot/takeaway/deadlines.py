"""The dated days of a case: until when each right or step lasts, never later than what the law gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.guides.facts import Facts
from bot.guides.guide import Reply
from bot.law.days import Days
from bot.law.parameters import number_on, value_on
from bot.law.time_limits import add_months

ONE_DAY = dt.timedelta(days=1)
# The days before a last day on which to remind: a letter and its proofs take time, a right that ends little.
_TO_ACT = (14, 3, 1)
_OF_A_RIGHT = (7, 1)
_NONE: tuple[int, ...] = ()
# A step's name: the value that holds its day, and the reminders.
Steps = dict[str, tuple[str, tuple[int, ...]]]
# The steps of a plan that end on a day.
_OF_STEPS: Steps = {
    "gracious_appeal": ("gracious_deadline", _TO_ACT),
    "hierarchical_appeal": ("hierarchical_deadline", _TO_ACT),
    "court": ("court_deadline", _TO_ACT),
    "ask_reasons_of_silence": ("reasons_deadline", _TO_ACT),
    "wait_letter": ("wait_until", _NONE),
    "wait_delivery": ("expected_on", _NONE),
    "wait_answer": ("silence_on", _NONE),
}
# What follows an appeal that waits for its answer; before any appeal it is but a supposition.
_AFTER_AN_APPEAL: Steps = {"court_after_appeal": ("later_court_deadline", _TO_ACT)}
_STEP = "utter_remedy_step_"


@dataclass(frozen=True)
class Deadline:
    """A day of a case, said by ``utter_sheet_date_<code>``; ``reminders`` are days before it."""

    code: str
    day: dt.date
    reference: str
    reminders: tuple[int, ...]

    @property
    def is_last_day(self) -> bool:
        """Whether something can no longer be done after that day; otherwise something is expected on it."""
        return bool(self.reminders)


def deadlines(facts: Facts, remedy: Reply | None, on: dt.date) -> tuple[Deadline, ...]:
    """The days of the case, the nearest first; those that are over come too."""
    found = {deadline.code: deadline for deadline in (*_of_papers(facts, on), *_of_plan(remedy))}
    return tuple(sorted(found.values(), key=lambda deadline: deadline.day))


def _of_papers(facts: Facts, on: dt.date) -> Iterator[Deadline]:
    """Until when the declaration and the provisional certificate allow driving, and a damaged card is kept.

    Code de la route, article R322-10; arrêté du 9 février 2009, article 17.
    """
    declared, requested, received = (
        _day(facts, f"{name}_on") for name in ("declared", "requested", "received")
    )
    refused = facts.get("file_status") == "refused" or facts.get("refused_on")
    if declared and facts.get("reason") in ("loss", "theft"):
        yield _right("driving_with_declaration", "deadlines.driving_with_declaration", declared, on)
    if requested and not refused and not received:
        yield _right("provisional_certificate", "deadlines.provisional_certificate", requested, on)
    if received and facts.get("reason") == "damage":
        years = number_on("deadlines.keep_damaged_card", on)
        reference = value_on("deadlines.keep_damaged_card", on).reference
        yield Deadline("keep_damaged_card", add_months(received, 12 * years), reference, _NONE)


def _right(code: str, key: str, since: dt.date, on: dt.date) -> Deadline:
    # A right that counts from that very day may end on the eve of the same day of the month: nobody is told
    # one day too many.
    return Deadline(
        code, add_months(since, number_on(key, on)) - ONE_DAY, value_on(key, on).reference, _OF_A_RIGHT
    )


def _of_plan(remedy: Reply | None) -> Iterator[Deadline]:
    if remedy is None:
        return
    waits = remedy.response == "utter_remedy_appeal_pending"
    yield from _of_items(remedy.values.get("now") or [], _OF_STEPS)
    yield from _of_items(remedy.values.get("next_steps") or [], _AFTER_AN_APPEAL if waits else {})


def _of_items(items: list[dict[str, Any]], known: Steps) -> Iterator[Deadline]:
    for item in items:
        name = item["response"].removeprefix(_STEP)
        value, reminders = known.get(name, ("", _NONE))
        if value in item["values"]:
            day = dt.date.fromisoformat(item["values"][value])
            yield Deadline(name, day, item["reference"], reminders)


def _day(facts: Facts, name: str) -> dt.date | None:
    """The day of that fact, the earliest that it may be."""
    return Days.parse(facts[name]).earliest if facts.get(name) else None
