"""One piece of personal data in a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """Its position (``end`` excluded), its kind, and the detail that the mask keeps (a plate's format…)."""

    start: int
    end: int
    kind: str
    keeps: str = ""
