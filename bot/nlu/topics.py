"""How fine labels gather into topics: ``faq/cost.professional`` is about ``cost``."""

from __future__ import annotations

from typing import Any

FAQ = "faq"
OUT_OF_SCOPE = "out_of_scope"
# The confidence from which the likeliest topic is answered without asking.
SURE_FROM = 0.6


def topic_of(label: str) -> str:
    """The topic of a label: the key before the dot for a question, the intent itself otherwise."""
    return label.removeprefix(f"{FAQ}/").partition(".")[0]


def is_question(label: str) -> bool:
    """Whether the label is a question about the card, with an answer of its own."""
    return label.startswith(f"{FAQ}/") and topic_of(label) != OUT_OF_SCOPE


def as_question(parse: dict[str, Any], label: str) -> None:
    """Makes a parse (in place) that of the question ``label``, surely."""
    answer = {"intent_response_key": label, "utter_action": f"utter_{label}", "confidence": 1.0}
    parse["intent"] = {"name": FAQ, "confidence": 1.0, "full_retrieval_intent_name": label}
    parse["response_selector"] = {
        "all_retrieval_intents": [FAQ],
        FAQ: {"response": answer, "ranking": [answer]},
    }
