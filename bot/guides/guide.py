"""What a guided dialogue is: the next question, or the answer, from the facts alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.guides.facts import Facts


@dataclass(frozen=True)
class Reply:
    """A response to say and its values (JSON-like)."""

    response: str
    values: dict[str, Any] = field(default_factory=dict)


class Guide(Protocol):
    """One guided dialogue over the law core."""

    name: str

    def next_question(self, facts: Facts, unknown: frozenset[str], on: dt.date) -> str | None:
        """The fact to ask for next, or None when the answer no longer depends on any."""

    def reply(self, facts: Facts, on: dt.date) -> list[Reply]:
        """What to say once nothing is left to ask."""


def items(prefix: str, found: Iterable[Any]) -> list[dict[str, Any]]:
    """Items of the core (code, reference, values) as the lines of a list, said by ``<prefix>_<code>``."""
    return [
        {
            "response": f"{prefix}_{getattr(item.code, 'value', item.code)}",
            "reference": item.reference,
            "values": dict(item.values),
        }
        for item in found
    ]


def date_or_none(value: str | None) -> dt.date | None:
    """The date of an ISO string, None of None; raises ValueError where it is no date."""
    return dt.date.fromisoformat(value) if value else None
