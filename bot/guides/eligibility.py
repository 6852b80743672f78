"""The guided dialogue "can I ask, and with which documents?"."""

from __future__ import annotations

import datetime as dt

from bot.guides.facts import Facts
from bot.guides.guide import Reply, items
from bot.law.decision import Decision, Status
from bot.law.eligibility import decide, open_questions
from bot.law.situation import FIELDS, Situation


class EligibilityGuide:
    """Asks what changes the decision, then tells it with its steps and documents."""

    name = "eligibility"

    def next_question(self, facts: Facts, unknown: frozenset[str], on: dt.date) -> str | None:
        """The first open question of the core."""
        return next(iter(open_questions(_situation(facts), on, unknown)), None)

    def reply(self, facts: Facts, on: dt.date) -> list[Reply]:
        """The decision in one message."""
        return [Reply("utter_decision", _values(decide(_situation(facts), on)))]


def _situation(facts: Facts) -> Situation:
    return Situation.from_mapping({name: facts[name] for name in FIELDS if name in facts})


def _values(decision: Decision) -> dict[str, object]:
    def papers(status: Status) -> list[dict[str, object]]:
        found = [paper for paper in decision.documents if paper.status is status]
        return items("utter_document", found)

    return {
        "answer": {"response": f"utter_outcome_{decision.answer}"},
        "reasons": items("utter_reason", decision.reasons),
        "steps": items("utter_step", decision.steps),
        "to_provide": papers(Status.PROVIDE),
        "to_keep": papers(Status.KEEP),
        "if_asked": papers(Status.IF_ASKED),
        "warnings": items("utter_warning", decision.warnings),
        "uncertainties": items("utter_uncertainty", decision.uncertainties),
    }
