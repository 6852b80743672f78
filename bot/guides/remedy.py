"""The guided dialogue "refused, or nothing comes: what now, and until when?"."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import Any

from bot.guides.facts import CASE_FIELDS, Facts
from bot.guides.guide import Reply, date_or_none
from bot.law.remedies import Case, FileStatus, Residence, Step, open_questions, plan

_DATES = tuple(name for name in CASE_FIELDS if name.endswith("_on"))
_CHOICES = {"file_status": FileStatus, "residence": Residence}
# The rest of what the core could ask refines the plan; its answer tells it, and takes it when it is told.
_ASKED = frozenset({"file_status", "refused_on", "validated_on", "gracious_answer_on"})
# One reading of the plan needs few words: what is open now, then what follows.
_MAX_STEPS = 5


class RemedyGuide:
    """Asks what happened and when, then tells the next step, its last day, and what follows."""

    name = "remedy"

    def next_question(self, facts: Facts, unknown: frozenset[str], on: dt.date) -> str | None:
        """The first fact without which there is no plan worth telling."""
        asked = open_questions(_case(facts), on)
        return next((name for name in asked if name in _ASKED and name not in unknown), None)

    def reply(self, facts: Facts, on: dt.date) -> list[Reply]:
        """The plan in one message."""
        drawn = plan(_case(facts), on)
        values: dict[str, Any] = {
            **drawn.values,
            "now": _steps(drawn.now[:_MAX_STEPS]),
            "next_steps": _steps(drawn.later[:_MAX_STEPS]),
            "warnings": [
                {
                    "response": f"utter_remedy_warning_{warning.code.value}",
                    "reference": warning.reference,
                    "values": dict(warning.values),
                }
                for warning in drawn.warnings
            ],
        }
        return [Reply(f"utter_remedy_{drawn.stage.value}", values)]


def _case(facts: Facts) -> Case:
    known: dict[str, Any] = {name: facts[name] for name in CASE_FIELDS if name in facts}
    for name in _DATES:
        known[name] = date_or_none(known.get(name))
    for name, choices in _CHOICES.items():
        if known.get(name):
            known[name] = choices(known[name])
    return dataclasses.replace(Case(), **known)


def _steps(steps: Iterable[Step]) -> list[dict[str, Any]]:
    return [
        {
            "response": f"utter_remedy_step_{step.code.value}",
            "reference": step.reference,
            "values": {**step.values, **_dates(step)},
        }
        for step in steps
    ]


def _dates(step: Step) -> dict[str, str]:
    dates = {"opens": step.opens, "deadline": step.deadline.safe if step.deadline else None}
    return {name: day.isoformat() for name, day in dates.items() if day is not None}
