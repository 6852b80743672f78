"""Days as people write them: which days a message may mean, and what is no day."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.law.days import Days
from bot.nlu import dates
from bot.nlu.text import MAX_CHARACTERS, normalise

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
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


MONTH_SPELLINGS = {
    1: ("janvier", "janv", "janv.", "JANVIER", "jan"),
    2: ("février", "fevrier", "fév.", "fevr", "FEV"),
    3: ("mars", "Mars", "MARS"),
    4: ("avril", "avr.", "avr", "Avril"),
    5: ("mai", "MAI"),
    6: ("juin", "Juin", "jun"),
    7: ("juillet", "juil.", "juil", "juill", "juilet"),
    8: ("août", "aout", "AOÛT", "AOUT"),
    9: ("septembre", "sept", "sept.", "SEPT", "Sept.", "sep", "setembre", "septenbre", "septemb"),
    10: ("octobre", "oct", "oct.", "Octobre", "octbre"),
    11: ("novembre", "nov", "nov.", "NOV", "novenbre"),
    12: ("décembre", "dec", "déc.", "decembre", "DÉCEMBRE"),
}
PAST = st.dates(dt.date(1990, 1, 1), TODAY)
FRAMES = (
    "ma demande a été refusée le {}",
    "refus reçu le {}, que faire ?",
    "depuis le {}",
    "308 1.6 hdi volée le {}",
    "{}",
    "bonjour c'était le {} je crois",
)


@st.composite
def written_days(draw: st.DrawFn) -> tuple[str, dt.date]:
    """A day with its year, in any spelling."""
    day = draw(PAST)
    number = "1er" if day.day == 1 and draw(st.booleans()) else str(day.day)
    style = draw(st.integers(0, 4))
    if style == 0:
        name = draw(st.sampled_from(MONTH_SPELLINGS[day.month]))
        return f"{number}{draw(st.sampled_from((' ', '  ', '-')))}{name} {day.year}", day
    if style == 1:
        name = draw(st.sampled_from(MONTH_SPELLINGS[day.month]))
        return f"{draw(st.sampled_from(WEEKDAYS))} {number} {name} {day.year}", day
    if style == 2:
        separator = draw(st.sampled_from("/.-"))
        return f"{day.day:02}{separator}{day.month:02}{separator}{day.year}", day
    if style == 3:
        return f"{day.day}/{day.month}/{day.year}", day
    return day.isoformat(), day


@given(written_days(), st.sampled_from(FRAMES))
def test_a_day_with_its_year_is_read_exactly_in_every_spelling(
    written: tuple[str, dt.date], frame: str
) -> None:
    text, day = written
    assert found(frame.format(text)) == [day.isoformat()]


@given(st.dates(dt.date(2025, 12, 31), TODAY), st.data())
def test_a_day_without_its_year_is_the_latest_one_past(day: dt.date, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(MONTH_SPELLINGS[day.month]))
    read = found(f"refusée le {day.day} {name}")
    ahead = day.replace(year=day.year + 1)
    assert read == (["year_unclear"] if TODAY < ahead <= TODAY + dt.timedelta(days=31) else [day.isoformat()])


AGO = ("il y a", "y a", "ya", "il ya", "y'a", "ça fait", "depuis", "voilà")
# The fewest and the most days of each.
UNITS = {"jours": (1, 1), "semaines": (7, 7), "mois": (28, 31), "ans": (365, 366)}


@given(
    st.sampled_from(AGO), st.integers(1, 30), st.integers(0, 10), st.sampled_from(sorted(UNITS)), st.data()
)
def test_a_span_counts_from_its_longer_end_and_ends_at_its_shorter(
    ago: str, low: int, more: int, unit: str, data: st.DataObject
) -> None:
    join = data.draw(st.sampled_from(("-", " - ", " ou ", " à ", "/")))
    amount = f"{low}{join}{low + more}" if more else str(low)
    (read,) = found(f"refusé {ago} {amount} {unit}")
    days = Days.parse(read)
    shortest, longest = UNITS[unit]
    assert days.earliest <= TODAY - dt.timedelta(days=shortest * (low + more))
    assert days.latest <= TODAY - dt.timedelta(days=shortest * (low - 1) * 4 // 5)
    assert days.earliest >= TODAY - dt.timedelta(days=longest * (low + more + 1))


@given(st.text(max_size=60), st.sampled_from(CASES))
def test_no_day_is_to_come_and_its_first_is_not_after_its_last(noise: str, case: dict[str, Any]) -> None:
    for date in dates.find(normalise(f"{case['say']} {noise}"), TODAY):
        if isinstance(date.read, Days):
            assert date.read.earliest <= date.read.latest <= TODAY


@given(st.sampled_from(CASES), st.dates(dt.date(2024, 1, 1), dt.date(2032, 12, 31)))
def test_a_message_can_be_read_on_any_day(case: dict[str, Any], today: dt.date) -> None:
    for date in dates.find(normalise(case["say"]), today):
        assert isinstance(date.read, dates.Unread) or date.read.latest <= today


ENGINES = st.tuples(
    st.sampled_from(("308", "golf", "Clio 3", "C4", "A3", "mégane 2", "207", "kangoo", "208", "focus")),
    st.integers(0, 6),
    st.integers(0, 9),
    st.sampled_from(("hdi", "tdi", "dci", "16v", "tce 90", "bluehdi 100", "essence", "d", "vti")),
).map(lambda parts: f"{parts[0]} {parts[1]}.{parts[2]} {parts[3]}")
AMOUNTS = st.tuples(st.integers(0, 99), st.integers(0, 99), st.sampled_from((",", "."))).map(
    lambda parts: f"{parts[0]}{parts[2]}{parts[1]:02} €"
)
ARTICLES = st.tuples(
    st.sampled_from(("article ", "article R", "art. L", "l'article ")), st.integers(1, 31), st.integers(1, 12)
).map(lambda parts: f"{parts[0]}{parts[1]}-{parts[2]}")
HOURS = st.tuples(st.integers(0, 12), st.integers(1, 12), st.integers(13, 16), st.integers(14, 24)).flatmap(
    lambda hours: st.sampled_from(
        (
            "ouvert {}h-{}h et {}h-{}h",
            "ouvert {}-{} et {}-{}",
            "de {}h à {}h et de {}h à {}h",
            "ouvert {}h30-{}h, {}h-{}h",
        )
    ).map(lambda form: form.format(*hours))
)
ALWAYS = st.sampled_from(("24h/24 7/7", "24/24 7/7", "7j/7", "24h/24 et 7j/7", "24/7"))
BEFORE = ("ma {}", "demande refusée pour {}", "j'ai demandé le duplicata de {}", "{}", "service {} svp")


@given(st.one_of(ENGINES, AMOUNTS, ARTICLES, HOURS, ALWAYS), st.sampled_from(BEFORE))
def test_engines_amounts_articles_and_hours_are_no_days(words: str, frame: str) -> None:
    assert found(frame.format(words)) == []


def test_the_written_cases_are_many_and_each_is_written_once() -> None:
    said = [case["say"] for case in CASES]
    assert len(set(said)) == len(said)
    assert sum("day" in case for case in CASES) >= 300
    assert sum("day" not in case and "asked" not in case for case in CASES) >= 80


@pytest.mark.parametrize("words", ["1 ", "il y a ", "1/1/", "lundi ", "vingt et ", "le 1 ou ", "depuis 1 "])
def test_a_hostile_message_is_read_in_no_time(words: str) -> None:
    text = words * (MAX_CHARACTERS // len(words))

    def seconds() -> float:
        started = time.perf_counter()
        dates.find(text, TODAY)
        return time.perf_counter() - started

    # A few milliseconds as a rule; an expression that tries everything again would take seconds.
    assert min(seconds() for _ in range(3)) < 0.2
