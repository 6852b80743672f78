"""Where in a message the question is: people tell their story first."""

from __future__ import annotations

import re

_ENDS = re.compile(r"(?<=[.!?;])\s+")
# A shorter sentence ("Est-ce exact ?") means nothing without the one before.
_FEWEST_WORDS = 5
# Dictated or hurried messages have no full stop: their end then stands for their last sentence.
_MOST_WORDS = 25


def last_question(text: str) -> str:
    """The last sentence that ends with a question mark, or else the last sentence."""
    sentences = _ENDS.split(text)
    asked = [place for place, sentence in enumerate(sentences) if sentence.endswith("?")]
    place = asked[-1] if asked else len(sentences) - 1
    found = sentences[place]
    while place and len(found.split()) < _FEWEST_WORDS:
        place -= 1
        found = f"{sentences[place]} {found}"
    return " ".join(found.split()[-_MOST_WORDS:])
