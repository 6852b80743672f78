"""The conversation state in which the next part of a message is classified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.nlu.dialogue_context import is_about_the_card
from bot.procedures.registry import DIALOGUE_OF_INTENT


@dataclass(frozen=True)
class WithinMessage:
    """The part of a tracker that the classifier reads: the slots and the previous text."""

    slots: Mapping[str, Any]
    latest_message: UserUttered

    @classmethod
    def after(cls, place: DialogueStateTracker | WithinMessage, part: str, label: str) -> WithinMessage:
        """The state after ``part``, as if it had been answered as ``label``."""
        slots = place.current_slot_values()
        if is_about_the_card(label):
            last = slots.get("last_answer") or {}
            dialogue = DIALOGUE_OF_INTENT.get(label)
            answer = {"guide": dialogue} if dialogue else {"question": label}
            earlier = last.get("question") or last.get("earlier")
            slots = {**slots, "last_answer": {**answer, "earlier": earlier}, "guided_dialogue": None}
        return cls({**slots, "asked_fact": None}, UserUttered(part))

    def current_slot_values(self) -> Mapping[str, Any]:
        """The slots by name, as a tracker gives them."""
        return self.slots
