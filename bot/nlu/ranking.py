"""Every label and topic with its probability: from the shares of the groups and the margins within each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.nlu.topics import OUT_OF_SCOPE, is_question, topic_of

# Turns the margins of a linear model into shares.
_SHARPNESS = 8.0


@dataclass(frozen=True)
class Ranking:
    """Labels and topics with their probabilities, most likely first; each list sums to 1.

    ``questions``: the topics that have an answer of their own in data/nlu/faq.
    """

    labels: list[tuple[str, float]]
    topics: list[tuple[str, float]]
    questions: frozenset[str]

    @property
    def best(self) -> tuple[str, float]:
        """The likeliest label of the likeliest topic, with the topic's probability."""
        topic, confidence = self.topics[0]
        return next(label for label, _ in self.labels if topic_of(label) == topic), confidence


class Ranker:
    """Shares out the probability of each group among its labels."""

    def __init__(self, groups: Sequence[str], labels: Sequence[str]) -> None:
        """``groups``: in the order of their shares; ``labels``: in the order of their margins, by group."""
        own = [group_of(label) for label in labels]
        self._labels = tuple(labels)
        self._starts = np.array([place for place, group in enumerate(own) if own[:place][-1:] != [group]])
        self._sizes = np.diff([*self._starts, len(own)])
        self._groups = np.array([groups.index(own[start]) for start in self._starts])
        self._topics = tuple(dict.fromkeys(map(topic_of, groups)))
        self._topic_of_group = np.array([self._topics.index(topic_of(group)) for group in groups])
        self._questions = frozenset(topic_of(label) for label in labels if is_question(label))

    def rank(self, shares: np.ndarray, margins: np.ndarray) -> Ranking:
        """The ranking of one message: ``shares`` of the groups (they sum to 1), ``margins`` of the labels."""
        highest = np.maximum.reduceat(margins, self._starts)
        powers = np.exp(_SHARPNESS * (margins - np.repeat(highest, self._sizes)))
        of_group = shares[self._groups] / np.add.reduceat(powers, self._starts)
        topics = np.bincount(self._topic_of_group, weights=shares)
        return Ranking(
            _most_likely_first(self._labels, powers * np.repeat(of_group, self._sizes)),
            _most_likely_first(self._topics, topics),
            self._questions,
        )


def group_of(label: str) -> str:
    """What is told apart first: a topic, or one kind of out-of-scope message."""
    topic = topic_of(label)
    return label if topic == OUT_OF_SCOPE else topic


def softmax(margins: np.ndarray) -> np.ndarray:
    """The margins of each row as shares that sum to 1."""
    powers = np.exp(_SHARPNESS * (margins - margins.max(axis=1, keepdims=True)))
    return powers / powers.sum(axis=1, keepdims=True)


def _most_likely_first(names: Sequence[str], shares: np.ndarray) -> list[tuple[str, float]]:
    order = np.argsort(-shares, kind="stable")
    return list(zip((names[place] for place in order.tolist()), shares[order].tolist(), strict=True))
