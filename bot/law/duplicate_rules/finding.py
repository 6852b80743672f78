"""What a rule reads and what it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.law.decision import Outcome, Status
from bot.law.situation import Situation


@dataclass(frozen=True)
class Case:
    """A situation on a day, with what the law of that day says of its inspection."""

    situation: Situation
    on: dt.date
    subject_to_inspection: bool | None


@dataclass(frozen=True)
class Finding:
    """What one rule says, by codes; with an ``outcome`` it closes the case, under the name ``answer``."""

    reasons: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    uncertainties: tuple[str, ...] = ()
    statuses: Mapping[str, Status] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()
    outcome: Outcome | None = None
    answer: str = ""


Rule = Callable[[Case], "Finding | None"]
