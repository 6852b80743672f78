"""The price of an operation: written cases, figures published by others, and what holds for every price."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.law import quotes
from bot.law.fees import Note, Quote, Why, quote
from bot.law.operations import Operation
from bot.law.parameters import ParameterError, cite, keys, number_on, parameter
from bot.law.plates import PlateFormat
from bot.law.regional_tax import rate_on, region_name, regions
from bot.law.tax_lines import LastKnown, Reason, Tax, Uncertainty
from bot.law.vehicle import Category, Energy, MissingFact, Vehicle

CASES = Path(__file__).with_name("cases")
TODAY = dt.date(2026, 11, 21)
CAR = Vehicle(category=Category.M1, plate_format=PlateFormat.SIV)
USED_CAR = replace(CAR, fiscal_power=5, energy=Energy.PETROL, first_registration=dt.date(2020, 1, 1))
ENUMS = {"category": Category, "plate_format": PlateFormat, "energy": Energy}


def _load(name: str) -> list[Any]:
    cases = msgspec.yaml.decode((CASES / name).read_bytes())
    return [pytest.param(case, id=case["case"]) for case in cases]


def _day(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def _vehicle(facts: dict[str, Any]) -> Vehicle:
    read = {name: ENUMS[name](value) if name in ENUMS else value for name, value in facts.items()}
    if "first_registration" in read:
        read["first_registration"] = _day(read["first_registration"])
    return Vehicle(**read)


def _quote(case: dict[str, Any]) -> Quote:
    return quote(
        Operation(case["operation"]),
        _vehicle(case["vehicle"]),
        _day(case["day"]),
        case.get("region"),
        address_changes_before=case.get("address_changes_before"),
        by_professional=case.get("by_professional", False),
    )


def _cents(euros: str) -> int:
    whole, cents = euros.split(",")
    return int(whole) * 100 + int(cents)


def _priced(name: str, *wanted: str) -> list[Any]:
    return [param for param in _load(name) if any(key in param.values[0] for key in wanted)]


@pytest.mark.parametrize("case", _priced("fees.yml", "price"))
def test_the_price_is_the_one_a_lawyer_computes(case: dict[str, Any]) -> None:
    found = _quote(case)
    prices = case["price"] if isinstance(case["price"], list) else [case["price"]]
    assert sorted(reading.total for reading in found.readings) == [_cents(price) for price in prices]
    assert (found.low, found.high) == (_cents(prices[0]), _cents(prices[-1]))
    if "lines" in case:
        nonzero = {line.tax.value: line.amount for line in found.lines if line.amount}
        assert nonzero == {tax: _cents(amount) for tax, amount in case["lines"].items()}
    if "notes" in case:
        assert [note.value for note in found.notes] == case["notes"]
    if "uncertain" in case:
        assert [doubt.value for doubt in found.uncertainties] == case["uncertain"]


@pytest.mark.parametrize("case", _priced("fees.yml", "missing"))
def test_a_fact_that_decides_is_asked_for(case: dict[str, Any]) -> None:
    with pytest.raises(MissingFact, match=case["missing"]) as raised:
        _quote(case)
    assert raised.value.fact == case["missing"]


@pytest.mark.parametrize("case", _priced("fees.yml", "error"))
def test_what_no_rule_prices_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=case["error"]):
        _quote(case)


@pytest.mark.parametrize("case", _priced("published_examples.yml", "operation"))
def test_a_published_example_is_found_again_unless_it_is_wrong(case: dict[str, Any]) -> None:
    found = _quote(case)
    amount = found.total if case["part"] == "total" else found.lines[0].amount
    if case["verdict"] == "differs":
        assert amount == _cents(case["right"]) != _cents(case["published"])
    else:
        assert amount == _cents(case["published"])


@pytest.mark.parametrize("case", _load("published_examples.yml"))
def test_a_published_example_says_where_it_comes_from_and_what_we_think_of_it(case: dict[str, Any]) -> None:
    assert case["source"] and case["verdict"] in {"agrees", "agrees_old_rules", "partial", "differs"}
    assert ("operation" in case) is not ("why_not" in case)
    assert (case["verdict"] == "agrees_old_rules") <= (str(case.get("day", "2014")) < "2021")


def test_every_case_says_what_to_expect_and_is_named_once() -> None:
    for name in ("fees.yml", "published_examples.yml"):
        names = [param.id for param in _load(name)]
        assert len(set(names)) == len(names)
    for param in _load("fees.yml"):
        assert len({"price", "missing", "error"} & set(param.values[0])) == 1, param.id


def test_every_operation_has_a_case() -> None:
    covered = {param.values[0]["operation"] for param in _load("fees.yml")}
    assert covered == {operation.value for operation in Operation}


def test_each_code_is_carried_by_the_price_of_some_case() -> None:
    prices = [_quote(param.values[0]) for param in _priced("fees.yml", "price")]
    lines = [line for price in prices for reading in price.readings for line in reading.lines]
    assert {line.tax for line in lines} == set(Tax)
    assert {line.reason for line in lines} == set(Reason)
    assert {doubt for line in lines for doubt in line.uncertainties} == set(Uncertainty)
    assert {reading.why for price in prices for reading in price.readings} == set(Why)
    assert {note for price in prices for note in price.notes} == set(Note)


def test_an_old_number_leaves_two_readings_and_no_single_total() -> None:
    found = quote(Operation.DUPLICATE, replace(CAR, plate_format=PlateFormat.FNI), TODAY)
    assert [reading.why for reading in found.readings] == [Why.TEXT_OF_THE_LAW, Why.TREATED_AS_CONVERSION]
    assert found.is_open
    for name in ("total", "lines"):
        with pytest.raises(ValueError, match="several readings"):
            getattr(found, name)


@pytest.mark.parametrize(
    ("region", "day"),
    [("ile_de_france", "2020-12-31"), ("bretagne", "2019-07-01"), ("occitanie", "2018-01-01")],
)
def test_a_year_whose_rate_was_not_found_is_an_error_that_names_region_and_day(region: str, day: str) -> None:
    with pytest.raises(ParameterError, match=f"{region}.*{day}"):
        quote(Operation.DUPLICATE, CAR, dt.date.fromisoformat(day), region)


def test_an_unknown_region_is_an_error_that_names_region_and_day() -> None:
    with pytest.raises(ParameterError, match="atlantide.*2026-11-21"):
        quote(Operation.CHANGE_OF_HOLDER, USED_CAR, TODAY, "atlantide")
    with pytest.raises(ParameterError, match="atlantide"):
        region_name("atlantide")


def test_an_exemption_that_was_not_found_is_an_error_that_names_region_and_day() -> None:
    for region, energy in (("guyane", Energy.ELECTRIC), ("pays_de_la_loire", Energy.HYBRID)):
        with pytest.raises(ParameterError, match=f"{region}.*2026-11-21"):
            quote(Operation.CHANGE_OF_HOLDER, replace(USED_CAR, energy=energy), TODAY, region)


@pytest.mark.parametrize("region", regions())
def test_each_region_has_a_rate_from_2021_to_today_under_the_cap(region: str) -> None:
    assert region_name(region)
    for year in range(2021, 2027):
        for month in range(1, 13):
            day = dt.date(year, month, 1)
            increase = number_on("fees.ile_de_france_increase", day) if region == "ile_de_france" else 0
            assert 0 < rate_on(region, day).cents - increase <= number_on("fees.regional_rate_cap", day)


LAST_KNOWN_DAY = dt.date(2026, 12, 31)
FIRST_UNKNOWN_DAY = dt.date(2027, 1, 1)
NOT_KNOWN = {Uncertainty.REGIONAL_RATE_NOT_KNOWN, Uncertainty.REGIONAL_EXEMPTION_NOT_KNOWN}


def test_there_are_eighteen_regions() -> None:
    assert len(regions()) == 18


@pytest.mark.parametrize("region", regions())
def test_a_rate_of_2026_is_sure_to_the_last_day_of_its_year_and_an_estimate_after_it(region: str) -> None:
    last = quote(Operation.CHANGE_OF_HOLDER, USED_CAR, LAST_KNOWN_DAY, region)
    assert last.last_known == () and not NOT_KNOWN & set(last.uncertainties)
    rate = parameter(f"regional_rates.{region}").values[-1].value
    for day in (FIRST_UNKNOWN_DAY, dt.date(2027, 12, 31)):
        found = quote(Operation.CHANGE_OF_HOLDER, USED_CAR, day, region)
        assert found.last_known == (LastKnown(Uncertainty.REGIONAL_RATE_NOT_KNOWN, 2026, rate),)
        increase = number_on("fees.ile_de_france_increase", day) if region == "ile_de_france" else 0
        assert found.lines[0].amount == 5 * (rate + increase)
    with pytest.raises(ParameterError, match=f"{region}.*2028-01-01"):
        quote(Operation.CHANGE_OF_HOLDER, USED_CAR, dt.date(2028, 1, 1), region)


@pytest.mark.parametrize("region", regions())
def test_an_exemption_of_2026_is_an_estimate_in_2027(region: str) -> None:
    for energy in (Energy.HYBRID, Energy.ELECTRIC):
        car = replace(USED_CAR, energy=energy)
        try:
            last = quote(Operation.CHANGE_OF_HOLDER, car, LAST_KNOWN_DAY, region)
        except ParameterError:
            # What 2026 does not know, 2027 knows no better.
            with pytest.raises(ParameterError, match=f"{region}.*2027-01-01"):
                quote(Operation.CHANGE_OF_HOLDER, car, FIRST_UNKNOWN_DAY, region)
            continue
        assert not NOT_KNOWN & set(last.uncertainties)
        found = quote(Operation.CHANGE_OF_HOLDER, car, FIRST_UNKNOWN_DAY, region)
        assert Uncertainty.REGIONAL_EXEMPTION_NOT_KNOWN in found.uncertainties
        assert found.lines[0].reason is last.lines[0].reason


def test_each_exemption_is_none_half_or_all_and_belongs_to_a_region() -> None:
    for key in keys():
        if key.startswith("regional_exemptions.") and not key.endswith("electric_by_law"):
            assert key.removeprefix("regional_exemptions.").rsplit("_", 1)[0] in regions()
            assert {value.value for value in parameter(key).values} <= {0, 50, 100}


@pytest.mark.parametrize("fact", ["fiscal_power", "gross_weight", "engine_capacity"])
def test_a_vehicle_without_power_weight_or_engine_is_refused(fact: str) -> None:
    with pytest.raises(ValueError, match=fact):
        Vehicle(**{fact: 0})


@pytest.mark.parametrize(
    ("name", "cents"),
    [
        ("address_change", 0),
        ("address_change_fourth", 276),
        ("address_change_old_plate", 276),
        ("duplicate", 1376),
        ("duplicate_moped", 1100),
        ("duplicate_old_plate_high", 1376),
        ("duplicate_old_plate_low", 276),
        ("duplicate_storm", 276),
        ("duplicate_with_move", 1376),
        ("error_correction", 0),
        ("fixed_part", 1376),
        ("name_change", 1376),
        ("plate_misuse", 276),
        ("spouse_change", 1376),
    ],
)
def test_a_price_named_in_sentences_is_computed_and_cited(name: str, cents: int) -> None:
    found = quotes.published(name, TODAY)
    assert found.amount == cents
    assert found.citations and all(cite(reference) for reference in found.citations)


def test_the_names_of_the_sentences_are_known_and_others_refused() -> None:
    assert len(quotes.names()) == 14
    assert all(quotes.published(name, TODAY) for name in quotes.names())
    with pytest.raises(KeyError):
        quotes.published("unknown", TODAY)


# --- what holds for every price ----------------------------------------------------------------------

DAYS = st.dates(dt.date(2021, 1, 1), dt.date(2027, 12, 31))
VEHICLES = st.builds(
    Vehicle,
    category=st.sampled_from(Category),
    plate_format=st.sampled_from([PlateFormat.SIV, PlateFormat.FNI, PlateFormat.MOPED]),
    fiscal_power=st.integers(1, 60),
    first_registration=st.dates(dt.date(1950, 1, 1), dt.date(2027, 12, 31)),
    energy=st.sampled_from(Energy),
    gross_weight=st.integers(1, 44_000),
    road_tractor=st.booleans(),
    collection=st.booleans(),
    special_use=st.booleans(),
    state_owned=st.booleans(),
)
REGIONS = st.sampled_from(regions())


def _try(
    operation: Operation, vehicle: Vehicle, on: dt.date, region: str | None, moves: int = 0
) -> Quote | None:
    try:
        return quote(operation, vehicle, on, region, address_changes_before=moves)
    except ParameterError:
        # The only gap left once every fact is known: exemptions of clean vehicles that were not found.
        assert vehicle.energy not in (Energy.PETROL, Energy.DIESEL)
    except ValueError as error:
        assert operation is Operation.FIRST_REGISTRATION and "emissions" in str(error)
    return None


@given(st.sampled_from(Operation), VEHICLES, DAYS, REGIONS, st.integers(0, 5))
def test_a_price_is_the_sum_of_five_lines_each_with_an_article(
    operation: Operation, vehicle: Vehicle, on: dt.date, region: str, moves: int
) -> None:
    found = _try(operation, vehicle, on, region, moves)
    for reading in found.readings if found else ():
        assert [line.tax for line in reading.lines] == list(Tax)
        assert reading.total == sum(line.amount for line in reading.lines)
        for line in reading.lines:
            assert line.amount >= 0
            assert line.since <= on
            assert cite(line.article)
            assert line.reason in Reason
        assert all(cite(reference) for reference in reading.references)


@given(VEHICLES, DAYS, REGIONS)
def test_more_power_never_costs_less(vehicle: Vehicle, on: dt.date, region: str) -> None:
    power = vehicle.fiscal_power or 1
    weaker = _try(Operation.CHANGE_OF_HOLDER, vehicle, on, region)
    stronger = _try(Operation.CHANGE_OF_HOLDER, replace(vehicle, fiscal_power=power + 1), on, region)
    assert (weaker is None) is (stronger is None)
    if weaker and stronger:
        assert weaker.total <= stronger.total


@given(VEHICLES, DAYS, st.none() | REGIONS)
def test_a_duplicate_depends_on_nothing_but_category_and_number(
    vehicle: Vehicle, on: dt.date, region: str | None
) -> None:
    bare = Vehicle(category=vehicle.category, plate_format=vehicle.plate_format)
    for operation in (Operation.DUPLICATE, Operation.DUPLICATE_WITH_ADDRESS_CHANGE):
        full = quote(operation, vehicle, on, region)
        assert full.readings == quote(operation, bare, on).readings


@given(VEHICLES, DAYS)
def test_a_duplicate_never_pays_the_taxes_of_a_change_of_holder(vehicle: Vehicle, on: dt.date) -> None:
    for reading in quote(Operation.DUPLICATE, vehicle, on).readings:
        assert [line.amount for line in reading.lines[:3]] == [0, 0, 0]


def test_every_fact_of_a_vehicle_is_drawn_in_the_properties_above() -> None:
    drawn = {"engine_capacity"} | {
        "category", "plate_format", "fiscal_power", "first_registration", "energy", "gross_weight",
        "road_tractor", "collection", "special_use", "state_owned",
    }  # fmt: skip
    assert {field.name for field in fields(Vehicle)} == drawn
