"""Each code that a price can carry has its sentence, and each question its wordings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.law.fees import Note, Why
from bot.law.tax_lines import Reason, Tax, Uncertainty

FILE = Path(__file__).parents[1] / "data" / "nlu" / "responses" / "quote.yml"
RESPONSES: dict[str, list[dict[str, Any]]] = msgspec.yaml.decode(FILE.read_bytes())["responses"]


def _questions() -> list[str]:
    asked = [name for name in RESPONSES if name.startswith("utter_ask_") and not name.endswith("_error")]
    return [name.removeprefix("utter_ask_") for name in asked]


@pytest.mark.parametrize(
    ("prefix", "codes"),
    [
        ("utter_line_", Tax),
        ("utter_note_", Note),
        ("utter_reading_", Why),
        ("utter_uncertainty_", Uncertainty),
        ("utter_price_reason_", Reason),
    ],
)
def test_each_code_has_its_sentence_and_each_sentence_its_code(prefix: str, codes: Any) -> None:
    written = {name.removeprefix(prefix) for name in RESPONSES if name.startswith(prefix)}
    assert written - {"moped_differs"} == {code.value for code in codes}


@pytest.mark.parametrize("fact", _questions())
def test_a_question_has_an_easy_wording_a_second_try_and_a_reason(fact: str) -> None:
    assert len(RESPONSES[f"utter_ask_{fact}"]) == 2
    assert {f"utter_ask_{fact}_error", f"utter_why_{fact}"} <= RESPONSES.keys()


def test_what_only_a_change_of_holder_or_address_depends_on_can_be_asked() -> None:
    assert {"region", "fiscal_power", "energy", "gross_weight", "address_changes_before"} <= set(_questions())
