"""What the speller mends, what it leaves alone, and that the noise of training is the same every time."""

from __future__ import annotations

import pytest

from bot.nlu.last_question import last_question
from bot.nlu.lexicon import shorthand
from bot.nlu.noise import copies, misspell, mistype
from bot.nlu.spelling import Speller, sound
from bot.nlu.text import fold

VOCABULARY = {"carte": 900, "grise": 900, "adresse": 200, "domicile": 90, "perdue": 80, "duplicata": 300}
VOCABULARY |= {"voiture": 400, "voitur": 12, "plainte": 60, "refaire": 150, "demander": 200, "train": 40}
FRENCH = {"carte", "grise", "adresse", "domicile", "perdue", "voiture", "plainte", "refaire", "demander"}
FRENCH |= {"train", "trains", "plainte", "contrainte", "crainte", "garde", "perdure"}


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(VOCABULARY, FRENCH)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("adrese", "adresse"),
        ("domisil", "domicile"),
        ("dupliqata", "duplicata"),
        ("duplikatta", "duplicata"),
        ("voitur", "voiture"),
        ("ladresse", "l'adresse"),
        ("carteperdue", "carte perdue"),
        ("plinte", "plainte"),
        ("REFÈRE", "refaire"),
        ("c koi", "c'est quoi"),
    ],
)
def test_an_error_is_mended(speller: Speller, typed: str, meant: str) -> None:
    assert speller.correct(typed) == meant


@pytest.mark.parametrize("typed", ["contrainte", "crainte", "perdure", "trains", "ab12cd", "gare", "xqzvwk"])
def test_what_is_no_error_stays(speller: Speller, typed: str) -> None:
    assert speller.correct(typed) == typed


def test_without_a_list_of_french_words_the_vocabulary_is_trusted() -> None:
    assert Speller({"carte": 900}).correct("crate") == "carte"
    assert Speller({"carte": 900, "crate": 200}).correct("crate") == "crate"


@pytest.mark.parametrize(
    ("one", "other"),
    [("karte", "carte"), ("domisil", "domicile"), ("foto", "photo"), ("okasion", "occasion")],
)
def test_words_that_ears_confuse_sound_the_same(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(("one", "other"), [("vendre", "rendre"), ("perte", "porte"), ("frais", "vrais")])
def test_words_that_ears_tell_apart_sound_different(one: str, other: str) -> None:
    assert sound(one) != sound(other)


def test_shorthand_is_folded_and_leads_to_no_other_shorthand() -> None:
    assert all(form == fold(form) for form in shorthand())
    assert not set(shorthand()) & set(shorthand().values())


def test_noise_is_the_same_at_every_training() -> None:
    text = "J'ai perdu ma carte grise, est-ce que je peux rouler avec une photocopie ?"
    assert misspell(text) == misspell(text) != text
    assert mistype(text) == mistype(text)


def test_noise_never_empties_a_text() -> None:
    assert all(copy.strip() for text in ("?", "a", "…", "OK", "75") for copy in copies(text))


def test_noisy_copies_are_fewer_than_the_texts() -> None:
    texts = [f"Où en est ma demande de duplicata numéro {number} ?" for number in range(1000)]
    assert 650 < sum(len(copies(text)) for text in texts) < 850


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("J'ai déménagé en mars. Combien coûte un duplicata ?", "Combien coûte un duplicata ?"),
        (
            "Mon fils a perdu la carte. Qui doit faire la demande ? Merci d'avance.",
            "Qui doit faire la demande ?",
        ),
        (
            "Il dit qu'un double ne vaut rien. Est-ce vrai ?",
            "Il dit qu'un double ne vaut rien. Est-ce vrai ?",
        ),
        ("carte perdue", "carte perdue"),
        ("", ""),
    ],
)
def test_the_last_question_is_found(text: str, asked: str) -> None:
    assert last_question(text) == asked


def test_a_dictated_story_is_asked_at_its_end() -> None:
    story = " ".join(f"mot{number}" for number in range(100))
    assert last_question(story).split() == [f"mot{number}" for number in range(75, 100)]
