"""The conversation itself: wording, stopping, starting again, recalling, not understanding."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import dialogue
from actions.answers import question_of_facts
from actions.base import AnsweringAction, changes, facts_of, facts_said_now, intent_of
from bot.guides.facts import FACT_NAMES, told

WORDINGS = {"make_simpler": "easy", "make_shorter": "short", "make_standard": None}


class ActionChangeWording(AnsweringAction):
    """Keeps the wording asked for, and says the last answer again in it."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_change_wording"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The sentences are written before the slot is set, so the wording goes with them."""
        wording = WORDINGS[intent_of(tracker)]
        dispatcher.utter_message(response=f"utter_wording_{wording or 'standard'}", wording=wording)
        return dialogue.repeat(dispatcher, tracker, wording=wording)


class ActionRestartCase(AnsweringAction):
    """Forgets the case."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_restart_case"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Every fact and the running dialogue are dropped; the wording stays."""
        dispatcher.utter_message(response="utter_restarted")
        state = ("guided_dialogue", "asked_fact", "skipped_facts", "last_answer", "misses")
        return changes(tracker, **{name: None for name in (*FACT_NAMES, *state)})


class ActionCancelDialogue(AnsweringAction):
    """Stops the guided dialogue; the facts told stay known."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_cancel_dialogue"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Says that it is stopped, or that nothing was running."""
        running = tracker.get_slot("guided_dialogue")
        dispatcher.utter_message(response="utter_cancelled" if running else "utter_nothing_to_cancel")
        return changes(tracker, guided_dialogue=None, asked_fact=None, skipped_facts=None)


class ActionRecap(AnsweringAction):
    """Tells the facts known so far, then goes on."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_recap"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The facts in one list, or that there are none yet."""
        known = told(facts_of(tracker))
        if known:
            dispatcher.utter_message(response="utter_recap", facts=known)
        else:
            dispatcher.utter_message(response="utter_recap_empty")
        return dialogue.resume(dispatcher, tracker)


class ActionRepeat(AnsweringAction):
    """Says the last answer or question again."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_repeat"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The pending question, else the last answer, else what the assistant can do."""
        return dialogue.repeat(dispatcher, tracker)


class ActionAskBetween(AnsweringAction):
    """Asks which of the two nearest questions was meant."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_ask_between"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Both topics by name and as buttons, unless a fact of the message settles which is meant."""
        if dialogue.fact_told(tracker):
            return dialogue.take_fact(dispatcher, tracker)
        first, second = dialogue.nearest_topics(tracker)[:2]
        meant = question_of_facts(facts_said_now(tracker))
        if meant and meant.removeprefix("faq/").partition(".")[0] in (first, second):
            dispatcher.utter_message(response=f"utter_{meant}")
            return changes(tracker, last_answer={"question": meant}, misses=None)
        dispatcher.utter_message(
            response="utter_close_call",
            first={"response": f"utter_topic_{first}"},
            second={"response": f"utter_topic_{second}"},
            topics=[first, second],
        )
        return changes(tracker, misses=None)


class ActionNotUnderstood(AnsweringAction):
    """Says so, offers the nearest topics, and after two misses gives real help."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_not_understood"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """A fact that was asked for is taken all the same; else the miss is counted."""
        if tracker.get_slot("guided_dialogue"):
            return dialogue.take_fact(dispatcher, tracker)
        return dialogue.not_understood(dispatcher, tracker)
