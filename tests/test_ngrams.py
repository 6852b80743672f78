"""What the linear model reads of a text, and how its margins become probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu.ngrams import Ngrams
from bot.nlu.ranking import Ranker

TEXTS = [
    "j’ai perdu ma carte grise",
    "on m'a volé la carte grise dans la voiture",
    "combien coûte un duplicata de carte grise ?",
    "carte carte carte",
    "où déclarer la perte de ma carte grise",
]


def test_one_text_is_read_as_scikit_learn_reads_all() -> None:
    ngrams = Ngrams(rarest=2)
    learnt = ngrams.fit_transform(TEXTS)
    read = ngrams.transform(TEXTS)
    assert read.shape == learnt.shape
    assert np.allclose(read.toarray(), learnt.toarray(), atol=1e-6)


@pytest.mark.parametrize("text", ["", "?", "zzz", "🙂"])
def test_a_text_without_a_known_ngram_is_a_row_of_zeros(text: str) -> None:
    ngrams = Ngrams(rarest=2)
    ngrams.fit_transform(TEXTS)
    assert ngrams.transform([text]).nnz == 0


GROUPS = ("cost", "faq/out_of_scope.fine", "faq/out_of_scope.passport")
LABELS = ("faq/cost.old_plate", "faq/cost", "faq/out_of_scope.passport", "faq/out_of_scope.fine")


def test_the_probabilities_of_labels_and_of_topics_sum_to_one() -> None:
    ranking = Ranker(GROUPS, LABELS).rank(np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.2, -1.0, 3.0]))
    assert sum(share for _, share in ranking.labels) == pytest.approx(1)
    assert sum(share for _, share in ranking.topics) == pytest.approx(1)


def test_each_group_shares_its_own_probability_among_its_labels() -> None:
    ranking = Ranker(GROUPS, LABELS).rank(np.array([0.6, 0.3, 0.1]), np.array([0.1, 0.2, -1.0, 3.0]))
    shares = dict(ranking.labels)
    assert shares["faq/cost"] + shares["faq/cost.old_plate"] == pytest.approx(0.6)
    assert shares["faq/cost"] > shares["faq/cost.old_plate"]
    assert shares["faq/out_of_scope.fine"] == pytest.approx(0.3)
    assert dict(ranking.topics)["out_of_scope"] == pytest.approx(0.4)


def test_the_best_label_is_of_the_likeliest_topic() -> None:
    ranker = Ranker(GROUPS, LABELS)
    label, confidence = ranker.rank(np.array([0.4, 0.35, 0.25]), np.array([0.1, 0.2, 0.0, 0.0])).best
    assert (label, confidence) == ("faq/out_of_scope.fine", pytest.approx(0.6))
    assert ranker.rank(np.array([1.0, 0.0, 0.0]), np.zeros(4)).questions == {"cost"}
