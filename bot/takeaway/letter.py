"""What a letter is made of: lines with blanks for the person, and the whole as plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.nlg.pieces import Piece, pieces
from bot.takeaway.writing import Line

BLANK = re.compile(r"\[([^\[\]]+)\]")
BULLET = "- "


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a letter; ``kind`` is text or bullet, and a piece of kind blank is for the person."""

    kind: str
    line: Line


@dataclass(frozen=True)
class Letter:
    """A draft: how to send it, then what it says from the sender to the signature."""

    name: str
    title: str
    how: tuple[Line, ...]
    sender: tuple[Line, ...]
    recipient: tuple[Line, ...]
    place: Line
    subject: Line
    body: tuple[Paragraph, ...]

    def blanks(self) -> tuple[str, ...]:
        """What the person has to fill in, in the order of the letter."""
        lines = (
            *self.sender,
            *self.recipient,
            self.place,
            self.subject,
            *(paragraph.line for paragraph in self.body),
        )
        return tuple(dict.fromkeys(piece.text for line in lines for piece in line if piece.kind == "blank"))

    def text(self) -> str:
        """The letter as plain text, to paste or to send."""
        head = ["\n".join(map(plain, self.sender)), "\n".join(map(plain, self.recipient)), plain(self.place)]
        parts = [part for part in (*head, plain(self.subject)) if part]
        for paragraph in self.body:
            if paragraph.kind == "bullet":
                parts[-1] += f"\n{BULLET}{plain(paragraph.line)}"
            else:
                parts.append(plain(paragraph.line))
        return "\n\n".join(parts)


def plain(line: Line) -> str:
    """A line as text, its blanks in brackets."""
    return "".join(f"[{piece.text}]" if piece.kind == "blank" else piece.text for piece in line)


def body_of(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a text, those that begin with a dash as bullets."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return tuple(
        Paragraph("bullet", with_blanks(line.removeprefix(BULLET)))
        if line.startswith(BULLET)
        else Paragraph("text", with_blanks(line))
        for line in lines
    )


def with_blanks(line: str) -> Line:
    """A line whose words in brackets are blanks."""
    found: list[Piece] = []
    for piece in pieces(line):
        if piece.kind != "text":
            found.append(piece)
            continue
        # The odd parts are what stood in brackets.
        for rank, part in enumerate(BLANK.split(piece.text)):
            if part:
                found.append(Piece("blank" if rank % 2 else "text", part))
    return tuple(found)
