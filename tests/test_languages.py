"""A message in another language is recognised, and French is not, however it is typed."""

from __future__ import annotations

import re

import pytest

from bot.nlu.languages import foreign_language
from bot.nlu.text import normalise
from tests.data_files import content, files

# One French message in a thousand may be taken for another language.
FALSE_ALARMS = 0.001
# Their examples hold messages in other languages on purpose.
_ELSEWHERE = re.compile(r"^(?:out_of_scope|faq/out_of_scope\..*|faq/foreign_or_imported_vehicle.*)$")


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("I lost my registration document, what should I do?", "en"),
        ("how much is the new grey card for my car please", "en"),
        ("he perdido los papeles del coche, ¿qué hago?", "es"),
        ("perdi o documento do meu carro", "pt"),
        ("ho perso il libretto della macchina", "it"),
        ("ich habe meinen Fahrzeugschein verloren", "de"),
        ("ik ben mijn kentekenbewijs kwijt", "nl"),
        ("zgubiłem dowód rejestracyjny samochodu", "pl"),
        ("am pierdut talonul mașinii ce fac", "ro"),
        ("araç ruhsatımı kaybettim ne yapmalıyım", "tr"),
        ("я потерял документы на машину", "ru"),
        ("я загубив документи на машину, що робити", "uk"),
        ("لقد فقدت بطاقة السيارة ماذا أفعل", "ar"),
        ("我的车辆登记证丢了怎么办", "zh"),
        ("χάθηκαν τα χαρτιά του αυτοκινήτου", "el"),
    ],
)
def test_another_language_is_recognised(message: str, language: str) -> None:
    assert foreign_language(normalise(message)) == language


@pytest.mark.parametrize(
    "message",
    [
        "g perdu ma cg c koi la demarche svp",
        "slt jsui en galere jé plu ma carte griz",
        "mon dossié il en é ou",
        "AA-123-BB",
        "hello",
        "ok thanks",
        "c combien le dupli",
        "CARTE GRISE PERDUE QUE FAIRE",
        "je suis au Portugal et on m’a volé os documentos",
        "",
        "🙂🙂🙂",
    ],
)
def test_french_and_a_few_words_are_left_alone(message: str) -> None:
    assert foreign_language(normalise(message)) is None


def test_hardly_any_french_example_is_taken_for_another_language() -> None:
    texts = []
    for path in files():
        for block in content(path).get("nlu") or []:
            if not _ELSEWHERE.match(block["intent"]):
                texts += re.findall(r"(?m)^- (.+)$", block["examples"])
    foreign = [text for text in texts if foreign_language(normalise(text))]
    assert len(foreign) <= FALSE_ALARMS * len(texts), foreign
