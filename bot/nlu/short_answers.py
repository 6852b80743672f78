"""Short answers: to the question just asked, and to the choice just offered."""

from __future__ import annotations

import re
from typing import Any

from bot.nlu import facts
from bot.nlu.intents import FALLBACK, INFORM, ORDERS, OVERRULED, is_outside, set_intent
from bot.nlu.lexicon import manner_patterns
from bot.nlu.manner import asks
from bot.nlu.text import fold
from bot.procedures.registry import DATE_FACTS

# A longer message that gives the fact just asked for says something else as well.
MAX_ANSWER_WORDS = 6
# "Oui, il est bon jusqu'à l'an prochain": the first word answers, the rest says how.
MAX_PLAIN_ANSWER_WORDS = 12
# Asked for one of these days, "rejeté il y a six jours" speaks of the appeal, not of the request.
ANSWERS_TO_APPEALS = frozenset({"gracious_answer_on", "hierarchical_answer_on"})
_NO_SUCH_DAY = re.compile(r"(?:pas|aucune?|jamais|toujours (?:pas|rien)|rien)\b")


def take_rejection(entities: list[dict[str, Any]], asked: str) -> None:
    """Makes the day of a rejection that of the appeal just asked about, unless both days are told."""
    if all(entity["entity"] != asked for entity in entities):
        for entity in entities:
            if entity["entity"] == "refused_on":
                entity["entity"] = asked


def takes_or_leaves(parse: dict[str, Any], text: str) -> bool:
    """Whether a few words take the choice offered or leave it."""
    if len(text.split()) > MAX_ANSWER_WORDS or "?" in text:
        return False
    for manner, intent in (("take", "affirm"), ("leave", "deny"), ("yes", "affirm"), ("no", "deny")):
        if manner_patterns()[manner].match(fold(text)):
            set_intent(parse, intent)
            return True
    return False


def answers(parse: dict[str, Any], text: str, told: dict[str, Any], asked: str, corrects: bool) -> bool:
    """Whether the message answers the question just asked, whatever else it resembles."""
    is_asked_date = asked in DATE_FACTS
    # A date that could not be read is an answer all the same: it is asked for again in words.
    is_date = is_asked_date and not told.keys().isdisjoint(("date", facts.UNREAD_DATE))
    if is_date:
        _drop_departments(parse)
    is_short = len(text.split()) <= _most_words(parse, text, told) and "?" not in text
    if asked in told or is_date:
        if is_short or not asks(text):
            set_intent(parse, INFORM)
        return is_short
    if not is_short or corrects:
        return False
    value = facts.answer_to(asked, text)
    if value is not None:
        parse["entities"].append({"entity": asked, "value": value, "start": 0, "end": len(text)})
        set_intent(parse, INFORM)
        return True
    for manner, intent in (("stop", "cancel"), ("unknown", "dont_know"), ("yes", "affirm"), ("no", "deny")):
        if manner_patterns()[manner].match(fold(text)) and parse["intent"]["name"] not in ORDERS:
            set_intent(parse, intent)
            return True
    if is_asked_date and (parse["intent"]["name"] == "deny" or _NO_SUCH_DAY.match(fold(text))):
        # "Pas de réponse", "aucun recours": there is no such day.
        set_intent(parse, "dont_know")
        return True
    if is_outside(parse) and not asks(text):
        # Rather an answer that was not understood than another subject.
        set_intent(parse, FALLBACK)
    return False


def _drop_departments(parse: dict[str, Any]) -> None:
    """Where a day was asked for, "le 12" is one, and no département."""
    dates = [one for one in parse["entities"] if one["entity"] == "date"]
    parse["entities"] = [
        one
        for one in parse["entities"]
        if one["entity"] not in ("region", "event_abroad")
        or not any(date["start"] <= one["start"] and one["end"] <= date["end"] for date in dates)
    ]


def _most_words(parse: dict[str, Any], text: str, told: dict[str, Any]) -> int:
    """How long an answer to the question just asked may be: longer where yes or no is all that it tells."""
    # "Plus bon depuis deux mois" dates the answer; it tells no other fact.
    if (
        told.keys() - {"date"}
        or asks(text)
        or parse["intent"]["name"] not in (OVERRULED | {"goodbye"}) - ORDERS
    ):
        return MAX_ANSWER_WORDS
    is_plain = any(manner_patterns()[manner].match(fold(text)) for manner in ("yes", "no"))
    return MAX_PLAIN_ANSWER_WORDS if is_plain else MAX_ANSWER_WORDS
