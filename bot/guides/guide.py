"""What a guided dialogue is: the next question, or the answer, from the facts alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.guides.facts import Facts

# A line of a list: {"response": name, "values": {…}, "reference": citation}.
Line = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """A response to say and its values (JSON-like)."""

    response: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Gist:
    """An answer in brief, to be compared with another: its result, what to do, which papers."""

    headline: Line
    steps: tuple[Line, ...] = ()
    papers: tuple[Line, ...] = ()


class Guide(Protocol):
    """One guided dialogue over the law core."""

    name: str

    def next_question(self, facts: Facts, unknown: frozenset[str], on: dt.date) -> str | None:
        """The fact to ask for next, or None when the answer no longer depends on any."""

    def questions(self, facts: Facts, unknown: frozenset[str], on: dt.date) -> tuple[str, ...]:
        """The facts still to be asked for, as far as they can be foreseen."""

    def reply(self, facts: Facts, on: dt.date) -> list[Reply]:
        """What to say once nothing is left to ask."""

    def explain(self, facts: Facts, on: dt.date) -> list[Reply]:
        """Why the answer is what it is: the facts and the rules."""

    def gist(self, facts: Facts, on: dt.date) -> Gist:
        """The answer in brief, whatever is still unknown."""


def items(prefix: str, found: Iterable[Any]) -> list[Line]:
    """Items of the core (code, reference, values) as the lines of a list, said by ``<prefix>_<code>``."""
    return [
        {
            "response": f"{prefix}_{getattr(item.code, 'value', item.code)}",
            "reference": item.reference,
            "values": dict(item.values),
        }
        for item in found
    ]


def deciding(facts: Facts, names: Iterable[str], outcome: Callable[[Facts], object]) -> Facts:
    """Those of the facts named without which the outcome would be another."""
    result = outcome(facts)
    return {
        name: facts[name]
        for name in names
        if name in facts and outcome({key: facts[key] for key in facts if key != name}) != result
    }


def date_or_none(value: str | None) -> dt.date | None:
    """The date of an ISO string, None of None; raises ValueError where it is no date."""
    return dt.date.fromisoformat(value) if value else None
