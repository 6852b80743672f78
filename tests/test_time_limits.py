"""Counting days the careful way."""

from __future__ import annotations

import datetime as dt

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.law.public_holidays import LEGAL_LOCAL_DAYS, places, public_holidays
from bot.law.time_limits import (
    DayKind,
    TimeLimit,
    add_months,
    add_working_days,
    date_to_date,
    is_surely_over,
    kind_of,
    limit_on,
    next_working_day,
)

DAYS = st.dates(dt.date(2016, 1, 1), dt.date(2060, 12, 31))
DEPARTMENTS = st.sampled_from(
    [None, "75", "57", "68", "971", "972", "973", "974", "975", "976", "977", "988"]
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2026-10-03", 2, "2026-12-03"),
        ("2026-08-31", 2, "2026-10-31"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2027-12-31", 2, "2028-02-29"),
        ("2027-12-29", 2, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-11-30", 1, "2026-12-30"),
        ("2026-12-01", 2, "2027-02-01"),
        ("2026-10-03", 0, "2026-10-03"),
    ],
)
def test_months_are_counted_from_date_to_date(start: str, months: int, last: str) -> None:
    assert add_months(day(start), months) == day(last)


@pytest.mark.parametrize(
    ("last", "extended", "why"),
    [
        ("2026-12-03", None, DayKind.WORKING_DAY),
        ("2026-10-31", "2026-11-02", DayKind.SATURDAY),
        ("2026-11-01", "2026-11-02", DayKind.SUNDAY),
        ("2026-11-11", "2026-11-12", DayKind.PUBLIC_HOLIDAY),
        ("2026-05-01", "2026-05-04", DayKind.PUBLIC_HOLIDAY),
        ("2026-12-25", "2026-12-28", DayKind.PUBLIC_HOLIDAY),
        ("2027-03-29", "2027-03-30", DayKind.PUBLIC_HOLIDAY),
    ],
)
def test_the_careful_date_stays_and_the_law_s_date_is_beside_it(
    last: str, extended: str | None, why: DayKind
) -> None:
    expected = None if extended is None else day(extended)
    assert limit_on(day(last), None) == TimeLimit(day(last), expected, why)


@pytest.mark.parametrize(
    ("holiday", "department"),
    [("2027-05-27", "971"), ("2026-05-22", "972"), ("2026-12-26", "68"), ("2027-03-26", "57")],
)
def test_a_local_holiday_counts_where_it_is_kept(holiday: str, department: str) -> None:
    assert kind_of(day(holiday), department) is DayKind.PUBLIC_HOLIDAY
    assert kind_of(day(holiday), "75") is not DayKind.PUBLIC_HOLIDAY


@pytest.mark.parametrize(
    ("custom", "department"),
    [
        ("2026-07-21", "971"),  # Victor Schoelcher
        ("2026-07-21", "972"),
        ("2026-07-21", "978"),
        ("2027-03-04", "971"),  # Mi-Carême
        ("2027-03-26", "971"),  # Good Friday
        ("2027-03-26", "972"),
        ("2027-04-28", "986"),  # Saint Pierre Chanel
    ],
)
def test_a_day_that_only_custom_keeps_extends_nothing(custom: str, department: str) -> None:
    assert limit_on(day(custom), department) == TimeLimit(day(custom), None, DayKind.WORKING_DAY)


@pytest.mark.parametrize(
    ("abolition", "department"),
    [
        ("2026-04-27", "976"),
        ("2026-05-22", "972"),
        ("2026-05-27", "971"),
        ("2026-05-28", "978"),
        ("2026-06-10", "973"),
        ("2026-10-09", "977"),
        ("2027-12-20", "974"),
    ],
)
def test_the_abolition_of_slavery_is_kept_on_the_day_of_each_territory(
    abolition: str, department: str
) -> None:
    assert kind_of(day(abolition), department) is DayKind.PUBLIC_HOLIDAY
    assert kind_of(day(abolition), None) is DayKind.WORKING_DAY


def test_every_local_day_of_the_library_was_read_as_legal_or_as_custom() -> None:
    custom = {
        "971": {"Vendredi saint", "Mi-Carême", "Fête de Victor Schoelcher"},
        "972": {"Fête de Victor Schoelcher"},
        "MF": {"Fête de Victor Schoelcher"},
        "WF": {"Saint Pierre Chanel", "Saints Pierre et Paul", "Fête du Territoire"},
    }
    national = set(holidays.country_holidays("FR", years=2026, language="fr").values())
    for place in places():
        listed = holidays.country_holidays("FR", subdiv=place, years=range(2024, 2028), language="fr")
        local = {name for date in listed for name in listed.get_list(date)} - national
        assert local == LEGAL_LOCAL_DAYS.get(place, frozenset()) | custom.get(place, set()), place


def test_the_national_days_are_the_eleven_of_the_labour_code() -> None:
    days = {
        "01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25",
    }  # fmt: skip
    assert {f"{date:%m-%d}" for date in public_holidays("", 2026)} == days


@pytest.mark.parametrize(
    ("start", "count", "last"),
    [
        ("2026-11-16", 7, "2026-11-25"),
        ("2026-11-09", 7, "2026-11-19"),
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-21", 1, "2026-11-23"),
        ("2026-12-24", 1, "2026-12-28"),
    ],
)
def test_working_days_skip_week_ends_and_holidays(start: str, count: int, last: str) -> None:
    assert add_working_days(day(start), count, None) == day(last)


def test_less_than_one_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="count"):
        add_working_days(day("2026-11-20"), 0, None)


def test_two_periods_in_a_row_are_never_later_than_their_sum() -> None:
    assert date_to_date(day("2026-12-31"), (2, 1), None).safe == day("2027-03-28")
    assert add_months(day("2026-12-31"), 3) == day("2027-03-31")


@pytest.mark.parametrize(
    ("start", "last_open"),
    [("2026-10-03", "2026-12-04"), ("2026-08-31", "2026-11-02"), ("2026-09-30", "2026-12-01")],
)
def test_a_limit_is_surely_over_only_after_both_margins(start: str, last_open: str) -> None:
    limit = date_to_date(day(start), (2,), None)
    assert not is_surely_over(limit, day(last_open), None)
    assert is_surely_over(limit, day(last_open) + dt.timedelta(days=1), None)


@given(DAYS, st.integers(0, 24))
def test_the_careful_date_is_never_after_the_same_day_of_the_month(start: dt.date, months: int) -> None:
    last = add_months(start, months)
    assert last.day <= start.day
    assert (last.year - start.year) * 12 + last.month - start.month == months


@given(DAYS, DEPARTMENTS)
def test_the_law_s_date_is_the_next_working_day(last: dt.date, department: str | None) -> None:
    limit = limit_on(last, department)
    assert limit.safe == last
    assert (limit.extended is None) is (limit.why is DayKind.WORKING_DAY)
    if limit.extended is not None:
        assert last < limit.extended <= last + dt.timedelta(days=6)
        assert kind_of(limit.extended, department) is DayKind.WORKING_DAY


@given(DAYS, st.integers(1, 15), DEPARTMENTS)
def test_working_days_grow_with_their_number(start: dt.date, count: int, department: str | None) -> None:
    last = add_working_days(start, count, department)
    assert last >= start + dt.timedelta(days=count)
    assert next_working_day(last, department) == last
