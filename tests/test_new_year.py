"""On 1 January the rates of the new year are not known: every client says so, and marks its price."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from bot.guides import GUIDES
from bot.guides.facts import Facts
from bot.guides.guide import Line
from bot.law.parameters import parameter
from bot.law.regional_tax import regions
from bot.mediator.sheet.answers import answers
from bot.nlg import french
from bot.nlg.sentences import Sentences
from bot.takeaway.case import SheetCase
from bot.takeaway.sheet import compose
from tests.scenarios import Scenario, Script

SENTENCES = Sentences.read(Path(__file__).parents[1] / "data" / "nlu")
WORDINGS = (None, "easy")
LAST_DAY = dt.date(2026, 12, 31)
NEW_YEAR = dt.date(2027, 1, 1)
NBSP = "\u00a0"
NOT_KNOWN = "Tarif 2027 pas encore connu"


def _facts(region: str = "bretagne", **others: Any) -> Facts:
    told: Facts = {
        "operation": "change_of_holder", "region": region, "fiscal_power": 5, "energy": "petrol",
        "vehicle_kind": "car", "plate_format": "siv", "first_registration": "2020-01-01",
    }  # fmt: skip
    return {**told, **others}


def _rendered(response: str, values: dict[str, Any], on: dt.date, wording: str | None) -> str:
    rendered = SENTENCES.render(response, {"wording": wording}, "", values, on)
    assert rendered is not None and rendered["metadata"]["response"] == response
    return str(rendered["text"])


def _said(line: Line, on: dt.date) -> str:
    return _rendered(line["response"], line.get("values", {}), on, None)


def _chat(facts: Facts, on: dt.date, wording: str | None = None) -> str:
    (reply,) = GUIDES["price"].reply(facts, on)
    return _rendered(reply.response, reply.values, on, wording)


@pytest.mark.parametrize("wording", WORDINGS)
@pytest.mark.parametrize("region", regions())
def test_the_price_of_each_region_is_sure_on_the_last_day_and_an_estimate_on_the_next(
    region: str, wording: str | None
) -> None:
    assert "pas encore connu" not in _chat(_facts(region), LAST_DAY, wording)
    estimate = _chat(_facts(region), NEW_YEAR, wording)
    rate = french.amount(int(parameter(f"regional_rates.{region}").values[-1].value))
    assert f"{NOT_KNOWN}{NBSP}; en 2026{NBSP}: {rate} par cheval fiscal" in estimate
    opening = estimate.partition("Vous m’avez dit" if wording else "D’après")[0]
    assert "Tarif 2027" in opening or "Le tarif 2027" in opening
    assert "n’est pas certain" in opening or "n’est pas sûr" in opening


@pytest.mark.parametrize("wording", WORDINGS)
def test_an_exemption_of_last_year_is_said_to_be_one(wording: str | None) -> None:
    facts = _facts("corse", energy="hybrid")
    assert "pas encore connue" not in _chat(facts, LAST_DAY, wording)
    assert f"pas encore connue{NBSP}; le calcul suit celle de 2026" in _chat(facts, NEW_YEAR, wording)


@pytest.mark.parametrize("wording", WORDINGS)
def test_the_desk_says_what_the_chat_says(wording: str | None) -> None:
    for on in (LAST_DAY, NEW_YEAR):
        (price,) = [said for said in answers(SENTENCES, _facts(), on, wording) if said.guide == "price"]
        assert price.messages[-1]["text"] == _chat(_facts(), on, wording)


@pytest.mark.parametrize("easy", [False, True])
def test_the_sheet_marks_its_total_and_says_what_is_not_known(easy: bool) -> None:
    case = SheetCase(_facts(), "price", LAST_DAY)
    before, after = (compose(case, SENTENCES, easy, on) for on in (LAST_DAY, NEW_YEAR))
    labels = []
    for sheet in (before, after):
        (price,) = [section for section in sheet.sections if section.code == "price"]
        assert price.total is not None
        labels.append(price.total.label)
    assert labels == ["Total", "Total au tarif de 2026, non certain"]
    assert not any(section.code == "uncertainties" for section in before.sections)
    (doubts,) = [section for section in after.sections if section.code == "uncertainties"]
    assert any(NOT_KNOWN in "".join(piece.text for piece in line) for line in doubts.lines)


def test_a_comparison_and_an_explanation_say_it_too() -> None:
    guide = GUIDES["price"]
    assert "pas encore connu" not in _said(guide.gist(_facts(), LAST_DAY).headline, LAST_DAY)
    assert NOT_KNOWN in _said(guide.gist(_facts(), NEW_YEAR).headline, NEW_YEAR)
    (why,) = guide.explain(_facts(), NEW_YEAR)
    assert NOT_KNOWN in _rendered(why.response, why.values, NEW_YEAR, None)


@pytest.mark.parametrize("on", [LAST_DAY, NEW_YEAR])
def test_the_scenarios_of_a_price_hold_on_both_days(on: dt.date) -> None:
    turn = {
        "say": "prix", "answer": "utter_quote_change_of_holder",
        "price": {
            "operation": "change_of_holder", "region": "bretagne",
            "vehicle": {
                "category": "M1", "fiscal_power": 5, "energy": "petrol",
                "first_registration": dt.date(2020, 1, 1),
            },
        },
    }  # fmt: skip
    (reply,) = GUIDES["price"].reply(_facts(), on)
    said = SENTENCES.render(reply.response, {}, "", reply.values, on)
    Script(on).play(Scenario("paths", "prix", [turn]), lambda text: [said])


def test_a_duplicate_costs_the_same_on_both_days_and_no_doubt_is_added() -> None:
    duplicate: Facts = {"operation": "duplicate", "vehicle_kind": "car", "plate_format": "siv"}
    assert _chat(duplicate, LAST_DAY) == _chat(duplicate, NEW_YEAR)
