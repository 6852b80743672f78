"""What a procedure is: its facts, and the guided dialogues that work its cases out."""

from __future__ import annotations

from dataclasses import dataclass

from bot.procedures.fact import Fact


@dataclass(frozen=True, kw_only=True)
class Dialogue:
    """A guided dialogue: the intent that starts it, and the topic of the questions that it computes."""

    name: str
    intent: str
    topic: str


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """One procedure of the card."""

    name: str
    facts: tuple[Fact, ...]
    dialogues: tuple[Dialogue, ...]
