"""A text as the linear model sees it: characters within words, words, pairs of words.

Much faster than scikit-learn's own analysers, because few words make most of a text.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from bot.nlu.text import fold

_TOKENS = re.compile(r"\w+|[^\w\s]")
_WORDS = re.compile(r"\w+")
_SHORTEST, _LONGEST = 2, 5


def characters(text: str) -> list[str]:
    """Every run of 2 to 5 characters of each word, its edges marked by spaces."""
    return [run for word in _TOKENS.findall(fold(text)) for run in _runs(word)]


def words(text: str) -> list[str]:
    """Every word, then every pair of neighbours."""
    found = _WORDS.findall(fold(text))
    return found + [f"{left} {right}" for left, right in zip(found, found[1:], strict=False)]


def ngrams(rarest: int) -> FeatureUnion:
    """Untrained features that leave out what stands in fewer than ``rarest`` texts."""
    return FeatureUnion(
        [
            ("characters", _tfidf(characters, rarest)),
            ("words", _tfidf(words, rarest)),
        ]
    )


def forget_what_was_left_out(features: FeatureUnion) -> None:
    """Frees trained features of the n-grams they do not use: 30 MB that nothing reads."""
    for _, part in features.transformer_list:
        del part.stop_words_


def _tfidf(analyzer, rarest: int) -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=analyzer, min_df=rarest, sublinear_tf=True, dtype=np.float32)


@lru_cache(maxsize=4096)
def _runs(word: str) -> tuple[str, ...]:
    marked = f" {word} "
    return tuple(
        marked[start : start + length]
        for length in range(_SHORTEST, min(_LONGEST, len(marked)) + 1)
        for start in range(len(marked) - length + 1)
    )
