"""Every plan can be said: each stage, step, warning and question has its French sentence, with its values."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.law.remedies import (
    Case,
    FileStatus,
    Plan,
    Residence,
    Stage,
    StepCode,
    WarningCode,
    open_questions,
    plan,
)

HERE = Path(__file__).parent
FILE = HERE.parent / "data" / "nlu" / "responses" / "remedies.yml"
RESPONSES = yaml.safe_load(FILE.read_text(encoding="utf-8"))["responses"]
VARIATIONS = [(name, variation) for name, all_ in RESPONSES.items() for variation in all_]
CASES = yaml.safe_load((HERE / "cases" / "remedies.yml").read_text(encoding="utf-8"))
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
LISTS = {"facts", "now", "next_steps", "warnings"}
# What the guided dialogue adds to the values of the plan.
ADDED = {*LISTS, "time_left", "uncertain"}
QUESTIONS = [
    "file_status",
    "refused_on",
    "validated_on",
    "refusal_states_remedies",
    "residence",
    "urgent",
    "shipped_on",
    "gracious_appeal_on",
    "gracious_answer_on",
    "hierarchical_appeal_on",
    "hierarchical_answer_on",
]


def plans() -> list[tuple[Case, Plan]]:
    """The written cases and their plans."""
    found = []
    for written in CASES:
        facts: dict[str, Any] = dict(written["facts"])
        for name, kind in (("file_status", FileStatus), ("residence", Residence)):
            if name in facts:
                facts[name] = kind(facts[name])
        found.append((Case(**facts), plan(Case(**facts), written["day"])))
    return found


PLANS = plans()


def placeholders(name: str) -> set[str]:
    """The values that the action must give for every wording of that response."""
    found = {key for variation in RESPONSES[name] for key in PLACEHOLDER.findall(variation["text"])}
    return {key.partition(":")[0] for key in found if "." not in key}


@pytest.mark.parametrize(
    "name",
    [f"utter_remedy_{stage.value}" for stage in Stage]
    + [f"utter_remedy_step_{code.value}" for code in StepCode]
    + [f"utter_remedy_warning_{code.value}" for code in WarningCode],
)
def test_every_stage_step_and_warning_has_its_sentence(name: str) -> None:
    assert name in RESPONSES


@pytest.mark.parametrize("field", QUESTIONS)
def test_every_question_has_its_twin_and_its_reason(field: str) -> None:
    assert {f"utter_ask_{field}", f"utter_ask_{field}_error", f"utter_why_{field}"} <= set(RESPONSES)
    for name in (f"utter_ask_{field}", f"utter_ask_{field}_error"):
        assert "/dont_know" in [button["payload"] for button in RESPONSES[name][0]["buttons"]]


def test_every_question_the_plans_leave_open_can_be_asked() -> None:
    asked = {field for case, drawn in PLANS for field in open_questions(case, drawn.on)}
    assert asked <= set(QUESTIONS)


def test_every_fact_of_a_case_can_be_recalled() -> None:
    for item in dataclasses.fields(Case):
        if item.name.endswith("_on"):
            assert f"utter_fact_{item.name}" in RESPONSES
    for name, values in (("file_status", FileStatus), ("residence", Residence)):
        assert all(f"utter_fact_{name}_{value.value}" in RESPONSES for value in values)
    for name in ("refusal_states_remedies", "urgent"):
        assert f"utter_fact_{name}_yes" in RESPONSES and f"utter_fact_{name}_no" in RESPONSES


@pytest.mark.parametrize("stage", Stage)
def test_every_plan_gives_the_values_its_sentences_need(stage: Stage) -> None:
    for _, drawn in PLANS:
        if drawn.stage is not stage:
            continue
        assert placeholders(f"utter_remedy_{stage.value}") <= set(drawn.values) | ADDED
        for step in (*drawn.now, *drawn.later):
            assert placeholders(f"utter_remedy_step_{step.code.value}") <= set(step.values)
        for warning in drawn.warnings:
            assert placeholders(f"utter_remedy_warning_{warning.code.value}") <= set(warning.values)


def test_a_refusal_in_time_starts_with_its_last_day() -> None:
    first = RESPONSES["utter_remedy_refused"][0]["text"].splitlines()[0]
    assert first == "Vous pouvez faire un recours gracieux en ligne jusqu’au {deadline:date}. {time_left:say}"


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_an_easy_wording_without_lists(stage: Stage) -> None:
    name = f"utter_remedy_{stage.value}"
    (easy,) = [variation for variation in RESPONSES[name] if "condition" in variation]
    assert easy["condition"] == [{"type": "slot", "name": "wording", "value": "easy"}]
    assert not LISTS & {key.partition(":")[0] for key in PLACEHOLDER.findall(easy["text"])}


def test_the_choices_on_the_buttons_are_those_of_the_core() -> None:
    payloads = {button["payload"] for _, variation in VARIATIONS for button in variation.get("buttons", ())}
    told = {match for text in payloads for match in re.findall(r'/inform\{"(\w+)": ("?\w+"?)\}', text)}
    known = {("file_status", f'"{value.value}"') for value in FileStatus}
    known |= {("residence", f'"{value.value}"') for value in Residence}
    known |= {(name, value) for name in ("refusal_states_remedies", "urgent") for value in ("true", "false")}
    assert told <= known
    assert len([text for text in payloads if text.startswith("/inform")]) == len(told)


def test_each_case_field_of_a_question_exists() -> None:
    assert set(QUESTIONS) <= {item.name for item in dataclasses.fields(Case)}
    assert isinstance(PLANS[0][1].on, dt.date)
