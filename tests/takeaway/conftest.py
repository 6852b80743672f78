"""Sheets of every kind of case, at a time that the tests choose."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.nlg.sentences import Sentences
from bot.settings import ROOT
from bot.takeaway.pages import Answer, Pages
from bot.takeaway.store import SheetStore

NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)
KEEP_FOR = dt.timedelta(days=30)
LIVES_IN = {"applicant": "holder", "holder": "person", "moved": False}
# Each with the guided dialogue answered last and the letters that fit.
CASES: dict[str, tuple[dict[str, Any], str, tuple[str, ...]]] = {
    "stolen card": (
        {
            "reason": "theft",
            "theft_declared": True,
            "vehicle_stolen": False,
            **LIVES_IN,
            "plate_format": "fni",
            "inspection": "valid",
            "declared_on": "2026-11-10",
            "requested_on": "2026-11-20",
        },
        "eligibility",
        (),
    ),
    "damaged card, inspection over": (
        {
            "reason": "damage",
            **LIVES_IN,
            "plate_format": "siv",
            "inspection": "expired",
            "received_on": "2026-11-01",
        },
        "eligibility",
        (),
    ),
    "no mandate": ({"reason": "loss", "applicant": "other", "holder": "person"}, "eligibility", ("mandate",)),
    "leased": ({"reason": "loss", "applicant": "other", "holder": "lessor"}, "eligibility", ("lessor",)),
    "vehicle stolen": (
        {"reason": "theft", "vehicle_stolen": True, "applicant": "holder", "holder": "person"},
        "eligibility",
        (),
    ),
    "price of an old plate": ({"plate_format": "fni", "vehicle_kind": "car"}, "price", ()),
    "refused": (
        {
            "reason": "loss",
            **LIVES_IN,
            "plate_format": "siv",
            "inspection": "valid",
            "file_status": "refused",
            "refused_on": "2026-11-03",
        },
        "remedy",
        ("gracious_appeal", "hierarchical_appeal", "reasons"),
    ),
    "refused, day unknown": (
        {"file_status": "refused"},
        "remedy",
        ("gracious_appeal", "hierarchical_appeal", "reasons"),
    ),
    "appeal pending": (
        {"file_status": "refused", "refused_on": "2026-10-03", "gracious_appeal_on": "2026-10-20"},
        "remedy",
        ("hierarchical_appeal", "defender"),
    ),
    "appeal rejected by silence": (
        {"file_status": "refused", "refused_on": "2026-08-03", "gracious_appeal_on": "2026-09-10"},
        "remedy",
        ("hierarchical_appeal", "reasons_of_silence", "defender"),
    ),
    "too late": ({"file_status": "refused", "refused_on": "2026-03-03"}, "remedy", ("defender",)),
    "shipped": (
        {"file_status": "sent", "validated_on": "2026-11-03", "shipped_on": "2026-11-16"},
        "remedy",
        (),
    ),
    "shipped, and never came": (
        {"file_status": "sent", "shipped_on": "2026-11-01"},
        "remedy",
        ("defender",),
    ),
    "not received": ({"file_status": "validated", "validated_on": "2026-10-03"}, "remedy", ("defender",)),
}


@dataclass
class Clock:
    """A time that moves only when told."""

    now: dt.datetime = NOW

    def __call__(self) -> dt.datetime:
        return self.now


@dataclass
class World:
    """The pages over a store of their own."""

    pages: Pages
    store: SheetStore
    clock: Clock
    database: Path

    def make(self, case: str) -> str:
        """The token of a new sheet."""
        facts, guide, _ = CASES[case]
        return self.store.make(facts, guide, self.clock.now.date(), self.clock.now)

    def html(self, case: str, version: str | None = None) -> str:
        """The page of a new sheet."""
        return text(self.pages.show(self.make(case), version))


def text(answer: Answer) -> str:
    """A page that could be shown."""
    assert answer.status == 200, answer.status
    return answer.body.decode()


@pytest.fixture(scope="session")
def sentences() -> Sentences:
    """Every sentence of the assistant."""
    return Sentences.read(ROOT / "data")


@pytest.fixture
def world(tmp_path: Path, sentences: Sentences) -> World:
    """Pages, store and clock."""
    database = tmp_path / "sheets.db"
    clock = Clock()
    store = SheetStore(f"sqlite:///{database}", KEEP_FOR)
    return World(
        Pages(store, lambda: sentences, lambda name: f"/widget/{name}", clock), store, clock, database
    )
