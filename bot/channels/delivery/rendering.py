"""One turn's answers as messages of a platform: split at sentence ends, with buttons or numbered choices.

Every channel names its ``PlatformLimits`` and turns each ``Part`` into calls; the rest is here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.channels.delivery import button_resolution
from bot.channels.delivery.markup import BOLD, flatten, plain, utf16_length
from bot.channels.turns.system_messages import notice

SENTENCE_END = re.compile(r"(?<=[.!?…]) (?=\S)")
HEADING = (":", f":{BOLD}")

Message = Mapping[str, Any]


@dataclass(frozen=True)
class ChoiceStyle:
    """A way to show buttons: its name, how many, their longest title (characters) and payload (bytes).

    ``text`` is the longest text that may go with them.
    """

    kind: str
    most: int
    title: int
    payload: int
    text: int

    def suits(self, buttons: Sequence[Message]) -> bool:
        """True where each of the buttons can be shown whole."""
        return len(buttons) <= self.most and all(
            utf16_length(button["title"]) <= self.title for button in buttons
        )

    def wire(self, button: Message) -> str:
        """What the button sends back: its payload, or a short name for one that is too long."""
        payload = str(button["payload"])
        return payload if len(payload.encode()) <= self.payload else button_resolution.token(payload)


@dataclass(frozen=True)
class PlatformLimits:
    """What a platform can show: its formatting, its longest message and its buttons, the best first."""

    format: Callable[[str], str]
    limit: int
    styles: tuple[ChoiceStyle, ...] = ()
    length: Callable[[str], int] = utf16_length

    def fits(self, limit: int) -> Callable[[str], bool]:
        """The test whether a text, once formatted, is within the limit."""
        return lambda text: self.length(self.format(text)) <= limit


@dataclass(frozen=True)
class Choice:
    """A button: its title and what it sends back."""

    title: str
    wire: str


@dataclass(frozen=True)
class Part:
    """One message of a platform: formatted text, and the buttons below it with the name of their style."""

    text: str
    kind: str = ""
    choices: tuple[Choice, ...] = ()


def render(messages: Sequence[Message], shape: PlatformLimits) -> list[Part]:
    """The platform's messages for one turn; numbers run through the turn, as typed answers are read."""
    every_button = [button for message in messages for button in message.get("buttons") or ()]
    numbered = button_resolution.are_numbered(every_button)
    parts: list[Part] = []
    first = 1
    for message in messages:
        buttons = message.get("buttons") or ()
        parts += _render(message, shape, first if numbered else None)
        first += len(buttons)
    return parts


def split(text: str, fits: Callable[[str], bool]) -> list[str]:
    """The text in pieces that fit: cut between lines, else at sentence ends, else between words."""
    pieces: list[str] = []
    current = ""
    for joiner, unit in _units(text, fits):
        if not current or fits(current + joiner + unit):
            current = current + joiner + unit if current else unit
            continue
        kept, heading = _without_last_heading(current)
        pieces.append(kept)
        # Bold that runs over the cut is closed by the formatting of this piece and opened again here.
        reopened = BOLD if kept.count(BOLD) % 2 else ""
        current = reopened + (f"{heading}\n{unit}" if heading else unit)
    return [piece for piece in (*(piece.strip() for piece in pieces), current.strip()) if piece]


def _render(message: Message, shape: PlatformLimits, first: int | None) -> list[Part]:
    buttons = message.get("buttons") or ()
    style = next((style for style in shape.styles if style.suits(buttons)), None) if buttons else None
    pieces = split(_text(message), shape.fits(shape.limit))
    if buttons and style is None:
        pieces = _with_listed_choices(pieces, _listed(buttons, first), shape)
    elif style is not None and pieces:
        pieces[-1:] = split(pieces[-1], shape.fits(style.text))
    parts = [Part(shape.format(piece)) for piece in pieces]
    if style is not None and parts:
        shown = tuple(Choice(button["title"], style.wire(button)) for button in buttons)
        parts[-1] = replace(parts[-1], kind=style.kind, choices=shown)
    return parts


def _text(message: Message) -> str:
    """The answer with its bold, then its source line; the plain text where the message has no body."""
    text = str(message.get("text") or "")
    body = (message.get("metadata") or {}).get("body")
    notes = text.removeprefix(plain(body)) if body else text
    marked = f"{flatten(body)}{notes}" if body and notes != text else flatten(text)
    return "\n".join(part for part in (marked.strip(), str(message.get("image") or "")) if part)


def _listed(buttons: Sequence[Message], first: int | None) -> str:
    """The choices as text: numbered from ``first``, or by their titles alone where a number would mislead."""
    titles = [str(button["title"]) for button in buttons]
    if first is not None:
        lines = [f"{rank}. {title}" for rank, title in enumerate(titles, start=first)]
        return "\n".join([notice("utter_notice_choose_number")["text"], *lines])
    return "\n".join([notice("utter_notice_choose_words")["text"], *(f"- {title}" for title in titles)])


def _with_listed_choices(pieces: list[str], listed: str, shape: PlatformLimits) -> list[str]:
    """The choices below the last piece, or in a message of their own where they do not fit there."""
    fits = shape.fits(shape.limit)
    together = f"{pieces[-1]}\n\n{listed}" if pieces else listed
    return [*pieces[:-1], together] if fits(together) else [*pieces, *split(listed, fits)]


def _units(text: str, fits: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """The smallest parts that need not be cut, each with what joins it to the one before."""
    for line in text.split("\n"):
        if fits(line):
            yield "\n", line
            continue
        joiner = "\n"
        for sentence in SENTENCE_END.split(line):
            for unit in [sentence] if fits(sentence) else _cut(sentence, fits):
                yield joiner, unit
                joiner = " "


def _cut(sentence: str, fits: Callable[[str], bool]) -> Iterator[str]:
    for word in sentence.split(" "):
        while word and not fits(word):
            size = next(size for size in range(len(word) - 1, 0, -1) if fits(word[:size]))
            yield word[:size]
            word = word[size:]
        yield word


def _without_last_heading(piece: str) -> tuple[str, str]:
    """The piece without a last line that announces a list, and that line, which goes with the list."""
    kept, newline, last = piece.rpartition("\n")
    if newline and kept.strip() and last.rstrip().endswith(HEADING):
        return kept, last
    return piece, ""
