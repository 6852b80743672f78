"""A set of rules starts on the day that its text says, whatever a price list holds."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.law import parameters
from bot.law.fees import Note, Quote, quote
from bot.law.inspection import inspection_required
from bot.law.operations import Operation
from bot.law.parameters import ParameterError, parameter
from bot.law.plates import PlateFormat
from bot.law.regimes import Regime, applies, first_day
from bot.law.situation import VehicleKind
from bot.law.vehicle import Category, Vehicle

CAR = Vehicle(category=Category.M1, plate_format=PlateFormat.SIV)
DAY = dt.timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the parameters that may be changed."""
    copy = Path(shutil.copytree(parameters.FOLDER, tmp_path / "parameters"))
    monkeypatch.setattr(parameters, "FOLDER", copy)
    yield copy
    monkeypatch.undo()
    parameters.validate()


def _add_older_value(folder: Path, key: str, since: dt.date) -> None:
    name, _, node = key.partition(".")
    path = folder / f"{name}.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    values = content[node]["values"]
    values.insert(0, {**values[0], "since": since})
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    parameters.validate()


def _duplicate(on: dt.date) -> Quote:
    return quote(Operation.DUPLICATE, CAR, on, "normandie")


def test_an_older_fixed_tax_does_not_move_the_rules_of_2021(folder: Path) -> None:
    eve = dt.date(2020, 12, 31)
    before = _duplicate(eve)
    _add_older_value(folder, "fees.fixed_tax", dt.date(2010, 1, 1))
    assert _duplicate(eve) == before
    assert Note.RULES_BEFORE_2021 in _duplicate(eve).notes
    assert Note.RULES_BEFORE_2021 not in _duplicate(eve + DAY).notes


def test_an_older_forwarding_fee_does_not_move_the_first_price(folder: Path) -> None:
    first = dt.date(2009, 1, 1)
    _add_older_value(folder, "fees.forwarding_fee", dt.date(2000, 1, 1))
    free = quote(Operation.ERROR_CORRECTION, CAR, dt.date(2017, 6, 1))
    assert {line.since for line in free.lines} == {first}
    with pytest.raises(ParameterError, match="2008-12-31"):
        quote(Operation.ERROR_CORRECTION, CAR, first - DAY)


def test_an_older_inspection_age_does_not_make_two_wheels_subject_earlier(folder: Path) -> None:
    start, old = dt.date(2024, 4, 15), dt.date(2010, 1, 1)
    _add_older_value(folder, "deadlines.first_inspection_two_wheels", dt.date(2009, 10, 15))
    assert inspection_required(VehicleKind.MOTORCYCLE, old, start - DAY) is False
    assert inspection_required(VehicleKind.MOTORCYCLE, old, start) is True


@pytest.mark.parametrize("regime", Regime)
def test_a_regime_applies_from_its_first_day(regime: Regime) -> None:
    start = first_day(regime)
    assert applies(regime, start)
    assert not applies(regime, start - DAY)


def test_each_regime_of_the_file_is_named_and_each_name_is_in_the_file() -> None:
    written = {key.removeprefix("regimes.") for key in parameters.keys() if key.startswith("regimes.")}
    assert written == {regime.value for regime in Regime}


def test_a_regime_with_two_first_days_is_refused_by_name(folder: Path) -> None:
    _add_older_value(folder, "regimes.forwarding_fee", dt.date(2000, 1, 1))
    with pytest.raises(ParameterError, match=r"regimes\.forwarding_fee"):
        first_day(Regime.FORWARDING_FEE)


@pytest.mark.parametrize(
    ("regime", "milestone"),
    [
        (Regime.CODE_OF_TAXES_ON_GOODS, "fixed_tax_starts"),
        (Regime.TWO_WHEELS_INSPECTION, "two_wheels_inspection_starts"),
    ],
)
def test_a_sentence_tells_the_first_day_that_the_rules_follow(regime: Regime, milestone: str) -> None:
    told = parameter(f"milestones.{milestone}").values[-1].value
    assert told == first_day(regime).isoformat()


@pytest.mark.parametrize(
    ("key", "regime"),
    [
        ("fees.fixed_tax", Regime.CODE_OF_TAXES_ON_GOODS),
        ("fees.forwarding_fee", Regime.FORWARDING_FEE),
        ("deadlines.first_inspection_two_wheels", Regime.TWO_WHEELS_INSPECTION),
    ],
)
def test_the_values_of_a_regime_are_known_from_its_first_day_on(key: str, regime: Regime) -> None:
    assert parameter(key).on(key, first_day(regime))
