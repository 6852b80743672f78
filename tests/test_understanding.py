"""The project's own test messages: written apart from the training examples, and understood well enough."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz import fuzz, process

from bot import training
from bot.evaluation.understanding.predictions import Example, Prediction, Understanding, read
from bot.evaluation.understanding.topics import Scores, score
from bot.nlu.text import fold
from tests.data_files import training_examples

ROOT = Path(__file__).resolve().parent.parent
MESSAGES = [example for path in sorted((ROOT / "tests" / "nlu").glob("*.jsonl")) for example in read(path)]
TOO_NEAR = 92
# Two examples so alike teach nothing together; an accident or two is no reason to stop a change.
SAME_AGAIN, SHARE_OF_SAME = 95, 0.001
# Shorter messages ("merci", "oui d'accord") cannot be told apart by how they are written.
LONG_ENOUGH = 25
# Below these, a change does not land. They follow the measured figures at a distance of about two points.
FLOORS = {"accepted": 0.925, "refused": 0.90}
CEILING_WRONG, CEILING_COST_OF_NOISE = 0.045, 0.08


@pytest.fixture(scope="module")
def predictions() -> list[Prediction]:
    model = training.train_if_needed()
    return Understanding(model).predict([example.text for example in MESSAGES])


def scores_of(predictions: list[Prediction], noise: str = "") -> Scores:
    kept = [
        (example, found)
        for example, found in zip(MESSAGES, predictions, strict=True)
        if not noise or example.noise == noise
    ]
    return score([example for example, _ in kept], [found for _, found in kept])


def test_there_are_enough_messages_of_every_noise() -> None:
    assert len(MESSAGES) >= 800
    assert {example.noise for example in MESSAGES} == {"clean", "light", "heavy"}


def test_no_test_message_is_a_training_example() -> None:
    messages = [fold(example.text) for example in MESSAGES if len(example.text) >= LONG_ENOUGH]
    examples = [fold(example) for example in training_examples() if len(example) >= LONG_ENOUGH]
    nearest = process.cdist(messages, examples, scorer=fuzz.ratio, score_cutoff=TOO_NEAR, workers=-1)
    rows, columns = np.nonzero(nearest)
    assert not [(messages[row], examples[column]) for row, column in zip(rows, columns, strict=True)]


def near_duplicates(texts: list[str]) -> list[tuple[str, str]]:
    """The pairs of texts that are nearly the same."""
    texts = sorted(texts, key=len)
    found = []
    for start in range(0, len(texts), 500):
        rows = texts[start : start + 500]
        # A much longer text cannot be as near: 95 % alike means less than 11 % longer.
        columns = [text for text in texts[start:] if len(text) <= 1.11 * len(rows[-1])]
        scores = process.cdist(
            rows, columns, scorer=fuzz.ratio, score_cutoff=SAME_AGAIN, dtype=np.uint8, workers=-1
        )
        found += [(rows[i], columns[j]) for i, j in zip(*np.nonzero(scores), strict=True) if i < j]
    return found


def test_near_duplicates_are_found_whatever_their_length() -> None:
    texts = [
        "j'ai perdu ma carte grise hier",
        "j'ai perdu ma carte grise hier !",
        "combien coûte un duplicata",
    ]
    assert near_duplicates(texts) == [(texts[0], texts[1])]


def test_hardly_any_training_example_is_another_one_again() -> None:
    examples = [fold(example) for example in training_examples() if len(example) >= LONG_ENOUGH]
    found = near_duplicates(examples)
    assert len(found) <= SHARE_OF_SAME * len(examples), found


def test_messages_in_domain_are_understood(predictions: list[Prediction]) -> None:
    assert (scores_of(predictions).accepted or 0) >= FLOORS["accepted"]


def test_wrong_answers_are_rare(predictions: list[Prediction]) -> None:
    assert (scores_of(predictions).wrong or 0) <= CEILING_WRONG


def test_other_subjects_are_refused(predictions: list[Prediction]) -> None:
    assert (scores_of(predictions).refused or 0) >= FLOORS["refused"]


def test_heavy_noise_costs_little(predictions: list[Prediction]) -> None:
    clean, heavy = scores_of(predictions, "clean").accepted, scores_of(predictions, "heavy").accepted
    assert clean is not None and heavy is not None and clean - heavy <= CEILING_COST_OF_NOISE


def test_an_unreadable_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").write_text('{"text": "bonjour"}\n{"texte": 1}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="broken.jsonl, line 2"):
        read(tmp_path / "broken.jsonl")


def test_scores_count_what_they_say() -> None:
    examples = [Example("a", ("cost",)), Example("b", ("cost", "payment")), Example("c", ("out_of_scope",))]
    found = [Prediction("payment", 0.9, "faq/payment"), Prediction("payment", 0.9, "faq/payment")]
    found += [Prediction("out_of_scope", 0.2, "nlu_fallback")]
    scores = score(examples, found)
    assert (scores.accepted, scores.strict, scores.wrong, scores.refused) == (0.5, 0.0, 0.5, 1.0)


# What each first question that the widget proposes asks for.
FIRST_QUESTIONS = {
    "J’ai perdu ma carte grise, que faire ?": "faq/declare_loss",
    "Combien coûte un duplicata ?": "faq/cost",
    "Quelles pièces faut-il préparer ?": "faq/documents_needed",
    "Faut-il déclarer la perte ?": "faq/declare_loss",
    "Comment demander un duplicata ?": "faq/request_duplicate",
    "Puis-je rouler en attendant ?": "faq/drive_without_card",
    "Où déclarer le vol de ma carte grise ?": "faq/declare_theft.where",
    "Comment payer ?": "faq/payment",
    "Un site privé est-il plus cher ?": "faq/scam_or_private_site.private_fees",
    "Ma demande est refusée, que faire ?": "faq/refusal_remedies",
    "Pourquoi ma demande est-elle refusée ?": "faq/refusal_remedies.reasons",
    "Ma demande reste sans réponse": "faq/track_application.stuck",
    "Où en est ma demande ?": "faq/track_application",
    "Combien de temps pour recevoir la carte ?": "faq/delay_delivery",
    "Je n’ai pas reçu ma carte grise": "faq/not_received",
}

# Another answer that says in its first sentence what was asked.
ANSWERED_AS_WELL = {
    "Faut-il déclarer la perte ?": ("faq/declare_loss.where",),
    "Où déclarer le vol de ma carte grise ?": ("faq/declare_theft",),
}


def test_every_first_question_of_the_widget_is_known_here() -> None:
    strings = (ROOT / "bot" / "widget" / "src" / "strings.js").read_text(encoding="utf-8")
    proposed = re.findall(r'"([^"]+)"', strings.split("export const suggestions = {")[1].split("};")[0])
    assert {question.replace("\\u00a0", " ") for question in proposed} == set(FIRST_QUESTIONS)


def test_every_first_question_of_the_widget_gets_its_own_answer() -> None:
    model = training.train_if_needed()
    found = Understanding(model).predict(list(FIRST_QUESTIONS))
    missed = {
        question: prediction.intent
        for (question, label), prediction in zip(FIRST_QUESTIONS.items(), found, strict=True)
        if prediction.intent not in (label, *ANSWERED_AS_WELL.get(question, ())) or prediction.asks
    }
    assert not missed
