"""The intents that a message may turn out to have where the conversation stands, and how to set one."""

from __future__ import annotations

from typing import Any

from bot.nlu.topics import FAQ, OUT_OF_SCOPE, SURE_FROM, topic_of

FOREIGN = "foreign_language"
WHAT_IF = "what_if"
CORRECT = "correct_fact"
ASK_WHY = "ask_why"
INFORM = "inform"
FALLBACK = "nlu_fallback"
ASK_BETWEEN = "ask_between"

# The readings of a bare message that its facts may overrule; orders such as "recommencer" stand.
OVERRULED = frozenset(
    {FAQ, ASK_BETWEEN, FALLBACK, INFORM, OUT_OF_SCOPE, "affirm", "deny", "repeat", "ask_why", "cancel"}
    | {"restart_case", CORRECT, WHAT_IF, "dont_know", "thank"}
)
ORDERS = frozenset({"cancel", "restart_case"})
# What means the same wherever it is said, in however few words: "récapitule" answers no question.
MEANT_ANYWHERE = ORDERS | frozenset(
    {
        "recap",
        "repeat",
        "help",
        "human_handoff",
        "robot",
        "show_code",
        "make_sheet",
        "write_letter",
        "go_back",
    }
    | {"make_simpler", "make_shorter", "make_standard", "insult_or_frustration", "foreign_language"}
)


def set_intent(parse: dict[str, Any], name: str) -> None:
    """Makes the intent of the parse (in place) that one, surely."""
    parse["intent"] = {"name": name, "confidence": 1.0}


def is_unsure(intent: dict[str, Any]) -> bool:
    """Whether the classifier found no question, or none that it is sure of."""
    return intent["name"] in (OUT_OF_SCOPE, FALLBACK, ASK_BETWEEN) or intent["confidence"] < SURE_FROM


def is_outside(parse: dict[str, Any]) -> bool:
    """Whether the classifier read another subject, one that it names or none."""
    selected = (parse.get("response_selector") or {}).get(FAQ) or {}
    label = (selected.get("response") or {}).get("intent_response_key") or ""
    intent = parse["intent"]["name"]
    return intent == OUT_OF_SCOPE or (intent == FAQ and topic_of(label) == OUT_OF_SCOPE)
