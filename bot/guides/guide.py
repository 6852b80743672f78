"""What a guided dialogue is: the next question, or the answer, from the facts alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.guides.facts import Facts
from bot.law.decision import Decision
from bot.law.fees import Quote
from bot.law.remedies import Plan

# A line of a list: {"code": code of the core, "response": name, "values": {…}, "reference": citation}.
Line = dict[str, Any]
# What a guided dialogue finds: what the law decides, what it costs, or what to do and until when.
Result = Decision | Quote | Plan


@dataclass(frozen=True)
class Reply:
    """A response to say and its values (JSON-like), and the result that it tells, where it tells one."""

    response: str
    values: dict[str, Any] = field(default_factory=dict)
    result: Result | None = None


@dataclass(frozen=True)
class Gist:
    """A short form of an answer, for comparisons: its result, steps and documents."""

    headline: Line
    steps: tuple[Line, ...] = ()
    papers: tuple[Line, ...] = ()


class Guide(Protocol):
    """One guided dialogue over the law core."""

    name: str

    def next_question(self, facts: Facts, unknown: frozenset[str], on: dt.date) -> str | None:
        """The fact to ask for next, or None when the answer no longer depends on any."""

    def questions(self, facts: Facts, unknown: frozenset[str], on: dt.date) -> tuple[str, ...]:
        """The facts that will be asked for, as far as known now."""

    def reply(self, facts: Facts, on: dt.date) -> list[Reply]:
        """What to say once nothing is left to ask."""

    def explain(self, facts: Facts, on: dt.date) -> list[Reply]:
        """Why the answer is what it is: the facts and the rules."""

    def gist(self, facts: Facts, on: dt.date) -> Gist:
        """A short form of the answer; unknown facts are left out."""


class Told(Protocol):
    """One thing that the core finds: its code, the text it rests on, the values of its sentence."""

    @property
    def code(self) -> str:
        """What it is."""

    @property
    def reference(self) -> str:
        """The text that it rests on."""

    @property
    def values(self) -> Mapping[str, str]:
        """What its sentence names."""


def items(prefix: str, found: Iterable[Told]) -> list[Line]:
    """Things that the core finds as the lines of a list, each said by ``<prefix>_<code>``."""
    return [item_line(prefix, item) for item in found]


def item_line(prefix: str, item: Told, **values: str) -> Line:
    """One thing that the core finds as the line of a list, with more values for its sentence."""
    code = str(item.code)
    return {
        "code": code,
        "response": f"{prefix}_{code}",
        "reference": item.reference,
        "values": {**item.values, **values},
    }


def deciding(facts: Facts, names: Iterable[str], outcome: Callable[[Facts], object]) -> Facts:
    """The named facts on which the outcome depends: without any one of them it would differ."""
    result = outcome(facts)
    return {
        name: facts[name]
        for name in names
        if name in facts and outcome({key: facts[key] for key in facts if key != name}) != result
    }


def date_or_none(value: str | None) -> dt.date | None:
    """Parses an ISO date; None for None; raises ValueError where the text is not a date."""
    return dt.date.fromisoformat(value) if value else None
