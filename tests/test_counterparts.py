"""Training copies that speak of another document: which questions have one, and what stands in it."""

from __future__ import annotations

import pytest

from bot.nlu.counterparts import counterpart, counterparts
from bot.nlu.lexicon import other_documents
from bot.nlu.noise import copies
from bot.nlu.topics import OUT_OF_SCOPE, topic_of

QUESTIONS = [f"Ma carte grise est perdue depuis {days} jours, que faire ?" for days in range(2, 200)]


def copied(texts: list[str]) -> list[tuple[str, str]]:
    return counterparts(texts, ["faq/declare_loss"] * len(texts))


def test_some_questions_are_asked_of_another_document() -> None:
    found = copied(QUESTIONS)
    assert 0.15 < len(found) / len(QUESTIONS) < 0.45
    names = {other.name for other in other_documents()}
    for text, label in found:
        assert "carte grise" not in text
        assert any(name in text for name in names)
        assert topic_of(label) == OUT_OF_SCOPE


def test_the_copy_agrees_with_the_document_that_it_names() -> None:
    masculine = {other.name for other in other_documents() if other.is_masculine}
    for text, _ in copied(QUESTIONS):
        determiner, _, rest = text.partition(" ")
        assert determiner == ("Mon" if any(rest.startswith(f"{name} ") for name in masculine) else "Ma")


@pytest.mark.parametrize(
    "text",
    [
        "La carte grise de ma voiture est perdue depuis {} jours",
        "Combien de temps depuis {} jours sans réponse",
        "Ma carte grise est perdue depuis {} jours" + " vraiment" * 40,
    ],
    ids=["speaks of a vehicle", "names no card", "is long"],
)
def test_no_copy_is_made_of_a_text_that(text: str) -> None:
    assert copied([text.format(days) for days in range(100)]) == []


def test_only_questions_about_the_card_have_copies() -> None:
    assert counterparts(QUESTIONS, ["greet"] * len(QUESTIONS)) == []


def test_the_copies_are_the_same_at_every_training() -> None:
    assert [counterpart(text) for text in QUESTIONS] == [counterpart(text) for text in QUESTIONS]


def test_a_copy_can_be_made_noisy_in_its_turn() -> None:
    assert any(copies(text) for text, _ in copied(QUESTIONS))
