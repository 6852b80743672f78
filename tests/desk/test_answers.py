"""What the desk's sheet says beside a decision: no price of a duplicate beside a "no"."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.mediator.sheet.answers import Answer, answers
from bot.nlg.sentences import Sentences
from bot.settings import ROOT
from tests.test_guides import NO_DUPLICATE

ON = dt.date(2026, 11, 30)
SENTENCES = Sentences.read(ROOT / "data")


def shown(facts: dict[str, Any]) -> dict[str, Answer]:
    """The answers of the sheet by the name of their guided dialogue."""
    return {answer.guide: answer for answer in answers(SENTENCES, facts, ON)}


def said(answer: Answer) -> str:
    """All that an answer says."""
    return "\n".join(message["text"] for message in answer.messages)


@pytest.mark.parametrize("facts", NO_DUPLICATE)
def test_the_sheet_that_says_no_shows_no_price_and_asks_nothing_for_it(facts: dict[str, Any]) -> None:
    price = shown(facts)["price"]
    assert "€" not in said(price) and "Pas de prix de duplicata ici" in said(price)
    assert price.questions == ()


def test_the_sheet_shows_the_price_of_a_duplicate_that_can_be_had() -> None:
    price = shown({"reason": "loss", "applicant": "holder", "holder": "person"})["price"]
    assert "13,76" in said(price) and [name for name, _ in price.questions] == ["plate_format"]
