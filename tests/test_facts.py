"""The facts that a message states, as the extractor reads them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.nlu import facts
from bot.nlu.text import MAX_CHARACTERS, normalise

TODAY = dt.date(2026, 11, 21)
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "facts.yml").read_text(encoding="utf-8"))


def found(message: str) -> dict[str, Any]:
    return {fact.name: fact.value for fact in facts.find(normalise(message), TODAY)}


@pytest.mark.parametrize("case", CASES, ids=[case["message"][:60] for case in CASES])
def test_a_message_states_its_facts(case: dict[str, Any]) -> None:
    told = found(case["message"])
    assert {name: told.get(name) for name in case["facts"]} == case["facts"]
    for name in case.get("silent_on", []):
        assert name not in told


def test_no_plate_number_is_kept() -> None:
    for fact in facts.find(normalise("ma plaque est AB-123-CD ou 123 AB 75"), TODAY):
        assert "123" not in str(fact.value)


def test_curly_signs_and_invisible_characters_are_cleaned() -> None:
    assert normalise("l’original\u200b «\u00a0perdu\u00a0»\x00…") == 'l\'original " perdu " ...'


def test_a_very_long_message_keeps_its_end() -> None:
    cleaned = normalise("bla " * 2000 + "combien ça coûte ?")
    assert len(cleaned) <= MAX_CHARACTERS + 1 and cleaned.endswith("combien ça coûte ?")


def test_the_list_of_cities_is_what_its_command_writes() -> None:
    from tests.support import cities

    assert cities.TARGET.read_text(encoding="utf-8") == cities.text()
