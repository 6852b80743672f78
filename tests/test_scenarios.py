"""The scenarios of cases/scenarios, held with the running assistant over REST."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import yaml

from bot.law.remedies import Stage
from tests.conftest import ROOT, Assistant
from tests.scenarios import GROUPS, Scenario, Script, read, read_all
from tests.scenarios_table import PAGE, page

AT_LEAST = {"paths": 40, "corrections": 15, "interruptions": 15, "changes_of_mind": 10, "hostile": 10}
SCENARIOS = read_all()


@pytest.fixture(scope="module")
def script() -> Script:
    """The player of scenarios, on the assistant's own day."""
    return Script(dt.datetime.now(ZoneInfo("Europe/Paris")).date())


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[f"{one.group}: {one.title}" for one in SCENARIOS])
def test_a_scenario_goes_as_written(assistant: Assistant, script: Script, scenario: Scenario) -> None:
    script.play(scenario, assistant.conversation().send)


def test_each_kind_of_scenario_is_there_often_enough() -> None:
    assert {group: len(read(group)) for group in GROUPS if len(read(group)) < AT_LEAST[group]} == {}
    assert len(SCENARIOS) >= sum(AT_LEAST.values())


def test_no_two_scenarios_have_the_same_title() -> None:
    titles = [scenario.title for scenario in SCENARIOS]
    assert len(titles) == len(set(titles))


def test_every_outcome_of_the_decision_is_reached() -> None:
    cases = yaml.safe_load((ROOT / "tests" / "cases" / "eligibility.yml").read_text(encoding="utf-8"))
    assert {case["expect"]["answer"] for case in cases} - _expected("decides") == set()


def test_every_stage_of_a_request_is_reached() -> None:
    assert {f"utter_remedy_{stage.value}" for stage in Stage} - _expected("answer") == set()


def test_every_kind_of_price_is_told(script: Script) -> None:
    told = {name for name in script.sentences.responses if name.startswith("utter_quote")}
    # The estimate replaces the expected price on the days whose rates are not known yet.
    # The sheets say in one line that a duplicate out of reach has no price; the bot says why instead.
    never_said = {"utter_quote_open", "utter_quote_estimate", "utter_quote_no_duplicate"}
    assert told - _expected("answer") == never_said


def test_the_list_of_scenarios_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.scenarios_table"


def _expected(key: str) -> set[str]:
    return {turn[key] for scenario in SCENARIOS for turn in scenario.turns if key in turn}
