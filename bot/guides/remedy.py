"""The guided dialogue "refused, or nothing comes: what now, and until when?"."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from bot.guides.facts import CASE_FIELDS, Facts, told
from bot.guides.guide import Gist, Line, Reply, deciding, item_line, items
from bot.law.days import Days
from bot.law.remedies import Case, FileStatus, Plan, Residence, Step, WarningCode, check, open_questions, plan
from bot.procedures.registry import DAYS_FACTS

_DATES = tuple(name for name in CASE_FIELDS if name in DAYS_FACTS)
_CHOICES = {"file_status": FileStatus, "residence": Residence}
# Other facts only refine the plan: they are not asked for, but used where given.
_ASKED = frozenset({"file_status", "refused_on", "validated_on", "shipped_on", "gracious_answer_on"})
_DISTANCE = frozenset({WarningCode.DISTANCE, WarningCode.DISTANCE_DEPENDS})
_UNCERTAIN = frozenset(
    {
        WarningCode.UNCERTAIN_REFUSAL,
        WarningCode.UNCERTAIN_APPEAL,
        WarningCode.UNCERTAIN_ANSWER,
        WarningCode.UNCERTAIN_REQUEST,
        *_DISTANCE,
    }
)
# One reading of the plan needs few words: what is open now, then what follows.
_MAX_STEPS = 5


class RemedyGuide:
    """Asks what happened and when, then replies with the next step, its last day, and what follows."""

    name = "remedy"

    def next_question(self, facts: Facts, unknown: frozenset[str], on: dt.date) -> str | None:
        """The first fact that a useful plan needs."""
        return next(iter(self.questions(facts, unknown, on)), None)

    def questions(self, facts: Facts, unknown: frozenset[str], on: dt.date) -> tuple[str, ...]:
        """The facts that a useful plan needs, in the order of the law core."""
        asked = open_questions(_case(facts), on)
        return tuple(name for name in asked if name in _ASKED and name not in unknown)

    def reply(self, facts: Facts, on: dt.date) -> list[Reply]:
        """The plan in one message."""
        drawn = plan(_case(facts), on)
        values: dict[str, Any] = {
            **drawn.values,
            **({"time_left": time_left(drawn.deadline.safe, on)} if drawn.deadline else {}),
            "facts": told(_deciding(facts, on)),
            "now": _steps(drawn.now[:_MAX_STEPS]),
            "next_steps": _steps(drawn.later[:_MAX_STEPS]),
            "warnings": _warnings(drawn),
            # The easy wordings have no other list: these alone must not be missed.
            "uncertain": [line for line in _warnings(drawn) if line["code"] in _UNCERTAIN],
            "choices": [_correction(name) for name in drawn.uncertain],
        }
        return [Reply(f"utter_remedy_{drawn.stage.value}", values, drawn)]

    def explain(self, facts: Facts, on: dt.date) -> list[Reply]:
        """The facts that count, where the case stands, and each step with its rule."""
        drawn = plan(_case(facts), on)
        values = {
            "facts": told(_deciding(facts, on)),
            "stage": _headline(drawn),
            "now": _steps(drawn.now[:_MAX_STEPS]),
            "warnings": _warnings(drawn),
        }
        return [Reply("utter_why_plan", values)]

    def gist(self, facts: Facts, on: dt.date) -> Gist:
        """The stage with its last day, and the steps open now."""
        drawn = plan(_case(facts), on)
        return Gist(_headline(drawn), tuple(_steps(drawn.now[:_MAX_STEPS])))


def time_left(last: dt.date, on: dt.date) -> Line:
    """The days left until a deadline that has not passed, as a line of a list."""
    days = (last - on).days
    name = {0: "utter_time_left_today", 1: "utter_time_left_tomorrow"}.get(days, "utter_time_left")
    return {"response": name, "values": {"days": days}}


def is_coherent(facts: Facts, on: dt.date) -> bool:
    """Whether the dates and the state of the request are consistent on that day."""
    try:
        check(_case(facts), on)
    except ValueError:
        return False
    return True


def _deciding(facts: Facts, on: dt.date) -> Facts:
    def outcome(some: Facts) -> object:
        return plan(_case(some), on) if is_coherent(some, on) else None

    return deciding(facts, CASE_FIELDS, outcome)


def _headline(drawn: Plan) -> dict[str, Any]:
    # Only the days that the sentence names: another day elsewhere is no other result.
    named = {name: day for name, day in drawn.values.items() if name in ("deadline", "silence_on")}
    return {"response": f"utter_gist_{drawn.stage.value}", "values": named}


def _warnings(drawn: Plan) -> list[Line]:
    return items("utter_remedy_warning", drawn.warnings)


def _correction(name: str) -> dict[str, str]:
    """The button that asks again for an uncertain day."""
    return {"title": "utter_choice_exact_date", "payload": f"/correct_fact{json.dumps({'corrected': name})}"}


def _case(facts: Facts) -> Case:
    known: dict[str, Any] = {name: facts[name] for name in CASE_FIELDS if name in facts}
    latest: dict[str, dt.date] = {}
    for name in _DATES:
        days = Days.parse(known[name]) if known.get(name) else None
        known[name] = days.earliest if days else None
        if days and not days.is_exact:
            latest[name] = days.latest
    known["latest"] = latest
    for name, choices in _CHOICES.items():
        if known.get(name):
            known[name] = choices(known[name])
    return dataclasses.replace(Case(), **known)


def _steps(steps: Iterable[Step]) -> list[Line]:
    return [item_line("utter_remedy_step", step, **_dates(step)) for step in steps]


def _dates(step: Step) -> dict[str, str]:
    dates = {"opens": step.opens, "deadline": step.deadline.safe if step.deadline else None}
    return {name: day.isoformat() for name, day in dates.items() if day is not None}
