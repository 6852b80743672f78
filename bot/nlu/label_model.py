"""The statistics behind the topic classifier, free of Rasa: features, linear models, ranking.

First the topic is found among all (the kinds of out-of-scope messages count as topics of their own while
learning), then the question within the topic. On vectors, centring matters: encoders put all French
questions about cars in one corner of their space.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bot.nlu.encoders import encode, encoder
from bot.nlu.text import fold
from bot.nlu.topics import OUT_OF_SCOPE, is_question, topic_of

# The share of the vote of each linear model.
_WEIGHTS = {"logistic_on_vectors": 2, "margin_on_vectors": 1, "margin_on_ngrams": 1}
# Turns margins into shares; the same for all, so that a flat margin stays flat.
_SHARPNESS = 3.0


@dataclass(frozen=True)
class Ranking:
    """Labels and topics with their probabilities, most likely first; each list sums to 1."""

    labels: list[tuple[str, float]]
    topics: list[tuple[str, float]]

    @property
    def questions(self) -> frozenset[str]:
        """The topics that have an answer of their own in data/nlu/faq."""
        return frozenset(topic_of(label) for label, _ in self.labels if is_question(label))

    @property
    def best(self) -> tuple[str, float]:
        """The likeliest label of the likeliest topic, with the topic's probability."""
        topic, confidence = self.topics[0]
        return next(label for label, _ in self.labels if topic_of(label) == topic), confidence


class LabelModel:
    """Learns topics and their questions from sentence vectors and character n-grams."""

    def __init__(self, encoders: Sequence[str]) -> None:
        """A model of the encoders that are available here."""
        self.encoders = tuple(name for name in encoders if encoder(name) is not None)
        self._ngrams = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), preprocessor=fold, sublinear_tf=True, min_df=2
        )
        self._on_ngrams = LinearSVC(C=0.3, random_state=0)
        self._margin_on_vectors = LinearSVC(C=0.3, random_state=0)
        self._logistic_on_vectors = LogisticRegression(C=10, max_iter=150)
        self._within: dict[str, LogisticRegression] = {}
        self._only: dict[str, str] = {}
        self._centre = np.zeros(0)

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> LabelModel:
        """Learns from parallel texts and labels."""
        groups = [_group_of(label) for label in labels]
        self._on_ngrams.fit(self._ngrams.fit_transform(texts), groups)
        vectors = encode(self.encoders, texts)
        self._centre = vectors.mean(axis=0)
        vectors = self._centred(vectors)
        self._margin_on_vectors.fit(vectors, groups)
        self._logistic_on_vectors.fit(vectors, groups)
        self._fit_within(vectors, labels, groups)
        return self

    def _fit_within(self, vectors: np.ndarray, labels: Sequence[str], groups: Sequence[str]) -> None:
        rows: dict[str, list[int]] = defaultdict(list)
        for row, group in enumerate(groups):
            rows[group].append(row)
        for group, own in rows.items():
            own_labels = [labels[row] for row in own]
            if len(set(own_labels)) == 1:
                self._only[group] = own_labels[0]
            else:
                model = LogisticRegression(C=10, class_weight="balanced", max_iter=150)
                self._within[group] = model.fit(vectors[own], own_labels)

    def warm_up(self) -> None:
        """Loads the encoders now rather than at the first message."""
        encode(self.encoders, ["bonjour"])

    def rank(self, texts: Sequence[str]) -> list[Ranking]:
        """The ranking of every text."""
        vectors = self._centred(encode(self.encoders, texts))
        shares = self._group_shares(texts, vectors)
        return [self._ranking(vector, row) for vector, row in zip(vectors, shares, strict=True)]

    def _group_shares(self, texts: Sequence[str], vectors: np.ndarray) -> np.ndarray:
        votes = {
            "logistic_on_vectors": self._logistic_on_vectors.predict_proba(vectors),
            "margin_on_vectors": _softmax(self._margin_on_vectors.decision_function(vectors)),
            "margin_on_ngrams": _softmax(self._on_ngrams.decision_function(self._ngrams.transform(texts))),
        }
        return sum(_WEIGHTS[name] * vote for name, vote in votes.items()) / sum(_WEIGHTS.values())

    def _ranking(self, vector: np.ndarray, shares: np.ndarray) -> Ranking:
        labels: list[tuple[str, float]] = []
        topics: dict[str, float] = defaultdict(float)
        for group, share in zip(self._on_ngrams.classes_, shares.tolist(), strict=True):
            topics[topic_of(group)] += share
            if group in self._only:
                labels.append((self._only[group], share))
            else:
                model = self._within[group]
                within = model.predict_proba(vector[None])[0].tolist()
                labels += [(label, share * part) for label, part in zip(model.classes_, within, strict=True)]
        return Ranking(sorted(labels, key=_by_share), sorted(topics.items(), key=_by_share))

    def _centred(self, vectors: np.ndarray) -> np.ndarray:
        vectors = vectors - self._centre
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def _group_of(label: str) -> str:
    """What the first step tells apart: a topic, or one kind of out-of-scope message."""
    topic = topic_of(label)
    return label if topic == OUT_OF_SCOPE else topic


def _softmax(margins: np.ndarray) -> np.ndarray:
    powers = np.exp(_SHARPNESS * (margins - margins.max(axis=1, keepdims=True)))
    return powers / powers.sum(axis=1, keepdims=True)


def _by_share(pair: tuple[str, float]) -> float:
    return -pair[1]
