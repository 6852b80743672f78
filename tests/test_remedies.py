"""Remedies: stages, steps and dates, from the written cases and from made-up ones."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.law.parameters import cite
from bot.law.remedies import (
    Case,
    FileStatus,
    Plan,
    Residence,
    Stage,
    StepCode,
    WarningCode,
    check,
    open_questions,
    plan,
    stages,
)
from bot.law.time_limits import add_months

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "remedies.yml").read_text(encoding="utf-8"))
KEYS = {"case", "facts", "day", "stage", "deadline", "now", "not_now", "later", "warnings", "no_warnings"}
DISTANCE = {None: 0, Residence.METROPOLE: 0, Residence.OVERSEAS: 1, Residence.ABROAD: 2}


def case_of(facts: dict[str, Any]) -> Case:
    """The case that the facts of a written example describe."""
    read = dict(facts)
    if "file_status" in read:
        read["file_status"] = FileStatus(read["file_status"])
    if "residence" in read:
        read["residence"] = Residence(read["residence"])
    return Case(**read)


def codes(drawn: Plan) -> set[str]:
    return {step.code.value for step in drawn.now}


def warned(drawn: Plan) -> set[str]:
    return {warning.code.value for warning in drawn.warnings}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_the_written_cases_are_many_and_well_formed() -> None:
    assert len(CASES) >= 50
    for written in CASES:
        assert set(written) <= KEYS and {"case", "facts", "day", "stage"} <= set(written), written
    assert len({written["case"] for written in CASES}) == len(CASES)
    assert {written["stage"] for written in CASES} == {stage.value for stage in Stage}


@pytest.mark.parametrize("written", CASES, ids=[written["case"] for written in CASES])
def test_a_case_has_the_plan_the_law_gives_it(written: dict[str, Any]) -> None:
    drawn = plan(case_of(written["facts"]), written["day"])
    assert drawn.stage.value == written["stage"]
    if "deadline" in written:
        assert (None if drawn.deadline is None else drawn.deadline.safe) == written["deadline"]
    assert set(written.get("now", ())) <= codes(drawn)
    assert not set(written.get("not_now", ())) & codes(drawn)
    later = {step.code.value: step.deadline.safe if step.deadline else step.opens for step in drawn.later}
    assert written.get("later", later) == later
    assert set(written.get("warnings", ())) <= warned(drawn)
    assert not set(written.get("no_warnings", ())) & warned(drawn)


def test_every_step_and_warning_is_reached_by_a_written_case() -> None:
    plans = [plan(case_of(written["facts"]), written["day"]) for written in CASES]
    assert {step.code for drawn in plans for step in (*drawn.now, *drawn.later)} == set(StepCode)
    assert {warning.code for drawn in plans for warning in drawn.warnings} == set(WarningCode)


def test_every_step_and_warning_of_the_written_cases_has_a_known_source() -> None:
    for written in CASES:
        drawn = plan(case_of(written["facts"]), written["day"])
        for item in (*drawn.now, *drawn.later, *drawn.warnings):
            cite(item.reference)


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"refused_on": "2026-12-01"}, "refused_on"),
        ({"requested_on": "2026-10-05", "refused_on": "2026-10-03"}, "refused_on is before requested_on"),
        ({"refused_on": "2026-10-03", "gracious_appeal_on": "2026-10-02"}, "gracious_appeal_on is before"),
        ({"refused_on": "2026-10-03", "hierarchical_appeal_on": "2026-10-02"}, "hierarchical_appeal_on is"),
        ({"refused_on": "2026-10-03", "gracious_answer_on": "2026-10-20"}, "without gracious_appeal_on"),
        ({"refused_on": "2026-10-03", "hierarchical_answer_on": "2026-10-20"}, "without hierarchical_app"),
        (
            {
                "refused_on": "2026-10-03",
                "gracious_appeal_on": "2026-10-20",
                "gracious_answer_on": "2026-10-19",
            },
            "gracious_answer_on is before gracious_appeal_on",
        ),
        ({"file_status": "validated", "refused_on": "2026-10-03"}, "refused_on with file_status validated"),
        ({"file_status": "none", "requested_on": "2026-10-03"}, "requested_on with file_status none"),
        ({"file_status": "under_review", "validated_on": "2026-10-03"}, "validated_on with file_status"),
        ({"refused_on": "2026-10-03", "validated_on": "2026-10-04"}, "refused_on or an appeal"),
        ({"validated_on": "2026-10-05", "shipped_on": "2026-10-04"}, "shipped_on is before validated_on"),
        ({"requested_on": "2026-10-05", "shipped_on": "2026-10-04"}, "shipped_on is before requested_on"),
        ({"refused_on": "2026-10-03", "shipped_on": "2026-10-04"}, "refused_on or an appeal"),
    ],
)
def test_an_impossible_case_names_its_fields(facts: dict[str, str], named: str) -> None:
    read = {name: day(value) if name.endswith("_on") else value for name, value in facts.items()}
    with pytest.raises(ValueError, match=named):
        plan(case_of(read), day("2026-11-21"))


@pytest.mark.parametrize(
    ("facts", "on", "asked"),
    [
        ({}, "2026-11-21", ("file_status",)),
        ({"file_status": "refused"}, "2026-11-21", ("refused_on", "urgent", "gracious_appeal_on")),
        ({"refused_on": day("2026-10-03")}, "2026-11-21", ("residence", "urgent")),
        (
            {"refused_on": day("2026-10-03")},
            "2027-06-01",
            ("refusal_states_remedies", "gracious_appeal_on"),
        ),
        (
            {"refused_on": day("2026-10-03"), "residence": "metropole", "urgent": False},
            "2026-11-21",
            (),
        ),
        (
            {"refused_on": day("2026-10-03"), "gracious_appeal_on": day("2026-11-02"), "urgent": False},
            "2026-11-21",
            ("residence", "gracious_answer_on"),
        ),
        ({"file_status": "validated"}, "2026-11-21", ("validated_on",)),
        ({"file_status": "sent"}, "2026-11-21", ("shipped_on",)),
        ({"file_status": "sent", "shipped_on": day("2026-11-18")}, "2026-11-21", ()),
        ({"file_status": "received"}, "2026-11-21", ()),
    ],
)
def test_only_the_facts_that_change_the_plan_are_asked(
    facts: dict[str, Any], on: str, asked: tuple[str, ...]
) -> None:
    assert open_questions(case_of(facts), day(on)) == asked


def test_the_stages_follow_each_other() -> None:
    case = Case(refused_on=day("2026-10-03"), gracious_appeal_on=day("2026-12-01"))
    assert [(item.stage, item.since, item.until) for item in stages(case, day("2026-12-05"))] == [
        (Stage.REFUSED, day("2026-10-03"), day("2026-11-30")),
        (Stage.APPEAL_PENDING, day("2026-12-01"), day("2027-01-31")),
        (Stage.APPEAL_REJECTED, day("2027-02-01"), day("2027-04-01")),
        (Stage.LIMIT_PASSED, day("2027-04-02"), None),
    ]


def test_no_stages_are_told_before_a_dated_refusal() -> None:
    assert stages(Case(file_status=FileStatus.REFUSED), day("2026-11-21")) == ()


@st.composite
def refusals(draw: st.DrawFn) -> tuple[Case, dt.date]:
    """A coherent refusal and a day after everything that happened."""
    refused = draw(st.dates(dt.date(2024, 1, 1), dt.date(2030, 12, 31)))
    last, facts = refused, {}
    for appeal in ("gracious", "hierarchical"):
        lodged = draw(st.none() | st.integers(0, 130))
        if lodged is None:
            continue
        facts[f"{appeal}_appeal_on"] = refused + dt.timedelta(days=lodged)
        answered = draw(st.none() | st.integers(0, 200))
        if answered is not None:
            facts[f"{appeal}_answer_on"] = facts[f"{appeal}_appeal_on"] + dt.timedelta(days=answered)
        last = max(last, *facts.values())
    case = Case(
        file_status=draw(st.sampled_from([None, FileStatus.REFUSED])),
        refused_on=refused,
        refusal_states_remedies=draw(st.sampled_from([None, True, False])),
        residence=draw(st.sampled_from([None, *Residence])),
        department=draw(st.sampled_from([None, "57", "971", "972", "75"])),
        urgent=draw(st.sampled_from([None, True, False])),
        **facts,
    )
    return case, last + dt.timedelta(days=draw(st.integers(0, 400)))


@settings(max_examples=200, deadline=None)
@given(refusals())
def test_a_coherent_refusal_always_has_a_plan(drawn: tuple[Case, dt.date]) -> None:
    case, on = drawn
    check(case, on)
    told = plan(case, on)
    assert told.stage not in (Stage.UNKNOWN, Stage.REFUSED_UNDATED)
    assert set(open_questions(case, on)) <= set(vars(case))


@settings(max_examples=200, deadline=None)
@given(refusals())
def test_no_step_ends_before_it_opens_nor_is_told_when_over(drawn: tuple[Case, dt.date]) -> None:
    case, on = drawn
    told = plan(case, on)
    for step in (*told.now, *told.later):
        if step.deadline is not None:
            assert step.deadline.safe >= on
            assert step.opens is None or step.opens <= step.deadline.safe
    assert all(step.opens is None or step.opens <= on for step in told.now)
    assert all(step.opens is not None and step.opens > on for step in told.later)
    assert told.deadline is None or told.deadline.safe >= on


@settings(max_examples=200, deadline=None)
@given(refusals())
def test_no_date_is_later_than_date_to_date(drawn: tuple[Case, dt.date]) -> None:
    case, on = drawn
    told, more = plan(case, on), DISTANCE[case.residence]
    assert case.refused_on is not None
    rejections = [case.refused_on, on]
    for lodged, answered in (
        (case.gracious_appeal_on, case.gracious_answer_on),
        (case.hierarchical_appeal_on, case.hierarchical_answer_on),
    ):
        rejections += [] if lodged is None else [add_months(lodged, 2), answered or lodged]
    for step in told.now:
        if step.deadline is None:
            continue
        if step.code in (StepCode.GRACIOUS_APPEAL, StepCode.HIERARCHICAL_APPEAL):
            assert step.deadline.safe == add_months(case.refused_on, 2)
        elif step.code is StepCode.COURT and told.stage in (Stage.REFUSED, Stage.COURT_ONLY):
            assert step.deadline.safe == add_months(add_months(case.refused_on, 2), more)
        else:
            assert step.deadline.safe <= add_months(add_months(max(rejections), 2), more)


@settings(max_examples=200, deadline=None)
@given(refusals())
def test_what_was_done_is_not_proposed_again(drawn: tuple[Case, dt.date]) -> None:
    case, on = drawn
    told = codes(plan(case, on))
    if case.gracious_appeal_on is not None:
        assert not told & {"gracious_appeal", "gracious_appeal_undated"}
    if case.hierarchical_appeal_on is not None:
        assert not told & {"hierarchical_appeal", "hierarchical_appeal_undated", "hierarchical_appeal_late"}


@settings(max_examples=200, deadline=None)
@given(refusals())
def test_the_stage_of_the_day_is_on_the_line_of_stages(drawn: tuple[Case, dt.date]) -> None:
    case, on = drawn
    line = stages(case, on)
    for earlier, later in zip(line, line[1:], strict=False):
        assert earlier.until is not None and later.since == earlier.until + dt.timedelta(days=1)
    today = [item.stage for item in line if item.since <= on and (item.until is None or on <= item.until)]
    assert today == [plan(case, on).stage]


@settings(max_examples=200, deadline=None)
@given(refusals())
def test_an_extension_is_told_as_a_warning_only(drawn: tuple[Case, dt.date]) -> None:
    told = plan(*drawn)
    moved = told.deadline is not None and told.deadline.extended is not None
    assert (WarningCode.NON_WORKING_DAY in {warning.code for warning in told.warnings}) is moved
    if told.deadline is not None:
        assert told.values["deadline"] == told.deadline.safe.isoformat()


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(list(FileStatus)[:6]),
    st.dates(dt.date(2026, 1, 1), dt.date(2030, 12, 31)),
    st.lists(st.integers(0, 60), min_size=3, max_size=3),
    st.booleans(),
)
def test_a_coherent_request_always_has_a_plan(
    status: FileStatus, start: dt.date, gaps: list[int], urgent: bool
) -> None:
    first, second, third = (start + dt.timedelta(days=sum(gaps[: i + 1])) for i in range(3))
    delivered = status in (FileStatus.VALIDATED, FileStatus.SENT, FileStatus.RECEIVED)
    case = Case(
        file_status=status,
        requested_on=None if status is FileStatus.NONE else start,
        validated_on=first if delivered else None,
        shipped_on=second if delivered and gaps[1] % 2 else None,
        urgent=urgent,
    )
    told = plan(case, third)
    assert told.deadline is None or told.deadline.safe >= third
    assert stages(case, third) == ()
