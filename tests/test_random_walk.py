"""Random conversations: never an error, never silence, no question three times, no price out of thin air.

The walks are drawn from a seed. A longer campaign: ``WALKS=400 WALK_SEED=7 pytest`` with this file; a walk
that fails names the seed that repeats it alone.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from bot.evaluation.in_process import AssistantHere, Messages, State, assistant_in
from bot.guides import price
from bot.guides.coherence import settle
from bot.guides.facts import Facts
from bot.law import quotes
from bot.law.operations import Operation
from bot.law.parameters import ParameterError, keys, parameter
from bot.law.vehicle import MissingFact
from tests.data_files import content, files

ROOT = Path(__file__).resolve().parent.parent
SEED = int(os.environ.get("WALK_SEED", "20261122"))
WALKS = int(os.environ.get("WALKS", "8"))
TURNS = 25
MAX_TIMES_IN_A_ROW = 2

# The answers of last resort: each means that something broke on the way.
BROKEN = frozenset(
    {
        "utter_error",
        "utter_value_unavailable",
        "utter_notice_failure",
        "utter_actions_unavailable",
        "utter_actions_unavailable_note",
    }
)
WORDS = yaml.safe_load((ROOT / "tests" / "cases" / "random_walk.yml").read_text(encoding="utf-8"))

_ANNOTATION = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
_AMOUNT = re.compile(r"(?<![\d,])(\d{1,3}(?:[\u00a0\u202f ]?\d{3})*)(?:,(\d{2}))?[\u00a0\u202f ]?€")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AssistantHere]:
    """The assistant in this process, on stores of its own."""
    with assistant_in(tmp_path_factory.mktemp("walks")) as started:
        yield started


@pytest.fixture(scope="module")
def examples() -> dict[str, list[str]]:
    """Messages by what they mean: a plain intent, or a question."""
    found: dict[str, list[str]] = {}
    for path in files():
        for part in content(path).get("nlu") or []:
            lines = (line.removeprefix("- ").strip() for line in part.get("examples", "").splitlines())
            texts = [_ANNOTATION.sub(r"\1", line) for line in lines if line]
            if "intent" in part:
                found.setdefault(part["intent"], []).extend(texts)
    return found


@pytest.mark.parametrize("seed", range(SEED, SEED + WALKS))
def test_a_random_walk_meets_neither_error_nor_silence_nor_a_false_price(
    here: AssistantHere, examples: dict[str, list[str]], seed: int
) -> None:
    chance, person = random.Random(seed), here.conversation()
    buttons: list[str] = []
    asked, times = "", 0
    said: list[str] = []
    state = State()
    for _ in range(TURNS):
        text = _move(chance, examples, buttons)
        said.append(text[:80])
        messages = person.send(text)
        before, state = state, person.state()
        trace = f"\nWALK_SEED={seed} WALKS=1\n" + "\n".join(said) + "\n" + _shown(messages)
        assert messages and all(message["text"].strip() for message in messages), f"silence{trace}"
        names = [message["metadata"].get("response") or "" for message in messages]
        assert not BROKEN & set(names), f"an error{trace}"
        assert "utter_" not in _shown_text(messages) and "{" not in _shown_text(messages), f"unfilled{trace}"
        question = next((name.removesuffix("_error") for name in names if name.startswith("utter_ask_")), "")
        times = times + 1 if question and question == asked else 1
        asked = question
        assert times <= MAX_TIMES_IN_A_ROW, f"{question}, {times} times in a row{trace}"
        unknown = _amounts(messages) - _amounts_published()
        if unknown:
            unknown -= _amounts_computed(before, state)
        assert not unknown, f"amounts that nothing returned: {sorted(unknown)}{trace}"
        offered = [button for message in messages for button in message.get("buttons") or ()]
        assert all(button["title"].strip() for button in offered), f"a button without a title{trace}"
        buttons = [button["payload"] for button in offered] or buttons


def test_the_amounts_of_a_text_are_found() -> None:
    text = "Comptez 2,76\u00a0€ ou 13,76\u00a0€, et 1\u00a0234,50\u00a0€ ; l’amende est de 11\u00a0€."
    assert _amounts([{"text": text, "metadata": {}}]) == {276, 1376, 123450, 1100}


def _move(chance: random.Random, examples: dict[str, list[str]], buttons: list[str]) -> str:
    """What the person does: a button, a message of any meaning, an answer, or nonsense."""
    kind = chance.random()
    if kind < 0.4 and buttons:
        return chance.choice(buttons)
    if kind < 0.7:
        return chance.choice(examples[chance.choice(sorted(examples))])
    if kind < 0.92:
        return chance.choice(WORDS["answers"])
    # As written, or far too long.
    return chance.choice(WORDS["hostile"]) * chance.choice([1, 1, 1, 1000])


def _amounts(messages: Messages) -> set[int]:
    """The amounts in euros that the messages state, in cents."""
    found = _AMOUNT.findall(_shown_text(messages))
    return {100 * int(re.sub(r"\D", "", euros)) + int(cents or 0) for euros, cents in found}


@lru_cache(maxsize=1)
def _amounts_published() -> set[int]:
    """What the parameters have held, and the prices that sentences name today."""
    amounts = {quotes.published(name, _today()).amount for name in quotes.names()}
    for node in map(parameter, keys()):
        if node.unit == "eur_cents":
            amounts |= {int(value.value) for value in node.values}
    return amounts


def _amounts_computed(before: State, after: State) -> set[int]:
    """What the calculator asks for the facts told, supposed or answered, for a duplicate or a purchase."""
    on, amounts = _today(), set()
    known = [before.facts, before.answered, after.facts, after.answered]
    for facts in [*known, *(settle(facts, after.said, on)[0] for facts in known)]:
        amounts |= _amounts_quoted(facts, on)
        amounts |= _amounts_quoted({**facts, "operation": Operation.CHANGE_OF_HOLDER.value}, on)
    return amounts


def _amounts_quoted(facts: Facts, on: dt.date) -> set[int]:
    try:
        found = price._quote(facts, on)
    except (MissingFact, ValueError, ParameterError):
        return set()
    lines = [line for reading in found.readings for line in reading.lines]
    return {found.low, found.high, *(line.amount for line in lines)}


def _today() -> dt.date:
    return dt.datetime.now(ZoneInfo("Europe/Paris")).date()


def _shown_text(messages: list[dict[str, Any]]) -> str:
    return "\n".join(message["text"] for message in messages)


def _shown(messages: Messages) -> str:
    return "\n".join(f"[{one['metadata'].get('response')}] {one['text'][:400]}" for one in messages)
