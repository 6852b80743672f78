"""Questions about the card, asked of another document: examples of what is out of scope, made at training.

"Où en est ma demande de permis de construire ?" has all the words of a question about the card but one. No
list of examples holds every document in every question, so they are made: of some examples that name the
card, and no vehicle, a copy names another document. They teach that the document decides.

The copies are the same at every training: chance is seeded with the text itself.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from bot.nlu.lexicon import other_document_names, other_documents
from bot.nlu.text import fold
from bot.nlu.topics import is_question

# More of them, and questions that do not name the card are refused as well.
_SHARE = 0.3
_MOST_WORDS = 40
_MASCULINE = {
    "ma": "mon",
    "la": "le",
    "une": "un",
    "sa": "son",
    "cette": "ce",
    "nouvelle": "nouveau",
    "de ma": "de mon",
    "de la": "du",
}
_FEMININE = {masculine: feminine for feminine, masculine in _MASCULINE.items()}


def counterparts(texts: Sequence[str], labels: Sequence[str]) -> list[tuple[str, str]]:
    """Copies that speak of another document than the card, each with the label of what is out of scope."""
    found = (counterpart(text) for text, label in zip(texts, labels, strict=True) if is_question(label))
    return [pair for pair in found if pair]


def counterpart(text: str) -> tuple[str, str] | None:
    """The text with another document in the card's place, and its label; None for most texts.

    A text that is long, names no card, or speaks of a vehicle besides, has none.
    """
    chance = random.Random(f"counterpart {text}")
    if chance.random() >= _SHARE or len(text.split()) > _MOST_WORDS or not _card().search(text):
        return None
    if _vehicle().search(fold(_card().sub("", text))):
        return None
    other = chance.choice(other_documents())
    agreeing = _MASCULINE if other.is_masculine else _FEMININE
    return _card().sub(lambda found: _agreeing(found["determiner"], agreeing) + other.name, text), other.label


def _agreeing(determiner: str | None, forms: Mapping[str, str]) -> str:
    if determiner is None:
        return ""
    form = forms.get(determiner.lower(), determiner)
    return f"{form.capitalize() if determiner[0].isupper() else form} "


@lru_cache(maxsize=1)
def _card() -> re.Pattern[str]:
    determiners = "|".join(sorted({*_MASCULINE, *_FEMININE}, key=len, reverse=True))
    names = "|".join(other_document_names().card)
    return re.compile(rf"\b(?:(?P<determiner>{determiners})\s+)?(?:{names})\b", re.IGNORECASE)


@lru_cache(maxsize=1)
def _vehicle() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(other_document_names().vehicle)})")
