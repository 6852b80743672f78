"""Registration numbers: what their format says, and where they stand in a sentence."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.law.plates import FoundPlate, PlateFormat, find, recognise

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "plates.yml").read_text(encoding="utf-8"))
TYPED = [(text, PlateFormat(name)) for name, texts in CASES["typed"].items() for text in texts]
SENTENCES = [(text, PlateFormat(name)) for name, texts in CASES["sentences"].items() for text in texts]


def unmark(marked: str, format_: PlateFormat) -> tuple[str, tuple[FoundPlate, ...]]:
    """The sentence without its braces, and the plate they held."""
    match = re.fullmatch(r"(.*)\{(.+)\}(.*)", marked)
    assert match, marked
    start = len(match[1])
    return match[1] + match[2] + match[3], (FoundPlate(start, start + len(match[2]), format_),)


@pytest.mark.parametrize(("text", "format_"), TYPED)
def test_a_typed_number_is_recognised_by_its_format(text: str, format_: PlateFormat) -> None:
    assert recognise(text) is format_


@pytest.mark.parametrize(("marked", "format_"), SENTENCES)
def test_a_number_is_found_where_it_stands(marked: str, format_: PlateFormat) -> None:
    text, expected = unmark(marked, format_)
    assert find(text) == expected


@pytest.mark.parametrize("text", CASES["none"])
def test_no_number_is_found_where_there_is_none(text: str) -> None:
    assert find(text) == ()


def test_precision_and_recall_hold_on_the_written_examples() -> None:
    assert len(SENTENCES) >= 60 and len(CASES["none"]) >= 120
    right, found, expected = 0, 0, 0
    for marked, format_ in SENTENCES:
        text, plates = unmark(marked, format_)
        answer = find(text)
        right += len(set(answer) & set(plates))
        found, expected = found + len(answer), expected + len(plates)
    found += sum(len(find(text)) for text in CASES["none"])
    assert right / found >= 0.97
    assert right / expected >= 0.97


def test_two_numbers_are_found_in_order() -> None:
    text = "j'ai AB-123-CD et 1234 EF 56"
    assert [plate.format for plate in find(text)] == [PlateFormat.SIV, PlateFormat.FNI]


def test_the_number_is_not_kept() -> None:
    (plate,) = find("ma voiture AB-123-CD")
    assert {item.name for item in dataclasses.fields(plate)} == {"start", "end", "format"}


@pytest.mark.parametrize("department", ["01", "19", "2A", "2B", "20", "95", "971", "978"])
def test_a_department_that_exists_ends_an_old_number(department: str) -> None:
    assert recognise(f"1234 AB {department}") is PlateFormat.FNI


@pytest.mark.parametrize("department", ["00", "96", "99", "2C", "970", "979", "100"])
def test_a_department_that_does_not_exist_ends_none(department: str) -> None:
    assert recognise(f"1234-AB-{department}") is PlateFormat.UNKNOWN


@given(st.text(max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    assert recognise(text) in PlateFormat
    for plate in find(text):
        assert 0 <= plate.start < plate.end <= len(text)


@given(st.from_regex(r"[A-HJ-NP-TV-Z]{2}-[0-9]{3}-[A-HJ-NP-TV-Z]{2}", fullmatch=True))
def test_every_current_number_is_recognised_however_it_is_spaced(number: str) -> None:
    expected = PlateFormat.WW if number.startswith("WW") else PlateFormat.SIV
    for gap in ("-", " ", "", ".", " - "):
        assert recognise(number.replace("-", gap).lower()) is expected
