"""``python -m tests.system masking``: how much of the personal data of a written set is masked.

The set (tests/privacy/messages.yml) holds messages by kind, with braces around what must go, and
look-alikes that must stay. A piece counts as masked where none of its letters or digits is left to read.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.privacy import masking
from bot.settings import ROOT

MESSAGES = ROOT / "tests" / "privacy" / "messages.yml"
LOOKALIKES = "lookalikes"
# Beyond this share of the rest of a message, more was masked than what is personal.
_PIECE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Message:
    """A message of the set: its kind, its text, and where the personal data stand in it."""

    kind: str
    text: str
    pieces: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Outcome:
    """What masking did: the pieces left readable, and what it took besides them."""

    message: Message
    left: tuple[str, ...]
    taken_besides: str


def read(path: Path = MESSAGES) -> list[Message]:
    """The messages of the set, look-alikes included."""
    blocks = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [parse(kind, line) for kind, lines in blocks.items() for line in lines.splitlines()]


def parse(kind: str, line: str) -> Message:
    """The message of a line of that kind, with braces around what must go."""
    if kind == LOOKALIKES:
        return Message(kind, line, ())
    text, pieces, position = "", [], 0
    for match in _PIECE.finditer(line):
        text += line[position : match.start()]
        pieces.append((len(text), len(text) + len(match[1])))
        text += match[1]
        position = match.end()
    return Message(kind, text + line[position:], tuple(pieces))


def outcome(message: Message) -> Outcome:
    """What masking does to the message."""
    taken = {index for found in masking.find(message.text) for index in range(found.start, found.end)}
    left, inside = [], set()
    for start, end in message.pieces:
        inside |= set(range(start, end))
        if any(message.text[index].isalnum() and index not in taken for index in range(start, end)):
            left.append(message.text[start:end])
    besides = "".join(message.text[index] for index in sorted(taken - inside))
    return Outcome(message, tuple(left), besides.strip())


def recall(outcomes: list[Outcome]) -> dict[str, tuple[int, int]]:
    """By kind, how many pieces were masked, and how many there are."""
    counts: dict[str, tuple[int, int]] = {}
    for each in outcomes:
        if each.message.kind != LOOKALIKES:
            masked, total = counts.get(each.message.kind, (0, 0))
            pieces = len(each.message.pieces)
            counts[each.message.kind] = (masked + pieces - len(each.left), total + pieces)
    return counts


def false_alarms(outcomes: list[Outcome]) -> list[Outcome]:
    """The look-alikes of which something was masked."""
    return [each for each in outcomes if each.message.kind == LOOKALIKES and each.taken_besides]


def report(outcomes: list[Outcome]) -> Iterator[str]:
    """The lines printed on screen."""
    counts = recall(outcomes)
    yield "kind       masked  of  recall"
    for kind, (masked, total) in counts.items():
        yield f"{kind:10} {masked:6} {total:3}  {masked / total:.3f}"
    masked, total = (sum(column) for column in zip(*counts.values(), strict=True))
    yield f"{'all':10} {masked:6} {total:3}  {masked / total:.3f}"
    alarms = false_alarms(outcomes)
    lookalikes = sum(each.message.kind == LOOKALIKES for each in outcomes)
    yield f"\nfalse alarms: {len(alarms)} of {lookalikes} look-alikes ({len(alarms) / lookalikes:.3f})"
    for each in alarms:
        yield f"  {each.message.text!r}: {each.taken_besides!r}"
    for each in outcomes:
        if each.left:
            yield f"  left in {each.message.kind}: {each.message.text!r}: {', '.join(map(repr, each.left))}"


def main(arguments: list[str]) -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.system masking")
    parser.add_argument("file", nargs="?", type=Path, default=MESSAGES)
    options = parser.parse_args(arguments)
    print("\n".join(report([outcome(message) for message in read(options.file)])))
