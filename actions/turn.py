"""One message and what becomes of the conversation: the facts before and after, what is said and kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import changes, facts_of, facts_said_now, intent_of, now, question_of
from bot.guides.coherence import settle
from bot.guides.facts import PERIOD_FIELDS, Facts, is_uncertain
from bot.guides.guide import Reply
from bot.law.days import Days
from bot.law.local_days import day_of_case
from bot.procedures.duplicate.facts import FOUND
from bot.procedures.fact import Kind
from bot.procedures.registry import DATE_FACTS, FACT_NAMES, FACTS

YES_NO_FACTS = frozenset(fact.name for fact in FACTS.values() if fact.kind is Kind.YES_NO)
# The entity of a date that could not be read: its role says why, its group the fact that it was about.
UNREAD_DATE = "unread_date"
# The entity of a place outside France.
PLACE_ABROAD = "place_abroad"
# Facts told in these intents are about another case, or about nothing.
_KEEPS_NO_FACT = frozenset({"what_if", "out_of_scope", "foreign_language"})

_ANOTHER_SUBJECT = "out_of_scope"
# The nearness (a cosine) from which a passage speaks of what was asked.
NEAR_FROM = 0.25


class Turn:
    """The latest message where the conversation stands; slots set here are written at the end of the turn."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        """Reads the message and settles its facts with those told before."""
        self._dispatcher = dispatcher
        self._tracker = tracker
        self._slots: dict[str, Any] = {}
        self.intent = intent_of(tracker)
        self.question = question_of(tracker)
        self.manner = tracker.latest_message.get("manner") or "statement"
        self.entities = {
            entity["entity"]: entity["value"] for entity in tracker.latest_message.get("entities") or []
        }
        self.before: Facts = facts_of(tracker)
        self.said = self._facts_said()
        # Where the day that was told has begun overseas before Paris, that day is today.
        self.on: dt.date = day_of_case([*self.before.values(), *self.said.values()], now())
        self.unread = None if self.is_elsewhere else self._date_to_ask_again()
        told = {} if self.is_elsewhere else self._told()
        self.facts, self.refused = settle(self.before, told, self.on)

    @property
    def conversation(self) -> str:
        """The conversation's id."""
        return str(self._tracker.sender_id)

    @property
    def is_elsewhere(self) -> bool:
        """Whether the message speaks of a case that is not the person's own, or of another subject."""
        is_another_subject = self.intent == "faq" and _ANOTHER_SUBJECT in (self.question or "")
        is_supposed = self.manner == "supposition" and self.asked not in self.said
        return self.intent in _KEEPS_NO_FACT or is_another_subject or is_supposed

    @property
    def names_place_abroad(self) -> bool:
        """Whether the message names a place outside France."""
        return PLACE_ABROAD in self.entities

    @property
    def word_count(self) -> int:
        """How many words the message has."""
        return len((self._tracker.latest_message.get("text") or "").split())

    @property
    def asked(self) -> str | None:
        """The fact just asked for."""
        fact: str | None = self.slot("asked_fact")
        return fact

    @property
    def running(self) -> str | None:
        """The guided dialogue under way."""
        name: str | None = self.slot("guided_dialogue")
        return name

    @property
    def last(self) -> dict[str, Any]:
        """What was answered last: ``question``, else ``guide`` with the ``facts`` it answered from."""
        return self.slot("last_answer") or {}

    @property
    def skipped(self) -> list[str]:
        """The facts that the person cannot tell."""
        return list(self.slot("skipped_facts") or [])

    @property
    def is_new(self) -> bool:
        """Whether the message tells a fact that was not known so."""
        return self.facts != self.before

    @property
    def corrects(self) -> bool:
        """Whether the message makes another of a fact told before."""
        return any(self.facts.get(name) != value and value != FOUND for name, value in self.before.items())

    def slot(self, name: str) -> Any:
        """A slot's value, as this turn leaves it."""
        return self._slots[name] if name in self._slots else self._tracker.get_slot(name)

    def slot_before(self, name: str) -> Any:
        """A slot's value, as the message found it."""
        return self._tracker.get_slot(name)

    def learn(self, facts: Facts) -> None:
        """Takes facts for the person's own, as if the message had told them."""
        self.facts, self.refused = settle(self.before, facts, self.on)

    def forget(self, names: Collection[str] | None = None) -> None:
        """Drops every fact, or those named; what is told again afterwards corrects nothing."""
        dropped = self.facts.keys() if names is None else names
        self.facts = {name: value for name, value in self.facts.items() if name not in dropped}
        self.before = {name: value for name, value in self.before.items() if name not in dropped}

    def keep(self, **slots: Any) -> None:
        """Sets slots at the end of the turn."""
        self._slots.update(slots)

    def say(self, response: str, **values: Any) -> None:
        """Names a response with its values."""
        self._dispatcher.utter_message(response=response, **values)

    def reply(self, replies: list[Reply], **values: Any) -> None:
        """Names each response with its values, and those common to all."""
        for reply in replies:
            self.say(reply.response, **reply.values, **values)

    def nearest_topics(self) -> list[str]:
        """The topics of questions nearest to the message, the nearest first."""
        ranking = self._tracker.latest_message.get("topic_ranking") or []
        return [topic["name"] for topic in ranking if topic["is_question"]]

    def nearest_topics_before(self) -> list[str]:
        """The topics of questions nearest to the person's message before this one, the nearest first."""
        said = [event for event in self._tracker.events if event.get("event") == "user"]
        ranking = (said[-2].get("parse_data") or {}).get("topic_ranking") or [] if len(said) > 1 else []
        return [topic["name"] for topic in ranking if topic["is_question"]]

    def nearest_passage(self) -> int | None:
        """The rank of the passage of the answer that is nearest to the message; None where none is near."""
        found = self._tracker.latest_message.get("passage") or {}
        return found["rank"] if found and found["confidence"] >= NEAR_FROM else None

    def also_asked(self) -> list[str]:
        """The other questions or dialogues that the message asks for, after its first."""
        return list(self._tracker.latest_message.get("also_asked") or [])

    def language(self) -> str:
        """The language of a foreign message."""
        return self._tracker.latest_message.get("language") or "en"

    def events(self) -> list[EventType]:
        """What the turn changes: facts and state."""
        facts = {name: self.facts.get(name) for name in FACT_NAMES}
        return changes(self._tracker, **{**facts, **self._slots})

    def _facts_said(self) -> Facts:
        said = facts_said_now(self._tracker)
        asked = self.asked
        doubtful = self._doubtful_date()
        if "date" in self.entities and doubtful and said.keys().isdisjoint(DATE_FACTS):
            return {**said, doubtful: self.entities["date"]}
        if not asked or asked in said:
            return said
        if asked in DATE_FACTS and "date" in self.entities:
            return {**said, asked: _day_of(asked, self.entities["date"])}
        if asked in YES_NO_FACTS and self.intent in ("affirm", "deny"):
            return {**said, asked: self.intent == "affirm"}
        if asked == "original_found" and self.intent in ("affirm", "deny"):
            return {**said, asked: "after_request" if self.intent == "affirm" else "before_request"}
        return said

    def _doubtful_date(self) -> str | None:
        """The one day that the last answer counted from without being sure: a bare date corrects it."""
        if self.asked in DATE_FACTS or self.last.get("guide") != "remedy":
            return None
        doubtful = [name for name, value in self.before.items() if is_uncertain(value)]
        return doubtful[0] if len(doubtful) == 1 else None

    def _date_to_ask_again(self) -> Reply | None:
        """What to say of words shaped like a date that give none, where a date was asked for or decides."""
        for entity in self._tracker.latest_message.get("entities") or []:
            if entity["entity"] == UNREAD_DATE:
                about = entity.get("group")
                fact = self.asked if about == "date" and self.asked in DATE_FACTS else about
                # "Je peux rouler demain ?" plans something: nothing was told that could not be read.
                is_open = entity["role"] in ("to_come", "year_unclear")
                is_planned = is_open and self.manner == "question" and fact != self.asked
                if fact in DATE_FACTS and fact not in self.said and not is_planned:
                    return Reply(f"utter_date_unread_{entity['role']}", {"read": entity["value"]})
        return None

    def _told(self) -> Facts:
        """The facts to keep: a question contradicts nothing that was told ("faut-il déclarer un vol ?")."""
        if self.manner != "question" or self.intent == "inform":
            return self.said
        return {
            name: value
            for name, value in self.said.items()
            # "CPI du 12, jusqu'à quand ?": the day that a question counts from is told.
            if name in PERIOD_FIELDS or self.before.get(name, value) == value
        }


def _day_of(fact: str, value: str) -> str:
    """The days told as the fact keeps them: a vehicle's first registration is one day, the earliest."""
    return Days.parse(value).earliest.isoformat() if FACTS[fact].kind is Kind.DATE else value
