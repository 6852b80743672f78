"""A message in another language is recognised, and French is not, however it is typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from actions.conversation import LANGUAGES
from bot.nlg.sentences import Sentences
from bot.nlu.languages import foreign_language
from bot.nlu.text import normalise
from tests.data_files import content, files

ROOT = Path(__file__).resolve().parent.parent
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


def test_each_answer_in_another_language_says_which_and_names_its_link() -> None:
    sentences = Sentences.read(ROOT / "data" / "nlu" / "common.yml")
    told = {}
    for language in LANGUAGES:
        rendered = sentences.render(f"utter_foreign_language_{language}", {}, "", {})
        assert rendered is not None
        told[language] = rendered["metadata"]
    assert {language: metadata.get("language") for language, metadata in told.items()} == {
        language: language for language in LANGUAGES
    }
    assert all(link["title"] and link["url"] for metadata in told.values() for link in metadata["links"])


def test_an_answer_in_french_says_no_language() -> None:
    rendered = Sentences.read(ROOT / "data" / "nlu" / "common.yml").render("utter_human", {}, "", {})
    assert rendered is not None
    assert "language" not in rendered["metadata"]
    assert [link["title"] for link in rendered["metadata"]["links"]]
