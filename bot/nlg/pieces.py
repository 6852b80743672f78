"""A line of an answer cut into runs of text, bold and links, for whatever shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass

PIECE = re.compile(r"\*\*(?P<bold>.+?)\*\*|(?P<link>https?://[^\s<>«»\"]+[^\s<>«»\".,;:!?)])")


@dataclass(frozen=True)
class Piece:
    """A run of text; ``kind`` is text, bold or link."""

    kind: str
    text: str


def pieces(line: str) -> tuple[Piece, ...]:
    """The runs of a line, in order."""
    found: list[Piece] = []
    position = 0
    for match in PIECE.finditer(line):
        if match.start() > position:
            found.append(Piece("text", line[position : match.start()]))
        found.append(Piece("bold", match["bold"]) if match["bold"] else Piece("link", match["link"]))
        position = match.end()
    if position < len(line):
        found.append(Piece("text", line[position:]))
    return tuple(found)
