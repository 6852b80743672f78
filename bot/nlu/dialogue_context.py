"""What stands before a message: the last answers, the question just asked, the facts told.

The classifier learns from it with the message, so that "et s'ils me contrôlent ?" after a theft is a question
about driving. At training it comes from the written conversations, in service from the tracker's slots.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.nlu.topics import is_question, topic_of
from bot.procedures.registry import DIALOGUE_OF_INTENT, DIALOGUES

# The facts that make another case of the conversation; the others do not change what a message means.
CASE_FACTS = (
    "reason",
    "holder",
    "applicant",
    "vehicle_stolen",
    "event_abroad",
    "original_found",
    "file_status",
    "selling",
    "moved",
    "vehicle_kind",
)


@dataclass(frozen=True)
class DialogueContext:
    """Where a conversation stands before a message; empty at its beginning.

    ``last``: the label answered last; ``earlier``: the last label of another topic before it. Both are about
    the card: small talk and other subjects in between change neither. ``asked``: the fact just asked for.
    ``facts``: the facts told, by slot name. ``text``: the person's message before.
    """

    last: str | None = None
    earlier: str | None = None
    asked: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been said yet."""
        return not (self.last or self.asked or self.facts or self.text)

    @classmethod
    def of_slots(cls, slots: Mapping[str, Any], text: str) -> DialogueContext:
        """The context that a conversation's slots hold; ``text`` is the person's message before."""
        answered = slots.get("last_answer") or {}
        last = answered.get("question") or _intent_of(answered.get("guide"))
        running = _intent_of(slots.get("guided_dialogue"))
        earlier = answered.get("earlier")
        if running and running != last:
            last, earlier = running, last or earlier
        facts = {name: slots[name] for name in CASE_FACTS if slots.get(name) is not None}
        return cls(last, earlier, slots.get("asked_fact"), facts, text)

    def after(self, label: str, text: str, facts: Mapping[str, Any], asked: str | None) -> DialogueContext:
        """The context of the next message, once this one was answered as ``label``."""
        last, earlier = self.last, self.earlier
        if is_about_the_card(label) and label != last:
            earlier = last if last and topic_of(last) != topic_of(label) else earlier
            last = label
        known = {**self.facts, **{name: value for name, value in facts.items() if name in CASE_FACTS}}
        return DialogueContext(last, earlier, asked, known, text)

    def features(self) -> Iterator[str]:
        """The names of what holds here, for the classifier."""
        if self.last:
            yield f"last={self.last}"
            yield f"last_topic={topic_of(self.last)}"
        if self.earlier:
            yield f"earlier_topic={topic_of(self.earlier)}"
        if self.asked:
            yield f"asked={self.asked}"
            yield "asks"
        for name, value in self.facts.items():
            yield f"fact={name}:{value}"


def _intent_of(dialogue: str | None) -> str | None:
    """The intent that starts a guided dialogue: what its answer is about, as a label."""
    return DIALOGUES[dialogue].intent if dialogue in DIALOGUES else None


def is_about_the_card(label: str) -> bool:
    """Whether an answer to that label becomes what the conversation is about."""
    return is_question(label) or label in DIALOGUE_OF_INTENT


NOTHING_BEFORE = DialogueContext()
