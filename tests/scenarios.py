"""The conversations of cases/scenarios: how they are written, and whether an answer is the one written.

A turn is what the person does and what must follow:
  say      what they write; days are told from today ("il y a 20 jours"), so that no scenario grows old
  press    the title of a button offered before
  answer   the response among the answers; not_answer: one that must not be
  decides  the outcome that the decision tells (bot/law/eligibility)
  price    an operation, as in fees.yml: the answer tells what the calculator asks for it today
  hears    words of the answer, spaces and case aside; never: words that it must not hold
In ``hears`` and ``never`` a brace holds a day ("{20 days ago}", "{20 days ago + deadlines.appeal}"), a dated
parameter or a published price, as the sentences have them ("{contacts.phone}", "{quotes.duplicate}").
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.law import quotes
from bot.law.fees import Quote, quote
from bot.law.operations import Operation
from bot.law.parameters import number_on, parameter
from bot.law.plates import PlateFormat
from bot.law.time_limits import add_months
from bot.law.vehicle import Category, Energy, Vehicle
from bot.nlg import french
from bot.nlg.sentences import Sentences

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = Path(__file__).with_name("cases") / "scenarios"
GROUPS = ("paths", "corrections", "interruptions", "changes_of_mind", "hostile")

Messages = list[dict[str, Any]]
Send = Callable[[str], Messages]

_BRACE = re.compile(r"\{([^}]+)\}")
_DAY = re.compile(r"(?P<count>\d+) (?P<unit>days|months) ago(?: \+ (?P<parameter>[a-z_.]+))?")
_ENUMS: dict[str, Callable[[Any], Any]] = {
    "category": Category,
    "plate_format": PlateFormat,
    "energy": Energy,
}


@dataclass(frozen=True)
class Scenario:
    """A conversation of one of the groups."""

    group: str
    title: str
    turns: list[dict[str, Any]]


def read(group: str) -> list[Scenario]:
    """The scenarios of a group, in the order of its file."""
    written = yaml.safe_load((SCENARIOS / f"{group}.yml").read_text(encoding="utf-8"))
    return [Scenario(group, one["conversation"], one["turns"]) for one in written]


def read_all() -> list[Scenario]:
    """The scenarios of every group."""
    return [scenario for group in GROUPS for scenario in read(group)]


def plain(text: str) -> str:
    """The text with ordinary spaces and apostrophes, to compare what is said and not how it is set."""
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'").lower()


class Script:
    """Plays scenarios on a given day, and tells where the answers are not the written ones."""

    def __init__(self, on: dt.date) -> None:
        """Reads the sentences that outcomes are told by."""
        self._on = on
        self.sentences = Sentences.read(ROOT / "data")

    def play(self, scenario: Scenario, send: Send) -> None:
        """Holds the conversation; raises AssertionError naming the first turn that goes another way."""
        buttons: dict[str, str] = {}
        for turn in scenario.turns:
            if "press" in turn:
                assert turn["press"] in buttons, f"no button « {turn['press']} » among {list(buttons)}"
            text = turn["say"] if "say" in turn else buttons[turn["press"]]
            messages = send(text)
            complaint = self._complaint(turn, messages)
            assert not complaint, f"« {turn.get('say') or turn['press']} »: {complaint}\n{_shown(messages)}"
            offered = [button for message in messages for button in message.get("buttons") or ()]
            buttons |= {button["title"]: button["payload"] for button in offered}

    def _complaint(self, turn: dict[str, Any], messages: Messages) -> str:
        """What is wrong with the answer to a turn, "" where nothing is."""
        said = plain("\n".join(message["text"] for message in messages))
        responses = [message["metadata"].get("response") for message in messages]
        if not said.strip():
            return "nothing is said"
        if "answer" in turn and self._answer(turn) not in responses:
            return f"not answered by {self._answer(turn)}"
        if turn.get("not_answer") in responses:
            return f"answered by {turn['not_answer']}"
        expected = [*turn.get("hears", ()), *self._outcome(turn), *self._prices(turn)]
        missing = [words for words in expected if self._expanded(words) not in said]
        unwanted = [words for words in turn.get("never", ()) if self._expanded(words) in said]
        return "; ".join(
            [
                *(f"« {words} » is missing" for words in missing),
                *(f"« {words} » is said" for words in unwanted),
            ]
        )

    def _outcome(self, turn: dict[str, Any]) -> list[str]:
        if "decides" not in turn:
            return []
        rendered = self.sentences.render(f"utter_outcome_{turn['decides']}", {}, "rest", {}, self._on)
        assert rendered, f"no outcome is called {turn['decides']}"
        return [rendered["metadata"]["body"]]

    def _prices(self, turn: dict[str, Any]) -> list[str]:
        if "price" not in turn:
            return []
        found = self._quote(turn["price"])
        return [french.amount(found.low), french.amount(found.high)]

    def _answer(self, turn: dict[str, Any]) -> str:
        """The response that answers a turn; an estimate's where the rates of the day's year are not known."""
        if "price" in turn and self._quote(turn["price"]).last_known:
            return "utter_quote_estimate"
        return str(turn["answer"])

    def _quote(self, case: dict[str, Any]) -> Quote:
        facts = {}
        for name, value in case.get("vehicle", {}).items():
            facts[name] = _ENUMS.get(name, lambda told: told)(value)
        return quote(Operation(case["operation"]), Vehicle(**facts), self._on, case.get("region"))

    def _expanded(self, words: str) -> str:
        return plain(_BRACE.sub(self._value, str(words)))

    def _value(self, match: re.Match[str]) -> str:
        name = match[1]
        day = _DAY.fullmatch(name)
        if day:
            return french.date(self._day(int(day["count"]), day["unit"], day["parameter"]))
        if name.startswith("quotes."):
            return french.amount(quotes.published(name.removeprefix("quotes."), self._on).amount)
        node = parameter(name)
        return french.of_unit(node.on(name, self._on).value, node.unit)

    def _day(self, count: int, unit: str, limit: str | None) -> dt.date:
        told = add_months(self._on, -count) if unit == "months" else self._on - dt.timedelta(days=count)
        if limit is None:
            return told
        length = number_on(limit, self._on)
        return add_months(told, length) if parameter(limit).unit == "months" else told + dt.timedelta(length)


def _shown(messages: Messages) -> str:
    return "\n".join(f"[{one['metadata'].get('response')}] {one['text']}" for one in messages)
