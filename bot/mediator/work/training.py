"""What the bot has learnt from: the examples of its training files, read as lines."""

from __future__ import annotations

import re
from pathlib import Path

_INTENT = re.compile(r"^\s*- intent: *['\"]?([^\s'\"]+)")
_EXAMPLE = re.compile(r"^\s+- (.+?)\s*$")


def examples(folder: Path) -> dict[str, list[str]]:
    """The examples of every intent in those files, in their order."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.yml")):
        current: list[str] | None = None
        for line in path.read_text(encoding="utf-8").splitlines():
            intent = _INTENT.match(line)
            example = _EXAMPLE.match(line)
            if intent:
                current = found.setdefault(intent[1], [])
            elif line[:1].isalpha():
                # Another part of the file: responses have lists of their own.
                current = None
            elif example and current is not None:
                current.append(example[1])
    return found


def learnt(folder: Path) -> frozenset[tuple[str, str]]:
    """Every intent with each of its examples, the letters made small."""
    return frozenset(
        (intent, example.casefold()) for intent, lines in examples(folder).items() for example in lines
    )
