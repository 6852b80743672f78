"""One piece of personal data in a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """Where it stands (``end`` excluded), its kind, and what the mask may still say (a plate's format…)."""

    start: int
    end: int
    kind: str
    keeps: str = ""
