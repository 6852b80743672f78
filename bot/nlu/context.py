"""What a message means where the conversation stands: the parse completed by the question before it.

The classifier reads each message alone. Here a short answer meets the question just asked, "et en Bretagne ?"
the last answer, and "non, en fait…" the facts told before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.nlu import facts
from bot.nlu.lexicon import fact_names, follow_ups, manner_patterns, short_questions
from bot.nlu.manner import Manner, asks, is_follow_up, manner_of
from bot.nlu.text import fold, normalise
from bot.nlu.topics import FAQ, OUT_OF_SCOPE, SURE_FROM, as_question, topic_of

FOREIGN = "foreign_language"
WHAT_IF = "what_if"
CORRECT = "correct_fact"
INFORM = "inform"
FALLBACK = "nlu_fallback"
ASK_BETWEEN = "ask_between"

# A longer message that gives the fact just asked for says something else as well.
MAX_ANSWER_WORDS = 6
# "Oui, il est bon jusqu'à l'an prochain": the first word answers, the rest says how.
MAX_PLAIN_ANSWER_WORDS = 12
MAX_MISTAKE_WORDS = 9
# The readings of a bare message that its facts may overrule; orders such as "recommencer" stand.
OVERRULED = frozenset(
    {FAQ, ASK_BETWEEN, FALLBACK, INFORM, OUT_OF_SCOPE, "affirm", "deny", "repeat", "ask_why", "cancel"}
    | {"restart_case", CORRECT, WHAT_IF, "dont_know", "thank"}
)
ORDERS = frozenset({"cancel", "restart_case"})
# Asked for one of these days, "rejeté il y a six jours" speaks of the appeal, not of the request.
ANSWERS_TO_APPEALS = frozenset({"gracious_answer_on", "hierarchical_answer_on"})


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
        return topic_of(question) if question else _TOPIC_OF_GUIDE.get(self.last.get("guide") or "")


_TOPIC_OF_GUIDE = {"price": "cost", "eligibility": "request_duplicate", "remedy": "refusal_remedies"}


def interpret(parse: dict[str, Any], context: Context) -> None:
    """Completes a parse in place: its intent, its facts, its question, and ``manner``."""
    text = normalise(parse["text"] or "")
    manner = manner_of(text)
    parse["manner"] = manner.value
    intent = parse["intent"]["name"]
    if intent == FOREIGN:
        return
    if context.asked in ANSWERS_TO_APPEALS:
        _take_rejection(parse["entities"], context.asked)
    told = {entity["entity"]: entity["value"] for entity in parse["entities"]}
    changes = any(context.known.get(name, value) != value for name, value in told.items())
    if _is_short_question(parse, text, context):
        return
    if context.offered and not told and _chooses(parse, text):
        return
    if context.asked and _answers(parse, text, told, context.asked, changes and manner is Manner.CORRECTION):
        return
    if manner is Manner.SUPPOSITION and told and (context.topic or context.guided):
        _suppose(parse, text, told, context)
    elif manner is Manner.MISTAKE and not told:
        _find_mistake(parse, text, context)
    elif _is_told(parse, told, changes, manner, context):
        _set_intent(parse, INFORM)


def _take_rejection(entities: list[dict[str, Any]], asked: str) -> None:
    """Makes the day of a rejection that of the appeal just asked about, unless both days are told."""
    if all(entity["entity"] != asked for entity in entities):
        for entity in entities:
            if entity["entity"] == "refused_on":
                entity["entity"] = asked


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


def _chooses(parse: dict[str, Any], text: str) -> bool:
    """Whether a few words take the choice offered or leave it."""
    if len(text.split()) > MAX_ANSWER_WORDS or "?" in text:
        return False
    for manner, intent in (("take", "affirm"), ("leave", "deny"), ("yes", "affirm"), ("no", "deny")):
        if manner_patterns()[manner].match(fold(text)):
            _set_intent(parse, intent)
            return True
    return False


def _answers(parse: dict[str, Any], text: str, told: dict[str, Any], asked: str, corrects: bool) -> bool:
    """Whether the message answers the question just asked, whatever else it resembles."""
    is_asked_date = asked.endswith("_on") or asked == "first_registration"
    is_date = is_asked_date and "date" in told
    is_short = len(text.split()) <= _most_words(parse, text, told) and "?" not in text
    if asked in told or is_date:
        if is_short or not asks(text):
            _set_intent(parse, INFORM)
        return is_short
    if not is_short or corrects:
        return False
    value = facts.answer_to(asked, text)
    if value is not None:
        parse["entities"].append({"entity": asked, "value": value, "start": 0, "end": len(text)})
        _set_intent(parse, INFORM)
        return True
    for manner, intent in (("stop", "cancel"), ("unknown", "dont_know"), ("yes", "affirm"), ("no", "deny")):
        if manner_patterns()[manner].match(fold(text)) and parse["intent"]["name"] not in ORDERS:
            _set_intent(parse, intent)
            return True
    if is_asked_date and parse["intent"]["name"] == "deny":
        # "Pas de réponse", "aucun recours": there is no such day.
        _set_intent(parse, "dont_know")
        return True
    if _is_outside(parse) and not asks(text):
        # Rather an answer that was not understood than another subject.
        _set_intent(parse, FALLBACK)
    return False


def _most_words(parse: dict[str, Any], text: str, told: dict[str, Any]) -> int:
    """How long an answer to the question just asked may be: longer where yes or no is all that it tells."""
    if told or asks(text) or parse["intent"]["name"] not in (OVERRULED | {"goodbye"}) - ORDERS:
        return MAX_ANSWER_WORDS
    is_plain = any(manner_patterns()[manner].match(fold(text)) for manner in ("yes", "no"))
    return MAX_PLAIN_ANSWER_WORDS if is_plain else MAX_ANSWER_WORDS


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
        _set_intent(parse, WHAT_IF)


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
        _set_intent(parse, CORRECT)


def _is_told(
    parse: dict[str, Any], told: dict[str, Any], changes: bool, manner: Manner, context: Context
) -> bool:
    """Whether the message tells facts rather than asks, although the classifier saw a question in it."""
    if not told or manner in (Manner.QUESTION, Manner.SUPPOSITION):
        return False
    if parse["intent"]["name"] not in OVERRULED or asks(parse["text"] or ""):
        return False
    is_bare = len((parse["text"] or "").split()) <= MAX_ANSWER_WORDS
    if context.last and is_bare and _is_unsure(parse["intent"]):
        # "Plaque 123 AB 75, perdue" after an answer completes it: bare facts are no other subject.
        return True
    corrects = manner in (Manner.CORRECTION, Manner.MISTAKE)
    # "J'ai fait un recours il y a dix jours": after a plan, a date of the request makes another one.
    dates = context.last.get("guide") == "remedy" and any(name.endswith("_on") for name in told)
    return bool(context.guided) or (bool(context.last.get("guide")) and (changes or corrects or dates))


def _is_unsure(intent: dict[str, Any]) -> bool:
    """Whether the classifier found no question, or none that it is sure of."""
    return intent["name"] in (OUT_OF_SCOPE, FALLBACK, ASK_BETWEEN) or intent["confidence"] < SURE_FROM


def _is_outside(parse: dict[str, Any]) -> bool:
    """Whether the classifier read another subject, one that it names or none."""
    selected = (parse.get("response_selector") or {}).get(FAQ) or {}
    label = (selected.get("response") or {}).get("intent_response_key") or ""
    intent = parse["intent"]["name"]
    return intent == OUT_OF_SCOPE or (intent == FAQ and topic_of(label) == OUT_OF_SCOPE)


def _set_intent(parse: dict[str, Any], name: str) -> None:
    parse["intent"] = {"name": name, "confidence": 1.0}
