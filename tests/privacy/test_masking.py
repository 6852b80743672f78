"""What is personal is masked, what resembles it stays, and the facts that answers depend on remain."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from bot.law import plates
from bot.nlu import facts
from bot.nlu.text import normalise
from bot.privacy import masking
from tests.data_files import DATA, content
from tests.system.privacy import masking as measure

ROOT = Path(__file__).resolve().parents[2]
ON = dt.date(2026, 11, 22)
OUTCOMES = [measure.outcome(message) for message in measure.read()]
LOOKALIKES = [each.message.text for each in OUTCOMES if each.message.kind == measure.LOOKALIKES]
PERSONAL = [each.message.text for each in OUTCOMES if each.message.kind != measure.LOOKALIKES]


def test_the_written_set_is_wide() -> None:
    assert len(PERSONAL) >= 300
    assert len(LOOKALIKES) >= 120


def test_nearly_everything_personal_is_masked() -> None:
    counts = measure.recall(OUTCOMES)
    masked, total = (sum(column) for column in zip(*counts.values(), strict=True))
    assert masked / total >= 0.98


@pytest.mark.parametrize("kind", sorted({each.message.kind for each in OUTCOMES} - {measure.LOOKALIKES}))
def test_no_kind_is_left_behind(kind: str) -> None:
    masked, total = measure.recall(OUTCOMES)[kind]
    assert masked / total >= 0.95


def test_lookalikes_stay_as_they_are() -> None:
    assert len(measure.false_alarms(OUTCOMES)) <= 0.02 * len(LOOKALIKES)


def test_little_besides_the_personal_data_goes() -> None:
    besides = sum(len(each.taken_besides) for each in OUTCOMES if each.message.pieces)
    letters = sum(len(each.message.text) for each in OUTCOMES if each.message.pieces)
    assert besides / letters < 0.02


def test_ordinary_questions_are_not_touched() -> None:
    texts = [
        line[2:]
        for file in sorted((DATA / "nlu" / "faq").glob("*.yml"))
        for block in content(file)["nlu"]
        for line in block["examples"].splitlines()
        if line.startswith("- ")
    ]
    touched = [text for text in texts if any(found.kind != "plate" for found in masking.find(text))]
    assert len(touched) / len(texts) < 0.003, touched[:20]


@pytest.mark.parametrize("text", PERSONAL)
def test_masking_again_changes_nothing(text: str) -> None:
    once = masking.mask(text)
    assert masking.mask(once) == once


def test_offered_payloads_pass_through() -> None:
    files = [*(ROOT / "data").rglob("*.yml"), *(ROOT / "tests" / "cases").rglob("*.yml")]
    found = {
        payload
        for file in files
        for payload in re.findall(
            r"payload: ['\"]?(/.*?)['\"]?$", file.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert len(found) > 20
    assert {payload for payload in found if masking.mask(payload) != payload} == set()


@pytest.mark.parametrize(
    ("typed", "format_"),
    [
        ("ma plaque AB-123-CD", plates.PlateFormat.SIV),
        ("plaque 1234 AB 56", plates.PlateFormat.FNI),
        ("AA 000 A", plates.PlateFormat.MOPED),
        ("WW-123-AB", plates.PlateFormat.WW),
        ("W-123-AB", plates.PlateFormat.W_GARAGE),
    ],
)
def test_the_format_of_a_masked_plate_is_still_a_fact(typed: str, format_: plates.PlateFormat) -> None:
    masked = masking.mask(typed)
    assert not re.search(r"\d", masked)
    found = {fact.name: fact.value for fact in facts.find(normalise(masked), ON)}
    assert found["plate_format"] == format_.value


def test_the_departement_of_a_masked_address_is_still_a_fact() -> None:
    masked = masking.mask("j'habite 12 rue des Lilas, 35000 Rennes")
    assert "Lilas" not in masked and "Rennes" not in masked
    assert {fact.name: fact.value for fact in facts.find(normalise(masked), ON)}["region"] == "bretagne"


@pytest.mark.parametrize(
    "text",
    [
        "refusée le 3 octobre 2026 et appelez le 06 12 34 56 78",
        "je m'appelle Jean Dupont, demande refusée le 03/10/2026",
        "carte 4323640562241542, refusée le 2026-10-03",
    ],
)
def test_dates_beside_personal_data_are_still_facts(text: str) -> None:
    found = {fact.name: fact.value for fact in facts.find(normalise(masking.mask(text)), ON)}
    assert found["refused_on"] == "2026-10-03"


@pytest.mark.parametrize("invisible", ["\u200b", "\u2060", "\ufeff", "\u00ad"])
def test_invisible_characters_hide_nothing(invisible: str) -> None:
    assert "12 34" not in masking.mask(f"06 {invisible}12 34 5{invisible}6 78")
