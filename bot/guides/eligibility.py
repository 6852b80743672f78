"""The guided dialogue "can I ask, and with which documents?"."""

from __future__ import annotations

import datetime as dt

from bot.guides.facts import Facts, told
from bot.guides.guide import Gist, Reply, items
from bot.law.decision import Decision, Status
from bot.law.eligibility import decide, open_questions
from bot.law.situation import FIELDS, Situation
from bot.procedures.duplicate.facts import FOUND


class EligibilityGuide:
    """Asks for facts that change the decision, then replies with it, its steps and its documents."""

    name = "eligibility"

    def next_question(self, facts: Facts, unknown: frozenset[str], on: dt.date) -> str | None:
        """The first fact that the decision still needs; for a card found again, first when it was found."""
        return next(iter(self.questions(facts, unknown, on)), None)

    def questions(self, facts: Facts, unknown: frozenset[str], on: dt.date) -> tuple[str, ...]:
        """The facts that the decision still needs, in the order of the law core."""
        if facts.get("original_found") == FOUND:
            return () if "original_found" in unknown else ("original_found",)
        return open_questions(situation_of(facts), on, unknown)

    def reply(self, facts: Facts, on: dt.date) -> list[Reply]:
        """The decision in one message; for a card found at an unknown time, both possible decisions."""
        if facts.get("original_found") == FOUND:
            return [Reply("utter_faq/original_found")]
        decision = decide(situation_of(facts), on)
        values = {**_values(decision), "facts": _facts(decision, facts)}
        return [Reply("utter_decision", values, decision)]

    def explain(self, facts: Facts, on: dt.date) -> list[Reply]:
        """The facts that the decision depends on, why each matters, and the rules applied."""
        if facts.get("original_found") == FOUND:
            return [Reply("utter_why_original_found")]
        decision = decide(situation_of(facts), on)
        values = {
            "facts": _facts(decision, facts),
            "reasons": items("utter_reason", decision.reasons),
            "uncertainties": items("utter_uncertainty", decision.uncertainties),
        }
        return [Reply("utter_why_decision", values)]

    def gist(self, facts: Facts, on: dt.date) -> Gist:
        """The outcome in a sentence, the steps and the papers to have."""
        if facts.get("original_found") == FOUND:
            return Gist({"response": "utter_gist_found"})
        decision = decide(situation_of(facts), on)
        papers = [paper for paper in decision.documents if paper.status is Status.PROVIDE]
        return Gist(
            {"response": f"utter_outcome_{decision.answer}"},
            tuple(items("utter_step", decision.steps)),
            tuple(items("utter_document", papers)),
        )


def situation_of(facts: Facts) -> Situation:
    """The situation that the facts describe, as the core knows it."""
    known = {name: facts[name] for name in FIELDS if name in facts}
    if known.get("original_found") == FOUND:
        del known["original_found"]
    return Situation.from_mapping(known)


def _facts(decision: Decision, facts: Facts) -> list[dict[str, object]]:
    return told({name: facts[name] for name in decision.facts})


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
