"""Each code that a price can carry has its sentence, and no sentence holds a figure of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.law import quotes
from bot.law.fees import Note, Why
from bot.law.parameters import cite, parameter
from bot.law.tax_lines import Reason, Tax, Uncertainty

FILE = Path(__file__).parents[1] / "data" / "nlu" / "responses" / "quote.yml"
RESPONSES: dict[str, list[dict[str, Any]]] = msgspec.yaml.decode(FILE.read_bytes())["responses"]
VARIATIONS = [
    pytest.param(variation, id=f"{name}[{rank}]")
    for name, variations in RESPONSES.items()
    for rank, variation in enumerate(variations)
]
GIVEN = {
    "total", "low", "high", "lines", "facts", "notes", "uncertainties", "amount", "answer", "year",
    "known_year", "rate",
}  # fmt: skip
PLACEHOLDER = re.compile(r"\{([a-z_0-9.]+)(?::[a-z]+)?\}")
MARKS = re.compile(r"\(Y[1-5]\)|E85")
NARROW = "\u00a0"


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


@pytest.mark.parametrize("variation", VARIATIONS)
def test_a_sentence_holds_no_figure_and_no_empty_line(variation: dict[str, Any]) -> None:
    text = variation["text"].strip()
    assert not re.search(r"\d", MARKS.sub("", PLACEHOLDER.sub("", text)))
    assert "\n\n" not in text


@pytest.mark.parametrize("variation", VARIATIONS)
def test_a_sentence_names_only_values_that_exist(variation: dict[str, Any]) -> None:
    for name in PLACEHOLDER.findall(variation["text"]):
        if name.startswith("quotes."):
            assert name.removeprefix("quotes.") in quotes.names()
        elif "." in name:
            assert parameter(name)
        else:
            assert name in GIVEN


@pytest.mark.parametrize("variation", VARIATIONS)
def test_a_sentence_follows_french_typography(variation: dict[str, Any]) -> None:
    text = PLACEHOLDER.sub("", variation["text"]).replace("https://", "")
    assert "'" not in text
    assert not re.search(rf"[^{NARROW}][;!?»]|[^{NARROW}]:(?!\w)|«[^{NARROW}]", text)


@pytest.mark.parametrize("variation", VARIATIONS)
def test_a_button_is_short_and_a_source_known(variation: dict[str, Any]) -> None:
    assert all(len(button["title"]) <= 20 for button in variation.get("buttons", ()))
    # An answer said within it brings its own.
    if "condition" not in variation and "{answer:say}" not in variation["text"]:
        assert variation["metadata"]["sources"]
        assert all(cite(reference) for reference in variation["metadata"]["sources"])
