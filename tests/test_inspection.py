"""From when on a vehicle is subject to the technical inspection: the days before and after each limit."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.law.inspection import (
    LIGHT,
    TWO_WHEELS,
    WITHOUT_KNOWN_RULE,
    first_inspection_due,
    first_inspection_open,
    inspection_required,
)
from bot.law.situation import VehicleKind

SOLD = dt.date(2022, 3, 10)
DAY = dt.timedelta(days=1)
OLD = dt.date(2014, 1, 1)


@pytest.mark.parametrize("kind", sorted(LIGHT))
def test_a_light_vehicle_is_subject_the_day_after_its_fourth_anniversary(kind: VehicleKind) -> None:
    fourth = dt.date(2026, 3, 10)
    assert inspection_required(kind, SOLD, fourth - DAY) is False
    assert inspection_required(kind, SOLD, fourth) is False
    assert inspection_required(kind, SOLD, fourth + DAY) is True


@pytest.mark.parametrize("kind", sorted(TWO_WHEELS))
def test_a_vehicle_of_category_l_is_subject_the_day_after_its_fifth_anniversary(kind: VehicleKind) -> None:
    fifth = dt.date(2027, 3, 10)
    assert inspection_required(kind, SOLD, fifth) is False
    assert inspection_required(kind, SOLD, fifth + DAY) is True


@pytest.mark.parametrize("kind", sorted(TWO_WHEELS))
def test_category_l_is_subject_only_since_15_april_2024(kind: VehicleKind) -> None:
    assert inspection_required(kind, OLD, dt.date(2024, 4, 14)) is False
    assert inspection_required(kind, OLD, dt.date(2024, 4, 15)) is True
    assert first_inspection_due(kind, OLD, dt.date(2024, 4, 14)) is None
    assert first_inspection_due(kind, OLD, dt.date(2024, 4, 15)) == dt.date(2019, 1, 1)


def test_category_l_of_unknown_age_was_not_subject_before_15_april_2024() -> None:
    assert inspection_required(VehicleKind.MOPED, None, dt.date(2024, 4, 14)) is False
    assert inspection_required(VehicleKind.MOPED, None, dt.date(2024, 4, 15)) is None


def test_a_car_is_subject_earlier_than_a_motorcycle_of_the_same_age() -> None:
    between = dt.date(2026, 9, 1)
    assert inspection_required(VehicleKind.CAR, SOLD, between) is True
    assert inspection_required(VehicleKind.MOTORCYCLE, SOLD, between) is False


def test_a_car_first_registered_on_29_february_is_counted_from_date_to_date() -> None:
    leap = dt.date(2020, 2, 29)
    assert first_inspection_due(VehicleKind.CAR, leap, dt.date(2024, 1, 1)) == dt.date(2024, 2, 29)
    assert first_inspection_due(VehicleKind.MOPED, leap, dt.date(2025, 1, 1)) == dt.date(2025, 2, 28)


@pytest.mark.parametrize("age", [None, SOLD, dt.date(1962, 7, 1)])
def test_a_collection_vehicle_is_subject_at_any_age(age: dt.date | None) -> None:
    assert inspection_required(VehicleKind.COLLECTION, age, dt.date(2026, 11, 21)) is True


@pytest.mark.parametrize("kind", sorted(WITHOUT_KNOWN_RULE))
def test_where_no_text_was_found_nothing_is_affirmed(kind: VehicleKind) -> None:
    assert inspection_required(kind, OLD, dt.date(2026, 11, 21)) is None


@pytest.mark.parametrize(("kind", "age"), [(None, SOLD), (VehicleKind.CAR, None), (None, None)])
def test_without_kind_or_age_nothing_is_affirmed(kind: VehicleKind | None, age: dt.date | None) -> None:
    assert inspection_required(kind, age, dt.date(2026, 11, 21)) is None


def test_the_first_inspection_opens_six_months_before_the_fourth_anniversary() -> None:
    fourth = dt.date(2026, 3, 10)
    opens = dt.date(2025, 9, 10)
    assert first_inspection_open(VehicleKind.CAR, SOLD, opens - DAY) is None
    assert first_inspection_open(VehicleKind.CAR, SOLD, opens) == fourth
    assert first_inspection_open(VehicleKind.CAR, SOLD, fourth) == fourth
    assert first_inspection_open(VehicleKind.CAR, SOLD, fourth + DAY) is None


def test_no_opening_is_known_for_category_l() -> None:
    assert first_inspection_open(VehicleKind.MOTORCYCLE, SOLD, dt.date(2027, 1, 10)) is None


def test_every_kind_is_either_ruled_or_known_to_be_without_a_rule() -> None:
    ruled = LIGHT | TWO_WHEELS | {VehicleKind.COLLECTION}
    assert ruled | WITHOUT_KNOWN_RULE == set(VehicleKind)
    assert not ruled & WITHOUT_KNOWN_RULE


@given(
    st.sampled_from(VehicleKind),
    st.dates(dt.date(1960, 1, 1), dt.date(2030, 12, 31)),
    st.dates(dt.date(2024, 4, 15), dt.date(2035, 12, 31)),
)
def test_a_vehicle_once_subject_stays_so(kind: VehicleKind, first: dt.date, on: dt.date) -> None:
    if inspection_required(kind, first, on):
        assert inspection_required(kind, first, on + DAY)
