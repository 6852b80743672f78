"""Opening hours, read as people write them, and kept on public holidays."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.mediator.work import hours

WEEK = {str(day): [["09:00", "12:00"], ["14:00", "17:30"]] for day in range(5)}


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-23 08:59", False),
        ("2026-11-23 09:00", True),
        ("2026-11-23 11:59", True),
        ("2026-11-23 12:00", False),
        ("2026-11-23 17:29", True),
        ("2026-11-23 17:30", False),
        ("2026-11-22 10:00", False),
        ("2026-12-25 10:00", False),
    ],
)
def test_a_desk_is_open_within_its_hours(at: str, is_open: bool) -> None:
    assert hours.is_open(WEEK, "", dt.datetime.fromisoformat(at)) is is_open


def test_the_day_after_christmas_is_a_holiday_in_alsace_alone() -> None:
    saturday = {**WEEK, "5": [["09:00", "12:00"]]}
    at = dt.datetime(2026, 12, 26, 10, 0)
    assert hours.is_open(saturday, "", at)
    assert not hours.is_open(saturday, "Alsace-Moselle", at)


@pytest.mark.parametrize(
    ("at", "place"),
    [("2026-07-21 10:00", "972"), ("2027-03-04 10:00", "971"), ("2027-03-26 10:00", "971")],
)
def test_a_day_that_only_custom_keeps_does_not_close_the_desk(at: str, place: str) -> None:
    moment = dt.datetime.fromisoformat(at)
    assert hours.is_open(WEEK, place, moment)
    eve = moment - dt.timedelta(days=1)
    assert hours.next_opening(WEEK, place, eve.replace(hour=20)) == hours.Opening(moment.date(), "09:00")


@pytest.mark.parametrize(
    ("at", "place"), [("2026-05-22 10:00", "972"), ("2027-05-27 10:00", "971"), ("2027-03-26 10:00", "57")]
)
def test_a_local_public_holiday_closes_the_desk(at: str, place: str) -> None:
    moment = dt.datetime.fromisoformat(at)
    assert not hours.is_open(WEEK, place, moment)
    assert hours.is_open(WEEK, "", moment)


@pytest.mark.parametrize(
    ("at", "day", "time"),
    [
        ("2026-11-23 08:00", "2026-11-23", "09:00"),
        ("2026-11-23 09:00", "2026-11-23", "14:00"),
        ("2026-11-23 14:00", "2026-11-24", "09:00"),
        ("2026-11-27 18:00", "2026-11-30", "09:00"),
        ("2026-12-24 18:00", "2026-12-28", "09:00"),
    ],
)
def test_the_next_opening_passes_over_closed_days(at: str, day: str, time: str) -> None:
    found = hours.next_opening(WEEK, "", dt.datetime.fromisoformat(at))
    assert found == hours.Opening(dt.date.fromisoformat(day), time)


def test_a_desk_that_never_opens_has_no_next_opening() -> None:
    assert hours.next_opening({}, "", dt.datetime(2026, 11, 23, 8, 0)) is None


@pytest.mark.parametrize(
    "text", ["9h-12h, 14h-17h30", "09:00 - 12:00 ; 14:00–17:30", "14h00-17h30 et 9h00-12h00"]
)
def test_hours_are_read_as_people_write_them(text: str) -> None:
    assert hours.read_spans(text) == WEEK["0"]


@pytest.mark.parametrize("text", ["12h-9h", "9h-9h", "matin", "25h-26h", "9h", "9h60-10h"])
def test_hours_that_cannot_be_meant_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        hours.read_spans(text)


def test_hours_are_shown_as_they_can_be_read_again() -> None:
    assert hours.read_spans(hours.written_spans(WEEK["0"])) == WEEK["0"]
