"""Opening hours: read as people write them, kept in the place's own time, and days unlike the others."""

from __future__ import annotations

import datetime as dt

import pytest

from actions import handoff
from bot.mediator import clock
from bot.mediator.work import hours, places, spans
from bot.mediator.work.hours import Opening, SpecialDays, Timetable

WEEK = {str(day): [["09:00", "12:00"], ["14:00", "17:30"]] for day in range(5)}


def at(place: str, text: str) -> dt.datetime:
    """The moment of the store at which the clocks of the place show that."""
    local = dt.datetime.fromisoformat(text).replace(tzinfo=places.find(place).zone)
    return local.astimezone(dt.UTC).replace(tzinfo=None)


def keeping(week: hours.Hours, place: str = "", *special: SpecialDays, closed: bool = False) -> Timetable:
    return Timetable(week, places.find(place), special, closed)


@pytest.mark.parametrize(
    ("moment", "is_open"),
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
@pytest.mark.parametrize("place", ["", "974", "975", "987", "988"])
def test_a_desk_is_open_within_its_hours_by_the_clock_of_its_place(
    place: str, moment: str, is_open: bool
) -> None:
    assert keeping(WEEK, place).is_open(at(place, moment)) is is_open


def test_at_la_reunion_the_desk_opens_before_paris_is_up() -> None:
    mornings = keeping({"0": [["08:00", "12:00"]]}, "974")
    assert mornings.is_open(dt.datetime(2026, 11, 23, 5, 0))
    assert not mornings.is_open(dt.datetime(2026, 11, 23, 9, 0))


@pytest.mark.parametrize(
    ("code", "hours_from_utc"),
    [
        ("971", -4), ("972", -4), ("973", -3), ("974", 4), ("975", -3), ("976", 3), ("977", -4), ("978", -4),
        ("984", 5), ("986", 12), ("987", -10), ("PF-M", -9.5), ("PF-G", -9), ("988", 11), ("", 1), ("57", 1),
    ],
)  # fmt: skip
def test_every_place_has_its_own_time(code: str, hours_from_utc: float) -> None:
    winter = dt.datetime(2026, 12, 1, 12, 0)
    assert keeping(WEEK, code).local(winter) - winter == dt.timedelta(hours=hours_from_utc)


def test_the_earliest_of_two_openings_is_the_one_that_comes_first_in_time() -> None:
    now = at("", "2026-11-22 12:00")
    paris, islands = keeping(WEEK, ""), keeping(WEEK, "974")
    first = hours.earliest(table.next_opening(now) for table in (paris, islands))
    assert first == Opening(dt.date(2026, 11, 23), "09:00", places.find("974"))


def test_the_day_after_christmas_is_a_holiday_in_alsace_alone() -> None:
    saturday = {**WEEK, "5": [["09:00", "12:00"]]}
    moment = at("", "2026-12-26 10:00")
    assert keeping(saturday).is_open(moment)
    assert not keeping(saturday, "6AE").is_open(moment)
    assert not keeping(saturday, "68").is_open(moment)


@pytest.mark.parametrize(
    ("moment", "place"),
    [("2026-07-21 10:00", "972"), ("2027-03-04 10:00", "971"), ("2027-03-26 10:00", "971")],
)
def test_a_day_that_only_custom_keeps_does_not_close_the_desk(moment: str, place: str) -> None:
    table = keeping(WEEK, place)
    now = at(place, moment)
    assert table.is_open(now)
    day = dt.datetime.fromisoformat(moment).date()
    assert table.next_opening(now - dt.timedelta(hours=14)) == Opening(day, "09:00", places.find(place))


@pytest.mark.parametrize(
    ("moment", "place"),
    [("2026-05-22 10:00", "972"), ("2027-05-27 10:00", "971"), ("2027-03-26 10:00", "57"),
     ("2026-09-24 10:00", "988")],
)  # fmt: skip
def test_a_local_public_holiday_closes_the_desk(moment: str, place: str) -> None:
    assert not keeping(WEEK, place).is_open(at(place, moment))
    assert keeping(WEEK, "").is_open(at("", moment))


@pytest.mark.parametrize(
    ("moment", "day", "time"),
    [
        ("2026-11-23 08:00", "2026-11-23", "09:00"),
        ("2026-11-23 09:00", "2026-11-23", "14:00"),
        ("2026-11-23 14:00", "2026-11-24", "09:00"),
        ("2026-11-27 18:00", "2026-11-30", "09:00"),
        ("2026-12-24 18:00", "2026-12-28", "09:00"),
    ],
)
def test_the_next_opening_passes_over_closed_days(moment: str, day: str, time: str) -> None:
    assert keeping(WEEK).next_opening(at("", moment)) == Opening(dt.date.fromisoformat(day), time)


def test_a_desk_that_never_opens_has_no_next_opening() -> None:
    now = at("", "2026-11-23 08:00")
    assert keeping({}).next_opening(now) is None
    assert keeping(WEEK, closed=True).next_opening(now) is None
    assert not keeping(WEEK, closed=True).is_open(at("", "2026-11-23 10:00"))


def test_a_week_set_apart_closes_the_desk_and_one_afternoon_in_it_opens_it_again() -> None:
    week = SpecialDays(dt.date(2026, 12, 21), dt.date(2026, 12, 27), [])
    afternoon = SpecialDays(dt.date(2026, 12, 23), dt.date(2026, 12, 23), [["13:00", "16:00"]])
    table = keeping(WEEK, "", week, afternoon)
    assert not table.is_open(at("", "2026-12-21 10:00"))
    assert table.next_opening(at("", "2026-12-20 10:00")) == Opening(dt.date(2026, 12, 23), "13:00")
    assert not table.is_open(at("", "2026-12-23 10:00"))
    assert table.is_open(at("", "2026-12-23 13:00"))
    assert table.is_open(at("", "2026-12-28 09:00"))


def test_a_day_set_apart_may_be_a_public_holiday_or_a_sunday() -> None:
    for day in (dt.date(2026, 12, 25), dt.date(2026, 11, 22)):
        opened = keeping(WEEK, "", SpecialDays(day, day, [["09:00", "11:00"]]))
        assert opened.is_open(at("", f"{day} 10:00"))
        assert not opened.is_open(at("", f"{day} 11:00"))


@pytest.mark.parametrize(
    "text",
    [
        "9h-12h, 14h-17h30",
        "09:00 - 12:00 ; 14:00–17:30",
        "14h00-17h30 et 9h00-12h00",
        "9h à 12h et 14h à 17h30",
        "de 9 h à 12 h, de 14 h à 17 h 30",
        "9-12, 14-17h30",
        "9h00-12h00 / 14h00-17h30",
        "9 heures à midi puis 14 heures à 17 heures 30",
        "9.00–12.00 14h—17h30".replace(" ", ", "),
        "De 9\u00a0h à 12\u00a0h, puis de 14\u00a0h à 17\u00a0h\u00a030.",
        "9 h 00 jusqu’à 12 h, 14H00-17H30",
    ],
)
def test_hours_are_read_as_people_write_them(text: str) -> None:
    assert spans.read_spans(text) == WEEK["0"]


@pytest.mark.parametrize("text", ["", "  ", "Fermé", "fermée", "-"])
def test_a_day_of_closing_may_be_left_empty_or_said(text: str) -> None:
    assert spans.read_spans(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "part"),
    [
        ("12h-9h", "order", "12h-9h"),
        ("9h-9h", "order", "9h-9h"),
        ("matin", "unreadable", "matin"),
        ("25h-26h", "unreadable", "25h-26h"),
        ("9h", "unreadable", "9h"),
        ("9h60-10h", "unreadable", "9h60-10h"),
        ("9h-12h, 24h01-25h", "unreadable", "24h01-25h"),
        ("9h-12h, 11h-14h", "overlap", "9h00-12h00, 11h00-14h00"),
        ("9h-18h, 12h-14h", "overlap", "9h00-18h00, 12h00-14h00"),
    ],
)
def test_hours_that_cannot_be_meant_are_refused_with_what_is_wrong(text: str, kind: str, part: str) -> None:
    with pytest.raises(spans.Unreadable) as refused:
        spans.read_spans(text)
    assert (refused.value.kind, refused.value.part) == (kind, part)


@pytest.mark.parametrize(
    "text", ["9h-12h, 14h-17h30", "0h-23h59", "0h-24h", "8h-minuit", "0h05-0h10", "9h-12h, 12h-14h", ""]
)
def test_hours_are_shown_as_they_can_be_read_again(text: str) -> None:
    read = spans.read_spans(text)
    assert spans.read_spans(spans.written_spans(read)) == read


def test_a_day_without_a_break_is_shown_from_midnight_to_midnight() -> None:
    assert spans.written_spans(spans.read_spans("0h-23h59")) == "0h00-23h59"
    assert spans.written_spans(spans.read_spans("0h-24h")) == "0h00-24h00"
    assert keeping({"0": [["00:00", "24:00"]]}).is_open(at("", "2026-11-23 23:59"))


@pytest.mark.parametrize(
    ("opening", "said"),
    [
        ({"time": "09:00"}, "9 h"),
        ({"time": "00:30"}, "0 h 30"),
        ({"time": "08:00", "clock": "heure de La Réunion"}, "8 h (heure de La Réunion)"),
    ],
)
def test_a_citizen_is_told_whose_clock_the_opening_is_by(opening: dict[str, str], said: str) -> None:
    assert handoff.time_of(opening) == said


def test_a_day_that_has_begun_at_noumea_is_not_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    evening = dt.datetime(2026, 12, 1, 20, 0)
    monkeypatch.setattr(clock, "now", lambda: evening)
    assert clock.today() == dt.date(2026, 12, 1)
    assert clock.day_of_case(["2026-12-02", "theft"]) == dt.date(2026, 12, 2)
    # No place of France has reached the day after.
    assert clock.day_of_case(["2026-12-03"]) == dt.date(2026, 12, 1)
