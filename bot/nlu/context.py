"""What a message means where the conversation stands: the parse completed by the question before it.

The classifier reads each message alone. Here a short answer meets the question just asked, "et en Bretagne ?"
the last answer, and "non, en fait…" the facts told before.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.law.local_days import latest, today
from bot.nlu import facts
from bot.nlu.intents import (
    ASK_WHY,
    CORRECT,
    FOREIGN,
    INFORM,
    ORDERS,
    OVERRULED,
    WHAT_IF,
    is_unsure,
    set_intent,
)
from bot.nlu.lexicon import fact_names, follow_ups, short_questions
from bot.nlu.manner import Manner, asks, is_follow_up, manner_of
from bot.nlu.short_answers import (
    ANSWERS_TO_APPEALS,
    MAX_ANSWER_WORDS,
    answers,
    take_rejection,
    takes_or_leaves,
)
from bot.nlu.text import fold, normalise
from bot.nlu.topics import FAQ, as_question, topic_of
from bot.procedures.registry import DAYS_FACTS, DIALOGUES

MAX_MISTAKE_WORDS = 9
_RECEIVED = re.compile(r"\b(?:recue?s?|notifiee?)\b")
_WHY = re.compile(r"(?:et |mais |ah )?(?:pourquoi|pk|pq|pourkoi)(?: ca| donc)?[ ?!.]*")


@dataclass(frozen=True)
class Context:
    """Where a conversation stands: the fact asked for, the dialogue, the last answer, the facts told.

    ``offered``: the last message offered a choice that yes or no settles.
    """

    asked: str | None = None
    guided: str | None = None
    last: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)
    offered: bool = False

    @classmethod
    def of(cls, slots: Mapping[str, Any]) -> Context:
        """The context that a conversation's slots hold."""
        return cls(
            slots.get("asked_fact"),
            slots.get("guided_dialogue"),
            slots.get("last_answer") or {},
            {name: value for name, value in slots.items() if value is not None},
            bool(slots.get("pending_choice")),
        )

    @property
    def topic(self) -> str | None:
        """The topic of the last answer: that of its question, or the one that its guide computes."""
        question = self.last.get("question")
        if question:
            return topic_of(question)
        dialogue = DIALOGUES.get(self.last.get("guide") or "")
        return dialogue.topic if dialogue else None


def interpret(parse: dict[str, Any], context: Context) -> None:
    """Completes a parse in place: its intent, its facts, its question, and ``manner``."""
    text = normalise(parse["text"] or "")
    manner = manner_of(text)
    parse["manner"] = manner.value
    intent = parse["intent"]["name"]
    if intent == FOREIGN:
        return
    if context.asked in ANSWERS_TO_APPEALS:
        take_rejection(parse["entities"], context.asked)
    _see_from_place(parse, text, context.known)
    _take_reception(parse, text, context)
    told = {entity["entity"]: entity["value"] for entity in parse["entities"]}
    changes = any(context.known.get(name, value) != value for name, value in told.items())
    if _asks_why(text, context):
        set_intent(parse, ASK_WHY)
        return
    if _is_short_question(parse, text, context):
        return
    if context.offered and not told and takes_or_leaves(parse, text):
        return
    if context.asked and answers(parse, text, told, context.asked, changes and manner is Manner.CORRECTION):
        return
    if manner is Manner.SUPPOSITION and told and (context.topic or context.guided):
        _suppose(parse, text, told, context)
    elif manner is Manner.MISTAKE and not told:
        _find_mistake(parse, text, context)
    elif _is_told(parse, told, changes, manner, context):
        set_intent(parse, INFORM)


def _asks_why(text: str, context: Context) -> bool:
    """Whether a bare "pourquoi ?" asks for the reasons of the answer just computed."""
    is_computed = bool(context.last.get("guide")) and not context.last.get("question")
    return is_computed and not context.asked and bool(_WHY.fullmatch(fold(text)))


def _see_from_place(parse: dict[str, Any], text: str, known: Mapping[str, Any]) -> None:
    """Makes "aujourd'hui" the day of the place told before: the extractor sees the message alone."""
    dated = [one for one in parse["entities"] if one["entity"] in DAYS_FACTS or one["entity"] == "date"]
    place = known.get("region"), known.get("residence")
    if not dated or place == (None, None) or any(one["entity"] == "region" for one in parse["entities"]):
        return
    now = dt.datetime.now(dt.UTC)
    seen = {fact.start: fact.value for fact in facts.find(text, today(now, *place), (), latest(now))}
    for entity in dated:
        entity["value"] = seen.get(entity["start"], entity["value"])


def _take_reception(parse: dict[str, Any], text: str, context: Context) -> None:
    """Makes "je l'ai reçue le 7" the day of the refusal, where the last answer counted from that day."""
    is_counted = context.last.get("guide") == "remedy" and "refused_on" in context.known
    if is_counted and _RECEIVED.search(fold(text)):
        for entity in parse["entities"]:
            if entity["entity"] == "date":
                entity["entity"] = "refused_on"


def _is_short_question(parse: dict[str, Any], text: str, context: Context) -> bool:
    """Whether the message is one of ``follow_ups.yml``, which then becomes its question."""
    if not (context.topic or context.guided):
        return False
    folded = fold(text).strip(" ?!.,")
    for question, pattern in short_questions():
        if pattern.fullmatch(folded):
            as_question(parse, question.after.get(context.topic or "", question.default))
            return True
    return False


def _suppose(parse: dict[str, Any], text: str, told: dict[str, Any], context: Context) -> None:
    """Makes the message a comparison with the last answer, or the question that the new fact makes of it."""
    cases = follow_ups().for_another_case.get(context.topic or "", {}) if context.last.get("question") else {}
    for name, value in told.items():
        label = cases.get(name, {}).get(value) or cases.get(name, {}).get("any")
        if label:
            as_question(parse, label)
            return
    is_bare = is_follow_up(fold(text)) or len(text.split()) <= MAX_MISTAKE_WORDS
    if is_bare or context.last.get("guide") or parse["intent"]["name"] != FAQ:
        set_intent(parse, WHAT_IF)


def _find_mistake(parse: dict[str, Any], text: str, context: Context) -> None:
    """Makes "je me suis trompé de région" the correction of a fact that was told."""
    if len(text.split()) > MAX_MISTAKE_WORDS or parse["intent"]["name"] in ORDERS:
        return
    named = next(
        (name for name, pattern in fact_names() if name in context.known and pattern.search(fold(text))), None
    )
    if named:
        parse["entities"].append({"entity": "corrected", "value": named, "start": 0, "end": len(text)})
    if named or (parse["intent"]["name"] != FAQ and (context.guided or context.last)):
        set_intent(parse, CORRECT)


def _is_told(
    parse: dict[str, Any], told: dict[str, Any], changes: bool, manner: Manner, context: Context
) -> bool:
    """Whether the message tells facts rather than asks, although the classifier saw a question in it."""
    if not told or manner in (Manner.QUESTION, Manner.SUPPOSITION):
        return False
    if parse["intent"]["name"] not in OVERRULED or asks(parse["text"] or ""):
        return False
    is_bare = len((parse["text"] or "").split()) <= MAX_ANSWER_WORDS
    if context.last and is_bare and is_unsure(parse["intent"]):
        # "Plaque 123 AB 75, perdue" after an answer completes it: bare facts are no other subject.
        return True
    corrects = manner in (Manner.CORRECTION, Manner.MISTAKE)
    # "J'ai fait un recours il y a dix jours": after a plan, a date of the request makes another one.
    dates = context.last.get("guide") == "remedy" and not DAYS_FACTS.isdisjoint(told)
    # "Ah et j'ai déménagé aussi", right after a computed answer, makes another one.
    completes = is_bare and not context.last.get("question")
    is_computed = bool(context.last.get("guide"))
    return bool(context.guided) or (is_computed and (changes or corrects or dates or completes))
