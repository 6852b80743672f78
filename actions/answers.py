"""What a person says that is no question: a fact, yes, no, "I don't know", "why?"."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import dialogue
from actions.base import AnsweringAction, changes, facts_said_now, intent_of, question_of
from bot.guides.facts import Facts

# Out of any dialogue, the question that a bare fact most likely means, the most telling fact first.
QUESTION_OF_FACT: tuple[tuple[str, object, str], ...] = (
    ("vehicle_stolen", True, "faq/vehicle_stolen_with_card"),
    ("original_found", "before_request", "faq/original_found.before_request"),
    ("original_found", "after_request", "faq/original_found.after_request"),
    ("holder", "lessor", "faq/leasing"),
    ("holder", "minor", "faq/minor"),
    ("holder", "company", "faq/company_vehicle"),
    ("holder", "deceased", "faq/who_can_apply.deceased_holder"),
    ("applicant", "other", "faq/who_can_apply.mandate"),
    ("applicant", "agent", "faq/who_can_apply.mandate"),
    ("applicant", "professional", "faq/who_can_apply.professional"),
    ("applicant", "buyer", "faq/sell_vehicle_without_card"),
    ("event_abroad", True, "faq/theft_abroad_or_loss_abroad"),
    ("reason", "theft", "faq/declare_theft"),
    ("reason", "damage", "faq/deterioration"),
    ("reason", "loss", "faq/declare_loss"),
    ("moved", True, "faq/address_change"),
    ("inspection", "expired", "faq/technical_inspection"),
    ("inspection", "valid", "faq/technical_inspection"),
    ("plate_format", "fni", "faq/plate_format_change"),
)
# The questions after which a new fact asks for the exact computation.
GUIDE_OF_QUESTION = {"faq/cost": "price", "faq/refusal_remedies": "remedy"}


class ActionTakeAnswer(AnsweringAction):
    """Takes a fact, a yes, a no or a "don't know" where the conversation stands."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_take_answer"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The running dialogue goes on; without one, the fact completes the last answer or opens a topic."""
        if tracker.get_slot("guided_dialogue"):
            return dialogue.take_fact(dispatcher, tracker)
        if intent_of(tracker) in ("affirm", "deny", "dont_know") and not facts_said_now(tracker):
            dispatcher.utter_message(response="utter_what_next")
            return []
        guide = _guide_of_last_answer(tracker)
        if guide is not None:
            return dialogue.start(guide, dispatcher, tracker)
        return _answer_by_fact(dispatcher, tracker)


class ActionExplainQuestion(AnsweringAction):
    """Says why the last question was asked, and asks it again."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_explain_question"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The reason, then the question; out of a dialogue, that nothing was asked."""
        asked = tracker.get_slot("asked_fact")
        if not asked:
            dispatcher.utter_message(response="utter_nothing_to_explain")
            return []
        dispatcher.utter_message(response=f"utter_why_{asked}")
        dispatcher.utter_message(response=f"utter_ask_{asked}")
        return []


def question_of_facts(said: Facts) -> str | None:
    """The question that the facts of a message most likely mean, None where they mean none."""
    return next((label for fact, value, label in QUESTION_OF_FACT if said.get(fact) == value), None)


def _guide_of_last_answer(tracker: Tracker) -> str | None:
    last = tracker.get_slot("last_answer") or {}
    question = (last.get("question") or "").partition(".")[0]
    return last.get("guide") or GUIDE_OF_QUESTION.get(question)


def _answer_by_fact(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    said = facts_said_now(tracker)
    meant = question_of_facts(said)
    if meant is not None:
        dispatcher.utter_message(response=f"utter_{meant}")
        return changes(tracker, last_answer={"question": meant}, misses=None)
    nearest = question_of(tracker)
    if nearest is not None and not said:
        dispatcher.utter_message(response=f"utter_{nearest}")
        return changes(tracker, last_answer={"question": nearest}, misses=None)
    if said:
        dispatcher.utter_message(response="utter_facts_noted")
        return changes(tracker, misses=None)
    return dialogue.not_understood(dispatcher, tracker)
