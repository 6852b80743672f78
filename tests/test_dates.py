"""Days as people write them: which days a message may mean, and what is no day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.law.days import Days
from bot.nlu import dates
from bot.nlu.text import normalise

TODAY = dt.date(2026, 11, 30)
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "dates.yml").read_text(encoding="utf-8"))


def found(message: str, today: dt.date = TODAY) -> list[str]:
    """The days of a message as ISO dates or intervals; why there is none, where one has to be asked again."""
    return [
        str(date.read) if isinstance(date.read, Days) else date.read.value
        for date in dates.find(normalise(message), today)
    ]


def expected(case: dict[str, Any]) -> list[str]:
    """What a written case expects of ``found``."""
    told = case.get("day", case.get("asked", []))
    return [str(day) for day in (told if isinstance(told, list) else [told])]


@pytest.mark.parametrize("case", CASES, ids=[case["say"] for case in CASES])
def test_a_message_means_these_days(case: dict[str, Any]) -> None:
    assert found(case["say"]) == expected(case)
