"""The statistics behind the topic classifier, free of Rasa: features, linear models, ranking.

Two linear models vote: one on character and word n-grams of the text as typed and as corrected, one on a
sentence vector. First the topic is found among all (while learning, each kind of out-of-scope message counts
as a topic of its own), then the question within the topic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

from bot.nlu.encoders import encode, encoder
from bot.nlu.spelling import Speller
from bot.nlu.text import fold
from bot.nlu.topics import OUT_OF_SCOPE, is_question, topic_of

# Turns the margins of a linear model into shares.
_SHARPNESS = 6.0


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
    """Learns topics and their questions from texts."""

    def __init__(self, encoders: Sequence[str], out_of_scope_weight: float) -> None:
        """A model of the encoders available here.

        ``out_of_scope_weight`` says how much more often a message is out of scope in life than in the
        examples, which are mostly about the card.
        """
        self.encoders = tuple(name for name in encoders if encoder(name) is not None)
        self._out_of_scope_weight = out_of_scope_weight
        self._speller = Speller({})
        self._ngrams = FeatureUnion(
            [
                ("characters", _tfidf(analyzer="char_wb", ngram_range=(2, 5), min_df=3)),
                ("words", _tfidf(analyzer="word", ngram_range=(1, 2), min_df=2, token_pattern=r"\b\w+\b")),
            ]
        )
        self._on_ngrams = LinearSVC(C=0.6, random_state=0)
        self._on_vectors = LogisticRegression(C=10, max_iter=100)
        self._within: dict[str, LinearSVC] = {}
        self._only: dict[str, str] = {}
        self._centre = np.zeros(0)

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> LabelModel:
        """Learns from parallel texts and labels."""
        self._speller = Speller.learn(texts)
        groups = [_group_of(label) for label in labels]
        ngrams = self._ngrams.fit_transform(self._both_spellings(texts)).tocsr()
        self._on_ngrams.fit(ngrams, groups)
        self._on_ngrams.coef_ = self._on_ngrams.coef_.astype(np.float32)
        if self.encoders:
            vectors = encode(self.encoders, texts)
            self._centre = vectors.mean(axis=0)
            self._on_vectors.fit(self._centred(vectors), groups)
        self._fit_within(ngrams, labels, groups)
        return self

    def _fit_within(self, ngrams: csr_matrix, labels: Sequence[str], groups: Sequence[str]) -> None:
        rows: dict[str, list[int]] = defaultdict(list)
        for row, group in enumerate(groups):
            rows[group].append(row)
        for group, own in rows.items():
            own_labels = [labels[row] for row in own]
            if len(set(own_labels)) == 1:
                self._only[group] = own_labels[0]
            else:
                # Most n-grams never stand in one topic's examples: kept sparse, they cost no memory.
                model = LinearSVC(C=0.6, random_state=0).fit(ngrams[own], own_labels)
                self._within[group] = model.sparsify()

    def warm_up(self) -> None:
        """Loads the encoders now rather than at the first message."""
        self.rank(["bonjour"])

    def rank(self, texts: Sequence[str]) -> list[Ranking]:
        """The ranking of every text."""
        ngrams = self._ngrams.transform(self._both_spellings(texts)).tocsr()
        shares = self._group_shares(texts, ngrams)
        return [self._ranking(ngrams[row], shares[row]) for row in range(len(texts))]

    def _group_shares(self, texts: Sequence[str], ngrams: csr_matrix) -> np.ndarray:
        shares = _softmax(self._on_ngrams.decision_function(ngrams))
        if self.encoders:
            vectors = self._centred(encode(self.encoders, texts))
            shares = np.sqrt(shares * self._on_vectors.predict_proba(vectors))
        is_outside = np.array([topic_of(group) == OUT_OF_SCOPE for group in self._on_ngrams.classes_])
        shares[:, is_outside] *= self._out_of_scope_weight
        return shares / shares.sum(axis=1, keepdims=True)

    def _ranking(self, ngrams: csr_matrix, shares: np.ndarray) -> Ranking:
        labels: list[tuple[str, float]] = []
        topics: dict[str, float] = defaultdict(float)
        for group, share in zip(self._on_ngrams.classes_, shares.tolist(), strict=True):
            topics[topic_of(group)] += share
            labels += self._labels_of(group, share, ngrams)
        return Ranking(sorted(labels, key=_by_share), sorted(topics.items(), key=_by_share))

    def _labels_of(self, group: str, share: float, ngrams: csr_matrix) -> list[tuple[str, float]]:
        if group in self._only:
            return [(self._only[group], share)]
        model = self._within[group]
        margins = model.decision_function(ngrams)
        if margins.ndim == 1:
            margins = np.stack([-margins, margins], axis=1)
        parts = _softmax(margins)[0].tolist()
        return [(label, share * part) for label, part in zip(model.classes_, parts, strict=True)]

    def _both_spellings(self, texts: Sequence[str]) -> list[str]:
        return [f"{text} {self._speller.correct(text)}" for text in texts]

    def _centred(self, vectors: np.ndarray) -> np.ndarray:
        # Encoders put all French questions about cars in one corner of their space.
        vectors = vectors - self._centre
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def _group_of(label: str) -> str:
    """What the first step tells apart: a topic, or one kind of out-of-scope message."""
    topic = topic_of(label)
    return label if topic == OUT_OF_SCOPE else topic


def _tfidf(**options: object) -> TfidfVectorizer:
    return TfidfVectorizer(preprocessor=fold, sublinear_tf=True, dtype=np.float32, **options)


def _softmax(margins: np.ndarray) -> np.ndarray:
    powers = np.exp(_SHARPNESS * (margins - margins.max(axis=1, keepdims=True)))
    return powers / powers.sum(axis=1, keepdims=True)


def _by_share(pair: tuple[str, float]) -> float:
    return -pair[1]
