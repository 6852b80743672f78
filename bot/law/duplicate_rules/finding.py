"""The input and the result of one rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.law.decision import Outcome, Status
from bot.law.situation import Situation


@dataclass(frozen=True)
class Case:
    """The input of a rule: the situation, the day, and the inspection status on that day."""

    situation: Situation
    on: dt.date
    subject_to_inspection: bool | None


@dataclass(frozen=True)
class Finding:
    """The result of one rule, as codes; one with an ``outcome`` closes the case with ``answer``."""

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
