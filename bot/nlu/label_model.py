"""The statistics behind the topic classifier, free of Rasa: features, models, ranking.

Two models vote: a linear one on character and word n-grams of the text as typed and as corrected, and a small
network on sentence vectors. Both read the whole message and, once more, its last question. Both learn from
the examples and from copies of them that speak of another document than the card; the linear one also learns
from noisy copies of all. First the topic is found among all (while learning, each kind of message that is out
of scope counts as a topic of its own), then the question within the topic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.neural_network import MLPClassifier

from bot.nlu.counterparts import counterparts
from bot.nlu.encoders import encode, encoder
from bot.nlu.last_question import last_question
from bot.nlu.margins import Margins
from bot.nlu.ngrams import Ngrams
from bot.nlu.noise import copies
from bot.nlu.ranking import Ranker, Ranking, group_of, softmax
from bot.nlu.spelling import Speller
from bot.nlu.topics import OUT_OF_SCOPE, topic_of

# What stands in fewer texts costs memory and tells little.
_RAREST = 5


class LabelModel:
    """Learns topics and their questions from texts."""

    def __init__(
        self, encoders: Sequence[str], out_of_scope_weight: float, french: Set[str] = frozenset()
    ) -> None:
        """A model of the encoders available here.

        ``out_of_scope_weight`` says how much more often a message is out of scope in life than in the
        examples, which are mostly about the card. ``french``: words that are never typing errors.
        """
        self.encoders = tuple(name for name in encoders if encoder(name) is not None)
        self._out_of_scope_weight = out_of_scope_weight
        self._french = french
        self._ngrams = Ngrams(_RAREST)

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> LabelModel:
        """Learns from parallel texts and labels."""
        self._speller = Speller.learn(texts, self._french)
        examples = [*zip(texts, labels, strict=True), *counterparts(texts, labels)]
        noisy = [(copy, label) for text, label in examples for copy in copies(text)]
        all_texts, all_labels = zip(*examples, *noisy, strict=True)
        groups = [group_of(label) for label in all_labels]
        features = self._ngrams.fit_transform(self._spellings(all_texts))
        with ThreadPoolExecutor(max_workers=1) as pool:
            # It runs outside Python's lock on one core, the encoders on the others.
            topics = pool.submit(Margins.learn, features, groups)
            if self.encoders:
                # Noisy copies double the time to encode, and teach the network nothing more.
                clean = len(examples)
                self._fit_vectors(self._vectors(all_texts[:clean]), groups[:clean])
            self._fit_within(features[: len(texts)], labels)
            self._topics = topics.result()
        self._ranker = Ranker(self._topics.classes, self._within.classes)
        return self

    def _fit_vectors(self, vectors: np.ndarray, groups: Sequence[str]) -> None:
        self._centre = vectors.mean(axis=0)
        self._on_vectors = MLPClassifier(
            hidden_layer_sizes=(256,), learning_rate_init=2e-3, batch_size=512, max_iter=10, random_state=0
        )
        self._on_vectors.fit(self._centred(vectors), groups)
        # Twice the size of the network, and nothing reads it once it has learnt.
        del self._on_vectors._optimizer

    def _fit_within(self, features: csr_matrix, labels: Sequence[str]) -> None:
        rows: dict[str, list[int]] = defaultdict(list)
        for row, label in enumerate(labels):
            rows[group_of(label)].append(row)
        self._within = Margins.side_by_side(
            [Margins.learn(features[own], [labels[row] for row in own]) for own in rows.values()]
        )

    def warm_up(self) -> None:
        """Loads the encoders now rather than at the first message."""
        self.rank(["bonjour"])

    def rank(self, texts: Sequence[str]) -> list[Ranking]:
        """The ranking of every text."""
        features = self._ngrams.transform(self._spellings(texts))
        shares, margins = self._group_shares(texts, features), self._within.of(features)
        return [self._ranker.rank(*row) for row in zip(shares, margins, strict=True)]

    def _group_shares(self, texts: Sequence[str], features: csr_matrix) -> np.ndarray:
        shares = softmax(self._topics.of(features))
        if self.encoders:
            vectors = self._centred(self._vectors(texts))
            shares = np.sqrt(shares * self._on_vectors.predict_proba(vectors))
        is_outside = np.array([topic_of(group) == OUT_OF_SCOPE for group in self._topics.classes])
        shares[:, is_outside] *= self._out_of_scope_weight
        return shares / shares.sum(axis=1, keepdims=True)

    def _spellings(self, texts: Sequence[str]) -> list[str]:
        """Each text as typed, as corrected, and the correction of its last question."""
        correct = self._speller.correct
        return [f"{text} {correct(text)} {correct(last_question(text))}" for text in texts]

    def _vectors(self, texts: Sequence[str]) -> np.ndarray:
        """The vectors of each text and of its last question, side by side."""
        last = [last_question(text) for text in texts]
        rows = {text: row for row, text in enumerate(dict.fromkeys([*texts, *last]))}
        vectors = encode(self.encoders, list(rows))
        return np.hstack([vectors[[rows[text] for text in column]] for column in (texts, last)])

    def _centred(self, vectors: np.ndarray) -> np.ndarray:
        # Encoders put all French questions about cars in one corner of their space.
        vectors = vectors - self._centre
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
