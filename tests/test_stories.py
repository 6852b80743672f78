"""Rasa's own test of the dialogue on test_stories.yml: each message understood, each action right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.evaluation.in_process import AssistantHere, assistant_in
from bot.nlu.topics import FAQ
from bot.settings import ROOT
from tests.benchmarks.contenders import examples_by_label

# isort: split
from rasa.core.test import FAILED_STORIES_FILE
from rasa.core.test import test as evaluate
from rasa.shared.core.constants import DEFAULT_INTENTS

STORIES = ROOT / "tests" / "test_stories.yml"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AssistantHere]:
    """The assistant in this process, whose policies are tested."""
    with assistant_in(tmp_path_factory.mktemp("stories")) as started:
        yield started


def test_rasa_finds_no_failed_story(
    here: AssistantHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It ends with a report of the stories' entities, which scikit-learn refuses to write of none.
    monkeypatch.setattr("rasa.core.test.evaluate_entities", lambda *_, **__: None)
    figures = here.run(
        evaluate(str(STORIES), here.agent, out_directory=str(tmp_path), e2e=True, disable_plotting=True)
    )
    failed = (tmp_path / FAILED_STORIES_FILE).read_text(encoding="utf-8")
    counts = figures["report"]["conversation_accuracy"]
    assert counts["correct"] == counts["total"] == len(_read(STORIES, "stories")), failed
    assert figures["accuracy"] == 1.0, failed


def test_every_rule_is_followed_by_a_story() -> None:
    told = [turn for story in _read(STORIES, "stories") for turn in _turns(story)]
    rules = [_turns(rule)[0] for path in _rule_files() for rule in _read(path, "rules")]
    assert [rule for rule in rules if rule not in told] == []


def test_every_intent_that_is_learnt_or_followed_by_a_rule_is_declared() -> None:
    declared = {*yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"], FAQ}
    followed = {_turns(rule)[0][0] for path in _rule_files() for rule in _read(path, "rules")}
    learnt = {label.partition("/")[0] for label in examples_by_label()}
    assert (followed | learnt) - declared - set(DEFAULT_INTENTS) == set()


def _rule_files() -> list[Path]:
    return sorted((ROOT / "data" / "stories").glob("*.yml"))


def _read(path: Path, key: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load(path.read_text(encoding="utf-8"))[key])


def _turns(story: dict[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    """Each intent, without the question of a retrieval intent, and the actions that follow it."""
    turns: list[tuple[str, list[str]]] = []
    for step in story["steps"]:
        if "intent" in step:
            turns.append((step["intent"].partition("/")[0], []))
        else:
            turns[-1][1].append(step["action"])
    return [(intent, tuple(actions)) for intent, actions in turns]
