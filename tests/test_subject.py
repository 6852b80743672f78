"""What the classifier reads of a message that names a plate: the sentence, not the number beside it."""

from __future__ import annotations

import pytest

from bot.nlu.subject import subject_of
from bot.nlu.text import normalise
from bot.privacy import masking

SENTENCES = (
    "j'ai perdu la carte grise de ma voiture",
    "carte grise volée dans le train",
    "combien coûte un duplicata",
    "je n'ai pas reçu ma carte grise",
    "on m'a volé mes plaques",
    "ma carte est abîmée par l'eau",
)
BESIDE = (
    "{}, plaque AB-123-CD",
    "{}, plaque : AB-123-CD",
    "{} plaque AB-123-CD",
    "{} (AB-123-CD)",
    "{} (plaque AB-123-CD)",
    "{}, immatriculée AB-123-CD",
    "{} immat AB123CD",
    "{}, immat : 1234 AB 56",
    "{}, n° d'immatriculation : AB-123-CD",
    "{}, numéro d’immatriculation AB-123-CD",
    "{}, ma plaque est AB-123-CD",
    "{} et mon immatriculation est AB-123-CD",
    "{}. Plaque : 123 AB 75",
    "{}, ancienne plaque 123 AB 75",
    "{}, plaque d'immatriculation WW-123-AB",
    "plaque AB-123-CD, {}",
    "immatriculation : AB-123-CD. {}",
    "véhicule AB-123-CD : {}",
)


def read(typed: str) -> str:
    return subject_of(normalise(masking.mask(typed)))


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("beside", BESIDE)
def test_a_plate_beside_a_sentence_leaves_the_sentence_alone(sentence: str, beside: str) -> None:
    left = read(beside.format(sentence)).rstrip(".")
    assert left.removeprefix("véhicule : ") == sentence


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("on m'a volé ma plaque AB-123-CD", "on m'a volé ma plaque"),
        ("on m'a volé ma plaque : AB-123-CD", "on m'a volé ma plaque"),
        ("je voudrais garder ma plaque 123 AB 75", "je voudrais garder ma plaque"),
        ("combien coûte un duplicata pour la plaque 123 AB 75", "combien coûte un duplicata pour la plaque"),
        ("ma plaque AB-123-CD a été usurpée", "ma plaque a été usurpée"),
        ("j'ai une vielle plaque 123 AB 75, ça change ?", "j'ai une vielle plaque, ça change ?"),
        ("on m'a volé plaque AB-123-CD hier", "on m'a volé plaque hier"),
        (
            "j'habite en Corse et on a volé les plaques AB-123-CD",
            "j'habite en Corse et on a volé les plaques",
        ),
        ("le numéro AB-123-CD change-t-il ?", "le numéro change-t-il ?"),
    ],
)
def test_a_plate_that_the_sentence_is_about_keeps_its_word(typed: str, expected: str) -> None:
    assert read(typed) == expected


@pytest.mark.parametrize(
    "typed", ["plaque 123 AB 75", "AB-123-CD", "plaque 123 AB 75, perdue", "ma plaque est AB-123-CD"]
)
def test_a_message_that_is_but_a_plate_is_read_whole(typed: str) -> None:
    assert read(typed) == masking.mask(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "on m'a volé mes plaques",
        "j'ai perdu ma carte, plaque avant cassée",
        "ça va... ? (oui) - bon ; merci !",
    ],
)
def test_a_message_without_a_number_is_read_as_it_is(typed: str) -> None:
    assert read(typed) == typed


def test_what_is_said_around_the_number_stays() -> None:
    typed = "Ma 208 immatriculée AB-123-CD, achetée en 2019, n'a plus de carte. Que faire ?"
    assert read(typed) == "Ma 208, achetée en 2019, n'a plus de carte. Que faire ?"


def test_another_mask_beside_a_question_goes_too() -> None:
    assert "[" not in read("je m'appelle Jean Dupont, combien coûte un duplicata ?")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("jparle pas du controle, jparle de la vente", "jparle de la vente"),
        ("je ne te parle pas du contrôle technique ! combien de temps", "combien de temps"),
        ("je parle pas de ça", "je parle pas de ça"),
        ("mon mari ne parle pas français", "mon mari ne parle pas français"),
    ],
)
def test_a_subject_that_the_person_denies_is_left_out(said: str, meant: str) -> None:
    assert subject_of(said) == meant
