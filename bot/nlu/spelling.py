"""Text-message spellings and typing errors brought back to words that the training examples use."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from bot.nlu.lexicon import shorthand
from bot.nlu.text import fold

_TOKENS = re.compile(r"[a-z]+|[^a-z]+")
_MIN_COUNT = 3
# Shorter words have too many neighbours; from eight letters on, two slips still leave one candidate.
_MIN_LETTERS, _LONG_WORD = 4, 8
_CANDIDATES = 5


class Speller:
    """Corrects words towards a vocabulary; what it does not know and cannot place, it leaves alone."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        """A speller of known words with their counts."""
        self._counts = dict(vocabulary)
        self._targets = [word for word in self._counts if len(word) >= _MIN_LETTERS]
        self._known: dict[str, str] = {}

    @classmethod
    def learn(cls, texts: Iterable[str]) -> Speller:
        """A speller of the words that stand at least three times in the texts."""
        counts = Counter(word for text in texts for word in re.findall(r"[a-z]+", fold(text)))
        return cls({word: count for word, count in counts.items() if count >= _MIN_COUNT})

    def correct(self, text: str) -> str:
        """The folded text with shorthand spelt out and typing errors mended."""
        plain = _shorthand_pattern().sub(lambda match: shorthand()[match[0]], fold(text))
        return "".join(self._word(token) for token in _TOKENS.findall(plain))

    def _word(self, token: str) -> str:
        if len(token) < _MIN_LETTERS or token in self._counts or not token.isalpha():
            return token
        if token not in self._known:
            self._known[token] = self._nearest(token)
        return self._known[token]

    def _nearest(self, word: str) -> str:
        slips = 1 if len(word) < _LONG_WORD else 2
        found = process.extract(
            word,
            self._targets,
            scorer=DamerauLevenshtein.distance,
            score_cutoff=slips,
            limit=_CANDIDATES,
        )
        if not found:
            return word
        return min(found, key=lambda candidate: (candidate[1], -self._counts[candidate[0]]))[0]


@lru_cache(maxsize=1)
def _shorthand_pattern() -> re.Pattern[str]:
    longest_first = sorted(shorthand(), key=len, reverse=True)
    return re.compile(rf"(?<![\w'])(?:{'|'.join(map(re.escape, longest_first))})(?![\w'])")
