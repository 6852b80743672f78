"""A text as the linear model sees it: characters within words, words, pairs of words.

scikit-learn learns which n-grams count and how much. Its own way of reading one text checks and copies the
same few numbers a dozen times, which costs more than the model that reads them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.text import fold

_TOKENS = re.compile(r"\w+|[^\w\s]")
_WORDS = re.compile(r"\w+")
_SHORTEST, _LONGEST = 2, 5

Analyzer = Callable[[str], list[str]]


def characters(text: str) -> list[str]:
    """Every run of 2 to 5 characters of each word, its edges marked by spaces."""
    return [run for word in _TOKENS.findall(fold(text)) for run in _runs(word)]


def words(text: str) -> list[str]:
    """Every word, then every pair of neighbours."""
    found = _WORDS.findall(fold(text))
    return found + [f"{left} {right}" for left, right in zip(found, found[1:], strict=False)]


class Ngrams:
    """Texts as rows of weights: TF-IDF, characters and words each of length 1."""

    def __init__(self, rarest: int) -> None:
        """Untrained features that leave out what stands in fewer than ``rarest`` texts."""
        self._rarest = rarest
        self._kinds: list[_Kind] = []

    def fit_transform(self, texts: Sequence[str]) -> csr_matrix:
        """Learns from the texts; returns their rows."""
        blocks = []
        for analyzer in (characters, words):
            learner = TfidfVectorizer(
                analyzer=analyzer, min_df=self._rarest, sublinear_tf=True, dtype=np.float32
            )
            blocks.append(learner.fit_transform(texts))
            self._kinds.append(_Kind(analyzer, dict(learner.vocabulary_), learner.idf_.astype(np.float32)))
        return hstack(blocks, format="csr")

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """The rows of other texts, as scikit-learn would compute them."""
        rows, values, columns = [0], [], []
        for text in texts:
            offset = 0
            for kind in self._kinds:
                found, weights = kind.weights(text)
                columns.append(found + offset)
                values.append(weights)
                offset += len(kind.places)
            rows.append(rows[-1] + sum(map(len, columns[-len(self._kinds) :])))
        shape = (len(texts), sum(len(kind.places) for kind in self._kinds))
        return csr_matrix((np.concatenate(values), np.concatenate(columns), rows), shape)


@dataclass(frozen=True)
class _Kind:
    """One kind of n-grams: how to find them, the column of each, and its inverse document frequency."""

    analyzer: Analyzer
    places: dict[str, int]
    frequencies: np.ndarray

    def weights(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """The columns of the n-grams in the text, and their weights."""
        places = self.places
        counts = Counter(places[gram] for gram in self.analyzer(text) if gram in places)
        columns = np.fromiter(counts, np.int32, len(counts))
        often = np.fromiter(counts.values(), np.float32, len(counts))
        weights = (1 + np.log(often)) * self.frequencies[columns]
        return columns, weights / max(float(np.linalg.norm(weights)), 1e-9)


@lru_cache(maxsize=4096)
def _runs(word: str) -> tuple[str, ...]:
    marked = f" {word} "
    return tuple(
        marked[start : start + length]
        for length in range(_SHORTEST, min(_LONGEST, len(marked)) + 1)
        for start in range(len(marked) - length + 1)
    )
