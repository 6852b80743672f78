"""The benchmarks measure what they say: the same data for all, each answer against the same turn alone."""

from __future__ import annotations

import asyncio
import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml
from pytest import MonkeyPatch
from rasa.core.channels.channel import UserMessage

from bot import settings
from tests.benchmarks import compare, contenders, dialogues, load, replay, stock_server
from tests.benchmarks.compare import as_stock_prediction
from tests.benchmarks.contenders import (
    CONTENDERS,
    examples_by_label,
    question_topics,
    read_yaml,
    stratified,
    write_training_data,
)
from tests.benchmarks.dialogues import Dialogue
from tests.benchmarks.stock import contender
from tests.conftest import Assistant
from tests.test_imports import modules_imported

TALKS = [
    Dialogue("price", ("combien coûte un duplicata", "plaque 123 AB 75")),
    Dialogue("thanks", ("merci",)),
]


@functools.cache
def examples() -> dict[str, list[str]]:
    """Every training sentence by label; reading the files takes seconds."""
    return examples_by_label()


def learned(name: str, folder: Path) -> dict[str, list[str]]:
    target = folder / f"{name}.yml"
    write_training_data(CONTENDERS[name], stratified(examples(), 0.1), target)
    blocks = read_yaml(target)["nlu"]
    return {block["intent"]: block["examples"].splitlines() for block in blocks}


def parse(intent: str, *others: str, confidence: float = 0.9) -> dict:
    ranking = [{"name": name, "confidence": confidence} for name in (intent, *others)]
    return {"intent": ranking[0], "intent_ranking": ranking}


def test_a_share_keeps_the_same_part_of_each_label() -> None:
    examples = {"many": [str(rank) for rank in range(100)], "few": ["only one"]}
    kept = stratified(examples, 0.25)
    assert len(kept["many"]) in (25, 26)
    assert kept["few"] == ["only one"]


@pytest.mark.parametrize("share", [0.0, -0.5, 1.1])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        stratified({}, share)


def test_the_whole_share_keeps_every_example() -> None:
    assert stratified(examples(), 1.0) == examples()


def test_all_pipelines_learn_the_same_sentences(tmp_path: Path) -> None:
    ours, stock_data = learned("ours", tmp_path), learned("rasa_default", tmp_path)
    assert sorted(sum(ours.values(), [])) == sorted(sum(stock_data.values(), []))


def test_stock_pipelines_learn_topics_as_plain_intents(tmp_path: Path) -> None:
    labels = learned("burokratt", tmp_path).keys()
    assert not [label for label in labels if "/" in label or "." in label]
    assert question_topics() <= labels


def test_a_stock_intent_that_is_a_topic_is_an_answer_on_it() -> None:
    assert as_stock_prediction(parse("cost")).topic == "cost"


def test_a_stock_fallback_is_a_refusal() -> None:
    assert as_stock_prediction(parse("nlu_fallback", "cost")).topic == "out_of_scope"


def test_a_stock_bare_fact_is_answered_by_its_nearest_question() -> None:
    assert as_stock_prediction(parse("inform", "greet", "cost")).topic == "cost"


class Agent:
    """Understands every message as its own text."""

    @property
    def processor(self) -> Agent:
        return self

    async def parse_message(self, message: UserMessage) -> dict:
        return {"intent": {"name": message.text, "confidence": np.float32(0.5)}, "entities": []}


def test_what_a_pipeline_reads_is_written_in_the_order_of_the_messages(tmp_path: Path) -> None:
    parses = tmp_path / "parses.jsonl"
    figures = contender.read(lambda model: Agent(), tmp_path, parses, ["merci", "bonjour"])
    lines = [json.loads(line) for line in parses.read_text(encoding="utf-8").splitlines()]
    assert lines == [{"intent": {"name": text, "confidence": 0.5}} for text in ("merci", "bonjour")]
    assert len(figures["milliseconds"]) == 2


def test_our_pipeline_runs_on_our_python_and_the_others_in_stock_rasa(monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(contenders, "stock_python", lambda: "stock")
    pythons = {name: contender.command()[0] for name, contender in CONTENDERS.items()}
    assert pythons.pop("ours") == sys.executable
    assert set(pythons.values()) == {"stock"}


@pytest.mark.parametrize("command", [CONTENDERS["burokratt"].command, stock_server.rasa])
def test_where_stock_rasa_is_missing_the_message_names_the_command_that_installs_it(
    command: Callable[[], list[str]], monkeypatch: MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(contenders, "STOCK", tmp_path)
    with pytest.raises(RuntimeError, match="python3 tests/benchmarks/stock/install.py"):
        command()
    assert (settings.ROOT / "tests" / "benchmarks" / "stock" / "install.py").is_file()


def test_what_runs_in_stock_rasa_imports_nothing_of_ours() -> None:
    imported = {
        name.partition(".")[0] for path in contenders.STOCK.glob("*.py") for name in modules_imported(path)
    }
    assert "rasa" in imported and not imported & {"bot", "actions"}


def test_the_table_says_what_is_missing() -> None:
    row = {"accepted": 0.5, "messages": 2, "load_seconds": 1.25}
    assert "| ours | 0.500 | – |" in compare.table({"ours": row}, "today")


def test_the_load_table_has_a_cell_for_each_column() -> None:
    row = {
        "system": "ours",
        "transport": "rest",
        "people": 4,
        **replay.Figures([10.0, 20.0], seconds=2).row(),
    }
    header, _, line = load.table([row]).splitlines()
    assert header.count("|") == line.count("|")
    assert "| 1.0 | 15 |" in line


def test_every_written_conversation_is_replayed() -> None:
    written = yaml.safe_load((dialogues.CASES / "conversations.yml").read_text(encoding="utf-8"))
    titles = {talk.title for talk in dialogues.read()}
    assert {case["conversation"] for case in written} <= titles


def test_an_answer_is_named_by_its_responses_or_else_by_its_text() -> None:
    named = [{"text": "Bonjour", "metadata": {"response": "utter_greet"}}, {"text": "Salut", "metadata": {}}]
    assert replay.said(named) == ("utter_greet", "Salut")


@pytest.mark.parametrize("answer", [("utter_notice_failure",), ("utter_quote", "utter_notice_too_fast")])
def test_a_notice_is_no_answer(answer: tuple[str, ...]) -> None:
    assert replay.is_notice(answer)


def test_the_stock_assistant_has_our_rules_as_stories_and_no_placeholder_left() -> None:
    files = dict(stock_server.files())
    contents = [yaml.load(text, yaml.CSafeLoader) for name, text in files.items() if name.startswith("data/")]
    stories = [story for content in contents for story in content.get("stories") or []]
    rules = [
        rule["rule"]
        for path in (settings.ROOT / "data" / "stories").glob("*.yml")
        for rule in read_yaml(path)["rules"]
    ]
    assert sorted(story["story"] for story in stories) == sorted(rules)
    texts = [
        variation["text"]
        for content in contents
        for variations in (content.get("responses") or {}).values()
        for variation in variations
    ]
    assert texts and not [text for text in texts if "{" in text]


@pytest.mark.parametrize("transport", replay.TRANSPORTS)
def test_dialogues_by_several_people_are_answered_as_to_one_alone(
    assistant: Assistant, transport: str
) -> None:
    async def measure() -> tuple[replay.Answers, replay.Figures]:
        async with replay.people(transport, [assistant.address]) as meet:
            expected = await replay.alone(meet, TALKS)
            return expected, await replay.together(meet, TALKS, expected, people=3, seconds=0.1)

    expected, figures = asyncio.run(measure())
    assert expected["price", 0] and expected["price", 1] == ("utter_quote_old_plate",)
    assert len(figures.milliseconds) >= 3
    assert (figures.errors, figures.wrong) == (0, 0)


def test_another_answer_than_alone_is_counted_as_wrong(assistant: Assistant) -> None:
    async def measure() -> replay.Figures:
        async with replay.people("rest", [assistant.address]) as meet:
            expected = await replay.alone(meet, TALKS[1:])
            altered = {turn: ("utter_goodbye",) for turn in expected}
            return await replay.together(meet, TALKS[1:], altered, people=1, seconds=0.1)

    figures = asyncio.run(measure())
    assert figures.wrong == len(figures.milliseconds) > 0


def test_nobody_there_to_answer_is_an_error_each_time() -> None:
    async def measure() -> replay.Figures:
        async with replay.people("rest", ["http://127.0.0.1:9"]) as meet:
            return await replay.together(meet, TALKS, {}, people=1, seconds=1)

    figures = asyncio.run(measure())
    assert figures.errors >= 3 and not figures.milliseconds
