"""The decision on a duplicate: written cases, then what must hold for every situation."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.law.eligibility import ASKED_FIELDS, Outcome, Status, decide, open_questions
from bot.law.parameters import cite
from bot.law.situation import DATES, FIELDS, Situation, possible_values

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "eligibility.yml").read_text(encoding="utf-8"))
TODAY = dt.date(2026, 11, 21)
PARTS = ("reasons", "steps", "documents", "warnings", "uncertainties")
BEFORE_REQUEST = {
    "declare_theft_locally",
    "declare_theft",
    "declare_theft_on_return",
    "get_identification_sheet",
    "pass_inspection",
    "check_inspection",
    "check_situation",
}
REQUESTS = {"request_online", "request_through_professional", "request_in_own_name"}

days = st.dates(dt.date(1955, 1, 1), dt.date(2030, 12, 31))
law_days = st.dates(dt.date(2017, 11, 6), dt.date(2030, 12, 31))


def values_of(name: str) -> st.SearchStrategy[object]:
    known = days if name in DATES else st.sampled_from(tuple(possible_values(name)))
    return st.none() | known


situations = st.builds(Situation, **{name: values_of(name) for name in FIELDS})


def codes(items: tuple) -> list[str]:
    return [item.code for item in items]


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_the_decision_is_the_one_written_for(case: dict) -> None:
    decision = decide(Situation.from_mapping(case["situation"]), case["day"])
    told = {f"{item.code}.{name}": value for item in decision.warnings for name, value in item.values.items()}
    assert {
        "outcome": decision.outcome.value,
        "answer": decision.answer,
        "reasons": codes(decision.reasons),
        "steps": codes(decision.steps),
        "documents": {item.code: item.status.value for item in decision.documents},
        "warnings": codes(decision.warnings),
        "uncertain": codes(decision.uncertainties),
        "values": told,
    } == {"values": {}, **case["expect"]}


def test_there_are_enough_written_cases_and_each_has_its_own_name() -> None:
    names = {case["case"] for case in CASES}
    assert len(names) == len(CASES) >= 70


def test_the_written_cases_reach_every_outcome() -> None:
    assert {case["expect"]["outcome"] for case in CASES} == {outcome.value for outcome in Outcome}


def test_the_written_cases_reach_every_status_of_a_paper() -> None:
    reached = {status for case in CASES for status in case["expect"]["documents"].values()}
    assert reached == {status.value for status in Status}


@given(situations, law_days)
@settings(max_examples=150, deadline=None)
def test_every_situation_gets_a_decision_whose_texts_are_known(situation: Situation, on: dt.date) -> None:
    decision = decide(situation, on)
    for part in PARTS:
        items = getattr(decision, part)
        assert len(set(codes(items))) == len(items)
        for item in items:
            if item.certain or item.reference:
                cite(item.reference)
            for value in item.values.values():
                dt.date.fromisoformat(value)
    assert decision.reasons and decision.rules


@given(situations, law_days)
@settings(max_examples=150, deadline=None)
def test_what_comes_before_the_request_is_told_before_it(situation: Situation, on: dt.date) -> None:
    steps = codes(decide(situation, on).steps)
    requests = [steps.index(step) for step in steps if step in REQUESTS]
    if not requests:
        assert "print_provisional" not in steps
        return
    assert len(requests) == 1
    assert all(steps.index(step) < requests[0] for step in steps if step in BEFORE_REQUEST)
    if "print_provisional" in steps:
        assert requests[0] < steps.index("print_provisional") < steps.index("wait_for_card")


@given(situations, law_days)
@settings(max_examples=80, deadline=None)
def test_a_stolen_vehicle_is_always_refused(situation: Situation, on: dt.date) -> None:
    decision = decide(dataclasses.replace(situation, vehicle_stolen=True), on)
    assert decision.outcome is Outcome.REFUSED
    assert "tell_insurer" in codes(decision.steps)


@given(situations, law_days)
@settings(max_examples=120, deadline=None)
def test_accepted_at_once_means_that_nothing_is_to_be_done_first(situation: Situation, on: dt.date) -> None:
    decision = decide(situation, on)
    first = set(codes(decision.steps)) & (BEFORE_REQUEST - {"check_situation"})
    if decision.outcome is Outcome.ACCEPTED:
        assert not first
    if decision.outcome is Outcome.ACCEPTED_AFTER_STEPS:
        assert first


@given(situations, law_days)
@settings(max_examples=80, deadline=None)
def test_only_unknown_askable_fields_are_asked_in_order(situation: Situation, on: dt.date) -> None:
    asked = open_questions(situation, on)
    assert all(getattr(situation, name) is None for name in asked)
    assert list(asked) == [name for name in ASKED_FIELDS if name in asked]


@given(situations, law_days, st.sets(st.sampled_from(ASKED_FIELDS)))
@settings(max_examples=60, deadline=None)
def test_a_question_skipped_is_never_asked(situation: Situation, on: dt.date, skip: set[str]) -> None:
    assert not skip & set(open_questions(situation, on, frozenset(skip)))


@given(situations, law_days, st.data())
@settings(max_examples=80, deadline=None)
def test_answering_or_skipping_every_question_ends_them(
    situation: Situation, on: dt.date, data: st.DataObject
) -> None:
    skip: frozenset[str] = frozenset()
    for _ in range(len(ASKED_FIELDS) + 1):
        asked = open_questions(situation, on, skip)
        if not asked:
            break
        answer = data.draw(values_of(asked[0]))
        if answer is None:
            skip |= {asked[0]}
        else:
            situation = dataclasses.replace(situation, **{asked[0]: answer})
    assert not open_questions(situation, on, skip)
    if "reason" not in skip and "applicant" not in skip:
        assert decide(situation, on).outcome is not Outcome.INCOMPLETE


@given(situations, law_days)
@settings(max_examples=80, deadline=None)
def test_a_fact_is_told_exactly_when_another_value_would_change_the_decision(
    situation: Situation, on: dt.date
) -> None:
    decision = decide(situation, on)
    for name in situation.known():
        if name in DATES:
            continue
        others = [decide(dataclasses.replace(situation, **{name: v}), on) for v in possible_values(name)]
        bare = dataclasses.replace(decision, facts=())
        changes = any(dataclasses.replace(other, facts=()) != bare for other in others)
        assert (name in decision.facts) is changes


def test_the_age_of_a_car_matters_when_its_inspection_is_unknown() -> None:
    told = {"reason": "loss", "vehicle_kind": "car", "first_registration": "2016-05-10"}
    assert "first_registration" in decide(Situation.from_mapping(told), TODAY).facts
    stolen = Situation.from_mapping({**told, "vehicle_stolen": True})
    assert "first_registration" not in decide(stolen, TODAY).facts


def test_a_normal_person_is_asked_little() -> None:
    asked = open_questions(Situation(), TODAY)
    assert asked == ("reason", "applicant", "holder", "plate_format", "inspection", "moved")


def test_a_theft_is_asked_about_more_closely() -> None:
    asked = open_questions(Situation.from_mapping({"reason": "theft"}), TODAY)
    assert asked[:3] == ("vehicle_stolen", "event_abroad", "theft_declared")
    lost = open_questions(Situation.from_mapping({"reason": "loss"}), TODAY)
    assert not {"vehicle_stolen", "event_abroad", "theft_declared"} & set(lost)


def test_kind_then_age_are_asked_only_of_whoever_does_not_know_of_an_inspection() -> None:
    lost = Situation.from_mapping({"reason": "loss"})
    skip = frozenset({"inspection"})
    assert "vehicle_kind" not in open_questions(lost, TODAY)
    assert "vehicle_kind" in open_questions(lost, TODAY, skip)
    assert "first_registration" not in open_questions(lost, TODAY, skip)
    car = Situation.from_mapping({"reason": "loss", "vehicle_kind": "car"})
    assert "first_registration" in open_questions(car, TODAY, skip)
    trailer = Situation.from_mapping({"reason": "loss", "vehicle_kind": "trailer"})
    assert "first_registration" not in open_questions(trailer, TODAY, skip)


def test_nothing_more_is_asked_once_the_vehicle_is_known_to_be_stolen_and_declared() -> None:
    told = {"reason": "theft", "vehicle_stolen": True, "theft_declared": True}
    assert open_questions(Situation.from_mapping(told), TODAY) == ()


def test_a_situation_is_read_from_plain_values() -> None:
    read = Situation.from_mapping(
        {"reason": "loss", "moved": True, "first_registration": "2019-05-31", "holder": None}
    )
    assert read.known() == ("reason", "first_registration", "moved")
    assert read.first_registration == dt.date(2019, 5, 31)
    again = Situation.from_mapping({"first_registration": dt.date(2019, 5, 31)})
    assert again.first_registration == read.first_registration


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ({"reason": "burnt"}, "reason: accepted values are loss, theft, damage"),
        ({"reason": True}, "reason: accepted values are loss, theft, damage"),
        ({"moved": "yes"}, "moved: accepted values are true, false"),
        ({"moved": 1}, "moved: accepted values are true, false"),
        ({"first_registration": "31/05/2019"}, "first_registration: accepted value is a date"),
        ({"first_registration": 2019}, "first_registration: accepted value is a date"),
        ({"colour": "red"}, "unknown field; accepted: reason"),
    ],
)
def test_a_wrong_value_is_refused_naming_the_field_and_what_it_accepts(mapping: dict, told: str) -> None:
    with pytest.raises(ValueError, match=told) as error:
        Situation.from_mapping(mapping)
    (value,) = mapping.values()
    assert not isinstance(value, str) or f"{value!r}" not in str(error.value)


def test_every_field_may_be_unknown() -> None:
    assert Situation().known() == ()
    for field in dataclasses.fields(Situation):
        assert field.default is None, field.name
