"""The statistics behind the topic classifier, free of Rasa: features, models, ranking.

Two models vote: a linear one on character and word n-grams of the text as typed and as corrected, and a small
network on sentence vectors. Both read the whole message, once more its last question, and what stood before
it: the last answers, the question just asked, the facts told; the network also reads the message before.

Both learn from the examples that stand alone, from the turns of written conversations, from copies of the
examples that speak of another document than the card, and from copies placed behind another talk, which
teach that a message that says it all means the same anywhere. The linear one learns from noisy copies too.
First the topic is found among all (while learning, each kind of message that is out of scope counts as a
topic of its own), then the question within the topic.
"""

from __future__ import annotations

import random
import warnings
from collections import defaultdict
from collections.abc import Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from bot import progress
from bot.nlu.context_features import ContextColumns, crossed
from bot.nlu.counterparts import counterparts
from bot.nlu.dialogue_context import NOTHING_BEFORE, DialogueContext
from bot.nlu.encoders import encode, encoder, width
from bot.nlu.intents import MEANT_ANYWHERE
from bot.nlu.last_question import last_question
from bot.nlu.margins import Margins
from bot.nlu.ngrams import Ngrams
from bot.nlu.noise import copies
from bot.nlu.ranking import Ranker, Ranking, group_of, softmax
from bot.nlu.spelling import Speller
from bot.nlu.topics import OUT_OF_SCOPE, topic_of

# The steps of learning, for whoever waits (bot/progress.py).
SPELLING, WORDS, SENTENCES = "learning spellings", "reading words", "reading what sentences mean"
NETWORK, QUESTIONS, TOPICS = (
    "learning topics from meanings",
    "learning the questions of each topic",
    "learning topics from words",
)
# What stands in fewer texts costs memory and tells little.
_RAREST = 5
# A shorter example ("et le prix ?") may mean something else behind another talk.
_FEWEST_WORDS_ANYWHERE = 5
# With all of them, the turns of conversations weigh less beside the copies, and follow-ups are read worse.
_SHARE_BEHIND_OTHER_TALK = 0.4


@dataclass(frozen=True)
class Example:
    """A text with its label, and what stood before it."""

    text: str
    label: str
    context: DialogueContext = NOTHING_BEFORE

    @property
    def group(self) -> str:
        """What the label is told apart as first."""
        return group_of(self.label)


class LabelModel:
    """Learns topics and their questions from texts in their place."""

    def __init__(
        self, encoders: Sequence[str], out_of_scope_weight: float, french: Set[str] = frozenset()
    ) -> None:
        """A model of the encoders available here.

        ``out_of_scope_weight`` says how much more often a first message is out of scope in life than in the
        examples, which are mostly about the card. ``french``: words that are never typing errors.
        """
        self.encoders = tuple(name for name in encoders if encoder(name) is not None)
        self._out_of_scope_weight = out_of_scope_weight
        self._french = french
        self._ngrams = Ngrams(_RAREST)
        self._columns = ContextColumns()

    def fit(self, examples: Sequence[Example]) -> LabelModel:
        """Learns from the examples."""
        texts, labels = [e.text for e in examples], [e.label for e in examples]
        progress.step(SPELLING)
        self._speller = Speller.learn(texts, self._french)
        alone = [e for e in examples if e.context.is_empty]
        others = counterparts([e.text for e in alone], [e.label for e in alone])
        clean = [*examples, *(Example(*pair) for pair in others), *_behind_other_talk(examples)]
        # People's own turns hold noise enough; more copies of an example double the time and teach no more.
        noisy = [Example(copy, e.label) for e in alone for copy in copies(e.text)[:1]]
        self._columns.fit([e.context for e in clean])
        everything = [*clean, *noisy]
        # One after the other: beside the n-grams, which hold Python's lock, the encoder takes far longer.
        progress.step(WORDS)
        features = self._features(everything, learn=True)
        # Two threads read it below; sorted now, neither sorts it under the other.
        features.sum_duplicates()
        progress.step(SENTENCES)
        # Noisy copies would double the time to encode, and teach the network nothing more.
        vectors = self._vectors(clean)
        with ThreadPoolExecutor() as pool:
            # Both learn mostly outside Python's lock.
            topics = pool.submit(Margins.learn, features, [e.group for e in everything])
            if self.encoders:
                self._fit_network(clean, vectors)
            progress.step(QUESTIONS)
            self._fit_within(features[: len(texts)], labels)
            progress.step(TOPICS)
            self._topics = topics.result()
        self._ranker = Ranker(self._topics.classes, self._within.classes)
        return self

    def _fit_network(self, examples: Sequence[Example], vectors: np.ndarray) -> None:
        progress.step(NETWORK)
        self._centre = vectors.mean(axis=0)
        self._on_vectors = MLPClassifier(
            hidden_layer_sizes=(256,), learning_rate_init=2e-3, batch_size=512, max_iter=10, random_state=0
        )
        with warnings.catch_warnings():
            # Ten passes are meant: more learn the examples by heart.
            warnings.simplefilter("ignore", ConvergenceWarning)
            self._on_vectors.fit(self._inputs(examples, vectors), [e.group for e in examples])
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
        self.rank("bonjour", NOTHING_BEFORE)

    def rank(self, text: str, context: DialogueContext = NOTHING_BEFORE) -> Ranking:
        """The ranking of a message, where it stands."""
        return self.rank_all([Example(text, "", context)])[0]

    def rank_all(self, examples: Sequence[Example]) -> list[Ranking]:
        """The ranking of each message; its label is not read."""
        features = self._features(examples)
        shares, margins = self._group_shares(examples, features), self._within.of(features)
        return [self._ranker.rank(*row) for row in zip(shares, margins, strict=True)]

    def _group_shares(self, examples: Sequence[Example], features: csr_matrix) -> np.ndarray:
        shares = softmax(self._topics.of(features))
        if self.encoders:
            inputs = self._inputs(examples, self._vectors(examples))
            shares = np.sqrt(shares * self._network_shares(inputs))
        is_outside = np.array([topic_of(group) == OUT_OF_SCOPE for group in self._topics.classes])
        is_first = np.array([e.context.is_empty for e in examples])
        shares[np.ix_(is_first, is_outside)] *= self._out_of_scope_weight
        return shares / shares.sum(axis=1, keepdims=True)

    def _network_shares(self, inputs: np.ndarray) -> np.ndarray:
        """What scikit-learn's ``predict_proba`` gives, without its checks: most of its time for a row."""
        network = self._on_vectors
        hidden = np.maximum(inputs @ network.coefs_[0] + network.intercepts_[0], 0)
        powers = hidden @ network.coefs_[1] + network.intercepts_[1]
        powers = np.exp(powers - powers.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def _features(self, examples: Sequence[Example], learn: bool = False) -> csr_matrix:
        texts = self._spellings([e.text for e in examples])
        ngrams = self._ngrams.fit_transform(texts) if learn else self._ngrams.transform(texts)
        contexts = [e.context for e in examples]
        before = self._columns.transform(contexts)
        return hstack([ngrams, before, crossed([e.text for e in examples], contexts)], format="csr")

    def _spellings(self, texts: Sequence[str]) -> list[str]:
        """Each text as typed, as corrected, and the correction of its last question."""
        spelt = {text: self._spelling(text) for text in dict.fromkeys(texts)}
        return [spelt[text] for text in texts]

    def _spelling(self, text: str) -> str:
        question, correct = last_question(text), self._speller.correct
        corrected = correct(text)
        return f"{text} {corrected} {corrected if question == text else correct(question)}"

    def _vectors(self, examples: Sequence[Example]) -> np.ndarray:
        """The vectors of each text, of its last question and of the message before, side by side."""
        texts = [e.text for e in examples]
        columns = (texts, [last_question(text) for text in texts], [e.context.text for e in examples])
        rows = {text: row for row, text in enumerate(dict.fromkeys(t for c in columns for t in c if t))}
        vectors = np.vstack(
            [encode(self.encoders, list(rows)), np.zeros((1, width(self.encoders)), np.float32)]
        )
        return np.hstack([vectors[[rows.get(text, -1) for text in column]] for column in columns])

    def _inputs(self, examples: Sequence[Example], vectors: np.ndarray) -> np.ndarray:
        # Encoders put all French questions about cars in one corner of their space.
        vectors = vectors - self._centre
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return np.hstack([vectors, self._columns.transform([e.context for e in examples]).toarray()])


def _behind_other_talk(examples: Sequence[Example]) -> list[Example]:
    """Copies of some examples that stand alone, behind the talk of others: they mean the same there."""
    contexts = [e.context for e in examples if not e.context.is_empty]
    if not contexts:
        return []
    copied = []
    for example in examples:
        is_order = example.label in MEANT_ANYWHERE
        if example.context.is_empty and (is_order or len(example.text.split()) >= _FEWEST_WORDS_ANYWHERE):
            chance = random.Random(f"behind {example.text}")
            if is_order or chance.random() < _SHARE_BEHIND_OTHER_TALK:
                copied.append(Example(example.text, example.label, chance.choice(contexts)))
    return copied
