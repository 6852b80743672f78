"""Questions of data/nlu/faq: the written answer, or the computed one where the case is known."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import dialogue
from actions.base import AnsweringAction, changes, facts_of, question_of, today
from bot.guides import GUIDES
from bot.guides.facts import Facts

# The questions whose answer the core computes as soon as one of these facts is known.
COMPUTED: dict[str, tuple[str, frozenset[str]]] = {
    "faq/cost": ("price", frozenset({"plate_format", "moved", "storm_damage", "vehicle_kind", "energy"})),
    "faq/refusal_remedies": ("remedy", frozenset({"refused_on", "gracious_appeal_on"})),
}


class ActionQuoteFee(AnsweringAction):
    """Starts the guided dialogue on the price."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_quote_fee"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The first question, or the price."""
        return dialogue.start("price", dispatcher, tracker)


class ActionCheckEligibility(AnsweringAction):
    """Starts the guided dialogue on the right to a duplicate and its documents."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_check_eligibility"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The first question, or the decision."""
        return dialogue.start("eligibility", dispatcher, tracker)


class ActionPlanRemedy(AnsweringAction):
    """Starts the guided dialogue on a refusal, a delay or a silence."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_plan_remedy"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The first question, or the plan."""
        return dialogue.start("remedy", dispatcher, tracker)


class ActionAnswerQuestion(AnsweringAction):
    """Answers a question, then takes a guided dialogue up again where it was."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_answer_question"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The answer to the question, then the pending question of a guided dialogue."""
        label = question_of(tracker)
        if label is None:
            raise LookupError("a question without a label")
        guide = _computing_guide(label, facts_of(tracker))
        if guide is not None:
            return dialogue.start(guide, dispatcher, tracker)
        dispatcher.utter_message(response=f"utter_{label}")
        events = changes(tracker, last_answer={"question": label}, misses=None)
        return events + dialogue.resume(dispatcher, tracker)


def _computing_guide(label: str, facts: Facts) -> str | None:
    """The guided dialogue that can already answer the question exactly, if one can."""
    if label not in COMPUTED:
        return None
    name, deciding = COMPUTED[label]
    is_open = GUIDES[name].next_question(facts, frozenset(), today()) is not None
    return None if is_open or not deciding & facts.keys() else name
