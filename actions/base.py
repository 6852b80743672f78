"""What every action shares: today's date, the facts of the conversation, an answer whatever fails."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from zoneinfo import ZoneInfo

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.guides.facts import Facts
from bot.procedures.registry import FACT_NAMES

logger = logging.getLogger(__name__)

PARIS = ZoneInfo("Europe/Paris")
# An action may wait for the desk or a database: in a thread, so that the event loop goes on with everybody
# else's. Actions beyond that number wait for a free thread.
_THREADS = ThreadPoolExecutor(max_workers=64, thread_name_prefix="action")


def now() -> dt.datetime:
    """This moment with its zone: the only clock of the actions."""
    return dt.datetime.now(PARIS)


def facts_of(tracker: Tracker) -> Facts:
    """The facts told so far, by slot name; unknown ones are absent."""
    return {name: tracker.get_slot(name) for name in FACT_NAMES if tracker.get_slot(name) is not None}


def facts_said_now(tracker: Tracker) -> Facts:
    """The facts that the latest message states."""
    entities = tracker.latest_message.get("entities") or []
    return {entity["entity"]: entity["value"] for entity in entities if entity["entity"] in FACT_NAMES}


def intent_of(tracker: Tracker) -> str:
    """The intent of the latest message, "" without any."""
    return (tracker.latest_message.get("intent") or {}).get("name") or ""


def question_of(tracker: Tracker) -> str | None:
    """The question ("faq/cost.professional") that the latest message asks, if it asks one."""
    found = (tracker.latest_message.get("response_selector") or {}).get("faq") or {}
    return (found.get("response") or {}).get("intent_response_key")


def changes(tracker: Tracker, **values: Any) -> list[EventType]:
    """The events that set those slots, leaving out what they hold already."""
    return [SlotSet(name, value) for name, value in values.items() if tracker.get_slot(name) != value]


class AnsweringAction(Action, ABC):
    """An action that always says something: an error of the core becomes ``utter_error``, never silence.

    The facts of the message are kept, unless the action sets them itself.
    """

    keeps_facts = True

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[EventType]:
        """``answered``, in a thread: Rasa's SDK calls every action in its server's event loop."""
        return await asyncio.get_running_loop().run_in_executor(_THREADS, self.answered, dispatcher, tracker)

    @abstractmethod
    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Says something and returns the events."""

    def answered(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """The events of ``answer``, none with the apology where it raises.

        The log names the error, never the message.
        """
        said_before = len(dispatcher.messages)
        try:
            events = self.answer(dispatcher, tracker)
            set_already = {event.get("name") for event in events}
            told = {name: value for name, value in facts_said_now(tracker).items() if name not in set_already}
            return events + (changes(tracker, **told) if self.keeps_facts else [])
        except Exception as error:
            # Every error of the core is meant to end here: a citizen must not meet silence.
            logger.exception("%s failed: %s", self.name(), type(error).__name__)
            del dispatcher.messages[said_before:]
            dispatcher.utter_message(response="utter_error")
            return []
