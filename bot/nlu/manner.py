"""How a message is meant: as a statement, a question, a correction, a supposition. Plain functions."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.nlu.lexicon import manner_patterns
from bot.nlu.text import fold

# "et en Bretagne ?" says no more than that; a longer message speaks of the person's own case.
MAX_FOLLOW_UP_WORDS = 7


class Manner(StrEnum):
    """How a message is meant; MISTAKE says that something told is wrong, CORRECTION replaces it."""

    STATEMENT = "statement"
    QUESTION = "question"
    MISTAKE = "mistake"
    CORRECTION = "correction"
    SUPPOSITION = "supposition"


def manner_of(text: str) -> Manner:
    """How ``text`` (normalised) is meant."""
    folded = fold(text).strip(" .!,;")
    if _found("supposition", folded) or is_follow_up(folded):
        return Manner.SUPPOSITION
    if _found("mistake", folded):
        return Manner.MISTAKE
    if _found("correction", folded):
        return Manner.CORRECTION
    return Manner.QUESTION if asks(text) else Manner.STATEMENT


def asks(text: str) -> bool:
    """Whether the text asks something, with a question mark or the words of a question."""
    return "?" in text or _found("question", fold(text)) is not None


def is_follow_up(folded: str) -> bool:
    """Whether a few words (folded) take up the last question for another case: "et pour un scooter"."""
    match = manner_patterns()["follow_up"].match(folded)
    return match is not None and len(folded.split()) <= MAX_FOLLOW_UP_WORDS


def _found(manner: str, folded: str) -> re.Match[str] | None:
    return manner_patterns()[manner].search(folded)
