"""What is read at one place of a text: a day as far as it is known, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.law.days import Days


class Unread(StrEnum):
    """Why words shaped like a date give no day of the past: each has its sentence."""

    IMPOSSIBLE = "impossible"
    TO_COME = "to_come"
    YEAR_UNCLEAR = "year_unclear"


@dataclass(frozen=True)
class Reading:
    """What ``start`` to ``end`` of the text says."""

    start: int
    end: int
    read: Days | Unread


def joined_in_order(first: Days | Unread, last: Days | Unread) -> Days | Unread:
    """From the first day to the last; the last alone where the first is none."""
    if isinstance(first, Days) and isinstance(last, Days):
        return first.joined(last)
    return last
