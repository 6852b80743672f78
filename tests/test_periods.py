"""The last day of a period, counted from the day that a person told."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.guides import periods
from bot.guides.coherence import settle
from bot.law.days import Days
from bot.law.periods import Ending, Period, ending

TODAY = dt.date(2026, 11, 30)


@pytest.mark.parametrize(
    ("period", "begun", "last"),
    [
        (Period.DRIVING_WITH_DECLARATION, "2026-11-02", "2026-12-02"),
        (Period.PROVISIONAL_CERTIFICATE, "2026-11-12", "2026-12-12"),
        (Period.SALE_AFTER_DEATH, "2026-09-12", "2026-12-12"),
        (Period.SALE_DECLARATION, "2026-11-20", "2026-12-05"),
        (Period.CHANGE_OF_HOLDER, "2026-11-20", "2026-12-20"),
        (Period.ADDRESS_CHANGE, "2026-10-31", "2026-11-30"),
    ],
)
def test_a_period_ends_that_many_months_or_days_later(period: Period, begun: str, last: str) -> None:
    assert ending(period, Days.parse(begun), TODAY) == Ending(dt.date.fromisoformat(last), False)


def test_a_month_without_that_day_ends_the_period_on_its_last_day() -> None:
    begun = Days.on(dt.date(2027, 1, 31))
    assert ending(Period.PROVISIONAL_CERTIFICATE, begun, dt.date(2027, 2, 1)) == Ending(
        dt.date(2027, 2, 28), False
    )


def test_a_period_is_over_the_day_after_its_last() -> None:
    begun = Days.on(dt.date(2026, 10, 29))
    found = ending(Period.DRIVING_WITH_DECLARATION, begun, TODAY)
    assert found == Ending(dt.date(2026, 11, 29), True)


def test_of_several_possible_days_no_end_is_told_while_the_period_runs() -> None:
    assert ending(Period.SALE_AFTER_DEATH, Days.parse("2026-09-01/2026-09-30"), TODAY) is None


def test_of_several_possible_days_the_latest_end_is_told_once_all_are_over() -> None:
    found = ending(Period.ADDRESS_CHANGE, Days.parse("2026-07-01/2026-07-31"), TODAY)
    assert found == Ending(dt.date(2026, 8, 31), True)


def test_nothing_is_told_where_the_period_may_be_over_or_not() -> None:
    assert ending(Period.ADDRESS_CHANGE, Days.parse("2026-10-01/2026-11-20"), TODAY) is None


def test_the_question_chooses_the_period() -> None:
    facts = {"sold_on": "2026-11-20"}
    seller = periods.reply("faq/change_of_holder.sale_declaration", facts, TODAY)
    buyer = periods.reply("faq/change_of_holder", facts, TODAY)
    assert seller is not None and seller.response == "utter_period_sale_declaration"
    assert buyer is not None and buyer.response == "utter_period_change_of_holder"


def test_the_certificate_counts_before_the_declaration_it_follows() -> None:
    facts = {"declared_on": "2026-11-02", "certificate_on": "2026-11-12"}
    found = periods.reply("faq/drive_without_card", facts, TODAY)
    assert found is not None and found.values["last"] == "2026-12-12"


def test_a_period_that_is_over_has_its_own_answer() -> None:
    found = periods.reply("faq/address_change.deadline", {"moved_on": "2026-07-01/2026-07-31"}, TODAY)
    assert found is not None and found.response == "utter_period_address_change_over"


def test_another_question_is_not_answered_by_a_day() -> None:
    assert periods.reply("faq/cost", {"sold_on": "2026-11-20"}, TODAY) is None


def test_an_inspection_holds_as_long_as_that_of_its_kind_of_vehicle() -> None:
    asked = "faq/technical_inspection"
    car = periods.reply(asked, {"inspected_on": "2025-04-12"}, TODAY)
    moto = periods.reply(asked, {"inspected_on": "2023-12-12", "vehicle_kind": "motorcycle"}, TODAY)
    assert car is not None and car.values["until"]["values"] == {"last": "2027-04-12"}
    assert moto is not None and moto.values["until"]["values"] == {"last": "2026-12-12"}


def test_an_inspection_of_a_month_holds_at_least_until_the_first_of_it() -> None:
    found = periods.reply("faq/technical_inspection", {"inspected_on": "2025-04-01/2025-04-30"}, TODAY)
    assert found is not None
    assert found.values["until"] == {
        "response": "utter_until_at_least",
        "values": {"last": "2027-04-01"},
    }


def test_a_trailer_has_no_inspection_that_ends() -> None:
    facts = {"inspected_on": "2025-04-12", "vehicle_kind": "trailer"}
    assert periods.reply("faq/technical_inspection", facts, TODAY) is None


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"inspected_on": "2025-04-12"}, "valid"),
        ({"inspected_on": "2023-01-12", "vehicle_kind": "car"}, "expired"),
        ({"inspected_on": "2024-01-12", "vehicle_kind": "motorcycle"}, "valid"),
        # A car's is over, a motorcycle's is not: the kind decides.
        ({"inspected_on": "2024-01-12"}, None),
        ({"inspected_on": "2025-04-12", "inspection": "expired"}, "expired"),
    ],
)
def test_the_day_of_an_inspection_tells_whether_it_is_valid(told: dict[str, str], state: str | None) -> None:
    facts, _ = settle({}, told, TODAY)
    assert facts.get("inspection") == state
